//! `run.sql-applies`: each statement of a script runs on its own, in order, outside a transaction,
//! as the student's login, within its limit.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::bench::Bench;
use crate::context::{Context, written};
use crate::measure::indexes;
use crate::measure::postgres::{self, Bounds, Door, Refusal, Session, Trouble};
use crate::message;
use crate::sql::{Script, Statement};
use crate::verdict::{Broken, Evidence, Excerpt, Verdict};
use crate::workload::Workload;

/// The limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlApplies {
    /// The submitted script.
    pub file: String,
    /// For one statement.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub statement: Duration,
    /// For all of them.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub total: Duration,
    /// By how many MiB the database may grow.
    #[serde(default = "one_gibibyte")]
    pub disk_mib: u64,
}

fn one_gibibyte() -> u64 {
    1024
}

/// All of the database's files, in bytes.
const SIZE: &str = "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())";

/// The student's session: its search path is the one that psql would give it.
pub(crate) async fn session(
    workload: &Workload,
    bench: &dyn Bench,
    statement: Duration,
) -> Result<Session, Broken> {
    let door = Door {
        service: &workload.spec.service,
        database: &workload.spec.database,
        role: "student",
        path: "public",
        statement,
    };
    Session::open(bench, door).await
}

/// Applies the script and notes the indexes that came of it.
///
/// # Errors
/// The server is not there before the first statement, or dies for another reason than a limit.
pub async fn check(spec: &SqlApplies, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let workload = cx.workload()?;
    workload.same_data(cx.bench).await?;
    let script = Arc::clone(written(&cx.notebook.script, "script")?);
    let audit = workload.session(cx.bench, "audit").await?;
    let before: Vec<u32> = indexes::list(&audit)
        .await?
        .iter()
        .map(|index| index.oid)
        .collect();
    let student = session(workload, cx.bench, spec.statement).await?;

    let size = async || -> Result<u64, Broken> {
        let text = audit.value(SIZE).await?;
        text.parse()
            .map_err(|_| Broken::because(message!("broken-sql-shape"), text))
    };
    let most = size().await? + (spec.disk_mib << 20);

    let began = Instant::now();
    for statement in &script.statements {
        let left = spec.total.saturating_sub(began.elapsed());
        let limit = spec.statement.min(left);
        let bounds = Bounds {
            time: limit,
            ..Bounds::QUERY
        };
        let answer = if left.is_zero() {
            Err(Trouble::TimedOut(spec.total))
        } else {
            student.rows(&statement.sql, bounds).await
        };
        if let Err(trouble) = answer {
            return failure(spec, cx, &script, statement, trouble).await;
        }
        if size().await? > most {
            let message = message!(
                "sql-applies-disk",
                statement = statement.number,
                mib = spec.disk_mib
            );
            let place = script.excerpt(statement.start);
            return Ok(Verdict::failed(Evidence::from(message).at(place)));
        }
    }

    let made: Vec<_> = indexes::list(&audit)
        .await?
        .into_iter()
        .filter(|index| !before.contains(&index.oid))
        .collect();
    let count = made.len();
    let _ = cx.notebook.indexes.set(made);
    Ok(Verdict::passed(
        message!(
            "sql-applies-passed",
            statements = script.statements.len(),
            indexes = count
        )
        .into(),
    ))
}

/// Whose fault it is that a statement has no answer. The student's statement is alone on the
/// server: what kills the server while it runs, and is a limit, is its doing.
async fn failure(
    spec: &SqlApplies,
    cx: &Context<'_>,
    script: &Script,
    statement: &Statement,
    trouble: Trouble,
) -> Result<Verdict, Broken> {
    let number = statement.number;
    let (message, place) = match trouble {
        // A full disk or an I/O error may be anybody's: when in doubt it is ours.
        Trouble::Refused(refusal) if ["53100", "58030"].contains(&refusal.code.as_str()) => {
            return Err(Trouble::Refused(refusal).broken());
        }
        Trouble::Refused(refusal) => {
            let at = offset(statement, &refusal);
            let message = message!(
                "sql-applies-refused",
                statement = number,
                error = refusal.message.clone(),
                more = refusal.more.clone(),
                code = refusal.code.as_str(),
            );
            (message, script.excerpt(at))
        }
        Trouble::TimedOut(limit) => {
            let message = message!(
                "sql-applies-timeout",
                statement = number,
                seconds = limit.as_secs()
            );
            (message, script.excerpt(statement.start))
        }
        Trouble::TooMuch => (
            message!("sql-applies-too-much", statement = number),
            script.excerpt(statement.start),
        ),
        Trouble::Lost(why) => {
            let service = &cx.workload()?.spec.service;
            if !postgres::killed_for_memory(cx.bench, service).await? {
                return Err(Broken::because(message!("broken-sql-lost"), why));
            }
            let message = message!(
                "sql-applies-memory",
                statement = number,
                service = service.as_str()
            );
            (message, script.excerpt(statement.start))
        }
    };
    let place = Excerpt {
        file: Some(spec.file.clone()),
        ..place
    };
    Ok(Verdict::failed(Evidence::from(message).at(place)))
}

/// Where in the script the server points; its positions count characters from 1.
fn offset(statement: &Statement, refusal: &Refusal) -> usize {
    let Some(position) = refusal
        .position
        .and_then(|position| usize::try_from(position).ok())
    else {
        return statement.start;
    };
    let within = statement.sql.char_indices().nth(position.saturating_sub(1));
    statement.start + within.map_or(0, |(byte, _)| byte)
}
