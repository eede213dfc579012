//! Axes of plots: round numbers at even distances, and where a value stands between them.
//!
//! The plots of this folder are markup of our own and no plot library's: those set a picture of one
//! size with letters and colours inside, which can be read on a phone only where it is too large
//! for one, and does not turn dark with the page. Here the browser sets the letters, the style sheet
//! the colours, and only lines are a picture, stretched to whatever width there is.

use serde::Serialize;

/// The largest number of an axis: what is above it stands at its end.
const MOST: u64 = u64::MAX / 16;

/// From `low` to `high` in even steps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Axis {
    low: u64,
    high: u64,
    step: u64,
}

/// A round number of an axis.
#[derive(Serialize)]
pub(super) struct Tick {
    at: String,
    label: String,
}

impl Tick {
    /// A label so many percent from the beginning.
    pub(super) fn new(at: f64, label: String) -> Self {
        let at = percent(at);
        Self { at, label }
    }
}

impl Axis {
    /// Over all of `least` to `most` in at most about so many parts, none below `finest`.
    pub(super) fn over(least: u64, most: u64, parts: u64, finest: u64) -> Self {
        let (least, most) = (least.min(MOST), most.min(MOST));
        let width = most.saturating_sub(least).div_ceil(parts.max(1));
        let step = round_up(width.max(finest).max(1));
        let low = least - least % step;
        let high = most.max(low.saturating_add(1)).div_ceil(step);
        Self {
            low,
            high: high.saturating_mul(step),
            step,
        }
    }

    /// Where a value stands, in percent of the axis.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a picture needs no more than three digits"
    )]
    pub(super) fn at(&self, value: u64) -> f64 {
        let part = value.saturating_sub(self.low) as f64 / (self.high - self.low) as f64;
        (part * 100.0).clamp(0.0, 100.0)
    }

    pub(super) fn ticks(&self, label: impl Fn(u64) -> String) -> Vec<Tick> {
        let count = (self.high - self.low) / self.step;
        (0..=count)
            .map(|index| self.low + index * self.step)
            .map(|value| Tick::new(self.at(value), label(value)))
            .collect()
    }
}

/// The next of 1, 2, 5, 10, 20, 50 and so on.
fn round_up(least: u64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for lead in [1, 2, 5] {
            match power.checked_mul(lead) {
                Some(step) if step >= least => return step,
                Some(_) => {}
                None => return least,
            }
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return least,
        }
    }
}

pub(super) fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round_and_reach_over_everything() {
        for (least, most, parts, finest, expected) in [
            (0, 0, 6, 100, (0, 100, 100)),
            (0, 12_400, 6, 100, (0, 15_000, 5_000)),
            (0, 9_900, 6, 100, (0, 10_000, 2_000)),
            (920, 1_310, 5, 1, (900, 1_400, 100)),
            (1_000, 1_000, 5, 10, (1_000, 1_010, 10)),
        ] {
            let axis = Axis::over(least, most, parts, finest);
            assert_eq!(
                (axis.low, axis.high, axis.step),
                expected,
                "{least} to {most}"
            );
        }
        for (least, most) in [
            (0, u64::MAX),
            (u64::MAX, u64::MAX),
            (u64::MAX - 1, u64::MAX),
        ] {
            let axis = Axis::over(least, most, 5, 1);
            let ticks = axis.ticks(|value| value.to_string());
            assert!((1..12).contains(&ticks.len()), "{axis:?}");
            assert!(
                axis.at(least) <= axis.at(most) && axis.at(most).is_finite(),
                "{axis:?}"
            );
        }
    }
}
