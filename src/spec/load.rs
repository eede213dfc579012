//! Loads a lab: `lab.toml`, hidden checks where they are asked for, the workload's files, and the
//! digest of everything that has a say in a verdict.
//!
//! A [`Lab`] that comes out of here is sound; everything that is not is a [`SpecMistake`].

mod parse;
mod queries;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use labgrade_checkers::bench::File;
use labgrade_checkers::message;
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use super::mistake::{SpecDiagnostic, SpecMistake};

use super::cross_check::{self, Finding, Subject};
use super::mistake::{Source, did_you_mean};
use super::places::{self, Step};
use super::shelf::{Shelf, is_id};
use super::{CheckSpec, Lab, LabSpec};

/// Which hidden checks to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hidden {
    /// None: a student's self-check.
    Without,
    /// Those of `lab.toml` and of the lab's own `hidden.toml`, if it is there.
    With,
    /// Those of `lab.toml`, and of `<id>/hidden.toml` or `hidden.toml` in this folder; if it has
    /// neither, of the lab's own.
    Overlay(PathBuf),
}

/// `hidden.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HiddenSpec {
    #[serde(rename = "check")]
    checks: Vec<CheckSpec>,
}

/// Loads a lab to grade with it.
///
/// # Errors
/// All mistakes that were found, in the order of the file.
pub fn load(shelf: &Shelf, id: &str, hidden: &Hidden) -> Result<Lab, Vec<SpecMistake>> {
    Loading::new(shelf, id, true)?.run(hidden)
}

/// Loads a lab whose anchors are about to be recorded: those that there are do not matter, nor do
/// a task or a starter that are still to be written.
///
/// # Errors
/// As [`load`].
pub fn load_to_record(shelf: &Shelf, id: &str) -> Result<Lab, Vec<SpecMistake>> {
    Loading::new(shelf, id, false)?.run(&Hidden::With)
}

struct Loading<'a> {
    shelf: &'a Shelf,
    id: &'a str,
    files: BTreeSet<String>,
    /// Whether the lab must be finished: texts, starter and anchors.
    finished: bool,
    digest: Sha256,
}

impl<'a> Loading<'a> {
    fn new(shelf: &'a Shelf, id: &'a str, finished: bool) -> Result<Self, Vec<SpecMistake>> {
        let unread = |error| vec![unreadable(&shelf.origin(id, ""), &error)];
        let labs = shelf.labs().map_err(unread)?;
        if !labs.iter().any(|lab| lab == id) {
            let known = labs.join(", ");
            return Err(vec![
                SpecMistake::new(message!("spec-lab-unknown", name = id)).help(
                    did_you_mean(id, labs.iter().map(String::as_str))
                        .or_else(|| Some(message!("spec-known-names", names = known))),
                ),
            ]);
        }
        if !is_id(id) {
            let mistake = SpecMistake::new(message!("spec-id-format", name = id))
                .help(Some(message!("spec-id-format-help")));
            return Err(vec![mistake]);
        }
        Ok(Self {
            shelf,
            id,
            files: shelf.files(id, "").map_err(unread)?.into_iter().collect(),
            finished,
            digest: Sha256::new(),
        })
    }

    fn run(mut self, hidden: &Hidden) -> Result<Lab, Vec<SpecMistake>> {
        let source = self.source("lab.toml")?;
        self.count("lab.toml", source.text.as_bytes());
        let extra = self.hidden(hidden)?;
        if let Some(extra) = &extra {
            self.count("hidden.toml", extra.text.as_bytes());
        }
        let (mut spec, checks) = both(
            parse::parse::<LabSpec>(&source),
            extra.as_ref().map(parse::parse::<HiddenSpec>).transpose(),
        )?;
        let own = spec.checks.len();
        for mut check in checks.into_iter().flat_map(|hidden| hidden.checks) {
            check.hidden = true;
            spec.checks.push(check);
        }

        let (workload, mut findings) = queries::read(
            self.shelf,
            self.id,
            &self.files,
            self.finished,
            spec.workload.as_ref(),
        );
        findings.extend(cross_check::check(&Subject {
            folder: self.id,
            spec: &spec,
            files: &self.files,
            workload: workload.as_ref(),
            finished: self.finished,
            complete: *hidden != Hidden::Without
                && (*self.shelf != Shelf::Embedded || extra.is_some()),
        }));
        if !findings.is_empty() {
            let mut mistakes: Vec<SpecMistake> = findings
                .into_iter()
                .map(|finding| placed(finding, own, &source, extra.as_ref()))
                .collect();
            mistakes.sort_by_key(|mistake| {
                let (file, line, column) = mistake.position().unwrap_or_default();
                (file != source.name, line, column)
            });
            return Err(mistakes);
        }

        self.count_files(&spec)
            .map_err(|error| vec![unreadable(&self.shelf.origin(self.id, ""), &error)])?;
        let projects = self
            .projects(&spec)
            .map_err(|error| vec![unreadable(&self.shelf.origin(self.id, ""), &error)])?;
        if *hidden == Hidden::Without {
            spec.checks.retain(|check| !check.hidden);
        }
        Ok(Lab {
            spec,
            workload,
            projects,
            digest: hexadecimal(self.digest),
        })
    }

