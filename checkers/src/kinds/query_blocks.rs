//! `run.query-blocks`: the blocks that one query touches, on a log scale between no index and the
//! reference.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, written};
use crate::kinds::same_answers::shown;
use crate::measure::scale;
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Series, Unit, Verdict};
use crate::workload::Drawn;

/// One query and its limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryBlocks {
    /// The query's name in the workload.
    pub query: String,
    /// Up to this multiple of the reference's blocks the points are full.
    pub full_at: f64,
}

/// Adds up the blocks of the query's draws, as they were measured before any write.
///
/// # Errors
/// They were not measured: the specification's `needs` are wrong.
pub fn check(spec: &QueryBlocks, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let runs: Vec<&Drawn> = written(&cx.notebook.runs, "runs")?
        .iter()
        .filter(|run| run.query == spec.query)
        .collect();
    let sum = |count: fn(&Drawn) -> u64| runs.iter().map(|run| count(run)).sum::<u64>();
    let none = sum(|run| run.anchor.none);
    let reference = sum(|run| run.anchor.reference);
    let observed = sum(|run| run.plan.blocks);
    // The draw that is furthest from the reference is the one to look at.
    let worst = runs
        .iter()
        .max_by_key(|run| run.plan.blocks.saturating_sub(run.anchor.reference))
        .ok_or_else(|| Broken::from(message!("broken-page-missing", page = "runs")))?;

    let unserved = written(&cx.notebook.unserved, "unserved")?;
    if let Some(sql) = unserved.get(&spec.query) {
        let message = message!("blocks-only-drawn", query = &spec.query);
        return Ok(Verdict::failed(Evidence::from(message).at(shown(sql))));
    }
    let share = scale::blocks_share(none, reference, observed, spec.full_at);
    let full = scale::Budget {
        full_at: spec.full_at,
        none_at: spec.full_at,
    }
    .full(reference);
    let message = message!(
        "blocks-counted",
        query = &spec.query,
        observed = observed,
        reference = reference,
        none = none,
        draws = runs.len(),
    );
    let mut evidence = Evidence::from(message)
        .against(
            message!("blocks-at-most", blocks = full),
            message!("blocks", blocks = observed),
        )
        .drawn(Series::Scale {
            label: spec.query.clone(),
            unit: Unit::Blocks,
            zero: none,
            reference,
            observed,
        });
    if share.hundredths() < 100 {
        evidence = evidence.at(shown(&worst.sql)).drawn(Series::Plan {
            query: Tainted::bounded(&worst.sql, 1_500),
            root: worst.plan.clone(),
        });
    }
    Ok(Verdict::of_share(share, evidence))
}
