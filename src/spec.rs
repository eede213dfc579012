//! A lab's specification: `labs/<id>/lab.toml`, loaded with the place of every value.
//!
//! Nothing here starts or judges anything.

pub mod cross_check;
pub mod load;
pub mod mistake;
pub mod places;
#[cfg(test)]
mod sample;
pub mod schema;
pub mod shelf;

use std::collections::BTreeMap;
use std::time::Duration;

use bytesize::ByteSize;
use labgrade_checkers::bench::File;
use labgrade_checkers::kinds::Run;
use labgrade_checkers::workload;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_spanned::Spanned;

/// A sentence in both languages of the course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

/// `lab.toml`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "lab.toml of labgrade")]
pub struct LabSpec {
    /// The lab's id: the name of its folder.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The lab's title.
    pub title: Text,
    /// What it is about, in one or two sentences.
    pub summary: Text,
    /// For a whole grade, teardown not included.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub deadline: Duration,
    /// The course's lessons that it belongs to, by number.
    pub lessons: BTreeMap<String, Text>,
    /// What is handed in.
    pub submission: SubmissionSpec,
    /// What runs while it is graded.
    #[serde(default)]
    pub services: BTreeMap<String, ServiceSpec>,
    /// Published numbers that formulas may use, beside `memory` (in bytes) and `cpus` of the
    /// service that they are about: whole numbers, or sizes as in "4GiB".
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub machine: BTreeMap<String, Number>,
    /// The queries that it is about, if it is about queries.
    #[serde(default)]
    pub workload: Option<workload::Spec>,
    /// The checks, in the order in which they run.
    #[serde(rename = "check")]
    pub checks: Vec<CheckSpec>,
    /// What is measured after the checks and shown, and earns and costs nothing.
    #[serde(default)]
    pub shown: Vec<ShownSpec>,
}

/// A published number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// As it is.
    Whole(i64),
    /// In bytes.
    Size(ByteSize),
}

impl Number {
    /// The number itself; sizes in bytes.
    #[must_use]
    pub fn value(self) -> i64 {
        match self {
            Self::Whole(number) => number,
            Self::Size(size) => i64::try_from(size.as_u64()).unwrap_or(i64::MAX),
        }
    }
}

/// Something that is measured and shown, and is no check.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownSpec {
    /// Its id, unique among the lab's checks.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// A few words.
    pub title: Text,
    /// What it says, and what it does not say.
    pub hint: Text,
    /// Checks without which it makes no sense.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub needs: Vec<Spanned<String>>,
    /// For this alone.
    #[serde(default = "one_minute", with = "humantime_serde")]
    #[schemars(with = "String")]
    pub deadline: Duration,
    /// How it is measured.
    #[schemars(with = "Run")]
    pub run: Spanned<Run>,
}

/// What is handed in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionSpec {
    /// Files that must be there.
    pub files: Vec<FileSpec>,
    /// The largest of all other files, in bytes.
    #[serde(default = "one_mebibyte")]
    #[schemars(with = "String")]
    pub largest_file: ByteSize,
}

/// A file that must be there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Its path in the submission.
    pub path: String,
    /// The most bytes that it may have.
    pub max_bytes: u64,
}

fn one_mebibyte() -> ByteSize {
    ByteSize::mib(1)
}

/// One service of the lab.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpec {
    /// A role image of labgrade's.
    #[serde(default)]
    pub image: Option<String>,
    /// A folder of the lab with a Dockerfile on a role image: its data set.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub data: Option<Spanned<String>>,
    /// What answering means.
    pub ready: Ready,
    /// The TCP port that it listens on.
    pub port: u16,
    /// Its memory; there is no swap.
    #[schemars(with = "String")]
    pub memory: ByteSize,
    /// Its processors.
    pub cpus: f64,
    /// A project that is put on top of a role image, and runs there.
    #[serde(default)]
    pub project: Option<ProjectSpec>,
    /// Environment variables; `${password.NAME}` is this run's password of the login NAME.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// It waits for a check to let it begin, since a submission's files come first. Whether it
    /// answers then is that check's matter.
    #[serde(default)]
    pub held: bool,
    /// The logins of the grader that its cluster has, without passwords: each gets one of this run.
    #[serde(default = "three_logins")]
    pub logins: Vec<String>,
}

