//! `run.pool-bounded`: while many requests wait, the application keeps to a published number of
//! connections; then all of them are answered.
//!
//! The table of orders is locked for almost as long as a latch may be, whatever the machine does, so
//! that whoever gives up too soon does so each time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::crowd::Crowd;
use crate::measure::http::{Answer, NoAnswer};
use crate::measure::latch::{self, Latch};
use crate::measure::statements::Counter;
use crate::measure::volley;
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How long the table is locked. Waits of up to 5 s, which students choose, end within it; waits of
/// 10 s, which are as long as the task says, have 3 s left for the answers: 0.4 s were measured, 1.5 s
/// with both cores busy.
const HELD: Duration = Duration::from_secs(7);
/// Between two looks at the connections.
const LOOK: Duration = Duration::from_millis(100);
/// As many looks in a row make a number that stays: a connection that ends while the next one begins
/// is seen twice for some milliseconds.
const STAYS: usize = 10;
/// What a request may take beyond the latch.
const ENDS: Duration = Duration::from_secs(20);
/// Rounds, where the latch was released too late.
const ROUNDS: usize = 3;

/// What is sent, and what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolBounded {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// Requests that are sent at once.
    #[serde(default = "sixty")]
    pub requests: usize,
    /// Connections to the database that the application may have.
    #[serde(default = "twenty")]
    pub most: usize,
}

fn sixty() -> usize {
    60
}

fn twenty() -> usize {
    20
}

/// What came of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// The right order.
    Right,
    /// The right order, while nobody could read it.
    Foreseen,
    /// Something else.
    Other(u16, Tainted),
    /// Nothing.
    None(Tainted),
}

/// What was seen in one round.
struct Seen {
    /// Connections that stayed.
    connected: usize,
    /// The most that waited in the database at once.
    waiting: usize,
    ends: Vec<End>,
    held: Duration,
}

/// Locks the table under the requests.
///
/// # Errors
/// The engine or the server fails.
pub async fn check(spec: &PoolBounded, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &PoolBounded, cx: &Context<'_>) -> Result<Verdict, Stop> {
    spec.on.ensure(cx).await?;
    let mut random = cx.seed.stream("pool-bounded");
    for _ in 0..ROUNDS {
        let began = cx.timeline.mark();
        let crowd = Crowd::gather(cx, &spec.on, &mut random, spec.requests).await?;
        let seen = locked(spec, cx, &crowd).await?;
        let (requests, connected) = (spec.requests, seen.connected);
        let Some(message) = fault(spec, &seen) else {
            let message = message!("pool-bounded", requests = requests, connected = connected);
            return Ok(Verdict::passed(Evidence::from(message).timeline(cx, began)));
        };
        if connected <= spec.most && seen.held > latch::PUBLISHED {
            // Whoever gave up was right to do so.
            continue;
        }
        let evidence = Evidence::from(message)
            .against(
                message!("pool-expected", most = spec.most, requests = requests),
                message!(
                    "pool-observed",
                    connected = connected,
                    waiting = seen.waiting,
                    right = seen.ends.iter().filter(|end| **end == End::Right).count()
                ),
            )
            .with_details(details(&seen))
            .timeline(cx, began);
        return Ok(Verdict::failed(evidence));
    }
    Err(Broken::from(message!(
        "broken-latch-late",
        seconds = latch::PUBLISHED.as_secs()
    ))
    .into())
}

/// One round, after which the lock is released and no request is under way.
async fn locked(spec: &PoolBounded, cx: &Context<'_>, crowd: &Crowd) -> Result<Seen, Stop> {
    let api = &spec.on;
    let session = api.administrator(cx).await?;
    let counter = Counter::new(&session, api);
    let latch = Latch::hold(cx, api).await?;
    let mut volley = volley::fire(cx, &api.service, &crowd.requests, HELD + ENDS)?;
    let looked = look(cx, &counter, &latch).await;
    let before: Result<Vec<bool>, Broken> = volley
        .so_far()
        .map(|so_far| so_far.iter().map(Option::is_some).collect());
    let held = latch.release(cx).await?;
    let answers = volley.all().await?;
    let ((connected, waiting), before) = (looked?, before?);
    cx.timeline
        .seen(&api.db, message!("event-waiting", waiting = waiting));
    let ends: Vec<End> = answers
        .iter()
        .zip(before)
        .enumerate()
        .map(|(index, (answer, before))| match answer {
            Ok(answer) if crowd.is_right(index, answer) && before => End::Foreseen,
            Ok(answer) if crowd.is_right(index, answer) => End::Right,
            Ok(answer) => End::Other(answer.status, shown(answer)),
            Err(none) => End::None(Tainted::bounded(&none.words(), 300)),
        })
        .collect();
    if answers
        .iter()
        .any(|it| matches!(it, Err(NoAnswer::TimedOut(_))))
    {
        // Whoever comes next must find it free.
        api.restart(cx, &Default::default()).await?;
    }
    Ok(Seen {
        connected,
        waiting,
        ends,
        held,
    })
}

