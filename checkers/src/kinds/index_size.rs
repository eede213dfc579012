//! `run.index-size`: bytes of the indexes that the submission made, against the reference's.

use crate::context::{Context, written};
use crate::measure::scale::Budget;
use crate::message;
use crate::verdict::{Broken, Evidence, Verdict};

/// Adds up the sizes that the catalogue gave right after the script was applied.
///
/// # Errors
/// They were not noted: the specification's `needs` are wrong.
pub fn check(budget: &Budget, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let indexes = written(&cx.notebook.indexes, "indexes")?;
    let reference = cx.workload()?.anchors.index_bytes;
    let observed: u64 = indexes.iter().map(|index| index.bytes).sum();
    let mut largest: Vec<_> = indexes.iter().collect();
    largest.sort_by_key(|index| std::cmp::Reverse(index.bytes));
    let details = largest
        .into_iter()
        .take(12)
        .map(|index| {
            message!(
                "size-of-index",
                name = index.shown(),
                method = &index.method,
                bytes = index.bytes
            )
        })
        .collect();
    let message = message!("size-counted", observed = observed, reference = reference);
    let evidence = Evidence::from(message).with_details(details);
    Ok(budget.verdict("index-size", evidence, reference, observed))
}
