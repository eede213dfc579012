//! The primary's walsenders: who else could acknowledge a COMMIT than the standby that it is about.
//!
//! A COMMIT that waits may wait for the standby, or for a moment only, until another walsender, as a
//! subscription's, confirms. To tell them apart the others are given the time to confirm, and then it
//! is looked again: no clock decides.

use std::time::Duration;

use crate::context::Context;
use crate::measure::postgres::Session;
use crate::verdict::Stop;
use crate::wait;

use super::node::Node;
use super::position;

/// How long another walsender may take to confirm: a subscription's needs 0.2 s.
const CONFIRMED: Duration = Duration::from_secs(15);
const PHYSICAL: &str = "SELECT w.pid FROM pg_catalog.pg_stat_get_wal_senders() w WHERE NOT EXISTS \
    (SELECT 1 FROM pg_catalog.pg_get_replication_slots() s \
     WHERE s.active_pid = w.pid AND s.slot_type = 'logical')";
const SENDERS: &str = "SELECT pid, flush_lsn, replay_lsn \
    FROM pg_catalog.pg_stat_get_wal_senders() WHERE state = 'streaming'";
/// Where the WAL ends that is on the primary's disk.
const FLUSHED: &str = "SELECT pg_catalog.pg_current_wal_flush_lsn()";

/// The walsenders that send to physical copies, by process.
///
/// # Errors
/// The primary does not answer.
pub async fn physical(node: Node<'_>, session: &Session) -> Result<Vec<String>, Stop> {
    let rows = node.rows(session, PHYSICAL).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next()?)
        .collect())
}

/// Up to where the primary's WAL is written.
///
/// # Errors
/// The primary does not answer.
pub async fn flushed(node: Node<'_>, session: &Session) -> Result<u64, Stop> {
    node.position(session, FLUSHED).await
}

/// Waits until every walsender but `these` has confirmed what is written now.
///
/// # Errors
/// The primary does not answer.
pub async fn others_confirm(
    cx: &Context<'_>,
    node: Node<'_>,
    session: &Session,
    these: &[String],
) -> Result<(), Stop> {
    let at = flushed(node, session).await?;
    // Whoever confirms nothing at all acknowledges nothing either.
    wait::until(cx, CONFIRMED, async || {
        Ok(match node.rows(session, SENDERS).await {
            Ok(rows) => {
                let confirmed = |row: &Vec<Option<String>>| {
                    let of = |column: usize| row.get(column).and_then(Option::as_deref);
                    these.iter().any(|pid| Some(pid.as_str()) == of(0))
                        || of(1)
                            .and_then(position)
                            .is_some_and(|flushed| flushed >= at)
                };
                rows.iter().all(confirmed).then_some(Ok(()))
            }
            Err(stop) => Some(Err(stop)),
        })
    })
    .await?
    .unwrap_or(Ok(()))
}

/// What a walsender has been told by its copy.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    /// That so much WAL is on the copy's disk.
    Flushed,
    /// That so much of it is replayed.
    Replayed,
}

/// Whether the walsender of a physical copy has been told of the WAL up to `at`.
///
/// # Errors
/// The primary does not answer.
pub async fn has_told(
    node: Node<'_>,
    session: &Session,
    told: Told,
    at: u64,
) -> Result<bool, Stop> {
    let copies = physical(node, session).await?;
    let rows = node.rows(session, SENDERS).await?;
    let column = match told {
        Told::Flushed => 1,
        Told::Replayed => 2,
    };
    Ok(rows.iter().any(|row| {
        let of = |column: usize| row.get(column).and_then(Option::as_deref);
        of(0).is_some_and(|pid| copies.iter().any(|copy| copy == pid))
            && of(column).and_then(position).is_some_and(|told| told >= at)
    }))
}
