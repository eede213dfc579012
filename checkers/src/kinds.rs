//! The kinds of check: one kind, one file, one arm.

pub mod index_size;
pub mod nothing_redundant;
pub mod plan_uses;
pub mod query_blocks;
pub mod same_answers;
pub mod sql_applies;
pub mod sql_only;
pub mod write_cost;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::scale::Budget;
use crate::verdict::{Broken, Verdict};

/// What a check does; written in a lab's specification as `run.<kind> = { … }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Run {
    /// A script holds only statements of an allow-list.
    SqlOnly(sql_only::SqlOnly),
    /// Each statement of a script runs.
    SqlApplies(sql_applies::SqlApplies),
    /// Every query of the workload answers as it did before.
    SameAnswers(same_answers::SameAnswers),
    /// The blocks of one query, between no index and the reference.
    QueryBlocks(query_blocks::QueryBlocks),
    /// Plans use the access methods that their queries call for.
    PlanUses(plan_uses::PlanUses),
    /// Bytes of the new indexes, in multiples of the reference's.
    IndexSize(Budget),
    /// Bytes of WAL that a batch of writes makes, in multiples of the reference's.
    WriteCost(Budget),
    /// Every index is missed when it is gone.
    NothingRedundant(nothing_redundant::NothingRedundant),
}

impl Run {
    /// Runs the check.
    ///
    /// # Errors
    /// Something of ours did not work, or it cannot be told whose fault it is.
    pub async fn run(&self, cx: &Context<'_>) -> Result<Verdict, Broken> {
        match self {
            Self::SqlOnly(spec) => sql_only::check(spec, cx),
            Self::SqlApplies(spec) => sql_applies::check(spec, cx).await,
            Self::SameAnswers(spec) => same_answers::check(spec, cx).await,
            Self::QueryBlocks(spec) => query_blocks::check(spec, cx),
            Self::PlanUses(spec) => plan_uses::check(spec, cx),
            Self::IndexSize(spec) => index_size::check(spec, cx),
            Self::WriteCost(spec) => write_cost::check(spec, cx).await,
            Self::NothingRedundant(spec) => nothing_redundant::check(spec, cx).await,
        }
    }

    /// The submitted files that the check reads, for the specification's own check.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match self {
            Self::SqlOnly(spec) => vec![&spec.file],
            Self::SqlApplies(spec) => vec![&spec.file],
            _ => Vec::new(),
        }
    }

    /// The queries of the workload that the check names.
    #[must_use]
    pub fn queries(&self) -> Vec<&str> {
        match self {
            Self::QueryBlocks(spec) => vec![&spec.query],
            Self::PlanUses(spec) => spec.methods.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The kind that leaves in the notebook what this one reads: such a check must be needed.
    #[must_use]
    pub fn reads_from(&self) -> Option<&'static str> {
        match self {
            Self::SqlApplies(_) => Some("sql-only"),
            Self::SameAnswers(_) | Self::IndexSize(_) | Self::WriteCost(_) => Some("sql-applies"),
            Self::QueryBlocks(_) | Self::PlanUses(_) | Self::NothingRedundant(_) => {
                Some("same-answers")
            }
            Self::SqlOnly(_) => None,
        }
    }

    /// The longest that the submission may take within the check: its deadline must be longer,
    /// or the student's slowness would look like ours.
    #[must_use]
    pub fn student_time(&self) -> Option<Duration> {
        match self {
            Self::SqlApplies(spec) => Some(spec.total),
            _ => None,
        }
    }

    /// Whether the check needs the lab's workload.
    #[must_use]
    pub fn needs_workload(&self) -> bool {
        match self {
            Self::SqlApplies(_)
            | Self::SameAnswers(_)
            | Self::QueryBlocks(_)
            | Self::PlanUses(_)
            | Self::IndexSize(_)
            | Self::WriteCost(_)
            | Self::NothingRedundant(_) => true,
            Self::SqlOnly(_) => false,
        }
    }
}
