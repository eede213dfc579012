//! What a check says, and on what evidence.
//!
//! The student's failure ([`Verdict::Failed`]) and ours ([`Broken`]) never share a type: a kind of
//! check returns `Result<Verdict, Broken>`, and only the runner turns the latter into
//! [`Verdict::Broken`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::message::{Message, Tainted};
use crate::timeline::{Event, Mark};

/// What one check says of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that the check asks for was observed.
    Passed {
        /// What was observed.
        evidence: Evidence,
    },
    /// A part of it, on a scale that the lab's specification fixes.
    Partial {
        /// The part that was earned, 1 to 99 hundredths.
        share: Share,
        /// What was observed.
        evidence: Evidence,
    },
    /// The student's fault.
    Failed {
        /// What was observed.
        evidence: Evidence,
    },
    /// Not run, since something before it did not pass.
    Skipped {
        /// Why, for people.
        reason: Message,
    },
    /// Our fault: costs no point and earns none; the submission is graded again.
    Broken {
        /// What went wrong on our side.
        cause: Broken,
    },
    /// A person has yet to decide.
    Pending {
        /// What is waited for.
        reason: Message,
    },
}

impl Verdict {
    /// Passed, on this evidence.
    #[must_use]
    pub fn passed(evidence: Evidence) -> Self {
        Self::Passed { evidence }
    }

    /// Failed, on this evidence.
    #[must_use]
    pub fn failed(evidence: Evidence) -> Self {
        Self::Failed { evidence }
    }

    /// Passed, partly passed or failed, after the share.
    #[must_use]
    pub fn of_share(share: Share, evidence: Evidence) -> Self {
        match share.hundredths() {
            0 => Self::Failed { evidence },
            100 => Self::Passed { evidence },
            _ => Self::Partial { share, evidence },
        }
    }

    /// What was observed, where something was.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Passed { evidence }
            | Self::Partial { evidence, .. }
            | Self::Failed { evidence } => Some(evidence),
            Self::Skipped { .. } | Self::Broken { .. } | Self::Pending { .. } => None,
        }
    }

    /// The share of the points that this verdict earns.
    #[must_use]
    pub fn share(&self) -> Share {
        match self {
            Self::Passed { .. } => Share::FULL,
            Self::Partial { share, .. } => *share,
            _ => Share::NONE,
        }
    }
}

/// Why a check's work ends before its end: it is decided, or it cannot be.
#[derive(Debug)]
pub enum Stop {
    /// The student's fault, on this evidence.
    Failed(Box<Evidence>),
    /// Ours.
    Broken(Broken),
}

impl Stop {
    /// The student's fault, on this evidence.
    #[must_use]
    pub fn failed(evidence: impl Into<Evidence>) -> Self {
        Self::Failed(Box::new(evidence.into()))
    }

    /// What a check's work comes to.
    ///
    /// # Errors
    /// Ours.
    pub fn settle(done: Result<Verdict, Self>) -> Result<Verdict, Broken> {
        match done {
            Ok(verdict) => Ok(verdict),
            Err(Self::Failed(evidence)) => Ok(Verdict::failed(*evidence)),
            Err(Self::Broken(broken)) => Err(broken),
        }
    }
}

impl From<Message> for Stop {
    fn from(message: Message) -> Self {
        Self::failed(message)
    }
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// A share of a check's points in exact hundredths, 0 to 100.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Share(#[schemars(range(max = 100))] u8);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const FULL: Self = Self(100);

    /// A share of so many hundredths; more than 100 is 100.
    #[must_use]
    pub fn new(hundredths: u8) -> Self {
        Self(hundredths.min(100))
    }

    /// The share in hundredths, 0 to 100.
    #[must_use]
    pub fn hundredths(self) -> u8 {
        self.0
    }
}

/// What was observed, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// One sentence.
    pub message: Message,
    /// What would have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Message>,
    /// What there was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Message>,
    /// The place in the submission, or the words of a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<Excerpt>,
    /// Further lines, one for each of several findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Message>,
    /// A command with which it can be seen again, as in `curl -i http://localhost:8080/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Tainted>,
    /// What is drawn in the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
}

impl From<Message> for Evidence {
    fn from(message: Message) -> Self {
        Self {
            message,
            expected: None,
            observed: None,
            excerpt: None,
            details: Vec::new(),
            repeat: None,
            series: Vec::new(),
        }
    }
}

impl Evidence {
    /// Adds what would have passed and what there was.
    #[must_use]
    pub fn against(mut self, expected: Message, observed: Message) -> Self {
        self.expected = Some(expected);
        self.observed = Some(observed);
        self
    }

    /// Adds the place in the submission.
    #[must_use]
    pub fn at(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(excerpt);
        self
    }

