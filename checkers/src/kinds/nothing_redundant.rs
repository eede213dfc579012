//! `run.nothing-redundant`: leave one out. Each index, dropped in a transaction that is rolled
//! back, makes some query worse; none is a duplicate or a prefix of another; none is invalid.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, written};
use crate::measure::explain;
use crate::measure::indexes::{self, Index};
use crate::measure::postgres::{Session, Trouble};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Verdict};
use crate::workload::Drawn;

/// What "worse" means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingRedundant {
    /// A query is worse when its blocks grow at least by this factor.
    pub worse_by: f64,
}

/// Looks at each index of the submission.
///
/// # Errors
/// The server cannot be asked.
pub async fn check(spec: &NothingRedundant, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let workload = cx.workload()?;
    let made = written(&cx.notebook.indexes, "indexes")?;
    let runs = written(&cx.notebook.runs, "runs")?;
    let audit = workload.session(cx.bench, "audit").await?;
    let all = indexes::list(&audit).await?;
    let probe = workload.session(cx.bench, "probe").await?;
    let mut findings = Vec::new();
    for index in made {
        if !index.valid {
            findings.push(message!("redundant-invalid", name = index.shown()));
        } else if let Some(other) = covering(index, &all) {
            findings.push(message!(
                "redundant-prefix",
                name = index.shown(),
                other = other.shown()
            ));
        } else if let Some(finding) = left_out(spec, &probe, index, made, runs).await? {
            findings.push(finding);
        }
    }
    let message = message!(
        "redundant-counted",
        redundant = findings.len(),
        indexes = made.len()
    );
    let passed = findings.is_empty();
    let evidence = Evidence::from(message).with_details(findings);
    Ok(if passed {
        Verdict::passed(evidence)
    } else {
        Verdict::failed(evidence)
    })
}

/// Another index that makes this one superfluous; of two equal ones the later is.
fn covering<'a>(index: &Index, all: &'a [Index]) -> Option<&'a Index> {
    all.iter().find(|other| {
        other.oid != index.oid
            && index.is_covered_by(other)
            && (!other.is_covered_by(index) || other.oid < index.oid)
    })
}

/// Drops the index for a moment. A query whose plan did not use it cannot get worse.
async fn left_out(
    spec: &NothingRedundant,
    probe: &Session,
    index: &Index,
    made: &[Index],
    runs: &[Drawn],
) -> Result<Option<Message>, Broken> {
    let uses = |run: &&Drawn| {
        run.plan
            .walk()
            .any(|node| node.index_name.as_ref() == Some(&index.name))
    };
    let queries: BTreeSet<&String> = runs.iter().filter(uses).map(|run| &run.query).collect();
    if queries.is_empty() {
        return Ok(Some(message!("redundant-unused", name = index.shown())));
    }
    probe
        .execute(&format!(
            "BEGIN; SET LOCAL lock_timeout = '5s'; DROP INDEX {}",
            index.sql_name
        ))
        .await?;
    let mut kept = None;
    for query in queries {
        let of_query = || runs.iter().filter(|run| &run.query == query);
        let with: u64 = of_query().map(|run| run.plan.blocks).sum();
        let mut without = 0;
        for run in of_query() {
            without += blocks_without(probe, run, made)
                .await
                .map_err(Trouble::broken)?;
        }
        if is_worse(with, without, spec.worse_by) {
            kept = None;
            break;
        }
        kept = Some(message!(
            "redundant-not-missed",
            name = index.shown(),
            query = query,
            with = with,
            without = without,
        ));
    }
    probe.execute("ROLLBACK").await?;
    Ok(kept)
}

/// The blocks of a draw with the index gone. Where the plan has come down to no index of the
/// student's at all, it is the plan that was recorded without any: no need to run it for seconds.
async fn blocks_without(probe: &Session, run: &Drawn, made: &[Index]) -> Result<u64, Trouble> {
    let plan = explain::plan(probe, &run.sql).await?;
    let on_an_index = plan
        .walk()
        .filter_map(|node| node.index_name.as_ref())
        .any(|name| made.iter().any(|index| &index.name == name));
    if on_an_index {
        Ok(explain::analyze(probe, &run.sql).await?.blocks)
    } else {
        Ok(run.anchor.none)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "block counts are far below 2^52"
)]
fn is_worse(with: u64, without: u64, factor: f64) -> bool {
    without as f64 >= with as f64 * factor
}
