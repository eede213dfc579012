//! `run.index-plan`: the planner takes an index for a published query, as on a disk where a random
//! page costs little more than the next one, and still reads a table from end to end where that is
//! cheaper.

use std::time::Instant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::kinds::sorts_in_memory::draw;
use crate::measure::explain;
use crate::measure::tuned::{STEADY, Server, Stop, settle};
use crate::message;
use crate::message::{Message, Tainted};
use crate::postgres_conf::known;
use crate::verdict::{Broken, Evidence, PlanNode, Series, Verdict};

/// The queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexPlan {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// The table whose scan is looked at.
    pub table: String,
    /// The query for which an index is right; `$1` is where the constant goes.
    pub query: String,
    /// A query for which the whole table is right, however cheap a random page is.
    pub control: String,
    /// The constants, of which the seed draws one, as SQL literals.
    pub draws: Vec<String>,
}

/// The prices of the processor as PostgreSQL has them: a price of a page says something only
/// beside them, and they are not the disk's.
const PROCESSOR: &str = "-c cpu_tuple_cost=0.01 -c cpu_index_tuple_cost=0.005 \
    -c cpu_operator_cost=0.0025";
/// Parallel plans are another matter.
const SERIAL: &str = "-c max_parallel_workers_per_gather=0 -c jit=off";

/// Plans both queries, and runs none.
///
/// # Errors
/// Nobody can tell why the server does not answer.
pub async fn check(spec: &IndexPlan, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(spec, cx).await)
}

async fn judge(spec: &IndexPlan, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    let settings = on.settings(cx).await?;
    let conf = on.conf(cx)?;
    let off: Vec<&str> = known::all()
        .filter(|known| known.name.starts_with("enable_") && known.boot == "on")
        .map(|known| known.name)
        .filter(|name| !settings.is_on(name))
        .collect();
    if let Some(name) = off.first() {
        let evidence = Evidence::from(message!("plan-switch", names = off.join(", ")));
        let line = conf.setter(name).map(|setting| setting.line);
        return Ok(Verdict::failed(match line {
            Some(line) => evidence.at(conf.excerpt(&on.file, line, 1)),
            None => evidence,
        }));
    }
    let constant = draw(&spec.draws, cx, "index-plan")?;
    let prices = [
        "random_page_cost",
        "seq_page_cost",
        "cpu_tuple_cost",
        "cpu_index_tuple_cost",
        "cpu_operator_cost",
    ];
    let details: Vec<Message> = prices
        .iter()
        .map(|name| message!("plan-price", name = *name, value = settings.shown(name)))
        .collect();
    for pinned in ["", PROCESSOR] {
        for (wants_index, text) in [(true, &spec.query), (false, &spec.control)] {
            let sql = text.replace("$1", constant);
            let plan = plan(on, cx, pinned, &sql).await?;
            if uses_index(&plan, &spec.table)? == wants_index {
                continue;
            }
            let message = match (wants_index, pinned.is_empty()) {
                (true, true) => message!("plan-whole-table", table = &spec.table),
                (true, false) => message!("plan-other-lever", table = &spec.table),
                (false, _) => message!("plan-always-index", table = &spec.table),
            };
            let evidence = Evidence::from(message)
                .with_details(details)
                .drawn(Series::Plan {
                    query: Tainted::bounded(&sql, 1_500),
                    root: plan,
                });
            return Ok(Verdict::failed(evidence));
        }
    }
    let message = message!("plan-right", table = &spec.table);
    Ok(Verdict::passed(
        Evidence::from(message).with_details(details),
    ))
}

async fn plan(on: &Server, cx: &Context<'_>, pinned: &str, sql: &str) -> Result<PlanNode, Stop> {
    let options = format!("{STEADY} {SERIAL} {pinned}");
    let session = on.application(cx, &options).await?;
    let began = Instant::now();
    match explain::plan(&session, sql).await {
        Ok(plan) => Ok(plan),
        Err(trouble) => Err(on.trouble(cx, began, trouble).await),
    }
}

/// Whether the table is reached by an index; it must be reached.
fn uses_index(plan: &PlanNode, table: &str) -> Result<bool, Broken> {
    let scan = plan
        .walk()
        .find(|node| node.relation.as_deref() == Some(table))
        .ok_or_else(|| Broken::from(message!("broken-no-scan", table = table)))?;
    Ok(scan.node != "Seq Scan")
}
