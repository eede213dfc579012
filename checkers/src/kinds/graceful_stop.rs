//! `run.graceful-stop`: a request that is under way when the service is told to stop is answered, and
//! then the service ends by itself.
//!
//! The request waits for a lock in the database; the lock is released once the service has shut its
//! door, so that no luck is needed.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::State;
use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::crowd::Crowd;
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::latch::Latch;
use crate::measure::statements::Counter;
use crate::measure::volley::{self, Volley};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// Until the request waits in the database; it takes milliseconds.
const WAITS: Duration = Duration::from_secs(5);
/// Until nobody new is let in: uvicorn looks ten times a second whether it has been told to stop. A
/// service that goes on letting people in is looked at for so long.
const SHUT: Duration = Duration::from_secs(3);
/// For one look at the door.
const KNOCK: Duration = Duration::from_secs(1);
/// What the request may take beyond the latch.
const ENDS: Duration = Duration::from_secs(20);
/// Until the service has ended, once its last request is done: 0.2 s were measured.
const GONE: Duration = Duration::from_secs(15);
/// Exit codes of a service that has stopped as it was told: uvicorn raises the signal again, once it
/// is done.
const CODES: [i64; 2] = [0, 143];

/// What surrounds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GracefulStop {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Tells the service to stop under a request.
///
/// # Errors
/// The engine or the server fails.
pub async fn check(spec: &GracefulStop, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(&spec.on, cx).await)
}

async fn judge(api: &Api, cx: &Context<'_>) -> Result<Verdict, Stop> {
    api.ensure(cx).await?;
    let mut random = cx.seed.stream("graceful-stop");
    let crowd = Crowd::gather(cx, api, &mut random, 1).await?;
    let began = cx.timeline.mark();
    let verdict = stopped(api, cx, &crowd)
        .await
        .map(|seen| verdict(&crowd, &seen, |evidence| evidence.timeline(cx, began)));
    // Whoever comes next finds it as before. Whether it starts again is another check's.
    match api.restart(cx, &BTreeMap::new()).await {
        Ok(()) | Err(Stop::Failed(_)) => verdict,
        Err(broken) => Err(broken),
    }
}

fn verdict(crowd: &Crowd, seen: &Seen, drawn: impl Fn(Evidence) -> Evidence) -> Verdict {
    let end = match &seen.answer {
        Ok(answer) => answer.shown(),
        Err(none) => Tainted::bounded(&none.words(), 300),
    };
    let observed = match (seen.state.running, seen.state.exit_code) {
        (false, Some(code)) => message!("stop-observed", end = end, code = code),
        _ => message!("stop-observed-running", end = end),
    };
    let evidence = |message: Message| {
        let expected = message!("stop-expected", seconds = GONE.as_secs());
        let evidence = Evidence::from(message).against(expected, observed.clone());
        drawn(evidence.repeat_with(&crowd.requests[0].curl()))
    };
    match fault(crowd, seen) {
        None => Verdict::passed(evidence(message!("stop-graceful"))),
        Some(message) => Verdict::failed(evidence(message)),
    }
}

/// What was seen of the stop.
struct Seen {
    /// Whether the request was seen waiting in the database.
    waited: bool,
    /// What became of it.
    answer: Result<Answer, NoAnswer>,
    /// The service afterwards.
    state: State,
}

async fn stopped(api: &Api, cx: &Context<'_>, crowd: &Crowd) -> Result<Seen, Stop> {
    let latch = Latch::hold(cx, api).await?;
    let limit = WAITS + SHUT + ENDS;
    let mut volley = volley::fire(cx, &api.service, &crowd.requests, limit)?;
    let waited = under_way(api, cx, &mut volley).await;
    latch.release(cx).await?;
    let answer = volley.all().await?.into_iter().next();
    let answer = answer.ok_or_else(|| Broken::from(message!("broken-volley")))?;
    if answer.is_ok() {
        cx.timeline.seen(&api.service, message!("event-answered"));
    }
    let mut state = cx.bench.state(&api.service).await?;
    let waited = waited?;
    if waited {
        wait::until(cx, GONE, async || {
            state = cx.bench.state(&api.service).await?;
            Ok((!state.running).then_some(()))
        })
        .await?;
    }
    if !state.running {
        cx.timeline.seen(&api.service, message!("event-ended"));
    }
    Ok(Seen {
        waited,
        answer,
        state,
    })
}

