//! Partial credit on a log scale between measured anchors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::message;
use crate::verdict::{Evidence, Series, Share, Unit, Verdict};

/// A count that should be small, between the reference and a factor of it where nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Up to this multiple of the reference the share is full.
    pub full_at: f64,
    /// From this multiple of the reference on nothing is left.
    pub none_at: f64,
}

impl Budget {
    /// The share of an observed count: full up to `full_at`, then falling with the logarithm to
    /// nothing at `none_at`.
    #[must_use]
    pub fn share(self, reference: u64, observed: u64) -> Share {
        let full = self.limit(reference, self.full_at);
        let zero = self.limit(reference, self.none_at);
        if observed <= full {
            return Share::FULL;
        }
        on_log_scale(zero, full.max(1), observed)
    }

    /// The verdict on an observed number of bytes: what it may be, what it is, and both drawn.
    #[must_use]
    pub fn verdict(
        self,
        label: &str,
        evidence: Evidence,
        reference: u64,
        observed: u64,
    ) -> Verdict {
        let evidence = evidence
            .against(
                message!("bytes-at-most", bytes = self.full(reference)),
                message!("bytes", bytes = observed),
            )
            .drawn(Series::Scale {
                label: label.to_owned(),
                unit: Unit::Bytes,
                zero: self.zero(reference),
                reference,
                observed,
            });
        Verdict::of_share(self.share(reference, observed), evidence)
    }

    /// The largest count with a full share.
    #[must_use]
    pub fn full(self, reference: u64) -> u64 {
        self.limit(reference, self.full_at)
    }

    /// The smallest count without any.
    #[must_use]
    pub fn zero(self, reference: u64) -> u64 {
        self.limit(reference, self.none_at)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "counts of bytes and blocks are far below 2^52"
    )]
    fn limit(self, reference: u64, factor: f64) -> u64 {
        (reference as f64 * factor).floor() as u64
    }
}

/// The share of a query's blocks: `ln(none / observed) / ln(none / reference)`, cut to 0…1, and
/// full from `full_at` times the reference's blocks down.
#[must_use]
pub fn blocks_share(none: u64, reference: u64, observed: u64, full_at: f64) -> Share {
    let budget = Budget {
        full_at,
        none_at: full_at,
    };
    if observed <= budget.full(reference) {
        return Share::FULL;
    }
    on_log_scale(none, reference, observed)
}

/// Hundredths on the log scale from `zero` (0) to `full` (100), rounded down; never 100 here, since
/// what is full has been told apart before.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the value is clamped to 0…99, and counts are far below 2^52"
)]
fn on_log_scale(zero: u64, full: u64, observed: u64) -> Share {
    if observed >= zero || full >= zero {
        return Share::NONE;
    }
    let (zero, full, observed) = (zero as f64, full.max(1) as f64, observed.max(1) as f64);
    let share = (zero / observed).ln() / (zero / full).ln();
    Share::new((share * 100.0).floor().clamp(0.0, 99.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_between_none_and_reference() {
        // The figures of docs: the 10 newest rows of one of many customers in 500,000.
        for (observed, share) in [
            (13, 100),
            (16, 100),
            (17, 95),
            (31, 86),
            (554, 41),
            (8_064, 0),
            (9_000, 0),
        ] {
            assert_eq!(
                blocks_share(8_064, 13, observed, 1.3).hundredths(),
                share,
                "{observed} blocks"
            );
        }
    }

    #[test]
    fn budgets_fall_from_full_to_nothing() {
        let budget = Budget {
            full_at: 1.5,
            none_at: 3.0,
        };
        for (observed, share) in [
            (0, 100),
            (100, 100),
            (150, 100),
            (151, 99),
            (212, 50),
            (300, 0),
            (900, 0),
        ] {
            assert_eq!(
                budget.share(100, observed).hundredths(),
                share,
                "{observed}"
            );
        }
    }
}
