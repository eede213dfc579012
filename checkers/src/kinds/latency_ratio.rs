//! `run.latency-ratio`: a quantile of the latency at a fixed rate, against the lab's yardstick.
//!
//! Both get the same requests at the same instants in short slices, pair after pair, in random
//! order; what is judged is the middle of the pairs' ratios. A wrong answer, quick as it may be,
//! fails the check, and so does a service that does not answer.

mod evidence;
mod side;
#[cfg(test)]
mod tests;

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::load::{Arrivals, Connections, Record};
use crate::measure::mix::{self, Ask, Asked};
use crate::measure::paired::{self, Bar, First, Judgement, Pairs};
use crate::measure::postgres::{Bounds, Table};
use crate::message;
use crate::verdict::{Broken, Stop, Verdict};
use side::Side;

/// Slices of the submission without answers that decide: one could be an accident of ours.
const LOST: usize = 2;
/// Answers of a slice that are looked into, drawn at random.
const SAMPLES: usize = 8;

/// The load, and what is made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatencyRatio {
    /// What surrounds the service.
    #[serde(default)]
    pub on: Api,
    /// The service that it is compared with.
    #[serde(default = "yardstick")]
    pub yardstick: String,
    /// A SELECT whose columns are the requests' constants; a row is drawn for each request. At most
    /// 50,000 rows.
    #[serde(default)]
    pub draws: Option<String>,
    /// The requests.
    pub requests: Vec<Ask>,
    /// Requests a second.
    pub rate: u32,
    /// How they come.
    #[serde(default)]
    pub arrivals: Arrivals,
    /// Each request opens a connection of its own.
    #[serde(default)]
    pub fresh: bool,
    /// How long a slice is. It should have some fifty requests, and is better short than long.
    #[serde(default = "slice", with = "humantime_serde")]
    #[schemars(with = "String")]
    pub slice: Duration,
    /// How long a request may take. What is not answered then counts as so long, and so does every
    /// other failure.
    #[serde(default = "patience", with = "humantime_serde")]
    #[schemars(with = "String")]
    pub patience: Duration,
    /// The quantile that is compared, in hundredths.
    #[serde(default = "quantile")]
    #[schemars(range(min = 1, max = 99))]
    pub quantile: u8,
    /// How many times as long as the yardstick the service may take.
    pub limit: f64,
    /// The fewest pairs of slices; fewer than eight are eight.
    #[serde(default = "least_pairs")]
    pub least_pairs: usize,
    /// The most pairs: if nothing is decided then, the noise is ours. As many may be thrown away
    /// beside them, since the generator was late in them, or the yardstick did not answer.
    #[serde(default = "most_pairs")]
    pub most_pairs: usize,
}

fn yardstick() -> String {
    "yardstick".to_owned()
}

fn slice() -> Duration {
    Duration::from_millis(600)
}

fn patience() -> Duration {
    Duration::from_secs(5)
}

fn quantile() -> u8 {
    95
}

fn least_pairs() -> usize {
    8
}

fn most_pairs() -> usize {
    40
}

impl LatencyRatio {
    /// The longest that it takes to see that a service is far too slow, though it answers each
    /// request just in time.
    #[must_use]
    pub fn longest(&self) -> Duration {
        let pair = 2 * self.slice + self.patience;
        pair * u32::try_from(self.bar().least + LOST + 1).unwrap_or(u32::MAX)
    }

    fn bar(&self) -> Bar {
        Bar {
            limit: self.limit,
            least: self.least_pairs.max(8),
            most: self.most_pairs,
        }
    }

    fn part(&self) -> f64 {
        f64::from(self.quantile) / 100.0
    }

    fn connections(&self) -> Connections {
        if self.fresh {
            Connections::Fresh
        } else {
            Connections::Kept
        }
    }
}