    /// Adds findings, one line each.
    #[must_use]
    pub fn with_details(mut self, details: Vec<Message>) -> Self {
        self.details = details;
        self
    }

    /// Adds a command with which it can be seen again; of several pieces of evidence the last.
    #[must_use]
    pub fn repeat_with(mut self, command: &str) -> Self {
        self.repeat = Some(Tainted::new(command));
        self
    }

    /// Adds what was done and seen since a place of the timeline, as a picture.
    #[must_use]
    pub fn timeline(self, cx: &Context<'_>, since: Mark) -> Self {
        let events = cx.timeline.since(since);
        self.drawn(Series::Timeline { events })
    }

    /// Adds what is drawn.
    #[must_use]
    pub fn drawn(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }
}

/// A place in a submitted file, or a piece of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Excerpt {
    /// The submitted file, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The text.
    pub text: Tainted,
}

/// Something to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "series", rename_all = "kebab-case")]
pub enum Series {
    /// One count between two anchors, on a log scale.
    Scale {
        /// What is counted, as in `q1`.
        label: String,
        /// The unit of all three.
        unit: Unit,
        /// Where a share of zero begins: without any work, or too much of it.
        zero: u64,
        /// The reference.
        reference: u64,
        /// The submission.
        observed: u64,
    },
    /// The plan of a query.
    Plan {
        /// The query's text with the drawn constants.
        query: Tainted,
        /// Its root.
        root: PlanNode,
    },
    /// What was done to the services and what was seen of them, in order.
    Timeline {
        /// The events.
        events: Vec<Event>,
    },
    /// How far a standby was behind its primary.
    Lag {
        /// The service that was behind.
        service: String,
        /// Milliseconds as in the timeline, and bytes.
        points: Vec<(u64, u64)>,
    },
    /// One quantity against another, measured in pairs.
    Ratio {
        /// The middle of the pairs' ratios, in thousandths.
        median: u64,
        /// The interval in which the true one lies with 95%, in thousandths.
        low: u64,
        /// Its upper end.
        high: u64,
        /// The ratio of each pair, in thousandths, as they were measured.
        pairs: Vec<u64>,
    },
    /// Latencies of the submission beside the yardstick's.
    Latency {
        /// The quantile that the check judges, in millionths, where it judges one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        judged: Option<u64>,
        /// One for each that was measured.
        curves: Vec<Curve>,
    },
    /// Answers and errors over time.
    Load {
        /// Steps of the submission's load, each of 100 ms or more, in order.
        moments: Vec<Moment>,
    },
}

/// How long answers took, by quantile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Curve {
    /// Whose answers.
    pub whose: Whose,
    /// Quantile in millionths, 0 to 999,999, and the microseconds within which that part was
    /// answered; the judged quantile should be among them.
    pub points: Vec<(u64, u64)>,
}

/// Which of two things that were measured in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// What was handed in.
    Submission,
    /// What it is measured against, on the same machine at the same time.
    Yardstick,
}

/// What a load brought within one step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// When the step began, in milliseconds since the load did.
    pub at: u64,
    /// Answers within it that are as they should be.
    pub done: u64,
    /// Requests within it that failed, or were answered wrongly.
    pub errors: u64,
}

/// What a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Blocks of 8 KiB that a query touched, from the cache or the disk.
    Blocks,
    /// Bytes.
    Bytes,
}

/// One node of a plan, as EXPLAIN (ANALYZE, BUFFERS) shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanNode {
    /// As in `Bitmap Heap Scan`.
    pub node: String,
    /// The table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Tainted>,
    /// The index's name as the server has it, to be matched; two names may look the same once they
    /// are cleaned, so this one is never shown.
    #[serde(skip)]
    pub index_name: Option<String>,
    /// The index's access method, as in `gin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The condition that the node applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Tainted>,
    /// Rows that it gave, in all loops.
    pub rows: u64,
    /// Rows that it read and threw away, in all loops.
    pub removed: u64,
    /// Shared blocks, hit and read, its children's included.
    pub blocks: u64,
    /// What it reads from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<PlanNode>,
}

impl PlanNode {
    /// The node and everything below it, from the top.
    pub fn walk(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.children.iter().flat_map(Self::walk)))
    }
}

/// An error of ours, or one that cannot be told from ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Broken {
    /// What could not be done.
    pub message: Message,
    /// The words of the library or server that refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Tainted>,
}

impl From<Message> for Broken {
    fn from(message: Message) -> Self {
        Self {
            message,
            detail: None,
        }
    }
}

impl Broken {
    /// What could not be done, with the words of what refused.
    pub fn because(message: Message, detail: impl std::fmt::Display) -> Self {
        Self {
            message,
            detail: Some(Tainted::new(&detail.to_string())),
        }
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message.key)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Broken {}
