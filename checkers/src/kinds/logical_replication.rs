//! `run.logical-replication`: the submitted publication and subscription bring inserts, updates and
//! deletes of some tables to the subscriber, of another some columns, and nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::Session;
use crate::measure::replication::node::{ALONE, Node, Rows};
use crate::measure::replication::{ARRIVES, Replication, Servers, catalog, position, token};
use crate::measure::script;
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// The scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogicalReplication {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
    /// Runs on the primary, as superuser.
    pub publication: String,
    /// Runs on the subscriber, as superuser.
    pub subscription: String,
    /// What is written on the primary, step by step, and what must then be read on the subscriber.
    /// `${WORD}` is a word of this grade, `${SECRET}` one that must not arrive anywhere.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// As in `insert into orders`, for people.
    pub what: String,
    /// Runs on the primary.
    pub write: String,
    /// Runs on the subscriber, again and again until it gives `gives`; none if nothing of the step
    /// may arrive.
    #[serde(default)]
    pub read: Option<String>,
    /// Its only value.
    #[serde(default)]
    pub gives: String,
}

/// Tables of the subscriber that it is about: each must be an ordinary one.
const RELATIONS: &str = "SELECT n.nspname, c.relname, c.relkind, c.oid FROM pg_catalog.pg_class c, \
    pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";
const SUBSCRIBED: &str = "SELECT srrelid FROM pg_catalog.pg_subscription_rel";
/// The slots through which subscriptions get their changes, and how far each has come.
const SLOTS: &str = "SELECT slot_name, active, confirmed_flush_lsn \
    FROM pg_catalog.pg_get_replication_slots() WHERE slot_type = 'logical' AND NOT temporary";
const NOW: &str = "SELECT pg_catalog.pg_current_wal_lsn()";

/// Sets the logical replication up and writes through it.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &LogicalReplication, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(arrives(spec, cx).await)
}

async fn arrives(spec: &LogicalReplication, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let (primary, analytics) = (spec.servers.primary(cx), spec.servers.analytics(cx));
    let began = cx.timeline.mark();
    run(primary, &spec.publication, cx).await?;
    run(analytics, &spec.subscription, cx).await?;
    let (there, here) = (primary.admin().await?, analytics.admin().await?);
    catalog::intact(cx, primary, &there).await?;
    catalog::intact(cx, analytics, &here).await?;

    let (word, secret) = (token(cx, "logical"), token(cx, "secret"));
    let fill = |sql: &str| sql.replace("${WORD}", &word).replace("${SECRET}", &secret);
    let writing = primary.probe(ALONE).await?;
    for step in &spec.steps {
        primary.execute(&writing, &fill(&step.write)).await?;
        let Some(read) = &step.read else { continue };
        let read = fill(read);
        let gives = fill(&step.gives);
        let seen = wait::until(cx, ARRIVES, async || {
            // A subscriber whose table lacks a column refuses the question: that is an answer, too.
            Ok(match analytics.value(&here, &read).await {
                Ok(value) => (value.as_deref() == Some(gives.as_str())).then_some(Ok(())),
                Err(stop) => Some(Err(stop)),
            })
        })
        .await?;
        match seen {
            Some(done) => done?,
            None => return Err(Stop::failed(missing(spec, cx, &step.what).await?)),
        }
        cx.timeline.seen(
            &spec.servers.analytics,
            message!("event-arrived", what = &step.what),
        );
    }
    copied(cx, analytics, &here).await?;
    through_slots(cx, primary, &there).await?;
    real_tables(spec, cx, analytics, &here).await?;
    leaks(analytics, &here, &secret).await?;
    let message = message!("logical-arrives", steps = spec.steps.len());
    Ok(Verdict::passed(Evidence::from(message).timeline(cx, began)))
}

async fn run(node: Node<'_>, file: &str, cx: &Context<'_>) -> Result<(), Stop> {
    let variables = &Replication::of(cx)?.variables;
    let script = script::read(file, &cx.files.read(file)?, variables)?;
    let session = node.plain(ALONE).await?;
    script::run(&session, &script, variables).await
}

