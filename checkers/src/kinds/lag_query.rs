//! `run.lag-query`: a submitted query says how many bytes a standby is behind: about none at rest,
//! and the true distance while replay is paused.

use std::time::Duration;

use pg_query::NodeEnum;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::measure::replication::node::Node;
use crate::measure::replication::senders::Told;
use crate::measure::replication::{Servers, catalog, senders, standby};
use crate::measure::script;
use crate::message;
use crate::sql::Script;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// At rest: the servers write a few hundred bytes now and then by themselves.
const REST: u64 = 64 << 10;
/// How far the query may be off the true distance, in hundredths of it, and in bytes besides.
const OFF: (u64, u64) = (10, 64 << 10);
/// How long it may take until all that was written is replayed, and reported: 10 s by default
/// (`wal_receiver_status_interval`), if nothing else is.
const RESTS: Duration = Duration::from_secs(20);
/// For one run of the query.
const LIMIT: Duration = Duration::from_secs(10);

/// The query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LagQuery {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
    /// The submitted file: one query for the primary, with columns `application_name` and
    /// `lag_bytes`.
    pub file: String,
}

/// The physical walsender's name: not that of a subscription.
const NAME: &str = "SELECT a.application_name FROM pg_catalog.pg_stat_get_activity(NULL) a \
    WHERE a.pid IN (SELECT w.pid FROM pg_catalog.pg_stat_get_wal_senders() w) AND NOT EXISTS \
    (SELECT 1 FROM pg_catalog.pg_get_replication_slots() s WHERE s.active_pid = a.pid AND s.slot_type = 'logical')";
const NOW: &str = "SELECT pg_catalog.pg_current_wal_lsn()";

/// Runs the query at rest and with replay paused.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &LagQuery, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(tells(spec, cx).await)
}

async fn tells(spec: &LagQuery, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let query = query(spec, cx)?;
    standby::ensure(cx, &spec.servers).await?;
    let (primary, copy) = (spec.servers.primary(cx), spec.servers.standby(cx));
    let (there, here) = (primary.admin().await?, copy.admin().await?);
    catalog::intact(cx, primary, &there).await?;
    catalog::intact(cx, copy, &here).await?;
    let name = primary.value(&there, NAME).await?.unwrap_or_default();
    let asking = primary.plain("").await?;
    let ask = async || lag(primary, &asking, &query, &name).await;

    // At rest. The servers are never wholly still, so one look of several counts.
    let mut least = u64::MAX;
    let rests = wait::until(cx, RESTS, async || match ask().await {
        Ok(lag) => {
            least = least.min(lag.unsigned_abs());
            Ok((least <= REST).then_some(Ok(())))
        }
        Err(stop) => Ok(Some(Err(stop))),
    })
    .await?;
    rests.transpose()?;
    if least > REST {
        return Err(Stop::failed(
            Evidence::from(message!("lag-not-at-rest")).against(
                message!("lag-about", bytes = 0),
                message!("lag-says", bytes = least),
            ),
        ));
    }

    copy.execute(&here, "SELECT pg_catalog.pg_wal_replay_pause()")
        .await?;
    cx.timeline
        .done(&spec.servers.standby, message!("event-replay-paused"));
    let seen = paused(spec, cx, &there, &here, &ask).await;
    // Whatever came of it: the next check needs a standby that replays.
    copy.execute(&here, "SELECT pg_catalog.pg_wal_replay_resume()")
        .await?;
    cx.timeline
        .done(&spec.servers.standby, message!("event-replay-resumed"));
    let (truth, said) = seen?;
    let off = said.abs_diff(truth);
    let expected = message!("lag-about", bytes = truth);
    let observed = message!("lag-says", bytes = said);
    if off > truth * OFF.0 / 100 + OFF.1 {
        return Err(Stop::failed(
            Evidence::from(message!("lag-wrong")).against(expected, observed),
        ));
    }
    Ok(Verdict::passed(
        Evidence::from(message!("lag-right", name = name)).against(expected, observed),
    ))
}