/// Measures pair after pair.
///
/// # Errors
/// The generator could not keep its schedule, the yardstick does not answer, or the pairs tell
/// nothing within their bound.
pub async fn check(spec: &LatencyRatio, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &LatencyRatio, cx: &Context<'_>) -> Result<Verdict, Stop> {
    spec.on.ensure(cx).await?;
    let rows = match &spec.draws {
        Some(sql) => {
            let session = spec.on.administrator(cx).await?;
            let rows = session.table(sql, Bounds::QUERY).await;
            rows.map_err(|trouble| trouble.broken())?
        }
        None => Table::default(),
    };
    compare(spec, cx, &rows).await
}

/// What came of both in one pair.
struct Pair {
    asked: Vec<Asked>,
    submission: Record,
    yardstick: Record,
}

/// Both sides under load until they are judged.
async fn compare(spec: &LatencyRatio, cx: &Context<'_>, rows: &Table) -> Result<Verdict, Stop> {
    let mut random = cx.seed.stream("latency");
    let sides = [
        Side::new(spec, cx, &spec.on.service).await?,
        Side::new(spec, cx, &spec.yardstick).await?,
    ];
    let part = spec.part();
    let bar = spec.bar();
    let mut pairs = Pairs::default();
    let mut both = [Record::new(spec.patience), Record::new(spec.patience)];
    let (mut thrown, mut lost) = (0, 0);
    // The first pair only warms both up.
    let mut warm = false;
    loop {
        let pair = measure(spec, &sides, rows, &mut random).await?;
        sides[1].right_or_broken(&pair.asked, &pair.yardstick)?;
        sides[0]
            .right(spec, cx, &pair.asked, &pair.submission)
            .await?;
        let late = [&pair.submission, &pair.yardstick]
            .iter()
            .any(|record| !record.kept_schedule(part));
        if late || is_lost(&pair.yardstick, part) {
            thrown += 1;
            if thrown > spec.most_pairs {
                return Err(sides[1].unusable(&pair.yardstick, part, thrown).into());
            }
            continue;
        }
        if is_lost(&pair.submission, part) {
            lost += 1;
            if lost == LOST {
                return Err(evidence::unanswered(spec, cx, &pair).await?);
            }
        }
        if !warm {
            warm = true;
            continue;
        }
        for (all, record) in both.iter_mut().zip([&pair.submission, &pair.yardstick]) {
            all.append(record);
        }
        let seconds = |record: &Record| record.quantile(part).unwrap_or_default().as_secs_f64();
        pairs.add(seconds(&pair.submission), seconds(&pair.yardstick));
        let judgement = pairs.judge(bar, &mut random);
        if judgement == Judgement::More {
            continue;
        }
        let ratio = pairs.ratio(&mut random);
        let ratio = ratio.ok_or_else(|| Broken::from(message!("broken-no-pairs")))?;
        return evidence::verdict(spec, judgement, &both, &pairs, ratio);
    }
}

/// So many calls have no answer that the quantile has none.
fn is_lost(record: &Record, part: f64) -> bool {
    record.answered_part() < part
}

/// One slice of each, with the same requests at the same instants.
async fn measure(
    spec: &LatencyRatio,
    sides: &[Side; 2],
    rows: &Table,
    random: &mut ChaCha12Rng,
) -> Result<Pair, Broken> {
    let schedule = side::schedule(spec, random.random());
    let count = schedule.instants().count().max(1);
    let asked = mix::draw(&spec.requests, rows, count, random)?;
    let samples = rand::seq::index::sample(random, count, SAMPLES.min(count)).into_vec();
    let slice = async |side: &Side| side.slice(spec, &schedule, &asked, &samples).await;
    let (submission, yardstick) = match paired::order(1, random)[0] {
        First::Observed => {
            let submission = slice(&sides[0]).await?;
            (submission, slice(&sides[1]).await?)
        }
        First::Baseline => {
            let yardstick = slice(&sides[1]).await?;
            (slice(&sides[0]).await?, yardstick)
        }
    };
    Ok(Pair {
        asked,
        submission,
        yardstick,
    })
}
