//! `run.guards-idle`: the server ends a transaction of the application's that does nothing, within
//! the published bound.

use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::{Bounds, Trouble};
use crate::measure::tuned::{Server, Stop, settle};
use crate::message;
use crate::verdict::{Broken, Evidence, Verdict};

/// The bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardsIdle {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// An application that works may be silent for so long.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub least: Duration,
    /// After this long it must be over.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub most: Duration,
}

/// The application's own session, but for what would end its statements.
const OWN: &str = "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0";
/// What the server may be late by: the end is observed, not timed.
const LATE: Duration = Duration::from_secs(15);
/// `idle_in_transaction_session_timeout`.
const ENDED: &str = "25P03";

/// Begins a transaction, says nothing, and waits for the server to end it.
///
/// # Errors
/// Nobody can tell why the server does not answer.
pub async fn check(spec: &GuardsIdle, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(spec, cx).await)
}

async fn judge(spec: &GuardsIdle, cx: &Context<'_>) -> Result<Verdict, Stop> {
    const NAME: &str = "idle_in_transaction_session_timeout";
    let on = &spec.on;
    let settings = on.settings(cx).await?;
    let conf = on.conf(cx)?;
    let shown = settings.shown(NAME).to_owned();
    let at = |evidence: Evidence| match conf.setter(NAME) {
        Some(setting) => evidence.at(conf.excerpt(&on.file, setting.line, 1)),
        None => evidence,
    };
    let millis = u64::try_from(settings.int(NAME).unwrap_or(0)).unwrap_or(0);
    let set = Duration::from_millis(millis);
    if set < spec.least || set > spec.most {
        let message = if set.is_zero() {
            message!("idle-never")
        } else {
            message!("idle-other", value = shown)
        };
        let (least, most) = (spec.least.as_secs(), spec.most.as_secs());
        let expected = message!("idle-band", least = least, most = most);
        let observed = message!("plan-price", name = NAME, value = settings.shown(NAME));
        return Ok(Verdict::failed(at(
            Evidence::from(message).against(expected, observed)
        )));
    }
    let session = on.application(cx, OWN).await?;
    for sql in ["BEGIN", "SELECT 1"] {
        on.ask(cx, &session, sql, Bounds::QUERY.time).await?;
    }
    let began = Instant::now();
    let ending = session.ending(set + LATE).await;
    cx.timeline.wait(began.elapsed());
    Ok(match ending {
        Some(Trouble::Refused(refusal)) if refusal.code == ENDED => {
            let message = message!("idle-ended", value = shown, code = refusal.code);
            Verdict::passed(message.into())
        }
        Some(trouble) => return Err(on.trouble(cx, began, trouble).await),
        None => Verdict::failed(at(message!("idle-not-ended", value = shown).into())),
    })
}