    fn source(&self, path: &str) -> Result<Source, Vec<SpecMistake>> {
        let name = self.shelf.origin(self.id, path);
        let bytes = self.shelf.read(self.id, path);
        source(name, bytes)
    }

    /// `hidden.toml`, if it is asked for and there.
    fn hidden(&self, hidden: &Hidden) -> Result<Option<Source>, Vec<SpecMistake>> {
        if let Hidden::Overlay(folder) = hidden {
            if !folder.is_dir() {
                let name = folder.display().to_string();
                return Err(vec![SpecMistake::new(message!(
                    "spec-overlay-missing",
                    path = name
                ))]);
            }
            for path in [Path::new(self.id).join("hidden.toml"), "hidden.toml".into()] {
                let path = folder.join(path);
                if path.is_file() {
                    return source(path.display().to_string(), std::fs::read(&path)).map(Some);
                }
            }
        }
        if *hidden != Hidden::Without && self.files.contains("hidden.toml") {
            return self.source("hidden.toml").map(Some);
        }
        Ok(None)
    }

    /// The files of the workload and of the data sets: whatever changes there can change a verdict.
    fn count_files(&mut self, spec: &LabSpec) -> io::Result<()> {
        let mut paths = BTreeSet::new();
        if let Some(workload) = &spec.workload {
            let listed = [&workload.queries, &workload.draws, &workload.writes];
            paths.extend(listed.into_iter().chain(&workload.others).cloned());
            if self.finished {
                paths.insert(workload.anchors.clone());
            }
        }
        for data in spec
            .services
            .values()
            .filter_map(|service| service.data.as_ref())
        {
            paths.extend(self.shelf.files(self.id, data.get_ref())?);
        }
        for path in paths {
            let bytes = self.shelf.read(self.id, &path)?;
            self.count(&path, &bytes);
        }
        Ok(())
    }

    /// The lab's own projects: they have a say, too.
    fn projects(&mut self, spec: &LabSpec) -> io::Result<BTreeMap<String, Vec<File>>> {
        let mut projects = BTreeMap::new();
        for (name, service) in &spec.services {
            let project = service.project.as_ref();
            let Some(folder) = project.and_then(|project| project.folder.as_ref()) else {
                continue;
            };
            let mut files = Vec::new();
            for path in self.shelf.files(self.id, folder)? {
                let bytes = self.shelf.read(self.id, &path)?;
                self.count(&path, &bytes);
                let inside = path.strip_prefix(folder).unwrap_or(&path);
                files.push(File {
                    path: inside.trim_start_matches('/').to_owned(),
                    bytes,
                    mode: 0o644,
                });
            }
            projects.insert(name.clone(), files);
        }
        Ok(projects)
    }

    fn count(&mut self, path: &str, bytes: &[u8]) {
        for part in [path.as_bytes(), bytes] {
            self.digest.update((part.len() as u64).to_le_bytes());
            self.digest.update(part);
        }
    }
}

/// Both values, or the mistakes of both.
fn both<A, B>(
    a: Result<A, Vec<SpecMistake>>,
    b: Result<B, Vec<SpecMistake>>,
) -> Result<(A, B), Vec<SpecMistake>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.extend(b);
            Err(a)
        }
        (Err(mistakes), _) | (_, Err(mistakes)) => Err(mistakes),
    }
}

/// Finds the file and the bytes of a finding: checks from number `own` on stand in `hidden.toml`.
fn placed(finding: Finding, own: usize, lab: &Source, hidden: Option<&Source>) -> SpecMistake {
    let mut way = finding.at;
    let mut source = lab;
    if let ([Step::Key(key), Step::Index(index), ..], Some(hidden)) = (way.as_mut_slice(), hidden)
        && key == "check"
        && *index >= own
    {
        *index -= own;
        source = hidden;
    }
    SpecMistake::new(finding.message)
        .at(source, places::span(&source.text, &way))
        .meant(finding.meant)
        .help(finding.help)
}

fn source(name: String, bytes: io::Result<Vec<u8>>) -> Result<Source, Vec<SpecMistake>> {
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
    match text {
        Ok(text) => Ok(Source {
            name,
            text: text.into(),
        }),
        Err(error) => Err(vec![unreadable(&name, &error)]),
    }
}

fn unreadable(path: &str, error: &io::Error) -> SpecMistake {
    SpecMistake::new(message!(
        "spec-file-unread",
        path = path,
        error = error.to_string()
    ))
}

fn hexadecimal(digest: Sha256) -> String {
    digest
        .finalize()
        .iter()
        .fold(String::from("sha256:"), |text, byte| {
            format!("{text}{byte:02x}")
        })
}

#[cfg(test)]
mod tests;
