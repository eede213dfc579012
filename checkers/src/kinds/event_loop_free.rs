//! `run.event-loop-free`: while requests wait for the database, several of them at once, `/health` is
//! answered.
//!
//! The table of orders is locked, and more requests are sent than FastAPI has threads. What becomes
//! of them when the lock is released is judged by `run.pool-bounded`: one fault costs one check.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::crowd::Crowd;
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::latch::Latch;
use crate::measure::statements::Counter;
use crate::measure::volley::{self, Volley};
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// Until enough of them wait: 0.2 s were measured, 2 s with both cores busy.
const GATHERED: Duration = Duration::from_secs(5);
/// Until no more of them come to wait.
const SETTLED: Duration = Duration::from_secs(2);
/// How often `/health` is asked then: the threads of a pool are taken one by one, and the last ones
/// may still be free for the first question.
const PROBES: usize = 4;
/// For all of that: a latch is released within 10 s.
const HELD: Duration = Duration::from_millis(9_300);
/// What a request may take beyond the latch.
const ENDS: Duration = Duration::from_secs(20);
/// A round that went wrong is repeated: on a machine that stood still it says nothing.
const ROUNDS: usize = 2;

/// What is sent, and what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventLoopFree {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// Requests that are sent at once: more than there are threads.
    #[serde(default = "sixty")]
    pub requests: usize,
    /// How many of them must be seen waiting in the database at once.
    #[serde(default = "five")]
    pub least: usize,
}

fn sixty() -> usize {
    60
}

fn five() -> usize {
    5
}

/// What was seen while the table was locked.
#[derive(Debug)]
struct Seen {
    /// The most that waited in the database at once.
    waiting: usize,
    /// What `/health` said last.
    health: Result<Answer, NoAnswer>,
    /// Requests that were answered with an order that nobody could read.
    foreseen: usize,
    /// How long the table was locked, in milliseconds.
    held: u128,
}

/// What is wrong with what was seen; in this order, since a service that stands still also keeps
/// the others from waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Silent,
    Unwell,
    FromMemory,
    FewWait,
}

impl Seen {
    fn fault(&self, least: usize) -> Option<Fault> {
        match &self.health {
            Err(_) => Some(Fault::Silent),
            Ok(answer) if answer.status != 200 => Some(Fault::Unwell),
            Ok(_) if self.foreseen > 0 => Some(Fault::FromMemory),
            Ok(_) if self.waiting < least => Some(Fault::FewWait),
            Ok(_) => None,
        }
    }
}

/// Locks the table under the requests.
///
/// # Errors
/// The engine or the server fails.
pub async fn check(spec: &EventLoopFree, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &EventLoopFree, cx: &Context<'_>) -> Result<Verdict, Stop> {
    spec.on.ensure(cx).await?;
    let mut random = cx.seed.stream("event-loop-free");
    let began = cx.timeline.mark();
    let mut round = 1;
    loop {
        let crowd = Crowd::gather(cx, &spec.on, &mut random, spec.requests).await?;
        let seen = locked(spec, cx, &crowd).await?;
        let Some(fault) = seen.fault(spec.least) else {
            let message = message!(
                "loop-free",
                requests = spec.requests,
                waiting = seen.waiting
            );
            return Ok(Verdict::passed(Evidence::from(message).timeline(cx, began)));
        };
        if round == ROUNDS {
            let evidence = evidence(spec, &seen, fault).timeline(cx, began);
            return Ok(Verdict::failed(evidence));
        }
        round += 1;
    }
}

