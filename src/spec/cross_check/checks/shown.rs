//! What is only shown: ids beside those of the checks, and what it needs.
//!
//! It has no points, and no check can depend on it.

use std::collections::BTreeSet;

use labgrade_checkers::message;

use super::{Known, kind, needs, of_run};
use crate::spec::cross_check::Finding;
use crate::spec::mistake::did_you_mean;
use crate::spec::places::way;
use crate::spec::shelf::is_id;
use crate::spec::{LabSpec, ShownSpec};

pub(super) fn check(spec: &LabSpec, known: &Known<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, shown) in spec.shown.iter().enumerate() {
        let id = shown.id.get_ref();
        if !is_id(id) {
            findings.push(
                Finding::new(
                    way!["shown", index, "id"],
                    message!("spec-id-format", name = id),
                )
                .help(message!("spec-id-format-help")),
            );
        }
        let mut before = spec.shown[..index].iter();
        if known.find(id).is_some() || before.any(|other| other.id.get_ref() == id) {
            findings.push(Finding::new(
                way!["shown", index, "id"],
                message!("spec-shown-twice", name = id),
            ));
        }
        findings.extend(of_needs(known, index, shown));
        findings.extend(of_run(
            spec,
            &way!["shown", index],
            shown.run.get_ref(),
            shown.deadline,
        ));
    }
    findings
}

/// Every check has run by then, so that only the name counts, and that it runs in a self-check too.
fn of_needs(known: &Known<'_>, index: usize, shown: &ShownSpec) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before = BTreeSet::new();
    for (position, need) in shown.needs.iter().enumerate() {
        let id = need.get_ref().as_str();
        let at = way!["shown", index, "needs", position];
        let Some(found) = known.find(id) else {
            findings.push(
                Finding::new(at, message!("spec-check-unknown", name = id))
                    .meant(did_you_mean(id, known.ids())),
            );
            continue;
        };
        if known.checks[found].hidden {
            findings.push(
                Finding::new(at, message!("spec-shown-need-hidden", name = id))
                    .help(message!("spec-shown-need-hidden-help")),
            );
        }
        before.insert(found);
        needs::all_needs(known, found, &mut before);
    }
    let measured = shown.run.get_ref().reads_from();
    let is_there = |wanted: &str| {
        let mut kinds = before.iter().map(|need| known.checks[*need].run.get_ref());
        kinds.any(|run| kind(run) == wanted)
    };
    if let Some(measured) = measured.filter(|wanted| findings.is_empty() && !is_there(wanted)) {
        findings.push(
            Finding::new(
                way!["shown", index, "needs"],
                message!(
                    "spec-shown-unmeasured",
                    name = shown.id.get_ref(),
                    kind = measured
                ),
            )
            .help(message!("spec-need-unmeasured-help", kind = measured)),
        );
    }
    findings
}