/// What did not arrive, with what the subscriber's log says of it.
async fn missing(
    spec: &LogicalReplication,
    cx: &Context<'_>,
    what: &str,
) -> Result<Evidence, Broken> {
    let message = message!("logical-missing", what = what, seconds = ARRIVES.as_secs());
    let log = cx.bench.logs(&spec.servers.analytics).await?;
    let error = log.lines().rev().find(|line| line.contains("ERROR:"));
    let details: Vec<Message> = error
        .into_iter()
        .map(|line| message!("server-says", line = line))
        .collect();
    Ok(Evidence::from(message).with_details(details))
}

/// Waits until each table of each subscription has its first copy: what it brings may come late.
async fn copied(cx: &Context<'_>, node: Node<'_>, session: &Session) -> Result<(), Stop> {
    const COPYING: &str = "SELECT 1 FROM pg_catalog.pg_subscription_rel WHERE srsubstate <> 'r'";
    // One that never ends has brought nothing: then it is looked at as it is.
    wait::until(cx, ARRIVES, async || {
        Ok(match node.value(session, COPYING).await {
            Ok(copying) => copying.is_none().then_some(Ok(())),
            Err(stop) => Some(Err(stop)),
        })
    })
    .await?
    .unwrap_or(Ok(()))
}

/// The changes come through logical slots that are in use, and all of them have come this far.
async fn through_slots(cx: &Context<'_>, node: Node<'_>, session: &Session) -> Result<(), Stop> {
    let now = node.position(session, NOW).await?;
    let seen = wait::until(cx, ARRIVES, async || {
        let rows = match node.rows(session, SLOTS).await {
            Ok(rows) => rows,
            Err(stop) => return Ok(Some(Err(stop))),
        };
        let active: Vec<_> = rows
            .iter()
            .filter(|row| {
                row.get(1)
                    .is_some_and(|active| active.as_deref() == Some("t"))
            })
            .collect();
        let far = |row: &&&Vec<Option<String>>| {
            let at = row.get(2).and_then(Option::as_deref).and_then(position);
            at.is_some_and(|at| at >= now)
        };
        let all = active.iter().filter(far).count() == active.len();
        Ok((all && !active.is_empty()).then_some(Ok(())))
    })
    .await?;
    seen.unwrap_or_else(|| Err(Stop::failed(message!("logical-no-slot"))))
}

/// The tables that were asked for are tables, and a subscription fills them.
async fn real_tables(
    spec: &LogicalReplication,
    cx: &Context<'_>,
    node: Node<'_>,
    session: &Session,
) -> Result<(), Stop> {
    let text =
        |row: &Vec<Option<String>>, at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    let subscribed: Rows = node.rows(session, SUBSCRIBED).await?;
    let subscribed: Vec<String> = subscribed.iter().map(|row| text(row, 0)).collect();
    let relations = node.rows(session, RELATIONS).await?;
    let read = |name: &str| {
        let mut reads = spec.steps.iter().filter_map(|step| step.read.as_ref());
        reads.any(|read| read.contains(name))
    };
    for row in &relations {
        let name = format!("{}.{}", text(row, 0), text(row, 1));
        let is_subscribed = subscribed.contains(&text(row, 3));
        let message = match read(&name) {
            true if !["r", "p"].contains(&text(row, 2).as_str()) => {
                message!("logical-no-table", table = name)
            }
            true if !is_subscribed => message!("logical-not-subscribed", table = name),
            // What nobody asked for.
            false if is_subscribed => message!("logical-too-much", table = name),
            _ => continue,
        };
        return Err(Stop::failed(message));
    }
    cx.timeline.seen(node.service, message!("event-subscribed"));
    Ok(())
}

/// Looks for the secret in everything that the subscriber has.
async fn leaks(node: Node<'_>, session: &Session, secret: &str) -> Result<(), Stop> {
    let relations = node.rows(session, RELATIONS).await?;
    for row in &relations {
        let text = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        // Views and foreign tables show what lies elsewhere.
        if !["r", "p", "m"].contains(&text(2).as_str()) {
            continue;
        }
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let table = format!("{}.{}", quoted(&text(0)), quoted(&text(1)));
        let sql = format!("SELECT 1 FROM {table} t WHERE (t.*)::text LIKE '%{secret}%' LIMIT 1");
        if node.value(session, &sql).await?.is_some() {
            return Err(Stop::failed(message!(
                "logical-leaks",
                table = format!("{}.{}", text(0), text(1))
            )));
        }
    }
    Ok(())
}
