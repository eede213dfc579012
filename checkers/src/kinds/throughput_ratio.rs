//! `run.throughput-ratio`: how many small transactions a second the submission's server ends,
//! against one with default settings, in short slices of each. Shown, never scored.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::paired::{self, First, Pairs, thousandths};
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::measure::tuned::{STEADY, Server, Stop, settle};
use crate::message;
use crate::verdict::{Broken, Evidence, Verdict};

/// The work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThroughputRatio {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// A service with the same data and default settings.
    pub baseline: String,
    /// One transaction; `$1`, `$2` and so on each are a number of the ranges.
    pub transaction: String,
    /// For each placeholder the largest number; the least is 1.
    pub numbers: Vec<u32>,
    /// Sessions at once on each server.
    pub sessions: usize,
    /// Pairs of slices.
    pub pairs: usize,
    /// How long a slice is.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub slice: Duration,
}

/// Measures pair after pair.
///
/// # Errors
/// One of the servers does not answer.
pub async fn check(spec: &ThroughputRatio, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(spec, cx).await)
}

async fn judge(spec: &ThroughputRatio, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    let baseline = Server {
        service: spec.baseline.clone(),
        ..on.clone()
    };
    let mut observed_sessions = Vec::new();
    let mut baseline_sessions = Vec::new();
    for _ in 0..spec.sessions {
        observed_sessions.push(on.application(cx, STEADY).await?);
        baseline_sessions.push(baseline.application(cx, STEADY).await?);
    }
    let mut random = cx.seed.stream("throughput");
    let mut pairs = Pairs::default();
    // The first pair only warms both up.
    let order = paired::order(spec.pairs + 1, &mut random);
    for (number, first) in order.into_iter().enumerate() {
        let mut slice = async |which: First| match which {
            First::Observed => rate(spec, on, cx, &observed_sessions, &mut random).await,
            First::Baseline => rate(spec, &baseline, cx, &baseline_sessions, &mut random).await,
        };
        let (observed, compared) = match first {
            First::Observed => {
                let observed = slice(First::Observed).await?;
                (observed, slice(First::Baseline).await?)
            }
            First::Baseline => {
                let compared = slice(First::Baseline).await?;
                (slice(First::Observed).await?, compared)
            }
        };
        if number > 0 {
            pairs.add(observed, compared);
        }
    }
    let Some(ratio) = pairs.ratio(&mut random) else {
        return Err(Broken::from(message!("broken-no-pairs")).into());
    };
    let message = message!(
        "throughput-ratio",
        percent = thousandths(ratio.median) / 10,
        low = thousandths(ratio.low) / 10,
        high = thousandths(ratio.high) / 10,
        pairs = pairs.len()
    );
    Ok(Verdict::passed(
        Evidence::from(message).drawn(pairs.series(ratio)),
    ))
}

/// Transactions a second that all sessions end together in one slice.
async fn rate(
    spec: &ThroughputRatio,
    on: &Server,
    cx: &Context<'_>,
    sessions: &[Session],
    random: &mut ChaCha12Rng,
) -> Result<f64, Stop> {
    let began = Instant::now();
    let seeds: Vec<u64> = sessions.iter().map(|_| random.random()).collect();
    let counts = try_join_all(sessions.iter().zip(seeds).map(|(session, seed)| {
        let mut random = <ChaCha12Rng as rand::SeedableRng>::seed_from_u64(seed);
        async move {
            let mut done = 0_u32;
            while began.elapsed() < spec.slice {
                let sql = filled(spec, &mut random);
                session.rows(&sql, Bounds::QUERY).await?;
                done += 1;
            }
            Ok::<_, Trouble>(done)
        }
    }))
    .await;
    match counts {
        Ok(counts) => Ok(f64::from(counts.iter().sum::<u32>()) / began.elapsed().as_secs_f64()),
        Err(trouble) => Err(on.trouble(cx, began, trouble).await),
    }
}

fn filled(spec: &ThroughputRatio, random: &mut ChaCha12Rng) -> String {
    let mut sql = spec.transaction.clone();
    for (index, most) in spec.numbers.iter().enumerate() {
        let number = random.random_range(1..=(*most).max(1));
        sql = sql.replace(&format!("${}", index + 1), &number.to_string());
    }
    sql
}
