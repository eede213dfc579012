//! One quantity against another: the pairs as dots, the middle with its interval, and 1 to compare.

use labgrade_checkers::message;
use serde::Serialize;

use super::axis::{Axis, Tick, percent};
use crate::text::Catalogue;

/// Both are equal, in thousandths.
const EQUAL: u64 = 1_000;
/// A dot's width in percent of a sheet of paper.
const DOT: f64 = 1.8;
/// The most dots one on another; what comes then lies on the uppermost.
const LEVELS: usize = 12;
/// The most dots.
const DOTS: usize = 600;

/// One plot.
#[derive(Serialize)]
pub(super) struct Ratio {
    /// The same in a sentence.
    sentence: String,
    equal: String,
    median: String,
    low: String,
    width: String,
    dots: Vec<Dot>,
    levels: usize,
    ticks: Vec<Tick>,
}

#[derive(Serialize)]
struct Dot {
    at: String,
    level: usize,
}

/// The plot; all numbers in thousandths.
pub(super) fn ratio(
    median: u64,
    low: u64,
    high: u64,
    pairs: &[u64],
    catalogue: &Catalogue,
) -> Ratio {
    let (low, high) = (low.min(high), low.max(high));
    let all = || pairs.iter().copied().chain([median, low, high, EQUAL]);
    let least = all().min().unwrap_or(EQUAL);
    let most = all().max().unwrap_or(EQUAL);
    let axis = Axis::over(least, most, 6, 10);
    let dots = dots(pairs, &axis);
    Ratio {
        sentence: catalogue.render(&message!(
            "report-ratio",
            median = catalogue.thousandths(median),
            low = catalogue.thousandths(low),
            high = catalogue.thousandths(high),
            pairs = pairs.len()
        )),
        equal: percent(axis.at(EQUAL)),
        median: percent(axis.at(median)),
        low: percent(axis.at(low)),
        width: percent(axis.at(high) - axis.at(low)),
        levels: dots.iter().map(|dot| dot.level + 1).max().unwrap_or(1),
        dots,
        ticks: axis.ticks(|value| catalogue.thousandths(value)),
    }
}

/// Each dot on the lowest level where it lies on no other.
fn dots(pairs: &[u64], axis: &Axis) -> Vec<Dot> {
    let mut pairs = pairs.to_vec();
    pairs.sort_unstable();
    let mut ends = [f64::NEG_INFINITY; LEVELS];
    let few = pairs.len().div_ceil(DOTS).max(1);
    let dot = |pair: &u64| {
        let at = axis.at(*pair);
        let level = ends.iter().position(|end| *end <= at).unwrap_or(LEVELS - 1);
        ends[level] = at + DOT;
        Dot {
            at: percent(at),
            level,
        }
    };
    pairs.iter().step_by(few).map(dot).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn any_pairs_are_a_plot() {
        let catalogue = Catalogue::new(Lang::En);
        let same = vec![1_000; 100];
        let huge = vec![0, u64::MAX];
        for (median, low, high, pairs) in [
            (1_000, 1_000, 1_000, vec![]),
            (1_120, 1_040, 1_200, vec![1_100, 1_110, 1_300]),
            (1_000, 1_000, 1_000, same),
            (0, u64::MAX, 0, huge),
        ] {
            let ratio = ratio(median, low, high, &pairs, &catalogue);
            assert_eq!(ratio.dots.len(), pairs.len());
            assert!(ratio.levels <= LEVELS && !ratio.ticks.is_empty());
            assert!(!ratio.width.contains("NaN") && !ratio.width.starts_with('-'));
        }
    }
}