/// The connections that stayed, and the most that waited at once.
async fn look(
    cx: &Context<'_>,
    counter: &Counter<'_>,
    latch: &Latch,
) -> Result<(usize, usize), Broken> {
    let mut last = VecDeque::new();
    let (mut connected, mut waiting) = (0, 0);
    while latch.held() < HELD {
        let began = Instant::now();
        last.push_back(counter.connected().await?);
        if last.len() > STAYS {
            last.pop_front();
            connected = connected.max(last.iter().copied().min().unwrap_or(0));
        }
        waiting = waiting.max(counter.waiting().await?);
        let pause = LOOK.saturating_sub(began.elapsed());
        sleep(pause).await;
        cx.timeline.wait(pause);
    }
    Ok((connected, waiting))
}

/// What is wrong, if anything is.
fn fault(spec: &PoolBounded, seen: &Seen) -> Option<Message> {
    let of = |which: fn(&End) -> bool| seen.ends.iter().filter(|end| which(end)).count();
    let foreseen = of(|end| *end == End::Foreseen);
    let silent = of(|end| matches!(end, End::None(_)));
    let failed = of(|end| matches!(end, End::Other(500.., _)));
    let wrong = of(|end| matches!(end, End::Other(..500, _)));
    let requests = spec.requests;
    if seen.connected > spec.most {
        Some(message!(
            "pool-unbounded",
            connected = seen.connected,
            most = spec.most
        ))
    } else if foreseen > 0 {
        Some(message!("latch-from-memory", answers = foreseen))
    } else if failed > 0 {
        Some(message!("pool-fails", failed = failed, requests = requests))
    } else if silent > 0 {
        Some(message!(
            "pool-silent",
            silent = silent,
            requests = requests
        ))
    } else if wrong > 0 {
        Some(message!("pool-wrong", wrong = wrong, requests = requests))
    } else {
        None
    }
}

/// Each kind of end once, with one example.
fn details(seen: &Seen) -> Vec<Message> {
    let mut details = vec![message!("latch-held", millis = seen.held.as_millis())];
    let other = seen.ends.iter().find_map(|end| match end {
        End::Other(_, shown) => Some(message!("observed-answer", answer = shown.clone())),
        _ => None,
    });
    let none = seen.ends.iter().find_map(|end| match end {
        End::None(words) => Some(message!("observed-words", words = words.clone())),
        _ => None,
    });
    details.extend(other.into_iter().chain(none));
    details
}

fn shown(answer: &Answer) -> Tainted {
    Tainted::bounded(answer.shown().as_str(), 300)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_what_was_seen() {
        let spec = PoolBounded {
            on: Api::default(),
            requests: 3,
            most: 20,
        };
        let (right, foreseen) = (End::Right, End::Foreseen);
        let other = |status| End::Other(status, Tainted::new("x"));
        let none = End::None(Tainted::new("x"));
        for (connected, last, key) in [
            (20, right.clone(), None),
            (1, right.clone(), None),
            (21, right, Some("pool-unbounded")),
            (0, foreseen, Some("latch-from-memory")),
            (20, other(500), Some("pool-fails")),
            (20, other(503), Some("pool-fails")),
            (20, other(404), Some("pool-wrong")),
            (20, other(200), Some("pool-wrong")),
            (20, none, Some("pool-silent")),
        ] {
            let seen = Seen {
                connected,
                waiting: connected,
                ends: vec![End::Right, End::Right, last.clone()],
                held: HELD,
            };
            let said = fault(&spec, &seen).map(|message| message.key);
            assert_eq!(said.as_deref(), key, "{connected} {last:?}");
        }
    }
}
