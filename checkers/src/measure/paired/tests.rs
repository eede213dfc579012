//! Simulated machines: what is the same is never judged different, and what is twice as slow always
//! is.

use rand::{RngExt, SeedableRng};
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

/// One machine as both sides meet it, slice after slice.
struct Machine {
    random: ChaCha12Rng,
    noise: Noise,
    /// The logarithm of how slow it is.
    slow: f64,
    /// The logarithm of how much the neighbour takes, while he is there.
    neighbour: Option<f64>,
}

/// How it is disturbed.
#[derive(Debug, Clone, Copy)]
enum Noise {
    /// An autoregression: one slice is much like the one before, and single ones vary by 37%.
    Drifting,
    /// A neighbour comes and goes, and while he is there everything takes half as long again to
    /// three times as long.
    Neighbour,
    /// Both, and one slice in twenty is hit by something that takes three times as long.
    Everything,
}

const NOISES: [Noise; 3] = [Noise::Drifting, Noise::Neighbour, Noise::Everything];

impl Machine {
    fn new(noise: Noise, seed: u64) -> Self {
        Self {
            random: ChaCha12Rng::seed_from_u64(seed),
            noise,
            slow: 0.0,
            neighbour: None,
        }
    }

    fn normal(&mut self) -> f64 {
        let (one, other): (f64, f64) = (self.random.random(), self.random.random());
        (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos()
    }

    /// The 95th percentile of a slice of 72 calls, each of which takes `truth` times 10 ms in the
    /// middle, and twice as long now and then.
    fn slice(&mut self, truth: f64) -> f64 {
        let mut log = 0.0;
        if !matches!(self.noise, Noise::Neighbour) {
            self.slow = 0.9 * self.slow + 0.35 * (1.0_f64 - 0.81).sqrt() * self.normal();
            log += self.slow;
        }
        if !matches!(self.noise, Noise::Drifting) {
            if self.random.random_bool(0.15) {
                self.neighbour = match self.neighbour {
                    None => Some(self.random.random_range(1.5_f64..3.0).ln()),
                    Some(_) => None,
                };
            }
            log += self.neighbour.unwrap_or_default();
        }
        if matches!(self.noise, Noise::Everything) && self.random.random_bool(0.05) {
            log += 3.0_f64.ln();
        }
        let mut calls: Vec<f64> = (0..72).map(|_| 0.5 * self.normal()).collect();
        calls.sort_by(f64::total_cmp);
        10.0 * truth * (log + calls[68]).exp()
    }

    /// Measures pairs until they are judged: the judgement and how many pairs there were.
    fn judged(&mut self, truth: f64, bar: Bar) -> (Judgement, usize) {
        let mut pairs = Pairs::default();
        loop {
            let first = order(1, &mut self.random)[0];
            let (observed, baseline) = match first {
                First::Observed => {
                    let observed = self.slice(truth);
                    (observed, self.slice(1.0))
                }
                First::Baseline => {
                    let baseline = self.slice(1.0);
                    (self.slice(truth), baseline)
                }
            };
            pairs.add(observed, baseline);
            let judgement = pairs.judge(bar, &mut self.random);
            if judgement != Judgement::More {
                return (judgement, pairs.len());
            }
        }
    }
}

/// The square root of two: as far from the same as from twice as much.
const BAR: Bar = Bar {
    limit: 1.41,
    least: 8,
    most: 80,
};

/// Runs of one truth on machines of each kind of noise: how many came to each judgement, and the
/// pairs that the middle one of them took.
fn runs(truth: f64, noise: Noise) -> ([usize; 3], usize) {
    let mut counts = [0; 3];
    let mut pairs = Vec::new();
    for seed in 0..1_000 {
        let (judgement, count) = Machine::new(noise, seed).judged(truth, BAR);
        pairs.push(count);
        match judgement {
            Judgement::Within => counts[0] += 1,
            Judgement::Beyond => counts[1] += 1,
            Judgement::Inconclusive => counts[2] += 1,
            Judgement::More => unreachable!("it goes on"),
        }
    }
    pairs.sort_unstable();
    (counts, pairs[500])
}

#[test]
fn what_is_the_same_is_never_judged_different() {
    for noise in NOISES {
        let (judgements, pairs) = runs(1.0, noise);
        assert_eq!(judgements, [1_000, 0, 0], "{noise:?}, {pairs} pairs");
    }
}

#[test]
fn what_is_twice_as_slow_always_is() {
    for noise in NOISES {
        let (judgements, pairs) = runs(2.0, noise);
        assert_eq!(judgements, [0, 1_000, 0], "{noise:?}, {pairs} pairs");
    }
}

#[test]
fn the_interval_holds_the_truth_also_where_pairs_are_few() {
    for (count, misses, least) in [(8, SHOWN, 940), (8, JUDGED, 980), (20, SHOWN, 940)] {
        let held = (0..1_000).filter(|seed| {
            let mut machine = Machine::new(Noise::Drifting, *seed);
            let mut pairs = Pairs::default();
            for _ in 0..count {
                pairs.add(machine.normal().exp(), 1.0);
            }
            let ratio = pairs.interval(misses, &mut machine.random);
            ratio.is_some_and(|it| it.low <= 1.0 && 1.0 <= it.high)
        });
        let held = held.count();
        assert!(held >= least, "{count} pairs, {misses}: {held}");
    }
}

#[test]
fn order_statistics_are_those_of_the_tables() {
    // Conover, table A3, or: of 20 throws of a coin 5 or fewer are heads with 2.07%.
    for (count, misses, index) in [
        (3, 50, 0),
        (7, 10, 0),
        (8, 10, 0),
        (8, 50, 0),
        (9, 50, 1),
        (12, 50, 2),
        (20, 50, 5),
        (20, 10, 3),
        (40, 50, 13),
    ] {
        assert_eq!(order_statistic(count, misses), index, "{count} {misses}");
    }
}

#[test]
fn pairs_are_looked_at_seldom_and_at_last() {
    let looks = |least, most| -> Vec<usize> {
        let bar = Bar {
            limit: 1.0,
            least,
            most,
        };
        (0..=bar.most())
            .filter(|pairs| bar.is_looked_at(*pairs))
            .collect()
    };
    assert_eq!(looks(8, 40), [8, 12, 18, 27, 40]);
    assert_eq!(looks(10, 10), [10]);
    assert_eq!(looks(1, 3), [8]);
}

#[test]
fn a_ratio_at_the_limit_is_left_open() {
    let bar = Bar {
        limit: 2.0,
        least: 8,
        most: 12,
    };
    let mut random = ChaCha12Rng::seed_from_u64(1);
    let mut pairs = Pairs::default();
    for number in 1..=12 {
        assert_eq!(pairs.judge(bar, &mut random), Judgement::More, "{number}");
        pairs.add(if number % 2 == 0 { 1.9 } else { 2.1 }, 1.0);
    }
    assert_eq!(pairs.judge(bar, &mut random), Judgement::Inconclusive);
}
