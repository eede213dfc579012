//! One solution or mutant of a lab, and what must come of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::{Share, Verdict};
use serde::Deserialize;

use crate::error::Failure;
use crate::grade::{Grade, Outcome};
use crate::spec::Text;

/// `mutant.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    #[serde(rename = "about")]
    _about: Text,
    #[serde(default)]
    fails: BTreeSet<String>,
    #[serde(default)]
    at_most: BTreeMap<String, u8>,
    #[serde(default)]
    bypass: Vec<String>,
    #[serde(default)]
    rejected: bool,
}

/// A folder of `solutions/` or `mutants/`.
#[derive(Debug)]
pub(super) struct Case {
    pub name: String,
    pub folder: PathBuf,
    pub is_solution: bool,
    /// The checks that must not pass; no other may fail.
    pub fails: BTreeSet<String>,
    /// The most that a check may earn, in hundredths.
    pub at_most: BTreeMap<String, u8>,
    /// Gates that count as passed.
    pub bypass: Vec<String>,
    /// Intake must refuse it.
    pub rejected: bool,
}

impl Case {
    /// `solutions/reference`, `mutants/no-index`.
    pub fn label(&self) -> String {
        let folder = if self.is_solution {
            "solutions"
        } else {
            "mutants"
        };
        format!("{folder}/{}", self.name)
    }
}

/// All cases of a lab, or those named.
pub(super) fn all(lab: &Path, only: &[String]) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for is_solution in [true, false] {
        let folder = lab.join(if is_solution { "solutions" } else { "mutants" });
        let unread = |error: std::io::Error| {
            message!(
                "usage-read",
                path = folder.display().to_string(),
                error = error.to_string()
            )
        };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            if path.is_dir() {
                names.push(path);
            }
        }
        names.sort();
        for folder in names {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if only.is_empty() || only.contains(&name) {
                cases.push(if is_solution {
                    solution(name, folder)
                } else {
                    mutant(name, folder)?
                });
            }
        }
    }
    if cases.is_empty() {
        return Err(Failure::Usage(message!("usage-no-case")));
    }
    Ok(cases)
}

fn solution(name: String, folder: PathBuf) -> Case {
    Case {
        name,
        folder,
        is_solution: true,
        fails: BTreeSet::new(),
        at_most: BTreeMap::new(),
        bypass: Vec::new(),
        rejected: false,
    }
}

fn mutant(name: String, folder: PathBuf) -> Result<Case, Failure> {
    let path = folder.join("mutant.toml");
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(&path)
        .map_err(|error| message!("usage-read", path = &shown, error = error.to_string()))?;
    let mutant: Mutant = toml::from_str(&text)
        .map_err(|error| message!("usage-project", path = &shown, error = error.to_string()))?;
    Ok(Case {
        name,
        folder,
        is_solution: false,
        fails: mutant.fails,
        at_most: mutant.at_most,
        bypass: mutant.bypass,
        rejected: mutant.rejected,
    })
}

/// Sees that the cases speak of checks that there are, and that a mutant fails something.
pub(super) fn sound(cases: &[Case], known: &[&str]) -> Result<(), Failure> {
    for case in cases {
        let named = case
            .fails
            .iter()
            .chain(case.at_most.keys())
            .chain(&case.bypass);
        if let Some(unknown) = named.into_iter().find(|id| !known.contains(&id.as_str())) {
            return Err(Failure::Usage(message!(
                "usage-case-check",
                case = case.label(),
                check = unknown
            )));
        }
        if !case.is_solution && case.fails.is_empty() && !case.rejected {
            return Err(Failure::Usage(message!(
                "usage-case-fails-nothing",
                case = case.label()
            )));
        }
    }
    Ok(())
}

/// What came out otherwise than it must.
pub(super) fn problems(case: &Case, grade: &Grade) -> Vec<Message> {
    match &grade.outcome {
        Outcome::Rejected { .. } if case.rejected => return Vec::new(),
        Outcome::Rejected { reason } => {
            return vec![message!("prove-rejected", reason = &reason.key)];
        }
        Outcome::Regrade { reason } => {
            let detail = reason
                .args
                .get("detail")
                .map_or_else(String::new, |detail| format!("{detail:?}"));
            return vec![message!(
                "prove-broken",
                reason = &reason.key,
                detail = detail
            )];
        }
        Outcome::Interrupted => return vec![message!("prove-interrupted")],
        Outcome::Graded if case.rejected => return vec![message!("prove-not-rejected")],
        Outcome::Graded => {}
    }
    let mut problems = Vec::new();
    for check in &grade.checks {
        let id = &check.id;
        let share = check.verdict.share();
        let failed = matches!(
            check.verdict,
            Verdict::Failed { .. } | Verdict::Partial { .. }
        );
        let expected = case.fails.contains(id);
        if failed != expected {
            let share = share.hundredths();
            problems.push(if expected {
                message!("prove-should-fail", check = id)
            } else {
                message!("prove-should-pass", check = id, share = share)
            });
        }
        if case.is_solution && share != Share::FULL && !failed {
            problems.push(message!("prove-not-full", check = id));
        }
        if let Some(&most) = case
            .at_most
            .get(id)
            .filter(|most| share > Share::new(**most))
        {
            problems.push(message!(
                "prove-earns-too-much",
                check = id,
                share = share.hundredths(),
                most = most
            ));
        }
    }
    problems
}
