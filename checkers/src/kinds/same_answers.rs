//! `run.same-answers`: every query of the workload returns what it returned without the
//! submission. Also measures each draw's plan and blocks, for the checks that come after.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, written};
use crate::measure::postgres::Trouble;
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Excerpt, Verdict};
use crate::workload::{self, Drawn};

/// Nothing to set: the lab's workload says it all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SameAnswers {}

/// Runs each draw of this seed once for its rows and once for its plan, before anything is written.
///
/// # Errors
/// A query gets no answer for a reason that is not the student's.
pub async fn check(_: &SameAnswers, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let workload = cx.workload()?;
    let indexes = written(&cx.notebook.indexes, "indexes")?;
    let probe = workload.session(cx.bench, "probe").await?;
    let mut runs = Vec::new();
    let mut wrong = None;
    for (query, sql, anchor) in workload.draw(cx.seed)? {
        let (answer, mut plan) = match workload::run(&probe, &sql).await {
            Ok(run) => run,
            Err(Trouble::Refused(refusal)) if !is_ours(&refusal.code) => {
                let message = message!(
                    "answers-refused",
                    query = query,
                    error = refusal.message,
                    code = refusal.code
                );
                return Ok(Verdict::failed(Evidence::from(message).at(shown(&sql))));
            }
            Err(trouble) => return Err(trouble.broken()),
        };
        workload::name_methods(&mut plan, indexes);
        if answer != anchor.answer && wrong.is_none() {
            let rows = |digest: &str| digest.split(':').next().unwrap_or_default().to_owned();
            wrong = Some(
                Evidence::from(message!("answers-differ", query = &query))
                    .against(
                        message!("answers-rows", rows = rows(&anchor.answer)),
                        message!("answers-rows", rows = rows(&answer)),
                    )
                    .at(shown(&sql)),
            );
        }
        runs.push(Drawn {
            query,
            sql,
            anchor,
            answer,
            plan,
        });
    }
    let count = runs.len();
    let _ = cx.notebook.runs.set(runs);
    Ok(wrong.map_or_else(
        || Verdict::passed(message!("answers-same", runs = count).into()),
        Verdict::failed,
    ))
}

/// Connection, resources, operator, system and internal errors are not made by a schema.
pub(super) fn is_ours(code: &str) -> bool {
    ["08", "53", "57", "58", "XX"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// A query to repeat in psql.
pub(super) fn shown(sql: &str) -> Excerpt {
    Excerpt {
        file: None,
        line: None,
        column: None,
        text: Tainted::bounded(sql, 1_500),
    }
}
