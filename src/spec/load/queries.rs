//! The workload's files, read.

use std::collections::BTreeSet;
use std::io;

use labgrade_checkers::message;
use labgrade_checkers::workload::{Anchors, Spec, Workload};

use crate::spec::cross_check::Finding;
use crate::spec::places::way;
use crate::spec::shelf::Shelf;

/// The workload with its files. Files that are not there are left to the cross-checks.
pub fn read(
    shelf: &Shelf,
    lab: &str,
    files: &BTreeSet<String>,
    finished: bool,
    spec: Option<&Spec>,
) -> (Option<Workload>, Vec<Finding>) {
    let Some(spec) = spec else {
        return (None, Vec::new());
    };
    let mut findings = Vec::new();
    let mut text = |field: &str, path: &str| -> Option<String> {
        if !files.contains(path) {
            return None;
        }
        let bytes = shelf.read(lab, path);
        match bytes.and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other)) {
            Ok(text) => Some(text),
            Err(error) => {
                findings.push(Finding::new(
                    way!["workload", field],
                    message!("spec-file-unread", path = path, error = error.to_string()),
                ));
                None
            }
        }
    };
    let queries = text("queries", &spec.queries);
    let draws = text("draws", &spec.draws);
    let others = spec
        .others
        .as_ref()
        .map_or(Some(String::new()), |path| text("others", path));
    let writes = text("writes", &spec.writes);
    let anchors = if finished {
        text("anchors", &spec.anchors)
    } else {
        serde_json::to_string(&Anchors::default()).ok()
    };
    let (Some(queries), Some(draws), Some(others), Some(writes), Some(anchors)) =
        (queries, draws, others, writes, anchors)
    else {
        return (None, findings);
    };
    match Workload::new(spec.clone(), &queries, &draws, &others, &writes, &anchors) {
        Ok(workload) => (Some(workload), findings),
        Err(error) => {
            findings.push(Finding::new(
                way!["workload", field_of(spec, &error)],
                message!("spec-workload-unread", error = error),
            ));
            (None, findings)
        }
    }
}

/// The field of `[workload]` whose file an error is about: its text begins with the path.
fn field_of(spec: &Spec, error: &str) -> &'static str {
    let fields = [
        ("queries", &spec.queries),
        ("draws", &spec.draws),
        ("writes", &spec.writes),
        ("anchors", &spec.anchors),
    ];
    fields
        .into_iter()
        .find(|(_, path)| error.starts_with(path.as_str()))
        .map_or("queries", |(field, _)| field)
}
