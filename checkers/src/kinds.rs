//! The kinds of check: one kind, one file, one arm.

pub mod checkpoints_not_forced;
pub mod guards_idle;
pub mod index_plan;
pub mod index_size;
pub mod nothing_redundant;
pub mod observable;
pub mod plan_uses;
pub mod query_blocks;
pub mod same_answers;
pub mod server_starts;
pub mod settings_allowed;
pub mod settings_applied;
pub mod settings_hold;
pub mod sorts_in_memory;
pub mod sql_applies;
pub mod sql_only;
pub mod survives_a_crash;
pub mod takes_clients;
pub mod throughput_ratio;
pub mod write_cost;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::kinds::settings_hold::Rule;
use crate::measure::scale::Budget;
use crate::measure::tuned::Server;
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
    /// A `postgresql.conf` holds only settings that a submission may touch.
    SettingsAllowed(settings_allowed::SettingsAllowed),
    /// A server starts with the submitted settings.
    ServerStarts(server_starts::ServerStarts),
    /// The server took every setting.
    SettingsApplied(settings_applied::SettingsApplied),
    /// Formulas over settings hold.
    SettingsHold(settings_hold::SettingsHold),
    /// A report returns its rows and sorts them in memory.
    SortsInMemory(sorts_in_memory::SortsInMemory),
    /// The planner takes an index where it is right, and only there.
    IndexPlan(index_plan::IndexPlan),
    /// A volume of WAL forces no checkpoint.
    CheckpointsNotForced(checkpoints_not_forced::CheckpointsNotForced),
    /// So many clients are in at once, and an administrator.
    TakesClients(takes_clients::TakesClients),
    /// Statements are counted; slow ones, waits and temporary files are in the log.
    Observable(observable::Observable),
    /// An idle transaction is ended.
    GuardsIdle(guards_idle::GuardsIdle),
    /// Acknowledged rows are there after a crash.
    SurvivesACrash(survives_a_crash::SurvivesACrash),
    /// Transactions a second against a server with default settings.
    ThroughputRatio(throughput_ratio::ThroughputRatio),
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
            Self::SettingsAllowed(spec) => settings_allowed::check(spec, cx),
            Self::ServerStarts(spec) => server_starts::check(spec, cx).await,
            Self::SettingsApplied(spec) => settings_applied::check(spec, cx).await,
            Self::SettingsHold(spec) => settings_hold::check(spec, cx).await,
            Self::SortsInMemory(spec) => sorts_in_memory::check(spec, cx).await,
            Self::IndexPlan(spec) => index_plan::check(spec, cx).await,
            Self::CheckpointsNotForced(spec) => checkpoints_not_forced::check(spec, cx).await,
            Self::TakesClients(spec) => takes_clients::check(spec, cx).await,
            Self::Observable(spec) => observable::check(spec, cx).await,
            Self::GuardsIdle(spec) => guards_idle::check(spec, cx).await,
            Self::SurvivesACrash(spec) => survives_a_crash::check(spec, cx).await,
            Self::ThroughputRatio(spec) => throughput_ratio::check(spec, cx).await,
        }
    }

    /// The submitted files that the check reads, for the specification's own check.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match self {
            Self::SqlOnly(spec) => vec![&spec.file],
            Self::SqlApplies(spec) => vec![&spec.file],
            Self::SettingsAllowed(spec) => vec![&spec.file],
            _ => self
                .server()
                .map(|on| vec![on.file.as_str()])
                .unwrap_or_default(),
        }
    }

    /// The server with a submission's settings that the check looks at.
    #[must_use]
    pub fn server(&self) -> Option<&Server> {
        match self {
            Self::ServerStarts(spec) => Some(&spec.on),
            Self::SettingsApplied(spec) => Some(&spec.on),
            Self::SettingsHold(spec) => Some(&spec.on),
            Self::SortsInMemory(spec) => Some(&spec.on),
            Self::IndexPlan(spec) => Some(&spec.on),
            Self::CheckpointsNotForced(spec) => Some(&spec.on),
            Self::TakesClients(spec) => Some(&spec.on),
            Self::Observable(spec) => Some(&spec.on),
            Self::GuardsIdle(spec) => Some(&spec.on),
            Self::SurvivesACrash(spec) => Some(&spec.on),
            Self::ThroughputRatio(spec) => Some(&spec.on),
            _ => None,
        }
    }

    /// The services that the check names.
    #[must_use]
    pub fn services(&self) -> Vec<&str> {
        let baseline = match self {
            Self::SortsInMemory(spec) => Some(spec.baseline.as_str()),
            Self::ThroughputRatio(spec) => Some(spec.baseline.as_str()),
            _ => None,
        };
        let server = self.server().map(|on| on.service.as_str());
        server.into_iter().chain(baseline).collect()
    }

    /// The rules of formulas that the check holds.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        match self {
            Self::SettingsHold(spec) => &spec.rules,
            Self::CheckpointsNotForced(spec) => &spec.disk,
            _ => &[],
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
            Self::SqlOnly(_) | Self::SettingsAllowed(_) => None,
            Self::ServerStarts(_) => Some("settings-allowed"),
            _ => Some("server-starts"),
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
        matches!(
            self,
            Self::SqlApplies(_)
                | Self::SameAnswers(_)
                | Self::QueryBlocks(_)
                | Self::PlanUses(_)
                | Self::IndexSize(_)
                | Self::WriteCost(_)
                | Self::NothingRedundant(_)
        )
    }
}
