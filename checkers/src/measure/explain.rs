//! Plans and the blocks that they touch, out of EXPLAIN's JSON.

use serde::Deserialize;

use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message::Tainted;
use crate::verdict::PlanNode;

/// Runs a query under EXPLAIN (ANALYZE, BUFFERS) and gives its plan; the root's `blocks` are those
/// of the whole query, planning left out.
///
/// # Errors
/// As of the query itself.
pub async fn analyze(session: &Session, query: &str) -> Result<PlanNode, Trouble> {
    explain(
        session,
        "ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON",
        query,
    )
    .await
    .map(PlanNode::from)
}

/// Runs a query under EXPLAIN (ANALYZE, BUFFERS), and gives its plan and how many blocks of 8 KiB
/// it wrote to temporary files.
///
/// # Errors
/// As of the query itself.
pub async fn spilled(session: &Session, query: &str) -> Result<(PlanNode, u64), Trouble> {
    let options = "ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON";
    let raw = explain(session, options, query).await?;
    let written = raw.temp_written;
    Ok((raw.into(), written))
}

/// The plan that would be used, without running it; counts are 0.
///
/// # Errors
/// As of the query itself.
pub async fn plan(session: &Session, query: &str) -> Result<PlanNode, Trouble> {
    explain(session, "FORMAT JSON", query)
        .await
        .map(PlanNode::from)
}

async fn explain(session: &Session, options: &str, query: &str) -> Result<Raw, Trouble> {
    let rows = session
        .rows(&format!("EXPLAIN ({options}) {query}"), Bounds::QUERY)
        .await?;
    let text: String = rows.into_iter().flatten().flatten().collect();
    serde_json::from_str::<[Answer; 1]>(&text)
        .map(|[answer]| answer.plan)
        .map_err(|error| Trouble::Lost(format!("EXPLAIN: {error}")))
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Plan")]
    plan: Raw,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    #[serde(rename = "Node Type")]
    node_type: String,
    #[serde(rename = "Relation Name")]
    relation: Option<String>,
    #[serde(rename = "Index Name")]
    index: Option<String>,
    #[serde(rename = "Index Cond")]
    index_cond: Option<String>,
    #[serde(rename = "Recheck Cond")]
    recheck_cond: Option<String>,
    #[serde(rename = "Order By")]
    order_by: Option<String>,
    filter: Option<String>,
    #[serde(rename = "Sort Key")]
    sort_key: Option<Vec<String>>,
    #[serde(rename = "Actual Rows", default)]
    rows: f64,
    #[serde(rename = "Actual Loops", default)]
    loops: f64,
    #[serde(rename = "Rows Removed by Filter", default)]
    removed_by_filter: f64,
    #[serde(rename = "Rows Removed by Index Recheck", default)]
    removed_by_recheck: f64,
    #[serde(rename = "Shared Hit Blocks", default)]
    hit: u64,
    #[serde(rename = "Shared Read Blocks", default)]
    read: u64,
    #[serde(rename = "Temp Written Blocks", default)]
    temp_written: u64,
    #[serde(default)]
    plans: Vec<Self>,
}

impl From<Raw> for PlanNode {
    fn from(raw: Raw) -> Self {
        let loops = raw.loops.max(1.0);
        let condition = [raw.index_cond, raw.order_by, raw.recheck_cond, raw.filter]
            .into_iter()
            .flatten()
            .chain(raw.sort_key.map(|keys| keys.join(", ")))
            .next();
        Self {
            node: raw.node_type,
            relation: raw.relation,
            index: raw.index.as_deref().map(|name| Tainted::bounded(name, 100)),
            index_name: raw.index,
            method: None,
            condition: condition.map(|text| Tainted::bounded(&text, 200)),
            rows: whole(raw.rows * loops),
            removed: whole((raw.removed_by_filter + raw.removed_by_recheck) * loops),
            blocks: raw.hit + raw.read,
            children: raw.plans.into_iter().map(Self::from).collect(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "row counts are never negative, and far below 2^52"
)]
fn whole(rows: f64) -> u64 {
    rows.round() as u64
}
