//! When the calls of an open loop leave: instants that are fixed before the load begins, and that
//! no answer can move.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the instants lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// At equal distances.
    #[default]
    Constant,
    /// As independent users come: the distances are exponential.
    Poisson,
}

/// A plan of instants.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Calls a second; in a Poisson plan on average.
    pub rate: f64,
    /// The last instant is before this.
    pub lasts: Duration,
    /// How the instants lie.
    pub arrivals: Arrivals,
    /// Poisson instants follow from it: the same seed, the same instants.
    pub seed: u64,
}

impl Schedule {
    /// The instants, counted from the beginning of the load, in order. The first one of a constant
    /// plan is zero.
    pub fn instants(&self) -> impl Iterator<Item = Duration> + use<> {
        let mut random = ChaCha12Rng::seed_from_u64(self.seed);
        let Self {
            rate,
            lasts,
            arrivals,
            ..
        } = *self;
        let mut at = 0.0;
        let mut number = 0_u32;
        let mut next = move || match arrivals {
            Arrivals::Constant => {
                // Multiplied, not summed up: a sum would drift.
                let at = f64::from(number) / rate;
                number += 1;
                at
            }
            Arrivals::Poisson => {
                let part: f64 = random.random();
                at -= (1.0 - part).ln() / rate;
                at
            }
        };
        std::iter::from_fn(move || Duration::try_from_secs_f64(next()).ok())
            .take_while(move |at| *at < lasts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instants(rate: f64, seconds: u64, arrivals: Arrivals, seed: u64) -> Vec<f64> {
        let schedule = Schedule {
            rate,
            lasts: Duration::from_secs(seconds),
            arrivals,
            seed,
        };
        schedule.instants().map(|at| at.as_secs_f64()).collect()
    }

    #[test]
    fn constant_instants_do_not_drift() {
        let instants = instants(333.0, 3, Arrivals::Constant, 1);
        assert_eq!(instants.len(), 999);
        assert!((instants[998] - 998.0 / 333.0).abs() < 1e-6);
        assert!(instants[0].abs() < 1e-9);
    }

    #[test]
    fn poisson_instants_are_as_many_and_their_distances_vary_as_they_should() {
        let first = instants(100.0, 100, Arrivals::Poisson, 7);
        assert_eq!(first, instants(100.0, 100, Arrivals::Poisson, 7));
        assert_ne!(first, instants(100.0, 100, Arrivals::Poisson, 8));
        assert!(first.is_sorted());
        // 10,000 are expected, with a deviation of 100.
        assert!((9_600..10_400).contains(&first.len()), "{}", first.len());
        // Exponential distances deviate by as much as they are long.
        let gaps: Vec<f64> = first.windows(2).map(|two| two[1] - two[0]).collect();
        let mean = gaps.iter().sum::<f64>() / 1e4;
        let square = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / 1e4;
        assert!((square.sqrt() / mean - 1.0).abs() < 0.1);
    }

    #[test]
    fn a_rate_that_is_none_plans_nothing_beyond_the_first_call() {
        for rate in [0.0, -1.0, f64::NAN] {
            assert!(instants(rate, 1, Arrivals::Constant, 1).len() <= 1);
            assert!(instants(rate, 1, Arrivals::Poisson, 1).len() <= 1);
        }
    }
}
