//! `run.commit-waits`: COMMIT waits while the standby is stopped, and goes on when it is back; no
//! role or database turns that off.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::{Bounds, Session};
use crate::measure::replication::node::Node;
use crate::measure::replication::{ADMIN, ARRIVES, Servers, catalog, senders, standby, token};
use crate::measure::server;
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// How long a COMMIT may take until it waits or is done; both take milliseconds.
const DECIDED: Duration = Duration::from_secs(20);

/// How long a COMMIT may take to come back that nothing holds any more.
const GRACE: Duration = Duration::from_secs(5);

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitWaits {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
}

/// Settings of roles and databases, read as they are stored.
const OVERRIDES: &str = "SELECT setdatabase, setrole, setconfig FROM pg_catalog.pg_db_role_setting";

/// Stops the standby under a COMMIT.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &CommitWaits, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(waits(&spec.servers, cx).await)
}

async fn waits(servers: &Servers, cx: &Context<'_>) -> Result<Verdict, Stop> {
    standby::ensure(cx, servers).await?;
    let node = servers.primary(cx);
    let admin = node.admin().await?;
    catalog::intact(cx, node, &admin).await?;
    for row in node.rows(&admin, OVERRIDES).await? {
        let stored = row.get(2).cloned().flatten().unwrap_or_default();
        if let Some(setting) = turned_off(&stored) {
            return Err(Stop::failed(message!(
                "commit-turned-off",
                setting = setting
            )));
        }
    }
    let began = cx.timeline.mark();
    let service = &servers.standby;
    let copies = senders::physical(node, &admin).await?;
    cx.stop(service).await?;
    let outcome = under_commit(servers, cx, node, &admin, &copies).await;
    if !cx.bench.state(service).await?.running {
        cx.start(service).await?;
        server::answers(cx, service, &servers.database, ADMIN).await?;
    }
    match outcome {
        Ok(evidence) => Ok(Verdict::passed(evidence.timeline(cx, began))),
        Err(Stop::Failed(evidence)) => Err(Stop::failed(evidence.timeline(cx, began))),
        Err(stop) => Err(stop),
    }
}

async fn under_commit(
    servers: &Servers,
    cx: &Context<'_>,
    node: Node<'_>,
    admin: &Session,
    copies: &[String],
) -> Result<Evidence, Stop> {
    let word = token(cx, "commit");
    let writing = node.probe("").await?;
    let pid = writing.value("SELECT pg_catalog.pg_backend_pid()").await?;
    let insert = standby::insert(&word);
    let bounds = Bounds {
        time: DECIDED + ARRIVES + server::START,
        ..Bounds::QUERY
    };
    let mut commit = std::pin::pin!(writing.rows(&insert, bounds));
    let waiting = format!(
        "SELECT wait_event FROM pg_catalog.pg_stat_get_activity({pid}) WHERE wait_event = 'SyncRep'"
    );
    let looking = async {
        let seen = wait::until(cx, DECIDED, async || {
            Ok(match node.value(admin, &waiting).await {
                Ok(seen) => seen.map(|_| Ok(())),
                Err(stop) => Some(Err(stop)),
            })
        });
        match seen.await? {
            Some(done) => done?,
            None => return Ok(None),
        }
        // It may be another that it waits for, and that confirms in a moment.
        senders::others_confirm(cx, node, admin, copies).await?;
        node.value(admin, &waiting).await
    };
    let seen = tokio::select! {
        done = &mut commit => {
            return Err(match done {
                Ok(_) => Stop::failed(acknowledged(node, admin).await?),
                Err(trouble) => node.trouble(trouble).await,
            });
        }
        seen = looking => seen?,
    };
    if seen.is_none() {
        // It has come back in this very moment, or never waited.
        return Err(match tokio::time::timeout(GRACE, &mut commit).await {
            Ok(Ok(_)) => Stop::failed(acknowledged(node, admin).await?),
            Ok(Err(trouble)) => node.trouble(trouble).await,
            Err(_) => Stop::failed(message!("commit-undecided", seconds = DECIDED.as_secs())),
        });
    }
    cx.timeline
        .seen(&servers.primary, message!("event-commit-waits"));
    let service = &servers.standby;
    cx.start(service).await?;
    let start = server::answers(cx, service, &servers.database, ADMIN);
    // The COMMIT may go on while the standby is still on its way to answer; and once the standby has
    // replayed all that is written, it goes on at once or never.
    let at = senders::flushed(node, admin).await?;
    let replayed = wait::until(cx, ARRIVES + server::START, async || {
        Ok(
            match senders::has_told(node, admin, senders::Told::Replayed, at).await {
                Ok(done) => done.then_some(Ok(())),
                Err(stop) => Some(Err(stop)),
            },
        )
    });
    let never = async {
        let replayed = replayed.await;
        tokio::time::sleep(GRACE).await;
        replayed
    };
    let done = async {
        tokio::select! {
            done = &mut commit => Ok(Some(done)),
            seen = never => seen.map(|_| None),
        }
    };
    let (start, done) = tokio::join!(start, done);
    if let Some(evidence) = standby::failed_start(service, &start?) {
        return Err(Stop::failed(evidence));
    }
    match done? {
        Some(Ok(_)) => {}
        Some(Err(trouble)) => return Err(node.trouble(trouble).await),
        None => return Err(Stop::failed(message!("commit-never-ends"))),
    }
    cx.timeline
        .seen(&servers.primary, message!("event-commit-done"));
    Ok(message!("commit-waits").into())
}

/// Who acknowledged a COMMIT while the standby was away, if anybody did.
async fn acknowledged(node: Node<'_>, admin: &Session) -> Result<Evidence, Stop> {
    const SYNCHRONOUS: &str = "SELECT a.application_name FROM pg_catalog.pg_stat_get_wal_senders() w, \
        pg_catalog.pg_stat_get_activity(w.pid) a WHERE w.sync_state IN ('sync', 'quorum')";
    let who = node.value(admin, SYNCHRONOUS).await?;
    Ok(match who {
        Some(name) => message!("commit-acknowledged-by", name = name),
        None => message!("commit-does-not-wait"),
    }
    .into())
}

/// A stored setting that keeps a COMMIT from waiting for the standby, as in
/// `{synchronous_commit=off,work_mem=4MB}`.
fn turned_off(stored: &str) -> Option<String> {
    let settings = stored.trim_matches(['{', '}']).split(',');
    settings
        .map(|setting| setting.trim_matches('"').to_lowercase())
        .find(|setting| {
            setting
                .strip_prefix("synchronous_commit=")
                .is_some_and(|value| {
                    !["on", "remote_apply", "remote_write", "true", "yes", "1"].contains(&value)
                })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_waiting_off() {
        for (stored, off) in [
            ("{synchronous_commit=off}", true),
            ("{work_mem=4MB,synchronous_commit=local}", true),
            ("{\"search_path=a, b\",synchronous_commit=OFF}", true),
            ("{synchronous_commit=remote_apply}", false),
            ("{synchronous_commit=on}", false),
            ("{search_path=public}", false),
            ("", false),
        ] {
            assert_eq!(turned_off(stored).is_some(), off, "{stored}");
        }
    }
}
