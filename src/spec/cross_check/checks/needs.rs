//! What checks need: names, order, cycles, and checks that could never run.

use std::collections::BTreeSet;

use labgrade_checkers::message;
use serde_spanned::Spanned;

use super::{Known, kind};
use crate::spec::cross_check::Finding;
use crate::spec::mistake::did_you_mean;
use crate::spec::places::{Way, way};

pub(super) fn check(known: &Known<'_>) -> Vec<Finding> {
    let cycles = cycles(known);
    let mut findings = Vec::new();
    for (index, check) in known.checks.iter().enumerate() {
        let listed = |field, list: &'_ [Spanned<String>]| -> Vec<(Way, String)> {
            list.iter()
                .enumerate()
                .map(|(position, id)| (way!["check", index, field, position], id.get_ref().clone()))
                .collect()
        };
        let both = [listed("needs", &check.needs), listed("after", &check.after)];
        for (at, id) in both.concat() {
            let id = id.as_str();
            let Some(found) = known.find(id) else {
                findings.push(
                    Finding::new(at, message!("spec-check-unknown", name = id))
                        .meant(did_you_mean(id, known.ids())),
                );
                continue;
            };
            if found == index {
                findings.push(Finding::new(at, message!("spec-need-itself", name = id)));
            } else if known.checks[found].hidden && !check.hidden {
                findings.push(
                    Finding::new(at, message!("spec-need-hidden", name = id))
                        .help(message!("spec-hidden-help")),
                );
            } else if found > index && !cycles.iter().any(|cycle| cycle.edge(index, found)) {
                findings.push(
                    Finding::new(at, message!("spec-need-later", name = id))
                        .help(message!("spec-order-help")),
                );
            }
        }
    }
    findings.extend(cycles.iter().map(|cycle| cycle.finding(known)));
    if cycles.is_empty() {
        findings.extend(unmeasured(known));
    }
    findings
}

/// Checks that need each other, each the next, the last the first.
struct Cycle(Vec<usize>);

impl Cycle {
    fn edge(&self, from: usize, to: usize) -> bool {
        let around = self.0.iter().zip(self.0.iter().cycle().skip(1));
        around.into_iter().any(|(a, b)| (*a, *b) == (from, to))
    }

    fn finding(&self, known: &Known<'_>) -> Finding {
        let first = self.0[0];
        let path: Vec<&str> = self
            .0
            .iter()
            .chain([&first])
            .map(|index| known.checks[*index].id.get_ref().as_str())
            .collect();
        let needs = &known.checks[first].needs;
        let next = needs
            .iter()
            .position(|need| need.get_ref() == path[1])
            .unwrap_or(0);
        Finding::new(
            way!["check", first, "needs", next],
            message!("spec-need-cycle", path = path.join(" → ")),
        )
        .help(message!("spec-order-help"))
    }
}

/// Every cycle of two or more checks, once, from its first check in the file.
fn cycles(known: &Known<'_>) -> Vec<Cycle> {
    let mut found = Vec::new();
    let mut done = BTreeSet::new();
    for start in 0..known.checks.len() {
        search(known, start, &mut Vec::new(), &mut done, &mut found);
    }
    found
}

fn search(
    known: &Known<'_>,
    index: usize,
    path: &mut Vec<usize>,
    done: &mut BTreeSet<usize>,
    found: &mut Vec<Cycle>,
) {
    if let Some(start) = path.iter().position(|on_path| *on_path == index) {
        let mut cycle = path[start..].to_vec();
        if cycle.len() > 1 {
            let least = (0..cycle.len()).min_by_key(|at| cycle[*at]).unwrap_or(0);
            cycle.rotate_left(least);
            found.push(Cycle(cycle));
        }
        return;
    }
    if done.contains(&index) {
        return;
    }
    path.push(index);
    for need in &known.checks[index].needs {
        if let Some(next) = known.find(need.get_ref()) {
            search(known, next, path, done, found);
        }
    }
    path.pop();
    done.insert(index);
}

/// Checks that read what another kind measures, but do not need a check of that kind: they would
/// break in the middle of a grade.
fn unmeasured(known: &Known<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, check) in known.checks.iter().enumerate() {
        let Some(measured) = check.run.get_ref().reads_from() else {
            continue;
        };
        let mut before = BTreeSet::new();
        all_needs(known, index, &mut before);
        if !before
            .iter()
            .any(|need| kind(known.checks[*need].run.get_ref()) == measured)
        {
            findings.push(
                Finding::new(
                    way!["check", index, "needs"],
                    message!(
                        "spec-need-unmeasured",
                        name = check.id.get_ref(),
                        kind = measured
                    ),
                )
                .help(message!("spec-need-unmeasured-help", kind = measured)),
            );
        }
    }
    findings
}

/// The check's needs, and theirs.
pub(super) fn all_needs(known: &Known<'_>, index: usize, found: &mut BTreeSet<usize>) {
    for need in &known.checks[index].needs {
        if let Some(need) = known.find(need.get_ref())
            && found.insert(need)
        {
            all_needs(known, need, found);
        }
    }
}
