//! A grade: what every report is made from. `grade.json` is this type.

use std::collections::BTreeMap;
use std::fmt;

use labgrade_checkers::context::Seed;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::Text;

/// The grade of one submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// The version of this format.
    pub format: u32,
    /// Who handed it in.
    pub student: String,
    /// The lab's id.
    pub lab: String,
    /// The lab's title.
    pub lab_title: Text,
    /// The submission's digest; empty if it was rejected.
    pub digest: String,
    /// The seed of the run.
    pub seed: Seed,
    /// How far it came.
    pub outcome: Outcome,
    /// Notes of intake: what was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Message>,
    /// Every check, in the lab's order.
    pub checks: Vec<CheckResult>,
    /// What was measured and earns nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<Shown>,
    /// What was earned.
    pub earned: Points,
    /// What could be earned.
    pub max: Points,
    /// When it began, RFC 3339 in UTC.
    pub began: String,
    /// Where the time went.
    pub timings: Timings,
    /// What it was graded with.
    pub versions: BTreeMap<String, String>,
}

/// How far a grade came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Every check has a verdict.
    Graded,
    /// Intake refused the submission.
    Rejected {
        /// Which entry, which rule, what to do.
        reason: Message,
    },
    /// Something of ours broke: grade again.
    Regrade {
        /// What broke.
        reason: Message,
    },
    /// Stopped by a signal; what was known is kept.
    Interrupted,
}

/// One check of a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it could earn; 0 for a gate.
    pub points: Points,
    /// What it earned.
    pub earned: Points,
    /// What it says.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How often it ran.
    pub attempts: u32,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// Why it matters, and what to try next.
    pub hint: Text,
    /// The lesson that it belongs to.
    pub lesson: Text,
    /// Its data is not for the student.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// Something that was measured to be shown, and is no check: it earns and costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it says, and what it does not say.
    pub hint: Text,
    /// What was seen; `failed` and `partial` do not occur.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// Milliseconds of the parts of a grade.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Timings {
    /// Taking the submission in.
    pub intake: u64,
    /// Starting the lab until everything answers.
    pub start: u64,
    /// All checks.
    pub checks: u64,
    /// Of these, those in which nothing was done but waiting for something to be seen.
    #[serde(default)]
    pub waiting: u64,
    /// Taking the lab down.
    pub teardown: u64,
}

impl Timings {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.intake + self.start + self.checks + self.teardown
    }
}

/// Points in exact hundredths: whole points times a share in hundredths never needs more.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Points(u32);

impl Points {
    /// Whole points.
    #[must_use]
    pub fn whole(points: u32) -> Self {
        Self(points * 100)
    }

    /// Points from hundredths.
    #[must_use]
    pub fn hundredths(hundredths: u32) -> Self {
        Self(hundredths)
    }

    /// In hundredths.
    #[must_use]
    pub fn in_hundredths(self) -> u32 {
        self.0
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.map(|points| points.0).sum())
    }
}

/// As short as it can be exactly: `7`, `5.8`, `5.81`.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        let text = match part {
            0 => whole.to_string(),
            part if part % 10 == 0 => format!("{whole}.{}", part / 10),
            part => format!("{whole}.{part:02}"),
        };
        f.pad(&text)
    }
}

impl Grade {
    /// Whether everything passed: the exit code 0.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Graded
            && self.checks.iter().all(|check| {
                matches!(
                    check.verdict,
                    Verdict::Passed { .. } | Verdict::Pending { .. }
                )
            })
    }

    /// Whether something of ours broke.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self.outcome, Outcome::Regrade { .. })
            || self
                .checks
                .iter()
                .any(|check| matches!(check.verdict, Verdict::Broken { .. }))
    }
}
