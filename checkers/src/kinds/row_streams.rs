//! `run.row-streams`: a row that was written on the primary is read on the standby, which is the
//! primary's copy and gets its WAL through a walreceiver that streams.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::replication::{Servers, catalog, standby};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowStreams {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
}

/// The cluster's number, fixed by initdb and copied with it.
const IDENTIFIER: &str = "SELECT system_identifier FROM pg_catalog.pg_control_system()";
const RECOVERS: &str = "SELECT pg_catalog.pg_is_in_recovery()";

/// Writes a row and reads it.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &RowStreams, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(streams(&spec.servers, cx).await)
}

async fn streams(servers: &Servers, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let began = cx.timeline.mark();
    let (primary, copy) = (servers.primary(cx), servers.standby(cx));
    let (there, here) = (primary.admin().await?, copy.admin().await?);
    catalog::intact(cx, primary, &there).await?;
    catalog::intact(cx, copy, &here).await?;
    if primary.value(&there, IDENTIFIER).await? != copy.value(&here, IDENTIFIER).await? {
        return Err(never(cx, message!("standby-other-cluster").into()));
    }
    if copy.value(&here, RECOVERS).await?.as_deref() != Some("t") {
        return Err(never(cx, message!("standby-is-a-primary").into()));
    }
    if !standby::comes_to_stream(cx, servers).await? {
        let log = cx.bench.logs(&servers.standby).await?;
        let trouble = |line: &&str| line.contains("FATAL:") || line.contains("ERROR:");
        let last = log.lines().rev().find(trouble).unwrap_or_default();
        let mut evidence = Evidence::from(message!("standby-does-not-stream"));
        if !last.is_empty() {
            evidence = evidence.with_details(vec![message!("server-says", line = last)]);
        }
        return Err(never(cx, evidence));
    }
    cx.timeline
        .seen(&servers.standby, message!("event-streams"));
    let took = standby::row_arrives(cx, servers).await?;
    cx.timeline
        .seen(&servers.standby, message!("event-row-read"));
    let evidence = Evidence::from(message!("row-arrives", millis = took.as_millis()));
    Ok(Verdict::passed(evidence.timeline(cx, began)))
}

/// What does not stream now never will: no later check need wait for it.
fn never(cx: &Context<'_>, evidence: Evidence) -> Stop {
    match standby::give_up(cx) {
        Ok(()) => Stop::failed(evidence),
        Err(broken) => broken.into(),
    }
}