/// Waits until the request waits, tells the service to stop, and waits until its door is shut.
async fn under_way(api: &Api, cx: &Context<'_>, volley: &mut Volley) -> Result<bool, Broken> {
    let session = api.administrator(cx).await?;
    let counter = Counter::new(&session, api);
    let waits = wait::until(cx, WAITS, async || {
        let over = volley.ended()? > 0;
        let waits = !over && counter.waiting().await? > 0;
        Ok((over || waits).then_some(waits))
    });
    if waits.await? != Some(true) {
        return Ok(false);
    }
    cx.timeline
        .seen(&api.db, message!("event-waiting", waiting = 1_usize));
    cx.bench.signal(&api.service, "SIGTERM").await?;
    cx.timeline
        .done(&api.service, message!("event-told-to-stop"));
    let health = Request::get("/health");
    let shut = wait::until(cx, SHUT, async || {
        let answer = health.ask(cx.bench, &api.service, KNOCK).await?;
        Ok(matches!(answer, Err(NoAnswer::Closed(_))).then_some(()))
    });
    if shut.await?.is_some() {
        cx.timeline.seen(&api.service, message!("event-shut"));
    }
    Ok(true)
}

/// What is wrong, if anything is.
fn fault(crowd: &Crowd, seen: &Seen) -> Option<Message> {
    let right = matches!(&seen.answer, Ok(answer) if crowd.is_right(0, answer));
    named(seen.waited, right, &seen.answer, &seen.state)
}

fn named(
    waited: bool,
    right: bool,
    answer: &Result<Answer, NoAnswer>,
    state: &State,
) -> Option<Message> {
    match answer {
        _ if !waited && right => Some(message!("latch-from-memory", answers = 1_usize)),
        _ if !waited => Some(message!("stop-not-waiting")),
        Err(_) => Some(message!("stop-cut-off")),
        Ok(answer) if !right => Some(message!("stop-wrong", status = answer.status)),
        Ok(_) if state.running => Some(message!("stop-never", seconds = GONE.as_secs())),
        Ok(_) => {
            let code = state.exit_code.unwrap_or_default();
            (!CODES.contains(&code)).then(|| message!("stop-code", code = code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_stop() {
        let answer = |status| {
            Ok(Answer {
                status,
                headers: Default::default(),
                body: Vec::new(),
            })
        };
        let cut = || Err(NoAnswer::Closed("closed".to_owned()));
        let state = |running, code| State {
            running,
            out_of_memory: false,
            exit_code: Some(code),
        };
        for (waited, right, answer, state, key) in [
            (true, true, answer(200), state(false, 0), None),
            (true, true, answer(200), state(false, 143), None),
            (
                true,
                true,
                answer(200),
                state(false, 137),
                Some("stop-code"),
            ),
            (true, true, answer(200), state(false, 1), Some("stop-code")),
            (true, true, answer(200), state(true, 0), Some("stop-never")),
            (
                true,
                false,
                answer(500),
                state(false, 0),
                Some("stop-wrong"),
            ),
            (true, false, cut(), state(false, 0), Some("stop-cut-off")),
            (
                false,
                true,
                answer(200),
                state(true, 0),
                Some("latch-from-memory"),
            ),
            (
                false,
                false,
                answer(503),
                state(true, 0),
                Some("stop-not-waiting"),
            ),
            (
                false,
                false,
                cut(),
                state(false, 1),
                Some("stop-not-waiting"),
            ),
        ] {
            let said = named(waited, right, &answer, &state).map(|message| message.key);
            assert_eq!(
                said.as_deref(),
                key,
                "{waited} {right} {answer:?} {state:?}"
            );
        }
    }
}
