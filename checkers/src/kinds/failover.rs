//! `run.failover`: the primary is killed under writes, the submitted script promotes the standby, and
//! every row that was acknowledged is there, on a server that takes writes.
//!
//! So that it is no matter of luck, the standby is cut off first, until every writer waits for it or
//! has been told once more that its row is safe; then the primary is killed. Whoever acknowledges a
//! row that only the primary has loses it for certain.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::kinds::standby_starts::excerpt;
use crate::measure::postgres::{Bounds, Session};
use crate::measure::replication::node::Node;
use crate::measure::replication::{SUBMISSION, Servers, catalog, senders, standby, token};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// Sessions that write at once.
const WRITERS: usize = 4;
/// Rows that each has acknowledged before the fault, and again behind the standby's back.
const ROWS: usize = 25;
/// How long each may take to its first row; it takes milliseconds.
const BEGUN: Duration = Duration::from_secs(15);
/// How long the writers may take to that many rows.
const WRITTEN: Duration = Duration::from_secs(30);
/// How long a promoted standby may take until it takes writes: promotion takes a second.
const TAKES_WRITES: Duration = Duration::from_secs(40);

/// The script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failover {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
    /// The submitted script that promotes; it runs in the standby's container.
    pub script: String,
    /// How long it may take.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub limit: Duration,
}

/// What the writers have been told.
#[derive(Default)]
struct Acknowledged {
    /// Words of rows, by writer.
    rows: Mutex<Vec<Vec<String>>>,
}

impl Acknowledged {
    fn add(&self, writer: usize, word: String) {
        if let Some(rows) = self.lock().get_mut(writer) {
            rows.push(word);
        }
    }

    fn counts(&self) -> Vec<usize> {
        self.lock().iter().map(Vec::len).collect()
    }

