//! An axis on a log scale: round numbers at both ends, and those between that find room.

use super::axis::Tick;

/// The most labels.
const LABELS: usize = 7;

/// From one round number to another.
#[derive(Debug)]
pub(super) struct Log {
    low: f64,
    high: f64,
    marks: Vec<u64>,
}

impl Log {
    /// Over all of `least` to `most`, with `room` percent of the axis free below and above them
    /// where there are numbers; 0 stands where 1 does.
    pub(super) fn over(least: u64, most: u64, room: f64) -> Self {
        let (least, most) = (least.max(1), most.max(least).max(1));
        // The largest of all is no round number.
        let round: Vec<u64> = round().chain([u64::MAX]).collect();
        let last = round.len() - 1;
        let of = |low: usize, high: usize| Self {
            low: log(round[low]),
            high: log(round[high]),
            marks: few(&round[low..=high.min(last - 1)]),
        };
        let mut low = round.partition_point(|mark| *mark <= least) - 1;
        low = low.min(last - 1);
        let mut high = round.partition_point(|mark| *mark < most).max(low + 1);
        while low > 0 && of(low, high).at(least) < room {
            low -= 1;
        }
        while high < last && of(low, high).at(most) > 100.0 - room {
            high += 1;
        }
        of(low, high)
    }

    /// Where a value stands, in percent of the axis.
    pub(super) fn at(&self, value: u64) -> f64 {
        let part = (log(value.max(1)) - self.low) / (self.high - self.low);
        (part * 100.0).clamp(0.0, 100.0)
    }

    pub(super) fn ticks(&self, label: impl Fn(u64) -> String) -> Vec<Tick> {
        let tick = |value: &u64| Tick::new(self.at(*value), label(*value));
        self.marks.iter().map(tick).collect()
    }
}

/// 1, 2, 5, 10, 20, 50 and so on, as far as there are numbers.
fn round() -> impl Iterator<Item = u64> {
    let powers = (0..).map_while(|power| 10_u64.checked_pow(power));
    powers.flat_map(|power| {
        [1, 2, 5]
            .into_iter()
            .filter_map(move |lead| power.checked_mul(lead))
    })
}

/// All of them, or the powers of ten, or some of these.
fn few(marks: &[u64]) -> Vec<u64> {
    if marks.len() <= LABELS {
        return marks.to_vec();
    }
    let powers: Vec<u64> = marks
        .iter()
        .copied()
        .filter(|mark| 10_u64.pow(mark.ilog10()) == *mark)
        .collect();
    let step = powers.len().div_ceil(LABELS);
    powers.into_iter().step_by(step).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a picture needs no more than three digits"
)]
fn log(value: u64) -> f64 {
    (value as f64).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_reaches_over_everything() {
        for (least, most, marks) in [
            (0, 0, vec![1, 2]),
            (1, 1, vec![1, 2]),
            (10, 10, vec![10, 20]),
            (
                1_900,
                41_000,
                vec![1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
            ),
            (700, 2_100_000, vec![1_000, 10_000, 100_000, 1_000_000]),
            (9, 3, vec![5, 10]),
        ] {
            let axis = Log::over(least, most, 0.0);
            assert_eq!(axis.marks, marks, "{least} to {most}");
            assert!(axis.at(least) <= axis.at(most.max(least)), "{axis:?}");
        }
        for (least, most) in [(0, u64::MAX), (u64::MAX, u64::MAX)] {
            let axis = Log::over(least, most, 10.0);
            assert!((1..=LABELS).contains(&axis.marks.len()), "{axis:?}");
            assert!((axis.at(most) - 100.0).abs() < 1e-9, "{axis:?}");
        }
    }

    #[test]
    fn there_is_room_where_there_are_numbers() {
        for (least, most, marks) in [
            (
                1_000,
                10_000,
                vec![500, 1_000, 2_000, 5_000, 10_000, 20_000],
            ),
            (0, 7, vec![1, 2, 5, 10]),
        ] {
            let axis = Log::over(least, most, 10.0);
            assert_eq!(axis.marks, marks, "{least} to {most}");
            assert!(least < 2 || axis.at(least) >= 10.0, "{axis:?}");
            assert!(axis.at(most) <= 90.0, "{axis:?}");
        }
    }
}
