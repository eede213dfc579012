//! One quantity against another on a noisy machine: both are measured in short slices, pair after
//! pair in random order, and what counts is the middle of the pairs' ratios with its interval.
//!
//! Noise that lasts longer than a pair meets both and falls out; noise that is shorter is what the
//! interval shows. Blocks measured one after the other tell 11% where there is nothing: pairs do
//! not. What is left of slow noise (the machine became slower within the pair) gets its sign from
//! the random order, so it does not add up from pair to pair, and pairs may be resampled as if they
//! were independent.
//!
//! **The interval** is the percentile bootstrap of the median of the logarithms (Efron and
//! Tibshirani, An Introduction to the Bootstrap, chapter 13), and never narrower than the one
//! between two order statistics that the binomial distribution gives for any distribution (Conover,
//! Practical Nonparametric Statistics, section 3.2). A resampled median is one of few values where
//! pairs are few: of 8 pairs the bootstrap alone holds the truth in 92% where it says 95%, of 20 in
//! 94% (4,000 simulated runs); with the other one it is 99% and 96%.

use rand::Rng;
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::verdict::Series;

/// Resamples of the bootstrap: the ends of the interval move by less than a percent beyond this.
const RESAMPLES: usize = 2_000;
/// How often the interval that is shown misses the truth, of a thousand.
const SHOWN: usize = 50;
/// How often the interval that judges misses it, of a thousand, at each look. Rarer, since it is
/// looked at several times, and since a wrong verdict is worse than one more pair.
const JUDGED: usize = 10;
/// The fewest pairs in which such an interval exists: the smallest and the largest of 7 are one of
/// 98.4%, of 8 one of 99.2%.
const FEWEST: usize = 8;

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

/// What a ratio is held against, and how many pairs may be spent on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The largest ratio that is right.
    pub limit: f64,
    /// The fewest pairs; fewer than eight are eight.
    pub least: usize,
    /// The most pairs.
    pub most: usize,
}

/// What pairs say of a ratio and its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The whole interval is at or below the limit.
    Within,
    /// The whole interval is above it.
    Beyond,
    /// Nothing yet: measure another pair.
    More,
    /// Nothing, and there are as many pairs as there may be: the noise is ours.
    Inconclusive,
}

impl Bar {
    /// Few looks, each with half as many pairs again: whoever looks after each pair finds what is
    /// not there sooner or later.
    fn is_looked_at(self, pairs: usize) -> bool {
        let mut look = self.least.max(FEWEST);
        while look < pairs && look < self.most() {
            look += look / 2;
        }
        pairs == look.min(self.most()) || pairs >= self.most()
    }

    fn most(self) -> usize {
        self.most.max(self.least).max(FEWEST)
    }
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

    /// The ratio with its interval of 95%. None of fewer than three pairs.
    #[must_use]
    pub fn ratio(&self, random: &mut impl Rng) -> Option<Ratio> {
        self.interval(SHOWN, random)
    }

    /// The ratio with an interval that misses the truth `misses` times of a thousand.
    fn interval(&self, misses: usize, random: &mut impl Rng) -> Option<Ratio> {
        if self.logs.len() < 3 {
            return None;
        }
        let mut drawn = self.logs.clone();
        let mut medians: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                for place in &mut drawn {
                    *place = *self.logs.choose(random).unwrap_or(place);
                }
                median(&mut drawn)
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let tail = RESAMPLES * misses / 2_000;
        let mut sorted = self.logs.clone();
        sorted.sort_by(f64::total_cmp);
        let outer = order_statistic(sorted.len(), misses);
        let low = medians[tail].min(sorted[outer]);
        let high = medians[RESAMPLES - 1 - tail].max(sorted[sorted.len() - 1 - outer]);
        Some(Ratio {
            median: median(&mut sorted).exp(),
            low: low.exp(),
            high: high.exp(),
        })
    }

    /// Whether the ratio is below a limit, as far as these pairs tell.
    #[must_use]
    pub fn judge(&self, bar: Bar, random: &mut impl Rng) -> Judgement {
        let pairs = self.logs.len();
        if !bar.is_looked_at(pairs) {
            return Judgement::More;
        }
        let Some(ratio) = self.interval(JUDGED, random) else {
            return Judgement::More;
        };
        if ratio.high <= bar.limit {
            Judgement::Within
        } else if ratio.low > bar.limit {
            Judgement::Beyond
        } else if pairs < bar.most() {
            Judgement::More
        } else {
            Judgement::Inconclusive
        }
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

/// The index, from 0, of the order statistic of so many that lies below the true median but for half
/// of `misses` in a thousand; its mirror image lies above. The outermost if there is none.
fn order_statistic(count: usize, misses: usize) -> usize {
    let allowed = misses as f64 / 2_000.0;
    // The chance that as many as `index` of them lie below the median: a coin that is thrown.
    let mut chance = 0.5_f64.powf(count as f64);
    let mut below = chance;
    let mut index = 0;
    while index + 1 < count / 2 {
        chance *= (count - index) as f64 / (index + 1) as f64;
        if below + chance > allowed {
            break;
        }
        below += chance;
        index += 1;
    }
    index
}

/// The median; the numbers are put into another order.
fn median(numbers: &mut [f64]) -> f64 {
    let half = numbers.len() / 2;
    let (below, middle, _) = numbers.select_nth_unstable_by(half, f64::total_cmp);
    let middle = *middle;
    let below = below.iter().copied().max_by(f64::total_cmp);
    match below {
        Some(below) if numbers.len().is_multiple_of(2) => f64::midpoint(below, middle),
        _ => middle,
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
mod tests;
