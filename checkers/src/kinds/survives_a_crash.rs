//! `run.survives-a-crash`: rows that the server has acknowledged to the application are there after
//! it was killed and started again.

use std::time::{Duration, Instant};

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::Command;
use crate::context::Context;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::measure::server::{self, Start};
use crate::measure::tuned::{STEADY, Server, Stop, settle};
use crate::message;
use crate::verdict::{Broken, Evidence, Series, Verdict};
use crate::wait;

/// Where rows are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurvivesACrash {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// A statement of the application's that writes one row, with `$1` where a word goes.
    pub insert: String,
    /// A query that counts the rows that hold a word at their beginning, `$1`.
    pub count: String,
    /// The database that the grader's auditor logs in to, to see whether the server is back.
    pub database: String,
}

/// Sessions that write, and rows that each writes.
const SESSIONS: usize = 3;
const ROWS: usize = 4;
/// A commit that is not held back by anything takes milliseconds.
const COMMIT: Duration = Duration::from_secs(10);
/// How long the server's own processes may take until none of them is at work.
const REST: Duration = Duration::from_secs(15);

/// Stops what could write WAL later, commits, kills, starts, and counts.
///
/// # Errors
/// The engine refuses, or nobody can tell why the server does not answer.
pub async fn check(spec: &SurvivesACrash, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(spec, cx).await)
}

async fn judge(spec: &SurvivesACrash, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    let began = cx.timeline.now();
    let word = format!("labgrade-{:016x}", cx.seed.stream("crash").random::<u64>());
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(on.application(cx, STEADY).await?);
    }
    let auditor = on.auditor(cx).await?;
    on.ask(cx, &auditor, "CHECKPOINT", Bounds::QUERY.time)
        .await?;
    latch(on, cx, &auditor).await?;
    let mut acknowledged = 0;
    for row in 0..ROWS {
        for (number, session) in sessions.iter().enumerate() {
            commit(spec, cx, session, &format!("{word}-{number}-{row}")).await?;
            acknowledged += 1;
        }
    }
    cx.timeline.seen(
        &on.service,
        message!("event-acknowledged", rows = acknowledged),
    );
    cx.kill(&on.service).await?;
    drop((sessions, auditor));
    cx.start(&on.service).await?;
    match server::answers(cx, &on.service, &spec.database, &on.auditor).await? {
        Start::Answers => {}
        Start::Died(death) => {
            let evidence = death.evidence(&on.service, &[]);
            return Err(Stop::Students(Evidence {
                message: message!("crash-no-return"),
                observed: Some(evidence.message.clone()),
                ..evidence
            }));
        }
        // It has answered before, with the same files.
        Start::Refuses(_) | Start::Deaf | Start::Slow => {
            return Err(Broken::from(message!("broken-no-return")).into());
        }
    }
    let session = on.application(cx, STEADY).await?;
    let kept = on
        .number(
            cx,
            &session,
            &spec.count.replace("$1", &format!("'{word}'")),
        )
        .await?;
    cx.timeline
        .seen(&on.service, message!("event-rows", rows = kept));
    let message = message!("crash-kept", rows = acknowledged, kept = kept);
    let evidence = Evidence::from(message)
        .against(
            message!("crash-rows", rows = acknowledged),
            message!("crash-rows", rows = kept),
        )
        .drawn(Series::Timeline {
            events: cx.timeline.since(began),
        });
    Ok(if kept == acknowledged {
        Verdict::passed(evidence)
    } else {
        Verdict::failed(evidence)
    })
}

/// Writes one row, and waits until the server says that it is kept.
async fn commit(
    spec: &SurvivesACrash,
    cx: &Context<'_>,
    session: &Session,
    word: &str,
) -> Result<(), Stop> {
    let sql = spec.insert.replace("$1", &format!("'{word}'"));
    let bounds = Bounds {
        time: COMMIT,
        ..Bounds::QUERY
    };
    let began = Instant::now();
    match session.rows(&sql, bounds).await {
        Ok(_) => Ok(()),
        Err(trouble @ Trouble::TimedOut(_)) => {
            let settings = spec.on.settings(cx).await?;
            let standbys = settings.shown("synchronous_standby_names");
            Err(if standbys.is_empty() {
                spec.on.trouble(cx, began, trouble).await
            } else {
                Stop::from(message!("crash-waits", standbys = standbys))
            })
        }
        Err(trouble) => Err(match spec.on.trouble(cx, began, trouble).await {
            Stop::Students(why) => {
                let evidence = Evidence::from(message!("crash-no-row"));
                Stop::Students(evidence.with_details(vec![why.message]))
            }
            ours => ours,
        }),
    }
}

/// Stops every process of the server's own, so that nobody writes to the disk what a commit has
/// not written itself: without this an asynchronous commit would be lost only by chance.
///
/// Each must be at rest when it is stopped: one that was stopped with a lock in its hands would
/// hold up the commits.
async fn latch(on: &Server, cx: &Context<'_>, auditor: &Session) -> Result<(), Stop> {
    let launcher = "autovacuum launcher";
    stop(on, cx, auditor, &format!("= '{launcher}'")).await?;
    // A worker ends by itself; one that is still there can only help.
    let _ = wait::until(cx, REST, async || {
        let workers = "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity \
            WHERE backend_type = 'autovacuum worker'";
        Ok((auditor.value(workers).await? == "0").then_some(()))
    })
    .await?;
    let others = "NOT IN ('client backend', 'autovacuum worker', 'autovacuum launcher')";
    stop(on, cx, auditor, others).await
}

/// Stops the processes of a kind, until all of them are stopped at rest.
async fn stop(on: &Server, cx: &Context<'_>, auditor: &Session, kind: &str) -> Result<(), Stop> {
    let all = format!(
        "SELECT pid, coalesce(wait_event_type, '') FROM pg_catalog.pg_stat_activity \
         WHERE backend_type {kind}"
    );
    let stopped = wait::until(cx, REST, async || {
        let pids = |rows: Vec<Vec<Option<String>>>, busy: bool| -> Vec<String> {
            rows.into_iter()
                .filter(|row| !busy || row[1].as_deref() != Some("Activity"))
                .filter_map(|row| row.into_iter().next().flatten())
                .collect()
        };
        let ask = || auditor.rows(&all, Bounds::QUERY);
        let found = pids(ask().await.map_err(Trouble::broken)?, false);
        signal(on, cx, "STOP", &found).await?;
        // A stopped process still shows what it waited for: the main loop's own wait, or not.
        let busy = pids(ask().await.map_err(Trouble::broken)?, true);
        signal(on, cx, "CONT", &busy).await?;
        Ok(busy.is_empty().then_some(()))
    })
    .await?;
    stopped.ok_or_else(|| Broken::from(message!("broken-not-at-rest")).into())
}

async fn signal(
    on: &Server,
    cx: &Context<'_>,
    signal: &str,
    pids: &[String],
) -> Result<(), Broken> {
    let are_numbers = pids
        .iter()
        .all(|pid| pid.chars().all(|c| c.is_ascii_digit()));
    if pids.is_empty() || !are_numbers {
        return Ok(());
    }
    // One that has ended meanwhile is no error: what is left is looked at afterwards.
    let script = format!("kill -{signal} {}; true", pids.join(" "));
    let command = ["sh", "-c", &script];
    cx.bench.exec(&on.service, Command::of(&command)).await?;
    Ok(())
}
