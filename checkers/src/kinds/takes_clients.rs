//! `run.takes-clients`: so many ordinary clients are in at once, each with a statement under way,
//! and an administrator still gets in.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt};
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::{Bounds, NoEntry, Session};
use crate::measure::tuned::{STEADY, Server, Stop, settle};
use crate::message;
use crate::verdict::{Broken, Evidence, Verdict};
use crate::wait;

/// The clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakesClients {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// How many clients come at once.
    pub clients: usize,
}

/// Clients that knock side by side.
const KNOCK: usize = 8;
/// Sessions that are over leave the server within milliseconds; it is looked again for so long.
const LEAVE: Duration = Duration::from_secs(10);
/// Until all of them wait, and until all are done.
const ALL: Duration = Duration::from_secs(30);

/// Lets all clients in, holds them, and lets them go.
///
/// # Errors
/// Nobody can tell why the server does not answer.
pub async fn check(spec: &TakesClients, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let verdict = settle(judge(spec, cx).await);
    // Whoever comes next must find the places free again.
    empty(&spec.on, cx).await;
    verdict
}

async fn judge(spec: &TakesClients, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    empty(on, cx).await;
    let clients = all_in(spec, cx).await?;
    let Some((first, others)) = clients.split_first() else {
        return Err(Broken::from(message!("broken-no-clients")).into());
    };
    let key = cx
        .seed
        .stream("clients")
        .random_range(1..i64::from(i32::MAX));
    let limit = Bounds::QUERY.time;
    on.ask(
        cx,
        first,
        &format!("SELECT pg_catalog.pg_advisory_lock({key})"),
        limit,
    )
    .await?;
    let waits = format!("SELECT pg_catalog.pg_advisory_lock_shared({key})");
    let bounds = Bounds {
        time: ALL * 2,
        ..Bounds::QUERY
    };
    let began = Instant::now();
    let all = futures_util::future::join_all(others.iter().map(|it| it.rows(&waits, bounds)));
    let (answers, seen) = tokio::join!(all, held(spec, cx, first, key, others.len()));
    let (waiting, administrator) = seen?;
    if let Some(trouble) = answers.into_iter().find_map(Result::err) {
        return Err(on.trouble(cx, began, trouble).await);
    }
    // The last one in asks once more, with everybody still there.
    on.ask(cx, &administrator, "SELECT 1", limit).await?;
    if cx.bench.state(&on.service).await?.out_of_memory {
        return Err(Stop::from(message!(
            "clients-memory",
            clients = spec.clients
        )));
    }
    let message = message!("clients-in", clients = clients.len(), waiting = waiting);
    Ok(Verdict::passed(message.into()))
}

/// Waits, as the administrator who came last, until all others are held; then lets them go.
async fn held(
    spec: &TakesClients,
    cx: &Context<'_>,
    first: &Session,
    key: i64,
    others: usize,
) -> Result<(usize, Session), Stop> {
    let on = &spec.on;
    let release = format!("SELECT pg_catalog.pg_advisory_unlock({key})");
    let seen = async {
        let administrator = on
            .administrator(cx, STEADY)
            .await
            .map_err(|stop| match stop {
                Stop::Students(why) => {
                    let evidence = Evidence::from(message!("clients-no-administrator"));
                    Stop::Students(evidence.with_details(vec![why.message]))
                }
                ours => ours,
            })?;
        let count = format!(
            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' \
             AND NOT granted AND ((classid::bigint << 32) | objid::bigint) = {key}"
        );
        let mut waiting = 0;
        let all = wait::until(cx, ALL, async || {
            waiting = administrator.value(&count).await?.parse().unwrap_or(0);
            Ok((waiting >= others).then_some(()))
        })
        .await?;
        match all {
            Some(()) => Ok((waiting, administrator)),
            None => Err(Stop::Ours(Broken::from(message!(
                "broken-not-waiting",
                waiting = waiting,
                clients = others
            )))),
        }
    }
    .await;
    // Whatever was seen, they must not wait for ever.
    on.ask(cx, first, &release, Bounds::QUERY.time).await?;
    seen
}

/// Opens every client's session.
async fn all_in(spec: &TakesClients, cx: &Context<'_>) -> Result<Vec<Session>, Stop> {
    let on = &spec.on;
    let knocking = (0..spec.clients).map(|_| on.knock(cx, &on.application, STEADY));
    let tried: Vec<_> = stream::iter(knocking).buffered(KNOCK).collect().await;
    let mut clients = Vec::new();
    let mut refused = Vec::new();
    for one in tried {
        match one {
            Ok(session) => clients.push(session),
            Err(no) => refused.push(no),
        }
    }
    // A session that was over a moment ago may have held a place: knocked again, all others in.
    for no in refused {
        let mut last = Some(no);
        let session = wait::until(cx, LEAVE / 5, async || {
            match on.knock(cx, &on.application, STEADY).await {
                Ok(session) => Ok(Some(session)),
                Err(NoEntry::Ours(broken)) => Err(broken),
                Err(no) => {
                    last = Some(no);
                    Ok(None)
                }
            }
        })
        .await?;
        match (session, last) {
            (Some(session), _) => clients.push(session),
            (None, Some(no)) => return Err(turned_away(spec, cx, clients.len(), no).await),
            (None, None) => return Err(Broken::from(message!("broken-no-clients")).into()),
        }
    }
    Ok(clients)
}

async fn turned_away(spec: &TakesClients, cx: &Context<'_>, there: usize, no: NoEntry) -> Stop {
    match spec.on.no_entry(cx, &spec.on.application, no).await {
        Stop::Students(why) => {
            let message = message!("clients-turned-away", clients = spec.clients, there = there);
            let mut details = vec![why.message];
            if let Ok(settings) = spec.on.settings(cx).await {
                for name in ["max_connections", "superuser_reserved_connections"] {
                    details.push(message!(
                        "plan-price",
                        name = name,
                        value = settings.shown(name)
                    ));
                }
            }
            let mut evidence = Evidence::from(message).with_details(details);
            if let Ok(conf) = spec.on.conf(cx)
                && let Some(setting) = conf.setter("max_connections")
            {
                evidence = evidence.at(conf.excerpt(&spec.on.file, setting.line, 1));
            }
            Stop::Students(evidence)
        }
        ours => ours,
    }
}

/// Waits until no client but the one that looks is there; that one leaves, too.
async fn empty(on: &Server, cx: &Context<'_>) {
    const OTHERS: &str = "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity \
        WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()";
    let _ = wait::until(cx, LEAVE, async || {
        let Ok(administrator) = on.knock(cx, &on.administrator, STEADY).await else {
            return Ok(None);
        };
        let others = administrator.value(OTHERS).await;
        Ok(others.is_ok_and(|others| others == "0").then_some(()))
    })
    .await;
}
