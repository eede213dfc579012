//! The standby: made by the submission's script, seen streaming, and made anew by the same script
//! where a fault has taken it for good, so that one check's loss is not the next one's.

use std::time::Duration;

use crate::bench::{Command, File, Output};
use crate::context::Context;
use crate::measure::postgres::Session;
use crate::measure::server::{self, PGDATA, Start};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop};
use crate::wait;

use super::node::{ALONE, Node};
use super::{ADMIN, ARRIVES, Replication, SUBMISSION, Servers, token};

/// How long a standby that was made may take until it streams: it tries again every 5 s by default
/// (`wal_retrieve_retry_interval`).
const STREAMS: Duration = Duration::from_secs(15);

/// A file that every cluster has.
pub const VERSION: &str = "/var/lib/labgrade/pgdata/PG_VERSION";

/// How the standby is made.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The folder that lies beside the script, of the submission.
    pub folder: String,
    /// The script in it.
    pub script: String,
    /// How long it may take.
    pub limit: Duration,
}

impl Recipe {
    /// Puts the submission's files into the standby's container: the folder, and `beside` it other
    /// scripts. The folder lies in itself once more, since "beside the script" may be read so.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn put(
        &self,
        cx: &Context<'_>,
        servers: &Servers,
        beside: &[String],
    ) -> Result<(), Broken> {
        let mut files = Vec::new();
        for path in cx.files.below(&self.folder)?.iter().chain(beside) {
            let bytes = cx.files.read(path)?;
            let mut put = |path: String| {
                files.push(File {
                    path,
                    bytes: bytes.clone(),
                    mode: 0o755,
                });
            };
            put(format!("{SUBMISSION}/{path}"));
            if path.starts_with(&self.folder) {
                put(format!("{SUBMISSION}/{}/{path}", self.folder));
            }
        }
        cx.bench.put(&servers.standby, &files).await
    }

    /// Runs the script. That it fails decides nothing: what it leaves does.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn run(&self, cx: &Context<'_>, servers: &Servers) -> Result<Output, Broken> {
        // A backup waits for a checkpoint that takes its time, unless there is nothing to write.
        let primary = servers.primary(cx);
        if let Ok(session) = primary.admin().await {
            let _ = primary.execute(&session, "CHECKPOINT").await;
        }
        let folder = format!("{SUBMISSION}/{}", self.folder);
        let path = format!("{folder}/{}", self.script);
        let output = script(cx, &servers.standby, &path, &folder, self.limit).await?;
        // A server that the script started to see whether it does would hold the cluster.
        let stop = [
            "pg_ctl", "stop", "--pgdata", PGDATA, "--mode", "fast", "--wait",
        ];
        cx.bench.exec(&servers.standby, Command::of(&stop)).await?;
        Ok(output)
    }
}

/// Runs a submitted script, as its first line says or with bash, with the variables that it was
/// promised; what it writes has no password in it.
///
/// # Errors
/// The engine refuses.
pub async fn script(
    cx: &Context<'_>,
    service: &str,
    path: &str,
    folder: &str,
    limit: Duration,
) -> Result<Output, Broken> {
    let variables = &Replication::of(cx)?.variables;
    let inside = path.strip_prefix(&format!("{SUBMISSION}/")).unwrap_or(path);
    let named = cx.files.read(inside)?.starts_with(b"#!");
    let run: &[&str] = if named { &[path] } else { &["bash", path] };
    let command = Command {
        run,
        env: &variables.0,
        folder: Some(folder),
        limit,
    };
    let output = cx.bench.exec(service, command).await?;
    let text = variables.hide(&output.text);
    Ok(Output { text, ..output })
}

/// The position up to which a standby has received WAL through a walreceiver that streams now; none
/// if it has none that does.
///
/// # Errors
/// The standby does not answer.
pub async fn streaming(node: Node<'_>, session: &Session) -> Result<bool, Stop> {
    const STATUS: &str = "SELECT status FROM pg_catalog.pg_stat_get_wal_receiver()";
    let status = node.value(session, STATUS).await?;
    Ok(status.as_deref() == Some("streaming"))
}

/// The position up to which the standby has replayed.
///
/// # Errors
/// The standby does not answer, or has never been one.
pub async fn replayed(node: Node<'_>, session: &Session) -> Result<u64, Stop> {
    const REPLAYED: &str = "SELECT COALESCE(pg_catalog.pg_last_wal_replay_lsn(), '0/0')";
    node.position(session, REPLAYED).await
}

/// Writes a row on the primary and waits until it is read on the standby.
///
/// # Errors
/// It does not arrive: the student's.
pub async fn row_arrives(cx: &Context<'_>, servers: &Servers) -> Result<Duration, Stop> {
    let word = token(cx, "row");
    let primary = servers.primary(cx);
    let session = primary.probe(ALONE).await?;
    primary.execute(&session, &insert(&word)).await?;
    let began = std::time::Instant::now();
    let standby = servers.standby(cx);
    let reading = standby.probe("").await?;
    let sql = format!("SELECT 1 FROM public.orders WHERE status = '{word}'");
    let seen = wait::until(cx, ARRIVES, async || {
        Ok(match standby.value(&reading, &sql).await {
            Ok(found) => found.map(|_| Ok(())),
            Err(stop) => Some(Err(stop)),
        })
    })
    .await?;
    match seen {
        Some(done) => done.map(|()| began.elapsed()),
        None => Err(Stop::failed(message!(
            "row-never-arrives",
            seconds = ARRIVES.as_secs()
        ))),
    }
}

