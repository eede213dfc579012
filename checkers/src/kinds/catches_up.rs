//! `run.catches-up`: cut off while more WAL is written than the primary keeps by default, the
//! standby comes back and catches up by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::replication::{Servers, absence};
use crate::message;
use crate::verdict::{Broken, Evidence, Series, Stop, Verdict};

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatchesUp {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
}

/// Sends the standby away and waits for it.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &CatchesUp, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(catches_up(&spec.servers, cx).await)
}

async fn catches_up(servers: &Servers, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let absence = absence::observe(cx, servers).await?;
    let lag = Series::Lag {
        service: servers.standby.clone(),
        points: absence.lag.clone(),
    };
    let told = |message| {
        Evidence::from(message)
            .timeline(cx, absence.began)
            .drawn(lag.clone())
    };
    if absence.caught_up {
        return Ok(Verdict::passed(told(message!(
            "catches-up",
            bytes = absence.written
        ))));
    }
    let mut evidence = told(message!("never-catches-up", bytes = absence.written));
    if let Some(line) = &absence.says {
        evidence = evidence.with_details(vec![message!("server-says", line = line)]);
    }
    Err(Stop::failed(evidence))
}