/// What runs in a service beside its image.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectSpec {
    /// A folder of the lab; without one it is the submission, and begins when a check puts it in.
    #[serde(default)]
    pub folder: Option<String>,
    /// The program and its arguments, run in the project's folder.
    pub command: Vec<String>,
}

impl ServiceSpec {
    /// Whether a check lets it begin, so that nobody waits for it before.
    #[must_use]
    pub fn is_a_checks_matter(&self) -> bool {
        let submitted = |project: &ProjectSpec| project.folder.is_none();
        self.held || self.project.as_ref().is_some_and(submitted)
    }
}

fn three_logins() -> Vec<String> {
    ["student", "probe", "audit"].map(str::to_owned).to_vec()
}

/// The protocol in which a service must answer before checks begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// A login and a SELECT.
    Postgres,
    /// An answer to `GET /health`, whatever it is but an error of the server.
    Http,
    /// A login and a PING.
    Redis,
}

/// One check.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSpec {
    /// Its id, unique in the lab.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// Whole points; 0 is a gate.
    #[schemars(with = "u32")]
    pub points: Spanned<u32>,
    /// The lesson, as numbered in `lessons`.
    #[schemars(with = "String")]
    pub lesson: Spanned<String>,
    /// A few words.
    pub title: Text,
    /// Why it matters under load, and what to try next.
    pub hint: Text,
    /// Checks that must pass first.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub needs: Vec<Spanned<String>>,
    /// Checks that must have run first, whatever came of them: they set up what this one looks at.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub after: Vec<Spanned<String>>,
    /// A condition on what others earned.
    #[serde(default)]
    pub when: Option<WhenSpec>,
    /// For this check alone.
    #[serde(default = "one_minute", with = "humantime_serde")]
    #[schemars(with = "String")]
    pub deadline: Duration,
    /// Nothing else of the grader's runs meanwhile.
    #[serde(default)]
    pub exclusive: bool,
    /// A student sees its title and verdict, not its data, and a self-check does not run it.
    #[serde(default)]
    pub hidden: bool,
    /// What it does.
    #[schemars(with = "Run")]
    pub run: Spanned<Run>,
}

fn one_minute() -> Duration {
    Duration::from_secs(60)
}

/// Counts only if at least so many of other checks earned a share.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhenSpec {
    /// So many…
    pub at_least: usize,
    /// …earned so many hundredths of their points…
    #[schemars(range(max = 100))]
    pub share: u8,
    /// …of these.
    #[schemars(with = "Vec<String>")]
    pub of: Vec<Spanned<String>>,
}

/// A lab that was loaded and found sound.
#[derive(Debug, Clone)]
pub struct Lab {
    /// `lab.toml` and, where it was asked for, `hidden.toml`.
    pub spec: LabSpec,
    /// The queries with their files, read.
    pub workload: Option<workload::Workload>,
    /// The lab's own projects, by the service in which they run.
    pub projects: BTreeMap<String, Vec<File>>,
    /// Digest of everything that has a say in a verdict.
    pub digest: String,
}

impl LabSpec {
    /// What intake holds a submission against.
    #[must_use]
    pub fn intake_rules(&self) -> crate::intake::Rules {
        crate::intake::Rules {
            required: self
                .submission
                .files
                .iter()
                .map(|file| crate::intake::Required {
                    path: file.path.clone(),
                    max_bytes: file.max_bytes,
                })
                .collect(),
            largest_file: self.submission.largest_file.as_u64(),
        }
    }
}
