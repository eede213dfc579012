//! What a user can get wrong, what of ours can break, and the exit code of each.

use std::process::ExitCode;

use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::Broken;

use crate::spec::load::SpecMistake;

/// The exit codes, which CI jobs and scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything passed.
    Passed = 0,
    /// A check failed.
    Failed = 1,
    /// The command line, or a path in it, is wrong.
    Usage = 2,
    /// A lab's specification is wrong.
    Specification = 3,
    /// The submission was rejected.
    Rejected = 4,
    /// Infrastructure: grade again.
    Infrastructure = 5,
    /// Stopped by a signal.
    Interrupted = crate::supervisor::INTERRUPTED,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command came to nothing.
#[derive(Debug)]
pub enum Failure {
    /// The user's: what is wrong and what to do.
    Usage(Message),
    /// A lab author's, each at its line.
    Specification(Vec<SpecMistake>),
    /// Ours, or the engine's.
    Infrastructure(Broken),
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Specification(_) => Exit::Specification,
            Self::Infrastructure(_) => Exit::Infrastructure,
        }
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        Self::Usage(message)
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Infrastructure(broken)
    }
}

impl From<Vec<SpecMistake>> for Failure {
    fn from(mistakes: Vec<SpecMistake>) -> Self {
        Self::Specification(mistakes)
    }
}
