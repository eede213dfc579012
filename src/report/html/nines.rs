//! An axis of quantiles, as HdrHistogram's plots have it: each step to the right are ten times fewer
//! answers, so that the slowest ones, which an average hides, have half of the width.

use super::axis::Tick;
use crate::text::Catalogue;

/// All of the answers, in millionths; no quantile is as much.
pub(super) const WHOLE: u64 = 1_000_000;
/// The quantiles of the axis.
const QUANTILES: [u64; 6] = [500_000, 900_000, 990_000, 999_000, 999_900, 999_990];
/// The axis reaches at least to 99%, and at most to the last of them.
const SHORTEST: u64 = QUANTILES[2];
const LONGEST: u64 = QUANTILES[5];

/// The axis of quantiles: minus the logarithm of the part that was slower.
pub(super) struct Nines {
    whole: f64,
}

impl Nines {
    /// To the highest quantile that is drawn.
    pub(super) fn to(last: u64) -> Self {
        Self {
            whole: nines(last.clamp(SHORTEST, LONGEST)),
        }
    }

    /// Where a quantile stands, in percent; what is beyond the axis stands at its end.
    pub(super) fn at(&self, quantile: u64) -> f64 {
        (nines(quantile) / self.whole * 100.0).clamp(0.0, 100.0)
    }

    pub(super) fn ticks(&self, catalogue: &Catalogue) -> Vec<Tick> {
        let shown = QUANTILES
            .iter()
            .filter(|quantile| nines(**quantile) <= self.whole);
        shown
            .map(|quantile| Tick::new(self.at(*quantile), catalogue.percentage(*quantile)))
            .collect()
    }
}

/// 1 for 90%, 2 for 99%, and so on.
#[expect(
    clippy::cast_precision_loss,
    reason = "a picture needs no more than three digits"
)]
fn nines(quantile: u64) -> f64 {
    let slower = WHOLE.saturating_sub(quantile).max(1);
    (WHOLE as f64 / slower as f64).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_nine_is_as_wide_as_the_one_before() {
        let axis = Nines::to(999_900);
        for (quantile, at) in [
            (0, 0.0),
            (900_000, 25.0),
            (990_000, 50.0),
            (999_000, 75.0),
            (999_900, 100.0),
            (u64::MAX, 100.0),
        ] {
            assert!((axis.at(quantile) - at).abs() < 1e-6, "{quantile}");
        }
    }
}
