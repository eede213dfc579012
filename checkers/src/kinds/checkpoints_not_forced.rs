//! `run.checkpoints-not-forced`: a published volume of WAL forces no checkpoint, and what the
//! server keeps of WAL fits its disk.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::kinds::settings_hold::{self, Rule};
use crate::measure::postgres::{Bounds, Session};
use crate::measure::tuned::{STEADY, Server, Stop, settle};
use crate::message;
use crate::verdict::{Broken, Evidence, Verdict};
use crate::wait;

/// The volume, and the disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointsNotForced {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// How many MiB of WAL are written; of PostgreSQL's segments there are 16 in one.
    pub wal_mib: u32,
    /// What must hold so that the disk does not fill up.
    pub disk: Vec<Rule>,
}

/// What is asked of the session that writes, whatever the server's own defaults are.
const WRITES: &str = "-c default_transaction_read_only=off -c default_tablespace= \
    -c default_table_access_method=heap";
/// MiB that one statement writes: a segment.
const STEP: u32 = 16;
/// Measured: 0.1 s; the longest that a spread checkpoint keeps the checkpointer from looking is
/// 100 ms.
const LATCH: Duration = Duration::from_secs(20);

/// Writes the volume and counts.
///
/// # Errors
/// Nobody can tell why the server does not answer.
pub async fn check(spec: &CheckpointsNotForced, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(spec, cx).await)
}

async fn judge(spec: &CheckpointsNotForced, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    let disk = settings_hold::look(on, &spec.disk, cx).await?;
    if disk.broken() > 0 {
        let message = message!("checkpoints-disk");
        return Ok(Verdict::failed(disk.evidence(message, on)));
    }
    let auditor = match on
        .knock(cx, &on.auditor, &format!("{STEADY} {WRITES}"))
        .await
    {
        Ok(auditor) => auditor,
        Err(no) => return Err(on.no_entry(cx, &on.auditor, no).await),
    };
    let limit = Bounds::QUERY.time;
    on.ask(cx, &auditor, "CHECKPOINT", limit).await?;
    let before = requested(on, cx, &auditor).await?;
    let mut left = spec.wal_mib;
    while left > 0 {
        let step = left.min(STEP);
        left -= step;
        // No transaction's, and no page: neither `wal_level` nor compression changes its size.
        let sql = format!(
            "SELECT pg_catalog.count(pg_catalog.pg_logical_emit_message(false, 'labgrade', \
             pg_catalog.repeat('x', 1048576))) FROM pg_catalog.generate_series(1, {step})"
        );
        on.ask(cx, &auditor, &sql, limit).await?;
    }
    let forced = requested(on, cx, &auditor).await? - before;
    let settings = on.settings(cx).await?;
    let details = [
        "max_wal_size",
        "checkpoint_completion_target",
        "checkpoint_timeout",
    ]
    .map(|name| message!("plan-price", name = name, value = settings.shown(name)))
    .to_vec();
    let mib = spec.wal_mib;
    if forced == 0 {
        let message = message!("checkpoints-none", mib = mib);
        return Ok(Verdict::passed(
            Evidence::from(message).with_details(details),
        ));
    }
    let mut evidence = Evidence::from(message!("checkpoints-forced", mib = mib, forced = forced))
        .against(
            message!("checkpoints-count", checkpoints = 0),
            message!("checkpoints-count", checkpoints = forced),
        )
        .with_details(details);
    let conf = on.conf(cx)?;
    if let Some(setting) = conf.setter("max_wal_size") {
        evidence = evidence.at(conf.excerpt(&on.file, setting.line, 1));
    }
    Ok(Verdict::failed(evidence))
}

/// How many checkpoints have been requested, once every request that was made is counted.
///
/// The checkpointer counts at its own time. So a page is written past it (which it counts before it
/// looks for requests) and it is woken: when that page is counted, every earlier request is.
async fn requested(on: &Server, cx: &Context<'_>, auditor: &Session) -> Result<i64, Stop> {
    const PAGES: &str = "SELECT buffers_backend FROM pg_catalog.pg_stat_bgwriter";
    const REQUESTED: &str = "SELECT checkpoints_req FROM pg_catalog.pg_stat_bgwriter";
    let before = on.number(cx, auditor, PAGES).await?;
    let limit = Bounds::QUERY.time;
    // A new table's first page is written at once, and gone again with the transaction.
    for sql in [
        "BEGIN",
        "CREATE TABLE labgrade.page AS SELECT 1 AS one",
        "ROLLBACK",
        "SELECT pg_catalog.pg_reload_conf()",
    ] {
        on.ask(cx, auditor, sql, limit).await?;
    }
    let seen = wait::until(cx, LATCH, async || {
        let pages = auditor.value(PAGES).await?;
        Ok(pages
            .parse()
            .is_ok_and(|pages: i64| pages > before)
            .then_some(()))
    })
    .await?;
    if seen.is_none() {
        return Err(Broken::from(message!("broken-checkpointer")).into());
    }
    on.number(cx, auditor, REQUESTED).await
}
