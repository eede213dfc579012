//! What came of a load: latencies of right answers, what failed and how, how late the generator
//! itself was, and answers and errors over time.
//!
//! **How failures count.** They are never among the latencies, and never left out either: for a
//! quantile every failed call stands behind all answers, and counts as the time limit of a call. So
//! an error, however quick, never makes a server look quicker.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::verdict::Moment;

/// What the generator may be late by its own fault in any case: two slices of a scheduler on a busy
/// core.
pub const LATE: Duration = Duration::from_millis(5);
/// Beyond [`LATE`], its lateness may be this part of the latency at the same quantile. It is added to
/// both of two that are compared, so that it brings them nearer to one another, and never apart.
const LATE_PART: u32 = 4;
/// But never more than this: a generator at its own limit makes latencies as well as lateness.
const LATEST: Duration = Duration::from_millis(50);
/// The width of a step in the picture.
const STEP: Duration = Duration::from_millis(100);
/// The most steps; what comes later goes into the last one.
const MOST_STEPS: usize = 6_000;
/// The longest latency that is told apart.
const LONGEST: Duration = Duration::from_secs(600);

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// An answer with this status, which is not a right one.
    Wrong(u16),
    /// Nobody listens.
    Refused,
    /// The connection ended before the answer did.
    Cut,
    /// No whole answer within the time limit, counted from the intended instant.
    TimedOut,
    /// A body beyond the bound.
    TooLarge,
    /// Something that is not HTTP.
    Garbled,
    /// No socket or no port was left: ours.
    Own,
}

/// Calls that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failures {
    /// Whole answers with a wrong status, by status.
    pub wrong: BTreeMap<u16, u64>,
    /// Nobody listened.
    pub refused: u64,
    /// The connection ended before the answer did.
    pub cut: u64,
    /// No whole answer came within the time limit.
    pub timed_out: u64,
    /// Bodies beyond 1 MiB.
    pub too_large: u64,
    /// What came was not HTTP.
    pub garbled: u64,
    /// No socket or no port was left on our side.
    pub own: u64,
}

impl Failures {
    /// Calls to which no whole answer came.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.refused + self.cut + self.timed_out + self.too_large + self.garbled
    }

    /// Whole answers with a wrong status.
    #[must_use]
    pub fn wrong(&self) -> u64 {
        self.wrong.values().sum()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.unanswered() + self.wrong() + self.own
    }

    fn add(&mut self, other: &Self) {
        for (status, count) in &other.wrong {
            *self.wrong.entry(*status).or_default() += count;
        }
        self.refused += other.refused;
        self.cut += other.cut;
        self.timed_out += other.timed_out;
        self.too_large += other.too_large;
        self.garbled += other.garbled;
        self.own += other.own;
    }
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Which request of the load it answers.
    pub request: usize,
    /// Its status.
    pub status: u16,
    /// Its body; of a wrong answer that nobody asked for, the beginning.
    pub body: Vec<u8>,
}

/// What came of a load, or of several.
#[derive(Debug, Clone)]
pub struct Record {
    /// Microseconds from the intended instant to the last byte, of right answers.
    answered: Histogram<u64>,
    /// What failed.
    pub failures: Failures,
    /// The first answer that was wrong.
    pub wrong: Option<Kept>,
    /// Right answers that were to be kept, as they came.
    pub kept: Vec<Kept>,
    /// Calls that were sent once more, since the server had closed the idle connection meanwhile.
    pub retried: u64,
    /// Connections that were opened.
    pub connections: u64,
    /// Microseconds between the intended instant of a call and the one in which the generator got
    /// to it. That it then waited for a connection is the server's doing, and no part of it.
    lateness: Histogram<u64>,
    /// From the beginning to the last answer.
    pub took: Duration,
    /// The time limit of a call: what a failure counts as.
    limit: Duration,
    moments: Vec<Moment>,
}

