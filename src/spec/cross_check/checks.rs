//! The checks: ids, what they need, when they count, and their points.

mod needs;
mod shown;

use std::collections::BTreeMap;
use std::time::Duration;

use labgrade_checkers::kinds::Run;
use labgrade_checkers::message;

use super::{Finding, Subject};
use crate::spec::mistake::did_you_mean;
use crate::spec::places::{Way, way};
use crate::spec::shelf::is_id;
use crate::spec::{CheckSpec, LabSpec, WhenSpec};

/// What a lab's points add up to.
const ALL_POINTS: u32 = 100;

/// The checks by id; of two with the same id the first.
struct Known<'a> {
    checks: &'a [CheckSpec],
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> Known<'a> {
    fn new(checks: &'a [CheckSpec]) -> Self {
        let mut by_id = BTreeMap::new();
        for (index, check) in checks.iter().enumerate() {
            by_id.entry(check.id.get_ref().as_str()).or_insert(index);
        }
        Self { checks, by_id }
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.by_id.keys().copied()
    }
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = subject.spec;
    let known = Known::new(&spec.checks);
    let mut findings = Vec::new();
    for (index, check) in spec.checks.iter().enumerate() {
        findings.extend(of_check(spec, &known, index, check));
        if let Some(when) = &check.when {
            findings.extend(of_when(&known, index, when));
        }
    }
    findings.extend(needs::check(&known));
    findings.extend(shown::check(spec, &known));
    findings.extend(of_points(subject));
    findings
}

fn of_check(spec: &LabSpec, known: &Known<'_>, index: usize, check: &CheckSpec) -> Vec<Finding> {
    let mut findings = Vec::new();
    let id = check.id.get_ref();
    if !is_id(id) {
        findings.push(
            Finding::new(
                way!["check", index, "id"],
                message!("spec-id-format", name = id),
            )
            .help(message!("spec-id-format-help")),
        );
    }
    if known.find(id) != Some(index) {
        findings.push(Finding::new(
            way!["check", index, "id"],
            message!("spec-check-twice", name = id),
        ));
    }
    let lesson = check.lesson.get_ref();
    if !spec.lessons.contains_key(lesson) {
        findings.push(
            Finding::new(
                way!["check", index, "lesson"],
                message!("spec-lesson-unknown", name = lesson),
            )
            .meant(did_you_mean(
                lesson,
                spec.lessons.keys().map(String::as_str),
            )),
        );
    }
    findings.extend(of_run(
        spec,
        &way!["check", index],
        check.run.get_ref(),
        check.deadline,
    ));
    findings
}

/// What holds for whatever runs, be it a check or a figure that is only shown.
fn of_run(spec: &LabSpec, at: &Way, run: &Run, deadline: Duration) -> Vec<Finding> {
    let below = |way: Way| [at.clone(), way].concat();
    let mut findings = Vec::new();
    if let Some(most) = run.student_time()
        && deadline <= most
    {
        findings.push(Finding::new(
            below(way!["deadline"]),
            message!("spec-deadline-short", seconds = most.as_secs()),
        ));
    }
    if deadline.is_zero() {
        findings.push(Finding::new(
            below(way!["deadline"]),
            message!("spec-deadline-zero"),
        ));
    }
    let submitted = || spec.submission.files.iter().map(|file| file.path.as_str());
    for file in run.files() {
        if !submitted().any(|path| path == file) {
            findings.push(
                Finding::new(
                    below(way!["run", &kind(run), "file"]),
                    message!("spec-file-not-submitted", path = file),
                )
                .meant(did_you_mean(file, submitted())),
            );
        }
    }
    findings
}

/// The kind as it is written in `run.<kind>`.
fn kind(run: &Run) -> String {
    serde_json::to_value(run)
        .ok()
        .and_then(|value| value.as_object()?.keys().next().cloned())
        .unwrap_or_default()
}

fn of_when(known: &Known<'_>, index: usize, when: &WhenSpec) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (position, other) in when.of.iter().enumerate() {
        let id = other.get_ref().as_str();
        let at = way!["check", index, "when", "of", position];
        let Some(found) = known.find(id) else {
            findings.push(
                Finding::new(at, message!("spec-check-unknown", name = id))
                    .meant(did_you_mean(id, known.ids())),
            );
            continue;
        };
        if found >= index {
            findings.push(
                Finding::new(at, message!("spec-when-later", name = id))
                    .help(message!("spec-order-help")),
            );
        } else if known.checks[found].hidden && !known.checks[index].hidden {
            findings.push(
                Finding::new(at, message!("spec-when-hidden", name = id))
                    .help(message!("spec-hidden-help")),
            );
        } else if *known.checks[found].points.get_ref() == 0 {
            findings.push(Finding::new(at, message!("spec-when-gate", name = id)));
        } else if when.of[..position]
            .iter()
            .any(|earlier| earlier.get_ref() == id)
        {
            findings.push(Finding::new(at, message!("spec-when-twice", name = id)));
        }
    }
    if when.at_least > when.of.len() {
        findings.push(Finding::new(
            way!["check", index, "when", "at_least"],
            message!(
                "spec-when-too-many",
                wanted = when.at_least,
                listed = when.of.len()
            ),
        ));
    }
    if when.share > 100 {
        findings.push(Finding::new(
            way!["check", index, "when", "share"],
            message!("spec-when-share"),
        ));
    }
    findings
}

/// Where hidden checks may be missing, only too many points are a mistake.
fn of_points(subject: &Subject<'_>) -> Option<Finding> {
    let checks = &subject.spec.checks;
    let sum: u64 = checks
        .iter()
        .map(|check| u64::from(*check.points.get_ref()))
        .sum();
    let all = u64::from(ALL_POINTS);
    if sum == all || (sum < all && !subject.complete) {
        return None;
    }
    let last = checks.iter().rposition(|check| *check.points.get_ref() > 0);
    let at = last.map_or_else(
        || way!["check", 0, "points"],
        |last| way!["check", last, "points"],
    );
    let help = if sum < all {
        message!("spec-points-few", difference = all - sum)
    } else {
        message!("spec-points-many", difference = sum - all)
    };
    Some(Finding::new(at, message!("spec-points-sum", sum = sum)).help(help))
}