/// One round, after which the lock is released and no request is under way.
async fn locked(spec: &EventLoopFree, cx: &Context<'_>, crowd: &Crowd) -> Result<Seen, Stop> {
    let api = &spec.on;
    let latch = Latch::hold(cx, api).await?;
    let mut volley = volley::fire(cx, &api.service, &crowd.requests, HELD + ENDS)?;
    let looked = look(spec, cx, crowd, &latch, &mut volley).await;
    let held = latch.release(cx).await?;
    let answers = volley.all().await?;
    let (waiting, health, foreseen) = looked?;
    if answers
        .iter()
        .any(|it| matches!(it, Err(NoAnswer::TimedOut(_))))
    {
        // Whoever comes next must find it free.
        api.restart(cx, &Default::default()).await?;
    }
    Ok(Seen {
        waiting,
        health,
        foreseen,
        held: held.as_millis(),
    })
}

async fn look(
    spec: &EventLoopFree,
    cx: &Context<'_>,
    crowd: &Crowd,
    latch: &Latch,
    volley: &mut Volley,
) -> Result<(usize, Result<Answer, NoAnswer>, usize), Broken> {
    let api = &spec.on;
    let session = api.administrator(cx).await?;
    let counter = Counter::new(&session, api);
    let mut waiting = 0;
    wait::until(cx, GATHERED, async || {
        waiting = waiting.max(counter.waiting().await?);
        Ok((waiting >= spec.least).then_some(()))
    })
    .await?;
    let settled = volley::highest(cx, SETTLED, usize::MAX, async || counter.waiting().await);
    waiting = waiting.max(settled.await?);
    cx.timeline
        .seen(&api.db, message!("event-waiting", waiting = waiting));
    let mut health = Err(NoAnswer::TimedOut(HELD));
    for _ in 0..PROBES {
        let rest = HELD.saturating_sub(latch.held());
        health = Request::get("/health")
            .ask(cx.bench, &api.service, rest)
            .await?;
        if !matches!(&health, Ok(answer) if answer.status == 200) {
            break;
        }
        cx.timeline.seen(&api.service, message!("event-healthy"));
        waiting = waiting.max(counter.waiting().await?);
    }
    let so_far = volley.so_far()?.iter().enumerate();
    let foreseen = so_far
        .filter(|(index, it)| matches!(it, Some(Ok(answer)) if crowd.is_right(*index, answer)))
        .count();
    Ok((waiting, health, foreseen))
}

fn evidence(spec: &EventLoopFree, seen: &Seen, fault: Fault) -> Evidence {
    let message = match fault {
        Fault::Silent => message!("loop-silent", requests = spec.requests),
        Fault::Unwell => message!("loop-unwell", requests = spec.requests),
        Fault::FromMemory => message!("latch-from-memory", answers = seen.foreseen),
        Fault::FewWait => message!(
            "loop-few-wait",
            requests = spec.requests,
            waiting = seen.waiting
        ),
    };
    let health = match &seen.health {
        Ok(answer) => answer.shown(),
        Err(none) => Tainted::bounded(&none.words(), 300),
    };
    Evidence::from(message)
        .against(
            message!("loop-expected", least = spec.least),
            message!("loop-observed", waiting = seen.waiting, health = health),
        )
        .with_details(vec![message!("latch-held", millis = seen.held)])
        .repeat_with(&Request::get("/health").curl())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_what_was_seen() {
        let answer = |status| Answer {
            status,
            headers: Default::default(),
            body: Vec::new(),
        };
        let silent = || Err(NoAnswer::TimedOut(HELD));
        for (waiting, health, foreseen, fault) in [
            (15, Ok(answer(200)), 0, None),
            (5, Ok(answer(200)), 0, None),
            (4, Ok(answer(200)), 0, Some(Fault::FewWait)),
            (1, silent(), 0, Some(Fault::Silent)),
            (40, silent(), 0, Some(Fault::Silent)),
            (20, Ok(answer(503)), 0, Some(Fault::Unwell)),
            (0, Ok(answer(200)), 60, Some(Fault::FromMemory)),
            (20, Ok(answer(200)), 1, Some(Fault::FromMemory)),
        ] {
            let seen = Seen {
                waiting,
                health,
                foreseen,
                held: 2_000,
            };
            assert_eq!(seen.fault(5), fault, "{seen:?}");
        }
    }
}
