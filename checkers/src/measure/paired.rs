//! One quantity against another on a noisy machine: both are measured in short slices, pair after
//! pair in random order, and what counts is the middle of the pairs' ratios with its interval.
//!
//! Noise that lasts longer than a pair meets both and falls out; noise that is shorter is what the
//! interval shows. Blocks measured one after the other tell 11% where there is nothing: pairs do
//! not.

use rand::Rng;
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::verdict::Series;

/// Resamples of the bootstrap: the ends of the interval move by less than a percent beyond this.
const RESAMPLES: usize = 2_000;
/// The part of the resamples that is left out at each end, of a thousand: 95% are between.
const TAIL: usize = 25;

/// Which of the two is measured first in a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The one that is judged.
    Observed,
    /// The one that it is compared with.
    Baseline,
}

/// An order for each pair, so that whoever comes second does not always have the warm machine.
#[must_use]
pub fn order(pairs: usize, random: &mut impl Rng) -> Vec<First> {
    (0..pairs)
        .map(|_| {
            if random.random_bool(0.5) {
                First::Observed
            } else {
                First::Baseline
            }
        })
        .collect()
}

/// Ratios of pairs, observed over baseline.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    logs: Vec<f64>,
}

/// The middle of the ratios and the interval in which the true one lies with 95%.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The median.
    pub median: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Pairs {
    /// Adds a pair. One in which either is not above zero says nothing and is left out.
    pub fn add(&mut self, observed: f64, baseline: f64) {
        let log = (observed / baseline).ln();
        if log.is_finite() {
            self.logs.push(log);
        }
    }

    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.logs.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    /// The ratio with its interval: the percentile bootstrap of the median of the logarithms
    /// (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13). None of fewer than
    /// three pairs.
    #[must_use]
    pub fn ratio(&self, random: &mut impl Rng) -> Option<Ratio> {
        if self.logs.len() < 3 {
            return None;
        }
        let mut medians: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let drawn = self.logs.iter().filter_map(|_| self.logs.choose(random));
                median(drawn.copied().collect())
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let tail = RESAMPLES * TAIL / 1_000;
        Some(Ratio {
            median: median(self.logs.clone()).exp(),
            low: medians[tail].exp(),
            high: medians[RESAMPLES - 1 - tail].exp(),
        })
    }

    /// What a report draws of it.
    #[must_use]
    pub fn series(&self, ratio: Ratio) -> Series {
        Series::Ratio {
            median: thousandths(ratio.median),
            low: thousandths(ratio.low),
            high: thousandths(ratio.high),
            pairs: self.logs.iter().map(|log| thousandths(log.exp())).collect(),
        }
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    if numbers.len() % 2 == 1 {
        numbers[half]
    } else {
        f64::midpoint(numbers[half - 1], numbers[half])
    }
}

/// A ratio in thousandths.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a ratio is above zero; one beyond 2^64 thousandths is cut"
)]
pub fn thousandths(ratio: f64) -> u64 {
    (ratio * 1_000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;

    /// A machine on which a neighbour comes and goes for several pairs at a time, and each slice
    /// has noise of its own of about `own`.
    fn measured(truth: f64, own: f64, seed: u64) -> Pairs {
        let mut random = ChaCha12Rng::seed_from_u64(seed);
        let mut pairs = Pairs::default();
        let mut slow = 1.0;
        for _ in 0..24 {
            if random.random_bool(0.2) {
                slow = random.random_range(0.4..1.0);
            }
            let mut noise = || 1.0 + random.random_range(-own..own);
            pairs.add(1_000.0 * truth * slow * noise(), 1_000.0 * slow * noise());
        }
        pairs
    }

    #[test]
    fn the_interval_holds_the_truth_about_as_often_as_it_says() {
        for truth in [0.5, 1.0, 1.7] {
            let holds = (0..100).filter(|seed| {
                let mut random = ChaCha12Rng::seed_from_u64(seed + 1_000);
                let ratio = measured(truth, 0.2, *seed).ratio(&mut random);
                ratio.is_some_and(|it| it.low <= truth && truth <= it.high)
            });
            assert!(holds.count() >= 90, "{truth}");
        }
    }

    #[test]
    fn a_neighbour_who_lasts_falls_out() {
        let mut random = ChaCha12Rng::seed_from_u64(1);
        let ratio = measured(2.0, 0.02, 7).ratio(&mut random).expect("a ratio");
        assert!((ratio.median - 2.0).abs() < 0.05, "{ratio:?}");
        assert!(ratio.high - ratio.low < 0.1, "{ratio:?}");
    }

    #[test]
    fn a_few_or_broken_pairs_say_nothing() {
        let mut random = ChaCha12Rng::seed_from_u64(1);
        let mut pairs = Pairs::default();
        for (observed, baseline) in [
            (1.0, 0.0),
            (0.0, 1.0),
            (f64::NAN, 1.0),
            (2.0, 1.0),
            (2.0, 1.0),
        ] {
            pairs.add(observed, baseline);
        }
        assert_eq!(pairs.len(), 2);
        assert_eq!(pairs.ratio(&mut random), None);
        pairs.add(4.0, 2.0);
        let ratio = pairs.ratio(&mut random).expect("a ratio");
        assert_eq!(thousandths(ratio.median), 2_000);
        let firsts = order(100, &mut random);
        let observed = firsts.iter().filter(|first| **first == First::Observed);
        assert!((20..=80).contains(&observed.count()));
    }
}