    fn all(&self) -> BTreeSet<String> {
        self.lock().iter().flatten().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Vec<String>>> {
        self.rows
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Kills the primary under writes and promotes the standby.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &Failover, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let began = cx.timeline.mark();
    Stop::settle(match fails_over(spec, cx).await {
        Ok(evidence) => Ok(Verdict::passed(evidence.timeline(cx, began))),
        Err(Stop::Failed(evidence)) => Err(Stop::failed(evidence.timeline(cx, began))),
        Err(stop) => Err(stop),
    })
}

async fn fails_over(spec: &Failover, cx: &Context<'_>) -> Result<Evidence, Stop> {
    let servers = &spec.servers;
    standby::ensure(cx, servers).await?;
    let node = servers.primary(cx);
    let admin = node.admin().await?;
    catalog::intact(cx, node, &admin).await?;
    let word = token(cx, "failover");
    let told = Acknowledged {
        rows: Mutex::new(vec![Vec::new(); WRITERS]),
    };
    let mut sessions = Vec::new();
    let mut pids = Vec::new();
    for _ in 0..WRITERS {
        let session = node.probe("").await?;
        pids.push(session.value("SELECT pg_catalog.pg_backend_pid()").await?);
        sessions.push(session);
    }
    let writers = join_all(
        sessions
            .iter()
            .enumerate()
            .map(|(writer, session)| write(session, writer, &word, &told)),
    );
    // The writers end with the primary, within moments; what would keep one is bounded.
    let limit = WRITTEN * 2 + Duration::from_secs(60);
    let (_, struck) = tokio::join!(
        tokio::time::timeout(limit, writers),
        strike(servers, cx, node, &admin, &pids, &told)
    );
    struck?;
    let acknowledged = told.all();

    let path = format!("{SUBMISSION}/{}", spec.script);
    let output = standby::script(cx, &servers.standby, &path, SUBMISSION, spec.limit).await?;
    cx.timeline
        .done(&servers.standby, message!("event-failover-ran"));
    if output.code.is_none() {
        let message = message!(
            "script-too-long",
            script = &spec.script,
            seconds = spec.limit.as_secs()
        );
        return Err(Stop::failed(Evidence::from(message).at(excerpt(&output))));
    }
    if let Err(stop) = takes_writes(servers, cx).await {
        return Err(match stop {
            Stop::Failed(evidence) if output.code != Some(0) => {
                Stop::failed(evidence.at(excerpt(&output)))
            }
            stop => stop,
        });
    }
    cx.timeline
        .seen(&servers.standby, message!("event-promoted"));
    let found = found(servers.standby(cx), &word).await?;
    let lost = acknowledged.difference(&found).count();
    let expected = message!("failover-rows", rows = acknowledged.len());
    let observed = message!("failover-rows", rows = acknowledged.len() - lost);
    if lost > 0 {
        let message = message!("failover-loses", lost = lost);
        return Err(Stop::failed(
            Evidence::from(message).against(expected, observed),
        ));
    }
    Ok(Evidence::from(message!("failover-keeps")).against(expected, observed))
}

/// Writes rows one after another until the server is gone; each that was acknowledged is noted.
async fn write(session: &Session, writer: usize, word: &str, told: &Acknowledged) {
    let bounds = Bounds {
        time: WRITTEN * 2,
        ..Bounds::QUERY
    };
    for number in 0.. {
        let word = format!("{word}-{writer}-{number}");
        match session.rows(&standby::insert(&word), bounds).await {
            Ok(_) => told.add(writer, word),
            Err(_) => return,
        }
    }
}

/// Cuts the standby off under the writes, sees what becomes of them, and kills the primary. The
/// standby is back on the network afterwards, whatever came of it.
async fn strike(
    servers: &Servers,
    cx: &Context<'_>,
    node: Node<'_>,
    admin: &Session,
    pids: &[String],
    told: &Acknowledged,
) -> Result<(), Stop> {
    let enough = |least: &[usize]| {
        let counts = told.counts();
        counts
            .iter()
            .zip(least)
            .all(|(count, least)| count >= least)
    };
    let begun = wait::until(cx, BEGUN, async || Ok(enough(&[1; WRITERS]).then_some(())));
    if begun.await?.is_none() {
        // Nothing is acknowledged: the writers are let go with the primary.
        cx.kill(&servers.primary).await?;
        let message = message!("failover-no-writes", seconds = BEGUN.as_secs());
        return Err(Stop::failed(message));
    }
    let written = wait::until(cx, WRITTEN, async || {
        Ok(enough(&[ROWS; WRITERS]).then_some(()))
    });
    if written.await?.is_none() {
        cx.kill(&servers.primary).await?;
        return Err(undecided());
    }
    let copies = senders::physical(node, admin).await?;
    cx.cut_off(&servers.standby).await?;
    let behind_its_back = behind_its_back(cx, node, admin, pids, told, &copies).await;
    cx.kill(&servers.primary).await?;
    cx.reconnect(&servers.standby).await?;
    behind_its_back
}

/// Waits until every writer waits for the standby, or has been told of further rows.
async fn behind_its_back(
    cx: &Context<'_>,
    node: Node<'_>,
    admin: &Session,
    pids: &[String],
    told: &Acknowledged,
    copies: &[String],
) -> Result<(), Stop> {
    let before = told.counts();
    let list = pids.join(", ");
    let waiting = format!(
        "SELECT pid FROM pg_catalog.pg_stat_get_activity(NULL) \
         WHERE wait_event = 'SyncRep' AND pid IN ({list})"
    );
    let look = async || -> Result<bool, Stop> {
        let counts = told.counts();
        // Those who wait may wait for another, that confirms in a moment: then they go on.
        senders::others_confirm(cx, node, admin, copies).await?;
        let rows = node.rows(admin, &waiting).await?;
        let waits = |pid: &String| {
            rows.iter()
                .any(|row| row.first() == Some(&Some(pid.clone())))
        };
        let now = told.counts();
        let each = pids.iter().zip(counts.iter().zip(now.iter().zip(&before)));
        let decided = |(pid, (then, (now, before))): (&String, (&usize, (&usize, &usize)))| {
            (then == now && waits(pid)) || *now >= before + ROWS
        };
        Ok(each.into_iter().all(decided))
    };
    wait::until(cx, WRITTEN, async || {
        Ok(match look().await {
            Ok(decided) => decided.then_some(Ok(())),
            Err(stop) => Some(Err(stop)),
        })
    })
    .await?
    .unwrap_or_else(|| Err(undecided()))
}

fn undecided() -> Stop {
    let message = message!("broken-writers-undecided", seconds = WRITTEN.as_secs());
    Stop::Broken(message.into())
}

/// Waits until the standby takes a write as an application would make it.
async fn takes_writes(servers: &Servers, cx: &Context<'_>) -> Result<(), Stop> {
    let node = servers.standby(cx);
    let word = token(cx, "promoted");
    let mut last = None;
    let bounds = Bounds {
        time: Duration::from_secs(5),
        ..Bounds::QUERY
    };
    let done = wait::until(cx, TAKES_WRITES, async || {
        let session = match node.probe("").await {
            Ok(session) => session,
            Err(Stop::Broken(_)) => return Ok(None),
            Err(stop) => return Ok(Some(Err(stop))),
        };
        match session.rows(&standby::insert(&word), bounds).await {
            Ok(_) => Ok(Some(Ok(()))),
            Err(trouble) => {
                let waits = waits_for_nobody(node).await;
                last = Some(trouble.words());
                Ok(waits.then(|| Err(Stop::failed(message!("failover-waits-for-nobody")))))
            }
        }
    })
    .await?;
    done.unwrap_or_else(|| {
        Err(Stop::failed(message!(
            "failover-no-primary",
            seconds = TAKES_WRITES.as_secs(),
            error = last.unwrap_or_default()
        )))
    })
}

/// Whether a COMMIT on the new primary waits for a standby that there is not.
async fn waits_for_nobody(node: Node<'_>) -> bool {
    const WAITS: &str =
        "SELECT 1 FROM pg_catalog.pg_stat_get_activity(NULL) WHERE wait_event = 'SyncRep'";
    match node.admin().await {
        Ok(session) => matches!(node.value(&session, WAITS).await, Ok(Some(_))),
        Err(_) => false,
    }
}

/// The words of this check's rows that are on the new primary.
async fn found(node: Node<'_>, word: &str) -> Result<BTreeSet<String>, Stop> {
    let session = node.probe("").await?;
    let sql = format!("SELECT status FROM public.orders WHERE status LIKE '{word}-%'");
    let rows = node.rows(&session, &sql).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.into_iter().next()?)
        .collect())
}