/// A statement that writes one order under a word of its own.
#[must_use]
pub fn insert(word: &str) -> String {
    format!("INSERT INTO public.orders (customer_id, status, total) VALUES (1, '{word}', 1)")
}

/// Sees that the standby streams, and makes it anew by the submission's own script if it does not:
/// a fault of an earlier check may have cost it its way back.
///
/// # Errors
/// It never streams: the student's.
pub async fn ensure(cx: &Context<'_>, servers: &Servers) -> Result<(), Stop> {
    let replication = Replication::of(cx)?;
    let known = hopeless(replication).clone();
    if let Some(evidence) = known {
        return Err(Stop::failed(evidence));
    }
    if comes_to_stream(cx, servers).await? {
        return Ok(());
    }
    rebuild(cx, servers).await?;
    if comes_to_stream(cx, servers).await? {
        return Ok(());
    }
    let evidence = Evidence::from(message!("standby-does-not-stream"));
    *hopeless(replication) = Some(evidence.clone());
    Err(Stop::failed(evidence))
}

/// Notes that the standby will never stream, so that nobody waits for it again.
///
/// # Errors
/// The lab's `needs` are wrong.
pub fn give_up(cx: &Context<'_>) -> Result<(), Broken> {
    let evidence = Evidence::from(message!("standby-does-not-stream"));
    *hopeless(Replication::of(cx)?) = Some(evidence);
    Ok(())
}

fn hopeless(replication: &Replication) -> std::sync::MutexGuard<'_, Option<Evidence>> {
    replication
        .hopeless
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Waits until the standby streams; a standby that is not there does not.
///
/// # Errors
/// The engine refuses.
pub async fn comes_to_stream(cx: &Context<'_>, servers: &Servers) -> Result<bool, Stop> {
    let seen = wait::until(cx, STREAMS, async || {
        let node = servers.standby(cx);
        let streams = match node.admin().await {
            Ok(session) => streaming(node, &session).await,
            Err(stop) => Err(stop),
        };
        match streams {
            Ok(streams) => Ok(streams.then_some(true)),
            Err(Stop::Failed(_)) => {
                let state = cx.bench.state(&servers.standby).await?;
                Ok((!state.running).then_some(false))
            }
            // On its way back the gateway may not have found it yet.
            Err(Stop::Broken(_)) => Ok(None),
        }
    })
    .await?;
    Ok(seen == Some(true))
}

/// Takes the standby's cluster away and has it made by the submission's script once more.
async fn rebuild(cx: &Context<'_>, servers: &Servers) -> Result<(), Stop> {
    let recipe = Replication::of(cx)?
        .standby
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone();
    let Some(recipe) = recipe else {
        return Err(Broken::from(message!("broken-page-missing", page = "standby")).into());
    };
    cx.timeline
        .done(&servers.standby, message!("event-rebuilt"));
    // What it lost with its WAL is the slot, too: it gets a fresh one of the same name, and where
    // the script makes it itself, none.
    for slots in [Slots::Renewed, Slots::Dropped] {
        cx.bench.hold(&servers.standby).await?;
        slots.apply(cx, servers).await?;
        let wipe = ["find", PGDATA, "-mindepth", "1", "-delete"];
        cx.bench.exec(&servers.standby, Command::of(&wipe)).await?;
        recipe.run(cx, servers).await?;
        let made = Command::of(&["test", "-s", VERSION]);
        if cx.bench.exec(&servers.standby, made).await?.succeeded() {
            break;
        }
    }
    cx.bench.release(&servers.standby).await?;
    server::answers(cx, &servers.standby, &servers.database, ADMIN).await?;
    Ok(())
}

/// What becomes of the primary's physical slots that nobody uses, before the standby is made anew.
#[derive(Debug, Clone, Copy)]
enum Slots {
    /// Made anew under their names.
    Renewed,
    /// Dropped.
    Dropped,
}

impl Slots {
    async fn apply(self, cx: &Context<'_>, servers: &Servers) -> Result<(), Stop> {
        const IDLE: &str = "SELECT slot_name FROM pg_catalog.pg_get_replication_slots() \
            WHERE slot_type = 'physical' AND NOT active";
        let node = servers.primary(cx);
        let session = node.admin().await?;
        for row in node.rows(&session, IDLE).await? {
            let Some(name) = row.into_iter().next().flatten() else {
                continue;
            };
            let drop = format!("SELECT pg_catalog.pg_drop_replication_slot('{name}')");
            node.execute(&session, &drop).await?;
            if matches!(self, Self::Renewed) {
                let create = format!(
                    "SELECT pg_catalog.pg_create_physical_replication_slot('{name}', true)"
                );
                node.execute(&session, &create).await?;
            }
        }
        Ok(())
    }
}

/// What a start of the standby came to, as evidence; none if it answers.
#[must_use]
pub fn failed_start(service: &str, start: &Start) -> Option<Evidence> {
    let message = match start {
        Start::Answers => return None,
        Start::Died(death) => return Some(death.evidence(service, &[])),
        Start::Refuses(refusal) => message!(
            "server-refuses",
            service = service,
            error = refusal.message.clone(),
            code = refusal.code.as_str()
        ),
        Start::Deaf => message!("server-deaf", service = service),
        Start::Slow => message!(
            "server-slow",
            service = service,
            seconds = server::START.as_secs()
        ),
    };
    Some(message.into())
}
