//! The kinds of check: one kind, one file, one arm.

mod about;
pub mod cache_down;
pub mod cache_hangs;
pub mod cache_served;
pub mod catches_up;
pub mod checkpoints_not_forced;
pub mod commit_waits;
pub mod database_outage;
pub mod event_loop_free;
pub mod failover;
pub mod graceful_stop;
pub mod guards_idle;
pub mod hot_reads;
pub mod index_plan;
pub mod index_size;
pub mod injection_safe;
pub mod input_validated;
pub mod instances_agree;
pub mod keys_expire;
pub mod lag_query;
pub mod late_set;
pub mod latency_ratio;
pub mod logical_replication;
pub mod memory_bounded;
pub mod missing_cached;
pub mod nothing_redundant;
pub mod observable;
pub mod openapi_documents;
pub mod orders_atomic;
pub mod orders_created;
pub mod orders_idempotent;
pub mod orders_read;
pub mod pages_stable;
pub mod plan_uses;
pub mod pool_bounded;
pub mod primary_starts;
pub mod products_served;
pub mod query_blocks;
pub mod read_only_standby;
pub mod remote_logins;
pub mod row_streams;
pub mod same_answers;
pub mod server_starts;
pub mod service_starts;
pub mod settings_allowed;
pub mod settings_applied;
pub mod settings_hold;
pub mod slot_holds_wal;
pub mod sorts_in_memory;
pub mod sql_applies;
pub mod sql_only;
pub mod stampede;
pub mod standby_restarts;
pub mod standby_starts;
pub mod statements_per_page;
pub mod survives_a_crash;
pub mod takes_clients;
pub mod throughput_ratio;
pub mod top_cached;
pub mod upstream_awaited;
pub mod upstream_faults;
pub mod write_cost;
pub mod writes_invalidate;

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
    /// The primary starts with the submitted configuration, and a script runs there.
    PrimaryStarts(primary_starts::PrimaryStarts),
    /// A submitted script makes a standby's cluster, and a server starts on it.
    StandbyStarts(standby_starts::StandbyStarts),
    /// A row on the primary is read on the standby, through a walreceiver that streams.
    RowStreams(row_streams::RowStreams),
    /// The replication login can do no more than it needs, and every login proves itself.
    RemoteLogins(remote_logins::RemoteLogins),
    /// The standby answers a SELECT and refuses an INSERT.
    ReadOnlyStandby(read_only_standby::ReadOnlyStandby),
    /// A submitted query says how far the standby is behind.
    LagQuery(lag_query::LagQuery),
    /// Changes of some tables arrive on a subscriber, and nothing else.
    LogicalReplication(logical_replication::LogicalReplication),
    /// The standby is killed and started again, and streams again.
    StandbyRestarts(standby_restarts::StandbyRestarts),
    /// COMMIT waits while the standby is stopped.
    CommitWaits(commit_waits::CommitWaits),
    /// The standby's slot keeps WAL while the standby is away.
    SlotHoldsWal(slot_holds_wal::SlotHoldsWal),
    /// The standby catches up by itself after an absence.
    CatchesUp(catches_up::CatchesUp),
    /// The primary is killed, the standby promoted, and no acknowledged row is lost.
    Failover(failover::Failover),
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
    /// The submission is put into its services, and each answers.
    ServiceStarts(service_starts::ServiceStarts),
    /// A new order is answered and stored as the contract says.
    OrdersCreated(orders_created::OrdersCreated),
    /// Rows that are in the database are what is served.
    OrdersRead(orders_read::OrdersRead),
    /// Bad input is refused with a reason, and nothing is written.
    InputValidated(input_validated::InputValidated),
    /// Pages have no gaps and no repeats while rows are inserted.
    PagesStable(pages_stable::PagesStable),
    /// The service's own schema documents every endpoint.
    OpenapiDocuments(openapi_documents::OpenapiDocuments),
    /// An order is whole or not at all, and stock is never oversold.
    OrdersAtomic(orders_atomic::OrdersAtomic),
    /// One key is one order, whenever it comes.
    OrdersIdempotent(orders_idempotent::OrdersIdempotent),
    /// SQL statements of a page do not grow with it.
    StatementsPerPage(statements_per_page::StatementsPerPage),
    /// Quotes and SQL in text change nothing.
    InjectionSafe(injection_safe::InjectionSafe),
    /// While the database makes requests wait, others are answered.
    EventLoopFree(event_loop_free::EventLoopFree),
    /// The service's connections stay under a bound, and all requests end.
    PoolBounded(pool_bounded::PoolBounded),
    /// Many calls to another service are in flight at once.
    UpstreamAwaited(upstream_awaited::UpstreamAwaited),
    /// Another service that fails or hangs is answered for in time.
    UpstreamFaults(upstream_faults::UpstreamFaults),
    /// The service outlives its database, and comes back by itself.
    DatabaseOutage(database_outage::DatabaseOutage),
    /// A request under way is answered before the service stops.
    GracefulStop(graceful_stop::GracefulStop),
    /// Products are served and changed as the contract says.
    ProductsServed(products_served::ProductsServed),
    /// A second read asks the database nothing.
    HotReads(hot_reads::HotReads),
    /// What is in the cache is what is served.
    CacheServed(cache_served::CacheServed),
    /// Every key in the cache has an end.
    KeysExpire(keys_expire::KeysExpire),
    /// What was written is what is read next, and nothing else is forgotten.
    WritesInvalidate(writes_invalidate::WritesInvalidate),
    /// What was written through one instance the other serves.
    InstancesAgree(instances_agree::InstancesAgree),
    /// A loader that began before a write does not put the old value back.
    LateSet(late_set::LateSet),
    /// Many reads of one cold key are one query.
    Stampede(stampede::Stampede),
    /// That an id does not exist is remembered, and forgotten in time.
    MissingCached(missing_cached::MissingCached),
    /// An expensive list is computed once for many readers, and anew in time.
    TopCached(top_cached::TopCached),
    /// Without the cache the answers are right; once it is back it is used.
    CacheDown(cache_down::CacheDown),
    /// A cache that hangs delays nobody.
    CacheHangs(cache_hangs::CacheHangs),
    /// The service's memory does not grow with its keys.
    MemoryBounded(memory_bounded::MemoryBounded),
    /// A quantile of the latency at a fixed rate, against the lab's yardstick.
    LatencyRatio(latency_ratio::LatencyRatio),
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
            Self::PrimaryStarts(spec) => primary_starts::check(spec, cx).await,
            Self::StandbyStarts(spec) => standby_starts::check(spec, cx).await,
            Self::RowStreams(spec) => row_streams::check(spec, cx).await,
            Self::RemoteLogins(spec) => remote_logins::check(spec, cx).await,
            Self::ReadOnlyStandby(spec) => read_only_standby::check(spec, cx).await,
            Self::LagQuery(spec) => lag_query::check(spec, cx).await,
            Self::LogicalReplication(spec) => logical_replication::check(spec, cx).await,
            Self::StandbyRestarts(spec) => standby_restarts::check(spec, cx).await,
            Self::CommitWaits(spec) => commit_waits::check(spec, cx).await,
            Self::SlotHoldsWal(spec) => slot_holds_wal::check(spec, cx).await,
            Self::CatchesUp(spec) => catches_up::check(spec, cx).await,
            Self::Failover(spec) => failover::check(spec, cx).await,
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
            Self::ServiceStarts(spec) => service_starts::check(spec, cx).await,
            Self::OrdersCreated(spec) => orders_created::check(spec, cx).await,
            Self::OrdersRead(spec) => orders_read::check(spec, cx).await,
            Self::InputValidated(spec) => input_validated::check(spec, cx).await,
            Self::PagesStable(spec) => pages_stable::check(spec, cx).await,
            Self::OpenapiDocuments(spec) => openapi_documents::check(spec, cx).await,
            Self::OrdersAtomic(spec) => orders_atomic::check(spec, cx).await,
            Self::OrdersIdempotent(spec) => orders_idempotent::check(spec, cx).await,
            Self::StatementsPerPage(spec) => statements_per_page::check(spec, cx).await,
            Self::InjectionSafe(spec) => injection_safe::check(spec, cx).await,
            Self::EventLoopFree(spec) => event_loop_free::check(spec, cx).await,
            Self::PoolBounded(spec) => pool_bounded::check(spec, cx).await,
            Self::UpstreamAwaited(spec) => upstream_awaited::check(spec, cx).await,
            Self::UpstreamFaults(spec) => upstream_faults::check(spec, cx).await,
            Self::DatabaseOutage(spec) => database_outage::check(spec, cx).await,
            Self::GracefulStop(spec) => graceful_stop::check(spec, cx).await,
            Self::ProductsServed(spec) => products_served::check(spec, cx).await,
            Self::HotReads(spec) => hot_reads::check(spec, cx).await,
            Self::CacheServed(spec) => cache_served::check(spec, cx).await,
            Self::KeysExpire(spec) => keys_expire::check(spec, cx).await,
            Self::WritesInvalidate(spec) => writes_invalidate::check(spec, cx).await,
            Self::InstancesAgree(spec) => instances_agree::check(spec, cx).await,
            Self::LateSet(spec) => late_set::check(spec, cx).await,
            Self::Stampede(spec) => stampede::check(spec, cx).await,
            Self::MissingCached(spec) => missing_cached::check(spec, cx).await,
            Self::TopCached(spec) => top_cached::check(spec, cx).await,
            Self::CacheDown(spec) => cache_down::check(spec, cx).await,
            Self::CacheHangs(spec) => cache_hangs::check(spec, cx).await,
            Self::MemoryBounded(spec) => memory_bounded::check(spec, cx).await,
            Self::LatencyRatio(spec) => latency_ratio::check(spec, cx).await,
        }
    }
}
