//! The standby's absence, once a grade: it is cut off from the network, more WAL is written than the
//! primary keeps by default, and it comes back. Two checks look at it: what the primary kept
//! meanwhile, and whether the standby caught up by itself.

use std::time::{Duration, Instant};

use crate::context::Context;
use crate::measure::postgres::Session;
use crate::measure::server;
use crate::message;
use crate::timeline::Mark;
use crate::verdict::Stop;
use crate::wait;

use super::node::Node;
use super::standby::{self, replayed};
use super::{Servers, catalog, position};

/// Segments of WAL that are filled while the standby is away. By default (`wal_keep_size = 0`) the
/// primary keeps none that it does not need itself.
const SEGMENTS: u32 = 6;
/// How long a standby may take to catch up, once it is back. It tries again every 5 s by default,
/// and a connection that died unseen is given up after 60 s (`wal_receiver_timeout`).
const CATCHES_UP: Duration = Duration::from_secs(75);
/// How long other slots may hold WAL that the standby would profit from; 0.3 s were measured.
const OTHERS_GO_ON: Duration = Duration::from_secs(15);
/// Between two looks at the standby's log, which are dear.
const ASK: Duration = Duration::from_secs(1);
/// Points of the lag that are kept.
const POINTS: usize = 500;

/// What came of it.
#[derive(Debug, Clone)]
pub struct Absence {
    /// Where in the timeline it began.
    pub began: Mark,
    /// The physical slot that the standby's walsender held before.
    pub slot: Option<String>,
    /// What became of that slot's WAL: `wal_status` of pg_replication_slots.
    pub kept: Option<String>,
    /// Bytes of WAL that were written meanwhile.
    pub written: u64,
    /// The standby has replayed all of it.
    pub caught_up: bool,
    /// How far it was behind, in milliseconds of the timeline and bytes.
    pub lag: Vec<(u64, u64)>,
    /// What the standby's log says last, if it did not catch up.
    pub says: Option<String>,
}

/// The slot that the standby's own walreceiver asked for: others may hold slots, too.
const ASKED: &str = "SELECT slot_name FROM pg_catalog.pg_stat_get_wal_receiver()";
const NOW: &str = "SELECT pg_catalog.pg_current_wal_lsn()";

/// Sends the standby away and lets it come back; the second time what came of it is remembered.
///
/// # Errors
/// The standby does not stream to begin with, or the primary does not answer.
pub async fn observe<'a>(cx: &'a Context<'_>, servers: &Servers) -> Result<&'a Absence, Stop> {
    if let Some(absence) = cx.notebook.absence.get() {
        return Ok(absence);
    }
    standby::ensure(cx, servers).await?;
    let absence = once(cx, servers).await?;
    Ok(cx.notebook.absence.get_or_init(async || absence).await)
}

async fn once(cx: &Context<'_>, servers: &Servers) -> Result<Absence, Stop> {
    let node = servers.primary(cx);
    let session = node.admin().await?;
    catalog::intact(cx, node, &session).await?;
    let began = cx.timeline.mark();
    let slot = slot(cx, servers, node, &session).await?;
    let before = node.position(&session, NOW).await?;

    let pressing = node.admin().await?;
    cx.cut_off(&servers.standby).await?;
    let kept = {
        let mut press = std::pin::pin!(press(cx, node, &pressing, slot.as_deref()));
        // To give a slot up that a walsender still holds, which cannot reach its standby, the
        // primary waits until it can: that is not waited for, the slot's state says it.
        let (kept, still) = tokio::select! {
            done = &mut press => match done {
                Ok(()) => (status(node, &session, slot.as_deref()).await, false),
                Err(stop) => (Err(stop), false),
            },
            lost = given_up(cx, node, &session, slot.as_deref()) => (lost, true),
        };
        // Whatever came of it: the next check needs the standby back.
        cx.reconnect(&servers.standby).await?;
        if still {
            let _ = press.await;
        }
        kept?
    };
    let target = node.position(&session, NOW).await?;
    let written = target - before;
    cx.timeline.seen(
        &servers.primary,
        message!("event-wal-written", bytes = written),
    );
    let (caught_up, lag) = back(cx, servers, target).await?;
    let says = if caught_up {
        cx.timeline
            .seen(&servers.standby, message!("event-caught-up"));
        None
    } else {
        let log = server::written_log(cx, &servers.standby).await?;
        let fatal = |line: &&str| line.contains("FATAL:") || line.contains("ERROR:");
        log.lines().rev().find(fatal).map(str::to_owned)
    };
    Ok(Absence {
        began,
        slot,
        kept,
        written,
        caught_up,
        lag,
        says,
    })
}

/// The name of the permanent physical slot through which the standby streams.
async fn slot(
    cx: &Context<'_>,
    servers: &Servers,
    node: Node<'_>,
    session: &Session,
) -> Result<Option<String>, Stop> {
    let copy = servers.standby(cx);
    let asked = copy.value(&copy.admin().await?, ASKED).await?;
    // A slot's name is made of lower-case letters, digits and underscores.
    let Some(asked) = asked.filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT slot_name FROM pg_catalog.pg_get_replication_slots() WHERE slot_name = '{asked}' \
         AND slot_type = 'physical' AND active AND NOT temporary"
    );
    node.value(session, &sql).await
}