impl Record {
    /// Nothing yet, of calls with this time limit.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self {
            answered: histogram(),
            failures: Failures::default(),
            wrong: None,
            kept: Vec::new(),
            retried: 0,
            connections: 0,
            lateness: histogram(),
            took: Duration::ZERO,
            limit,
            moments: Vec::new(),
        }
    }

    /// Notes that a call leaves, so much after its instant.
    pub(super) fn send(&mut self, lateness: Duration) {
        self.lateness.saturating_record(micros(lateness));
    }

    /// Notes how a call ended, `at` after the beginning.
    pub(super) fn end(&mut self, at: Duration, came: Result<Duration, Failure>) {
        self.took = self.took.max(at);
        let moment = self.moment(at);
        match came {
            Ok(latency) => {
                moment.done += 1;
                self.answered.saturating_record(micros(latency));
            }
            Err(failure) => {
                moment.errors += 1;
                let failures = &mut self.failures;
                match failure {
                    Failure::Wrong(status) => *failures.wrong.entry(status).or_default() += 1,
                    Failure::Refused => failures.refused += 1,
                    Failure::Cut => failures.cut += 1,
                    Failure::TimedOut => failures.timed_out += 1,
                    Failure::TooLarge => failures.too_large += 1,
                    Failure::Garbled => failures.garbled += 1,
                    Failure::Own => failures.own += 1,
                }
            }
        }
    }

    fn moment(&mut self, at: Duration) -> &mut Moment {
        let step = usize::try_from(at.as_millis() / STEP.as_millis()).unwrap_or(MOST_STEPS);
        let step = step.min(MOST_STEPS - 1);
        while self.moments.len() <= step {
            let at = self.moments.len() as u64 * micros(STEP) / 1_000;
            self.moments.push(Moment {
                at,
                done: 0,
                errors: 0,
            });
        }
        &mut self.moments[step]
    }

    /// Right answers.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.answered.len()
    }

    /// Calls that ended, one way or another.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.done() + self.failures.all()
    }

    /// The part of the calls, 0 to 1, that was answered rightly; of no call it is all.
    #[must_use]
    pub fn answered_part(&self) -> f64 {
        match self.calls() {
            0 => 1.0,
            calls => self.done() as f64 / calls as f64,
        }
    }

    /// The time within which a part of the calls, 0 to 1, was answered rightly. Failed calls stand
    /// behind all others, and count as the time limit. None if there was no call.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let calls = self.calls();
        if calls == 0 {
            return None;
        }
        let rank = rank(part, calls);
        if rank > self.done() {
            return Some(self.limit);
        }
        // Exact in ranks: a quantile of the answers alone would be another one.
        let within = rank as f64 / self.done() as f64;
        let micros = self.answered.value_at_quantile(within);
        Some(Duration::from_micros(micros))
    }

    /// Points to draw: quantiles in millionths and microseconds, denser towards the slow end, as
    /// far as there are calls to tell them apart.
    #[must_use]
    pub fn curve(&self) -> Vec<(u64, u64)> {
        let calls = self.calls();
        let mut points = Vec::new();
        // Nine steps in each tenth of what is left: 0, 0.1, … 0.9, 0.91, … 0.99, 0.991, …
        let (mut from, mut step) = (0, 100_000);
        while step > 0 {
            for number in 0..9 {
                let millionths = from + number * step;
                let left = (1_000_000 - millionths) * calls;
                if left < 1_000_000 {
                    return points;
                }
                if let Some(latency) = self.quantile(millionths as f64 / 1e6) {
                    points.push((millionths, micros(latency)));
                }
            }
            (from, step) = (from + 9 * step, step / 10);
        }
        points
    }

    /// Answers and errors in steps of 100 ms from the beginning.
    #[must_use]
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Calls that left, or should have.
    #[must_use]
    pub fn sends(&self) -> u64 {
        self.lateness.len()
    }

    /// Calls that left more than [`LATE`] after their instant.
    #[must_use]
    pub fn late_sends(&self) -> u64 {
        self.lateness.len() - self.lateness.count_between(0, micros(LATE))
    }

    /// How late the generator was at most, in this part of the calls.
    #[must_use]
    pub fn lateness(&self, part: f64) -> Duration {
        Duration::from_micros(self.lateness.value_at_quantile(part))
    }

    /// Whether the generator itself was in time, so that a quantile of the latencies says something
    /// of the server: at the same quantile it was late by at most 5 ms, or by at most a quarter of
    /// the latency and 50 ms. Where it was not, the figures are about this machine, and no one's fault but ours.
    #[must_use]
    pub fn kept_schedule(&self, part: f64) -> bool {
        let latency = self.quantile(part).unwrap_or_default();
        self.failures.own == 0 && self.lateness(part) <= LATE.max(latency / LATE_PART).min(LATEST)
    }

    /// Puts another load's record behind this one, in time too.
    pub fn append(&mut self, other: &Self) {
        // Both have the same bounds, so nothing can be refused.
        let _ = self.answered.add(&other.answered);
        self.failures.add(&other.failures);
        if self.wrong.is_none() {
            self.wrong.clone_from(&other.wrong);
        }
        self.retried += other.retried;
        self.connections += other.connections;
        let _ = self.lateness.add(&other.lateness);
        self.limit = self.limit.max(other.limit);
        let from = self.took;
        self.took += other.took;
        for moment in &other.moments {
            let at = from + Duration::from_millis(moment.at);
            let place = self.moment(at);
            place.done += moment.done;
            place.errors += moment.errors;
        }
    }
}

fn histogram() -> Histogram<u64> {
    // Three digits: a quantile is exact to 0.1%. The bounds are in order, so it cannot be refused.
    Histogram::new_with_bounds(1, micros(LONGEST), 3)
        .unwrap_or_else(|_| unreachable!("the bounds are constants"))
}

/// The place of a quantile among so many, from 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part between 0 and 1 of a count"
)]
fn rank(part: f64, calls: u64) -> u64 {
    ((part.clamp(0.0, 1.0) * calls as f64).ceil() as u64).clamp(1, calls)
}

/// Microseconds, cut at the largest number.
pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
