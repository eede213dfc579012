//! `run.standby-restarts`: the standby is killed and started again, and streams again by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::replication::{ADMIN, Servers, standby};
use crate::measure::server;
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandbyRestarts {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
}

/// Kills the standby and starts it.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &StandbyRestarts, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(restarts(&spec.servers, cx).await)
}

async fn restarts(servers: &Servers, cx: &Context<'_>) -> Result<Verdict, Stop> {
    standby::ensure(cx, servers).await?;
    let service = &servers.standby;
    let began = cx.timeline.mark();
    cx.kill(service).await?;
    cx.start(service).await?;
    let start = server::answers(cx, service, &servers.database, ADMIN).await?;
    if let Some(evidence) = standby::failed_start(service, &start) {
        return Err(Stop::failed(evidence.timeline(cx, began)));
    }
    cx.timeline.seen(service, message!("event-answers"));
    if !standby::comes_to_stream(cx, servers).await? {
        let evidence = Evidence::from(message!("standby-no-longer-streams"));
        return Err(Stop::failed(evidence.timeline(cx, began)));
    }
    cx.timeline.seen(service, message!("event-streams"));
    let took = standby::row_arrives(cx, servers).await?;
    let evidence = Evidence::from(message!("standby-restarts", millis = took.as_millis()));
    Ok(Verdict::passed(evidence.timeline(cx, began)))
}
