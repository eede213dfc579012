//! Records a workload's anchors: every possible draw, without indexes and with the reference's.
//! For the makers of a lab; a grade never runs this.

use std::collections::BTreeMap;

use super::{Anchor, Anchors, Workload, dataset, filled, run};
use crate::bench::Bench;
use crate::kinds::{sql_applies, write_cost};
use crate::measure::indexes;
use crate::measure::postgres::{Bounds, Trouble};
use crate::message;
use crate::sql::Script;
use crate::verdict::Broken;

/// Measures everything; `said` hears what is being measured.
///
/// # Errors
/// Whatever does not work is the lab's own fault here, and comes as [`Broken`].
pub async fn record(
    workload: &Workload,
    bench: &dyn Bench,
    reference: &Script,
    said: impl Fn(&str),
) -> Result<Anchors, Broken> {
    let spec = &workload.spec;
    let probe = workload.session(bench, "probe").await?;
    let audit = workload.session(bench, "audit").await?;
    let mut anchors = Anchors {
        dataset: dataset(bench, &spec.service).await?,
        ..Anchors::default()
    };
    for (query, text) in &workload.queries {
        said(query);
        let pool = match workload.draws.get(query) {
            Some(select) => probe
                .rows(select, Bounds::QUERY)
                .await
                .map_err(Trouble::broken)?,
            None => vec![Vec::new()],
        };
        let mut measured = Vec::new();
        for row in pool {
            let params: Vec<String> = row.into_iter().flatten().collect();
            let (answer, plan) = run(&probe, &filled(text, &params))
                .await
                .map_err(Trouble::broken)?;
            measured.push(Anchor {
                params,
                answer,
                none: plan.blocks,
                reference: 0,
            });
        }
        anchors.queries.insert(query.clone(), measured);
    }

    said("reference");
    let before: Vec<u32> = indexes::list(&audit)
        .await?
        .iter()
        .map(|index| index.oid)
        .collect();
    let student = sql_applies::session(workload, bench, Bounds::QUERY.time).await?;
    for statement in &reference.statements {
        student.execute(&statement.sql).await?;
    }
    let made: Vec<_> = indexes::list(&audit)
        .await?
        .into_iter()
        .filter(|index| !before.contains(&index.oid))
        .collect();
    anchors.index_bytes = made.iter().map(|index| index.bytes).sum();
    let mut differing = BTreeMap::new();
    for (query, text) in &workload.queries {
        for anchor in anchors.queries.get_mut(query).into_iter().flatten() {
            let (answer, plan) = run(&probe, &filled(text, &anchor.params))
                .await
                .map_err(Trouble::broken)?;
            anchor.reference = plan.blocks;
            if answer != anchor.answer {
                differing.insert(query.clone(), anchor.params.clone());
            }
        }
    }
    if let Some((query, params)) = differing.pop_first() {
        return Err(Broken::because(
            message!("broken-answers-differ", query = query),
            params.join(", "),
        ));
    }
    said("writes");
    anchors.write_wal = write_cost::wal(workload, bench, &made)
        .await?
        .map_err(|(_, trouble)| trouble.broken())?;
    Ok(anchors)
}
