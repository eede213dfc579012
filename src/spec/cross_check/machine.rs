//! The names of `[machine]`: formulas use them, beside `memory` and `cpus` of a service.

use labgrade_checkers::message;

use super::Finding;
use crate::spec::LabSpec;
use crate::spec::places::way;

/// What a formula knows of its service already.
const TAKEN: [&str; 2] = ["memory", "cpus"];

pub(super) fn check(spec: &LabSpec) -> Vec<Finding> {
    let of_name = |name: &String| {
        let at = way!["machine", name];
        if TAKEN.contains(&name.as_str()) {
            let message = message!("spec-machine-taken", name = name);
            Some(Finding::new(at, message).help(message!("spec-machine-taken-help")))
        } else if !is_name(name) {
            let message = message!("spec-machine-format", name = name);
            Some(Finding::new(at, message).help(message!("spec-machine-format-help")))
        } else {
            None
        }
    };
    spec.machine.keys().filter_map(of_name).collect()
}

/// `[a-z][a-z0-9_]*`.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
