//! `run.write-cost`: bytes of WAL that a fixed batch of writes makes with the submission's indexes,
//! the flush of GIN's pending lists included, against the reference's.

use crate::bench::Bench;
use crate::context::{Context, written};
use crate::kinds::same_answers::shown;
use crate::measure::indexes::Index;
use crate::measure::postgres::{self, Bounds, Fault, Trouble};
use crate::measure::scale::Budget;
use crate::message;
use crate::verdict::{Broken, Evidence, Verdict};
use crate::workload::Workload;

/// Writes the batch. Nothing that counts blocks may come after this.
///
/// # Errors
/// The server cannot be asked, or a write fails for a reason that is not the student's.
pub async fn check(budget: &Budget, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let workload = cx.workload()?;
    let indexes = written(&cx.notebook.indexes, "indexes")?;
    let reference = workload.anchors.write_wal;
    let observed = match wal(workload, cx.bench, indexes).await? {
        Ok(bytes) => bytes,
        // Without indexes the batch runs: a unique index forbids a row, an expression fails or is
        // slow on it, a row is too large for an index.
        Err((sql, trouble)) => {
            return match postgres::fault(cx.bench, workload.door("audit"), trouble).await? {
                Fault::Ours(broken) => Err(broken),
                Fault::Students(why) => {
                    let evidence = Evidence::from(message!("write-none")).with_details(vec![why]);
                    Ok(Verdict::failed(evidence.at(shown(&sql))))
                }
            };
        }
    };
    let message = message!("wal-counted", observed = observed, reference = reference);
    Ok(budget.verdict("write-cost", message.into(), reference, observed))
}

/// Runs the batch, flushes the pending lists, and gives the bytes of WAL between. The server does
/// nothing else meanwhile: no autovacuum, no checkpoint, no other session.
pub(crate) async fn wal(
    workload: &Workload,
    bench: &dyn Bench,
    indexes: &[Index],
) -> Result<Result<u64, (String, Trouble)>, Broken> {
    const POSITION: &str =
        "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')";
    let probe = workload.session(bench, "probe").await?;
    let position = async || -> Result<u64, Broken> {
        let text = probe.value(POSITION).await?;
        text.parse()
            .map_err(|_| Broken::because(message!("broken-sql-shape"), text))
    };
    let flush = async || -> Result<(), Broken> {
        for index in indexes.iter().filter(|index| index.method == "gin") {
            probe
                .execute(&format!(
                    "SELECT pg_catalog.gin_clean_pending_list({}::regclass)",
                    index.oid
                ))
                .await?;
        }
        Ok(())
    };
    flush().await?;
    let before = position().await?;
    for sql in &workload.writes {
        if let Err(trouble) = probe.rows(sql, Bounds::QUERY).await {
            return Ok(Err((sql.clone(), trouble)));
        }
    }
    flush().await?;
    Ok(Ok(position().await?.saturating_sub(before)))
}