/// Writes WAL of a drawn size while replay is paused; gives the true distance and what the query
/// says of it.
async fn paused(
    spec: &LagQuery,
    cx: &Context<'_>,
    there: &Session,
    here: &Session,
    ask: &impl AsyncFn() -> Result<i64, Stop>,
) -> Result<(u64, u64), Stop> {
    const STATE: &str = "SELECT pg_catalog.pg_get_wal_replay_pause_state()";
    let (primary, copy) = (spec.servers.primary(cx), spec.servers.standby(cx));
    // Asked to pause, it goes on for a moment.
    until(cx, async || {
        Ok(copy.value(here, STATE).await?.as_deref() == Some("paused"))
    })
    .await?;
    let size: u64 = cx.seed.stream("lag").random_range(3 << 20..9 << 20);
    // In a transaction, whose end has it written to disk: what only stands in the server's buffers
    // has no position yet.
    let write = format!(
        "SELECT pg_catalog.pg_logical_emit_message(true, 'labgrade', pg_catalog.repeat('x', {size}))"
    );
    primary.execute(there, &write).await?;
    // Only once the standby has all of it and has said so do write, flush and replay differ.
    let written = primary.position(there, NOW).await?;
    until(cx, async || {
        senders::has_told(primary, there, Told::Flushed, written).await
    })
    .await?;
    let said = ask().await?;
    let at = standby::replayed(copy, here).await?;
    let now = primary.position(there, NOW).await?;
    let truth = now.saturating_sub(at);
    Ok((truth, u64::try_from(said).unwrap_or(0)))
}

/// Waits until something is so, or for as long as it could take.
async fn until(cx: &Context<'_>, is_so: impl AsyncFn() -> Result<bool, Stop>) -> Result<(), Stop> {
    wait::until(cx, RESTS, async || {
        Ok(match is_so().await {
            Ok(is_so) => is_so.then_some(Ok(())),
            Err(stop) => Some(Err(stop)),
        })
    })
    .await?
    .unwrap_or(Ok(()))
}

/// The submitted file holds one query.
fn query(spec: &LagQuery, cx: &Context<'_>) -> Result<String, Stop> {
    let bytes = cx.files.read(&spec.file)?;
    let script: Script = script::read(&spec.file, &bytes, &Default::default())?;
    match script.statements.as_slice() {
        [one] if matches!(one.parsed, Ok(NodeEnum::SelectStmt(_))) => Ok(one.sql.clone()),
        statements => {
            let at = statements.get(1).map_or(0, |second| second.start);
            Err(Stop::failed(
                Evidence::from(message!("lag-one-query")).at(script.excerpt(at)),
            ))
        }
    }
}

/// What the query says of one standby.
async fn lag(node: Node<'_>, session: &Session, query: &str, name: &str) -> Result<i64, Stop> {
    let bounds = Bounds {
        rows: 1_000,
        bytes: 1 << 20,
        time: LIMIT,
    };
    let (columns, rows) = match session.table(query, bounds).await {
        Ok(table) => table,
        Err(Trouble::Lost(why)) => return Err(node.trouble(Trouble::Lost(why)).await),
        Err(trouble) => {
            let message = message!("lag-no-answer", error = trouble.words());
            return Err(Stop::failed(Evidence::from(message)));
        }
    };
    let column = |wanted: &str| {
        let found = columns.iter().position(|column| column == wanted);
        found.ok_or_else(|| Stop::failed(message!("lag-no-column", column = wanted)))
    };
    let (names, lags) = (column("application_name")?, column("lag_bytes")?);
    let text = |row: &Vec<Option<String>>, at: usize| row.get(at).cloned().flatten();
    let row = rows
        .iter()
        .find(|row| text(row, names).as_deref() == Some(name));
    let Some(row) = row else {
        let message = message!("lag-no-row", name = name, rows = rows.len());
        return Err(Stop::failed(message));
    };
    let said = text(row, lags).unwrap_or_default();
    number(&said).ok_or_else(|| Stop::failed(message!("lag-no-number", value = said)))
}

/// Bytes as a whole number; a fraction, as of a numeric, is cut off.
fn number(text: &str) -> Option<i64> {
    let value: f64 = text.trim().parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of a float saturates, and nobody lags by 2^63 bytes"
    )]
    value.is_finite().then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_numbers_however_they_are_written() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("-12", Some(-12)),
            ("4194304.000", Some(4_194_304)),
            ("4 MB", None),
            ("", None),
            ("NaN", None),
        ] {
            assert_eq!(number(text), bytes, "{text}");
        }
    }
}