/// Fills segments, and has everything removed that nobody asks the primary to keep for the standby.
/// What other slots still hold, as a subscription's, is waited for: it must not be kept by chance.
async fn press(
    cx: &Context<'_>,
    node: Node<'_>,
    session: &Session,
    slot: Option<&str>,
) -> Result<(), Stop> {
    const SWITCH: &str = "SELECT pg_catalog.pg_logical_emit_message(false, 'labgrade', 'x'), \
        pg_catalog.pg_switch_wal()";
    const OTHERS: &str = "SELECT slot_name, restart_lsn FROM pg_catalog.pg_get_replication_slots() \
        WHERE active AND restart_lsn IS NOT NULL";
    for _ in 0..SEGMENTS {
        node.execute(session, SWITCH).await?;
    }
    let end = node.position(session, NOW).await?;
    let go_on = async || -> Result<bool, Stop> {
        // A checkpoint logs what a logical slot needs to go on.
        node.execute(session, "CHECKPOINT").await?;
        let rows = node.rows(session, OTHERS).await?;
        Ok(rows.iter().all(|row| {
            let of = |column: usize| row.get(column).and_then(Option::as_deref);
            of(0) == slot || of(1).and_then(position).is_some_and(|at| at >= end)
        }))
    };
    wait::until(cx, OTHERS_GO_ON, async || {
        Ok(match go_on().await {
            Ok(done) => done.then_some(Ok(())),
            Err(stop) => Some(Err(stop)),
        })
    })
    .await?
    .unwrap_or(Ok(()))?;
    // This one removes what the last one's beginning still needed.
    node.execute(session, SWITCH).await?;
    node.execute(session, "CHECKPOINT").await
}

/// What the primary says of the WAL that a slot needs.
async fn status(
    node: Node<'_>,
    session: &Session,
    slot: Option<&str>,
) -> Result<Option<String>, Stop> {
    let Some(slot) = slot else { return Ok(None) };
    let sql = format!(
        "SELECT wal_status FROM pg_catalog.pg_get_replication_slots() WHERE slot_name = '{slot}'"
    );
    node.value(session, &sql).await
}

/// Waits until the primary no longer keeps what a slot needs; for ever, if it does. That a slot may
/// be given up is not enough: only when the checkpointer waits for the walsender that holds it, it
/// will be, whatever the standby does when it is back.
async fn given_up(
    cx: &Context<'_>,
    node: Node<'_>,
    session: &Session,
    slot: Option<&str>,
) -> Result<Option<String>, Stop> {
    const WAITS: &str = "SELECT 1 FROM pg_catalog.pg_stat_get_activity(NULL) \
        WHERE backend_type = 'checkpointer' AND wait_event = 'ReplicationSlotDrop'";
    let look = async || -> Result<Option<Option<String>>, Stop> {
        let kept = status(node, session, slot).await?;
        Ok(match kept.as_deref() {
            Some("lost") => Some(kept),
            Some("unreserved") if node.value(session, WAITS).await?.is_some() => Some(kept),
            _ => None,
        })
    };
    let seen = wait::until(cx, CATCHES_UP, async || {
        Ok(match look().await {
            Ok(kept) => kept.map(Ok),
            Err(stop) => Some(Err(stop)),
        })
    });
    match seen.await? {
        Some(kept) => kept,
        None => std::future::pending().await,
    }
}

/// Waits until the standby has replayed up to `target`, and notes how far it is behind meanwhile.
async fn back(
    cx: &Context<'_>,
    servers: &Servers,
    target: u64,
) -> Result<(bool, Vec<(u64, u64)>), Stop> {
    let node = servers.standby(cx);
    let mut lag = Vec::new();
    let mut session = None;
    let mut gone = false;
    let log = async || server::written_log(cx, &servers.standby).await;
    let refused = refusals(&log().await?);
    let mut asked = Instant::now();
    let seen = wait::until(cx, CATCHES_UP, async || {
        let looked = async {
            if session.is_none() {
                session = Some(node.admin().await?);
            }
            match &session {
                Some(open) => replayed(node, open).await,
                None => Ok(0),
            }
        };
        match looked.await {
            Ok(at) => {
                let behind = target.saturating_sub(at);
                if lag.len() < POINTS {
                    lag.push((cx.timeline.now(), behind));
                }
                if behind == 0 {
                    return Ok(Some(()));
                }
            }
            // The gateway finds it again within moments; a server that has died never comes.
            Err(_) => {
                session = None;
                gone = !cx.bench.state(&servers.standby).await?.running;
            }
        }
        if gone || asked.elapsed() < ASK {
            return Ok(gone.then_some(()));
        }
        asked = Instant::now();
        // Told twice, it will be told for ever; once may be before something else brings the WAL.
        let lost = refusals(&log().await?) >= refused + 2;
        Ok(lost.then_some(()))
    })
    .await?;
    let caught_up = seen.is_some() && lag.last().is_some_and(|(_, behind)| *behind == 0);
    Ok((caught_up, lag))
}

/// How often the primary has told the standby that the WAL that it needs is gone. That a slot is
/// still held by a connection that died, or does not exist yet, passes.
fn refusals(log: &str) -> usize {
    const GONE: [&str; 3] = [
        "has already been removed",
        "has been invalidated",
        "cannot read from physical replication slot",
    ];
    log.lines()
        .filter(|line| GONE.iter().any(|words| line.contains(words)))
        .count()
}
