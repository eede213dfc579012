//! What the types of a specification cannot say: names that must exist, orders that must hold,
//! points that must add up.
//!
//! Pure functions over what was read; nothing is opened here. Every mistake is found, not the
//! first one.

mod checks;
mod files;
mod machine;
mod project;
mod texts;
mod workload;

use std::collections::BTreeSet;

use labgrade_checkers::message::Message;
use labgrade_checkers::workload::Workload;

use super::LabSpec;
use super::places::Way;

/// A lab as it was read.
pub struct Subject<'a> {
    /// The name of its folder.
    pub folder: &'a str,
    /// `lab.toml` with the hidden checks behind its own.
    pub spec: &'a LabSpec,
    /// All files of the lab that are there, relative to it.
    pub files: &'a BTreeSet<String>,
    /// The workload, if its files could be read.
    pub workload: Option<&'a Workload>,
    /// Whether the lab must be finished: texts, starter and anchors.
    pub finished: bool,
    /// Whether all hidden checks are here, so that the points must add up.
    pub complete: bool,
}

/// A mistake and the way to it through the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The way to it.
    pub at: Way,
    /// What is wrong.
    pub message: Message,
    /// What was meant, in a few words.
    pub meant: Option<Message>,
    /// What to do, in a sentence.
    pub help: Option<Message>,
}

impl Finding {
    /// A finding without advice.
    #[must_use]
    pub fn new(at: Way, message: Message) -> Self {
        Self {
            at,
            message,
            meant: None,
            help: None,
        }
    }

    /// Adds what was meant, in a few words.
    #[must_use]
    pub fn meant(self, meant: Option<Message>) -> Self {
        Self { meant, ..self }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(self, help: Message) -> Self {
        Self {
            help: Some(help),
            ..self
        }
    }
}

/// All that is wrong with a lab, as far as it can be seen without running it.
#[must_use]
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    [
        files::check(subject),
        machine::check(subject.spec),
        project::check(subject),
        texts::check(subject.spec),
        workload::check(subject),
        checks::check(subject),
    ]
    .concat()
}
