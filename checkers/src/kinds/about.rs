//! What a specification's own check asks of a kind: the files, services and formulas that it names,
//! and the kind whose notes it reads.

use std::time::Duration;

use super::Run;
use super::settings_hold::Rule;
use crate::measure::api::Api;
use crate::measure::cache::Cached;
use crate::measure::tuned::Server;

impl Run {
    /// The submitted files that the check reads, for the specification's own check.
    #[must_use]
    pub fn files(&self) -> Vec<&str> {
        match self {
            Self::SqlOnly(spec) => vec![&spec.file],
            Self::SqlApplies(spec) => vec![&spec.file],
            Self::PrimaryStarts(spec) => vec![&spec.conf, &spec.hba, &spec.init],
            Self::StandbyStarts(spec) => spec.beside.iter().map(String::as_str).collect(),
            Self::RemoteLogins(spec) => vec![&spec.hba],
            Self::LagQuery(spec) => vec![&spec.file],
            Self::LogicalReplication(spec) => vec![&spec.publication, &spec.subscription],
            Self::Failover(spec) => vec![&spec.script],
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
            Self::LatencyRatio(spec) => Some(spec.yardstick.as_str()),
            _ => None,
        };
        let server = self.server().map(|on| on.service.as_str());
        let api = self
            .api()
            .into_iter()
            .flat_map(|on| [on.service.as_str(), on.db.as_str()]);
        let instances = match self {
            Self::ServiceStarts(spec) => spec.services.as_slice(),
            _ => &[],
        };
        let instances = instances.iter().map(String::as_str);
        let cached = self
            .cached()
            .into_iter()
            .flat_map(|cached| [cached.second.as_str(), cached.redis.as_str()]);
        let proxy = match self {
            Self::LateSet(spec) => Some(spec.cached.proxy.as_str()),
            _ => None,
        };
        server
            .into_iter()
            .chain(baseline)
            .chain(api)
            .chain(instances)
            .chain(cached)
            .chain(proxy)
            .collect()
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
            Self::StandbyStarts(_) | Self::RemoteLogins(_) | Self::LogicalReplication(_) => {
                Some("primary-starts")
            }
            Self::RowStreams(_)
            | Self::ReadOnlyStandby(_)
            | Self::LagQuery(_)
            | Self::StandbyRestarts(_)
            | Self::CommitWaits(_)
            | Self::SlotHoldsWal(_)
            | Self::CatchesUp(_)
            | Self::Failover(_) => Some("standby-starts"),
            Self::SqlOnly(_)
            | Self::SettingsAllowed(_)
            | Self::PrimaryStarts(_)
            | Self::ServiceStarts(_) => None,
            _ if self.api().is_some() => Some("service-starts"),
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
            Self::StandbyStarts(spec) => Some(spec.limit),
            Self::Failover(spec) => Some(spec.limit),
            Self::LatencyRatio(spec) => Some(spec.longest()),
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
    /// The service over HTTP that the check looks at.
    #[must_use]
    pub fn api(&self) -> Option<&Api> {
        match self {
            Self::ServiceStarts(spec) => Some(&spec.on),
            Self::OrdersCreated(spec) => Some(&spec.on),
            Self::OrdersRead(spec) => Some(&spec.on),
            Self::InputValidated(spec) => Some(&spec.on),
            Self::PagesStable(spec) => Some(&spec.on),
            Self::OpenapiDocuments(spec) => Some(&spec.on),
            Self::OrdersAtomic(spec) => Some(&spec.on),
            Self::OrdersIdempotent(spec) => Some(&spec.on),
            Self::StatementsPerPage(spec) => Some(&spec.on),
            Self::InjectionSafe(spec) => Some(&spec.on),
            Self::EventLoopFree(spec) => Some(&spec.on),
            Self::PoolBounded(spec) => Some(&spec.on),
            Self::UpstreamAwaited(spec) => Some(&spec.on),
            Self::UpstreamFaults(spec) => Some(&spec.on),
            Self::DatabaseOutage(spec) => Some(&spec.on),
            Self::GracefulStop(spec) => Some(&spec.on),
            Self::ProductsServed(spec) => Some(&spec.on),
            Self::HotReads(spec) => Some(&spec.on),
            Self::CacheServed(spec) => Some(&spec.on),
            Self::KeysExpire(spec) => Some(&spec.on),
            Self::WritesInvalidate(spec) => Some(&spec.on),
            Self::InstancesAgree(spec) => Some(&spec.on),
            Self::LateSet(spec) => Some(&spec.on),
            Self::Stampede(spec) => Some(&spec.on),
            Self::MissingCached(spec) => Some(&spec.on),
            Self::TopCached(spec) => Some(&spec.on),
            Self::CacheDown(spec) => Some(&spec.on),
            Self::CacheHangs(spec) => Some(&spec.on),
            Self::MemoryBounded(spec) => Some(&spec.on),
            Self::LatencyRatio(spec) => Some(&spec.on),
            _ => None,
        }
    }

    /// What stands around the instances of a service that caches.
    #[must_use]
    pub fn cached(&self) -> Option<&Cached> {
        match self {
            Self::ProductsServed(spec) => Some(&spec.cached),
            Self::HotReads(spec) => Some(&spec.cached),
            Self::CacheServed(spec) => Some(&spec.cached),
            Self::KeysExpire(spec) => Some(&spec.cached),
            Self::WritesInvalidate(spec) => Some(&spec.cached),
            Self::InstancesAgree(spec) => Some(&spec.cached),
            Self::LateSet(spec) => Some(&spec.cached),
            Self::Stampede(spec) => Some(&spec.cached),
            Self::MissingCached(spec) => Some(&spec.cached),
            Self::TopCached(spec) => Some(&spec.cached),
            Self::CacheDown(spec) => Some(&spec.cached),
            Self::CacheHangs(spec) => Some(&spec.cached),
            Self::MemoryBounded(spec) => Some(&spec.cached),
            _ => None,
        }
    }
}
