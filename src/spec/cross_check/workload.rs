//! The workload's service and files, and the queries that checks name.

use labgrade_checkers::kinds::Run;
use labgrade_checkers::message;

use super::{Finding, Subject};
use crate::spec::LabSpec;
use crate::spec::mistake::did_you_mean;
use crate::spec::places::{Way, way};

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(spec) = &subject.spec.workload else {
        for (at, run) in runs(subject.spec) {
            if run.needs_workload() {
                findings.push(
                    Finding::new(at, message!("spec-no-workload"))
                        .help(message!("spec-no-workload-help")),
                );
            }
        }
        return findings;
    };
    if !subject.spec.services.contains_key(&spec.service) {
        let services = subject.spec.services.keys().map(String::as_str);
        findings.push(
            Finding::new(
                way!["workload", "service"],
                message!("spec-service-unknown", name = &spec.service),
            )
            .meant(did_you_mean(&spec.service, services)),
        );
    }
    if spec.per_query == 0 {
        findings.push(Finding::new(
            way!["workload", "per_query"],
            message!("spec-per-query-zero"),
        ));
    }
    for (field, path) in [
        ("queries", &spec.queries),
        ("draws", &spec.draws),
        ("writes", &spec.writes),
        ("others", spec.others.as_ref().unwrap_or(&spec.draws)),
    ] {
        if !subject.files.contains(path) {
            findings.push(
                Finding::new(
                    way!["workload", field],
                    message!("spec-workload-file-missing", path = path),
                )
                .meant(did_you_mean(path, subject.files.iter().map(String::as_str))),
            );
        }
    }
    if subject.finished && !subject.files.contains(&spec.anchors) {
        findings.push(
            Finding::new(
                way!["workload", "anchors"],
                message!("spec-workload-file-missing", path = &spec.anchors),
            )
            .help(message!("spec-record", lab = subject.folder)),
        );
    }
    findings.extend(of_queries(subject));
    findings
}

fn of_queries(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(workload) = subject.workload else {
        return findings;
    };
    for query in workload.queries.keys() {
        let anchors = workload.anchors.queries.get(query);
        if subject.finished && anchors.is_none_or(Vec::is_empty) {
            findings.push(
                Finding::new(
                    way!["workload", "anchors"],
                    message!("spec-query-no-anchors", query = query),
                )
                .help(message!("spec-record", lab = subject.folder)),
            );
        }
    }
    for query in workload.draws.keys() {
        if !workload.queries.contains_key(query) {
            findings.push(
                Finding::new(
                    way!["workload", "draws"],
                    message!("spec-draw-unknown", query = query),
                )
                .meant(did_you_mean(
                    query,
                    workload.queries.keys().map(String::as_str),
                )),
            );
        }
    }
    for (query, sql) in &workload.queries {
        if sql.contains("$1") && !workload.draws.contains_key(query) {
            findings.push(Finding::new(
                way!["workload", "draws"],
                message!("spec-query-no-draws", query = query),
            ));
        }
    }
    for (at, run) in runs(subject.spec) {
        for query in run.queries() {
            if !workload.queries.contains_key(query) {
                findings.push(
                    Finding::new(
                        query_way(&at, run, query),
                        message!("spec-query-unknown", query = query),
                    )
                    .meant(did_you_mean(
                        query,
                        workload.queries.keys().map(String::as_str),
                    )),
                );
            }
        }
    }
    findings
}

/// Everything that runs, with its place.
fn runs(spec: &LabSpec) -> impl Iterator<Item = (Way, &Run)> {
    let checks = spec.checks.iter().enumerate();
    let checks = checks.map(|(index, check)| (way!["check", index, "run"], check.run.get_ref()));
    let shown = spec.shown.iter().enumerate();
    checks.chain(shown.map(|(index, shown)| (way!["shown", index, "run"], shown.run.get_ref())))
}

/// Where a query is named.
fn query_way(at: &Way, run: &Run, query: &str) -> Way {
    let named = match run {
        Run::QueryBlocks(_) => way!["query-blocks", "query"],
        Run::PlanUses(_) => way!["plan-uses", "methods", query],
        _ => way![],
    };
    [at.clone(), named].concat()
}
