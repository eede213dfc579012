//! `run.sorts-in-memory`: a published report returns its rows, and writes nothing to temporary
//! files, with the memory that the server's settings give an ordinary session.

use std::time::Instant;

use rand::seq::IndexedRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::Login;
use crate::context::Context;
use crate::measure::explain;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::measure::tuned::{Server, Stop, settle};
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Series, Verdict};

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SortsInMemory {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// A service with the same data and default settings, which knows the rows.
    pub baseline: String,
    /// The query; `$1` is where the constant goes. Its plan must have a sort, whatever the costs.
    pub query: String,
    /// The constants, of which the seed draws one, as SQL literals.
    pub draws: Vec<String>,
}

/// A serial plan of the usual kind; the memory and everything else is the server's own.
const SERIAL: &str = "-c max_parallel_workers_per_gather=0 -c jit=off -c enable_sort=on \
    -c enable_seqscan=on -c enable_incremental_sort=on -c client_min_messages=warning";

/// Runs the report, and runs it again under EXPLAIN.
///
/// # Errors
/// The baseline does not answer, or nobody can tell why the server does not.
pub async fn check(spec: &SortsInMemory, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(spec, cx).await)
}

async fn judge(spec: &SortsInMemory, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    let constant = draw(&spec.draws, cx, "sorts-in-memory")?;
    let query = spec.query.replace("$1", constant);
    let expected = expected(spec, cx, &query).await?;

    let session = on.application(cx, SERIAL).await?;
    let mut rows = match on.ask(cx, &session, &query, Bounds::QUERY.time).await {
        Ok(rows) => rows,
        Err(Stop::Students(why)) => {
            let evidence = Evidence::from(message!("report-none")).with_details(vec![why.message]);
            return Err(Stop::Students(evidence));
        }
        Err(ours) => return Err(ours),
    };
    rows.sort();
    if rows != expected {
        return Err(Stop::from(message!("report-differs")));
    }
    let began = Instant::now();
    let (plan, written) = match explain::spilled(&session, &query).await {
        Ok(answer) => answer,
        Err(trouble) => return Err(on.trouble(cx, began, trouble).await),
    };
    if !plan.walk().any(|node| node.node == "Sort") {
        return Err(Broken::from(message!("broken-no-sort")).into());
    }
    let settings = on.settings(cx).await?;
    let memory = settings.shown("work_mem").to_owned();
    let line = on.conf(cx)?.setter("work_mem").map(|it| it.line);
    if written == 0 {
        let message = message!("report-in-memory", memory = memory);
        return Ok(Verdict::passed(message.into()));
    }
    let mut evidence = Evidence::from(message!("report-spills", blocks = written, memory = memory))
        .against(
            message!("blocks", blocks = 0),
            message!("blocks", blocks = written),
        )
        .drawn(Series::Plan {
            query: Tainted::bounded(&query, 1_500),
            root: plan,
        });
    if let Some(line) = line {
        evidence = evidence.at(on.conf(cx)?.excerpt(&on.file, line, 1));
    }
    Ok(Verdict::failed(evidence))
}

/// One of a lab's constants.
pub(crate) fn draw<'a>(
    draws: &'a [String],
    cx: &Context<'_>,
    purpose: &str,
) -> Result<&'a str, Broken> {
    let mut random = cx.seed.stream(purpose);
    draws
        .choose(&mut random)
        .map(String::as_str)
        .ok_or_else(|| message!("broken-no-draws").into())
}

/// The rows as a server with default settings gives them, sorted.
async fn expected(
    spec: &SortsInMemory,
    cx: &Context<'_>,
    query: &str,
) -> Result<Vec<Vec<Option<String>>>, Broken> {
    let login: Login = cx.bench.login(&spec.baseline, &spec.on.application)?;
    let session = Session::knock(cx.bench, &spec.baseline, &spec.on.database, &login, SERIAL).await;
    let session = session.map_err(|no| no.broken(&spec.baseline))?;
    let rows = session.rows(query, Bounds::QUERY).await;
    let mut rows = rows.map_err(Trouble::broken)?;
    rows.sort();
    Ok(rows)
}
