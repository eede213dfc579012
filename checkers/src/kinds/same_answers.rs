//! `run.same-answers`: every query of the workload returns what it returned without the
//! submission. Also measures each draw's plan and blocks, for the checks that come after.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, written};
use crate::measure::explain;
use crate::measure::indexes::Index;
use crate::measure::postgres::{self, Fault, Session, Trouble};
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Excerpt, PlanNode, Verdict};
use crate::workload::{self, Drawn, Workload};

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
            Err(trouble) => {
                return match postgres::fault(cx.bench, workload.door("audit"), trouble).await? {
                    Fault::Ours(broken) => Err(broken),
                    Fault::Students(why) => {
                        let message = message!("answers-none", query = query);
                        let evidence = Evidence::from(message).with_details(vec![why]);
                        Ok(Verdict::failed(evidence.at(shown(&sql))))
                    }
                };
            }
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
    let unserved = unserved(cx, workload, &probe, indexes, &runs).await?;
    let _ = cx.notebook.unserved.set(unserved);
    let count = runs.len();
    let _ = cx.notebook.runs.set(runs);
    Ok(wrong.map_or_else(
        || Verdict::passed(message!("answers-same", runs = count).into()),
        Verdict::failed,
    ))
}

/// The queries that the student's index serves for the recorded constants alone: for another one,
/// drawn from the live data, the plan uses none of the indexes that the recorded ones use. Only
/// planned, not run, so nothing need be recorded for it.
async fn unserved(
    cx: &Context<'_>,
    workload: &Workload,
    probe: &Session,
    indexes: &[Index],
    runs: &[Drawn],
) -> Result<BTreeMap<String, String>, Broken> {
    let used = |plan: &PlanNode| -> BTreeSet<String> {
        plan.walk()
            .filter_map(|node| node.index_name.clone())
            .filter(|name| indexes.iter().any(|index| &index.name == name))
            .collect()
    };
    let mut unserved = BTreeMap::new();
    for (query, sql) in workload.others(probe, cx.seed).await? {
        let recorded: BTreeSet<String> = runs
            .iter()
            .filter(|run| run.query == query)
            .flat_map(|run| used(&run.plan))
            .collect();
        if recorded.is_empty() {
            continue;
        }
        let plan = explain::plan(probe, &sql).await.map_err(Trouble::broken)?;
        if used(&plan).is_disjoint(&recorded) {
            unserved.insert(query, sql);
        }
    }
    Ok(unserved)
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
