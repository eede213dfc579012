//! Grades one submission: the way through the house, readable from top to bottom.
//!
//! ```text
//! submission ─intake→ copy ─environment→ bench ─checks→ verdicts ─score→ grade
//! ```

mod checks;
mod stage;

use std::path::PathBuf;
use std::time::Instant;

use labgrade_checkers::context::{Context, Files, Notebook, Seed};
use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::timeline::Timeline;
use labgrade_checkers::verdict::{Broken, Verdict};

use self::stage::Stage;
use crate::config::Config;
use crate::grade::{CheckResult, Grade, Outcome, Points, Timings};
use crate::intake::{self, IntakeError, Submission};
use crate::spec::Lab;
use crate::spec::shelf::Shelf;
use crate::supervisor::Supervisor;

/// The version of `grade.json`.
const FORMAT: u32 = 1;
/// How often a grade is begun anew, in an environment of its own, when something of ours broke.
const ATTEMPTS: u32 = 2;

/// What to grade, and how.
pub struct Job<'a> {
    /// The submission: a folder, an archive, or the one file.
    pub submission: PathBuf,
    /// Who handed it in.
    pub student: String,
    /// The lab.
    pub lab: &'a Lab,
    /// Where its files are.
    pub shelf: &'a Shelf,
    /// Which images are other than ours.
    pub config: &'a Config,
    /// Everything random follows from it.
    pub seed: Seed,
    /// Only these checks and what they need; all if empty.
    pub only: Vec<String>,
    /// Gates that count as passed although they failed; for `prove` alone.
    pub bypass: Vec<String>,
    /// What the lab shows beside its checks is measured, too.
    pub show: bool,
    /// The containers stay.
    pub keep: bool,
}

/// What happens, for whoever shows it.
#[derive(Debug, Clone)]
pub enum Event {
    /// A stage begins.
    Stage(Message),
    /// A check begins: its number, of how many, its id.
    Check(usize, usize, String),
    /// Something that the user should keep.
    Note(Message),
}

/// Hears what happens.
pub type Tell<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// What came of a job.
pub struct Outcomes {
    /// The grade.
    pub grade: Grade,
    /// The end of each service's log.
    pub logs: Vec<(String, String)>,
}

/// Grades one submission. Whatever happens, there is a grade, and nothing is left in the engine.
pub async fn grade(job: &Job<'_>, supervisor: &Supervisor, tell: Tell<'_>) -> Outcomes {
    let began = Instant::now();
    let mut grade = blank(job);
    tell(Event::Stage(message!("stage-intake")));
    let taken = take_in(job).await;
    grade.timings.intake = millis(began);
    let submission = match taken {
        Ok(submission) => submission,
        Err(outcome) => {
            grade.outcome = outcome;
            return Outcomes {
                grade,
                logs: Vec::new(),
            };
        }
    };
    grade.digest.clone_from(&submission.digest);
    grade.notes.clone_from(&submission.dropped);

    let mut logs = Vec::new();
    for attempt in 1..=ATTEMPTS {
        // Without an engine or its images a second attempt would say the same.
        let stage = match stage::begin(job, supervisor).await {
            Ok(stage) => stage,
            Err(broken) => {
                grade.outcome = regrade(broken);
                break;
            }
        };
        let (tried, said) = attempt_once(
            job,
            &submission,
            grade.clone(),
            &stage,
            supervisor,
            tell,
            attempt,
        )
        .await;
        logs = said;
        let again = tried.is_broken() && attempt < ATTEMPTS && !supervisor.is_cancelled();
        if !again {
            grade = tried;
            break;
        }
        tell(Event::Note(message!(
            "stage-again",
            reason = broken_reason(&tried)
        )));
    }
    Outcomes { grade, logs }
}

/// One attempt, in an environment of its own.
async fn attempt_once(
    job: &Job<'_>,
    submission: &Submission,
    mut grade: Grade,
    stage: &Stage,
    supervisor: &Supervisor,
    tell: Tell<'_>,
    attempt: u32,
) -> (Grade, Vec<(String, String)>) {
    grade.versions.extend(stage.versions.clone());

    let mut logs = Vec::new();
    let timeline = Timeline::default();
    let began = Instant::now();
    let work = async {
        tell(Event::Stage(message!("stage-start")));
        let bench = match stage.start(job).await {
            Ok(bench) => bench,
            Err(broken) => {
                grade.outcome = regrade(broken);
                return;
            }
        };
        grade.timings.start = millis(began);
        let notebook = Notebook::default();
        let files = Files::new(&submission.root);
        let machine = job.lab.spec.machine.iter();
        let machine = machine
            .map(|(name, number)| (name.clone(), number.value()))
            .collect();
        let checking = Instant::now();
        let cx = Context {
            bench: &bench,
            files: &files,
            workload: job.lab.workload.as_ref(),
            machine: &machine,
            seed: job.seed,
            notebook: &notebook,
            timeline: &timeline,
        };
        checks::run_all(job, &cx, &mut grade.checks, supervisor, attempt, tell).await;
        grade.shown = checks::show_all(job, &cx, &grade.checks, supervisor, tell).await;
        grade.timings.checks = millis(checking);
        grade.outcome = Outcome::Graded;
        logs = stage::logs(job, &bench).await;
        if job.keep {
            for address in bench.connection_strings(job.lab) {
                tell(Event::Note(message!("stage-kept", address = address)));
            }
        }
    };
    let finished = tokio::select! {
        () = supervisor.cancelled() => Err(Outcome::Interrupted),
        done = tokio::time::timeout(job.lab.spec.deadline, work) => {
            done.map_err(|_| regrade(message!("broken-deadline", seconds = job.lab.spec.deadline.as_secs()).into()))
        }
    };
    if let Err(outcome) = finished {
        grade.outcome = outcome;
    }
    grade.timings.waiting = timeline.waited();

    tell(Event::Stage(message!("stage-teardown")));
    let leaving = Instant::now();
    if let Err(broken) = stage.end(job, supervisor).await {
        tell(Event::Note(message!(
            "stage-leftovers",
            error = broken.to_string()
        )));
    }
    grade.timings.teardown = millis(leaving);
    settle(&mut grade);
    (grade, logs)
}

/// Takes the submission in, away from the runtime's threads.
async fn take_in(job: &Job<'_>) -> Result<Submission, Outcome> {
    let (path, student) = (job.submission.clone(), job.student.clone());
    let rules = job.lab.spec.intake_rules();
    let taken = tokio::task::spawn_blocking(move || {
        intake::take(&path, &student, &rules, &intake::Limits::default())
    })
    .await;
    match taken {
        Ok(Ok(submission)) => Ok(submission),
        Ok(Err(IntakeError::Rejected(rejection))) => Err(Outcome::Rejected {
            reason: rejection.message(),
        }),
        Ok(Err(IntakeError::Usage(reason))) => Err(Outcome::Rejected { reason }),
        Ok(Err(IntakeError::Io(broken))) => Err(regrade(broken)),
        Err(panic) => Err(regrade(Broken::because(message!("broken-intake"), panic))),
    }
}

/// A grade in which nothing has been looked at: every check is skipped.
fn blank(job: &Job<'_>) -> Grade {
    let checks: Vec<CheckResult> = checks::selected(&job.lab.spec, &job.only)
        .into_iter()
        .map(|check| CheckResult {
            id: check.id.get_ref().clone(),
            title: check.title.clone(),
            points: Points::whole(*check.points.get_ref()),
            earned: Points::default(),
            verdict: Verdict::Skipped {
                reason: message!("skipped-not-reached"),
            },
            attempts: 0,
            millis: 0,
            hint: check.hint.clone(),
            lesson: job.lab.spec.lessons[check.lesson.get_ref()].clone(),
            hidden: check.hidden,
        })
        .collect();
    Grade {
        format: FORMAT,
        student: job.student.clone(),
        lab: job.lab.spec.id.get_ref().clone(),
        lab_title: job.lab.spec.title.clone(),
        digest: String::new(),
        seed: job.seed,
        outcome: Outcome::Interrupted,
        notes: Vec::new(),
        max: checks.iter().map(|check| check.points).sum(),
        checks,
        shown: Vec::new(),
        earned: Points::default(),
        began: jiff::Timestamp::now()
            .round(jiff::Unit::Second)
            .unwrap_or_default()
            .to_string(),
        timings: Timings::default(),
        versions: [
            ("labgrade".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("lab".to_owned(), job.lab.digest.clone()),
        ]
        .into(),
    }
}

/// Adds up, and makes a broken check the whole grade's matter.
fn settle(grade: &mut Grade) {
    grade.earned = grade.checks.iter().map(|check| check.earned).sum();
    if grade.outcome == Outcome::Graded
        && let Some(broken) = grade.checks.iter().find_map(|check| match &check.verdict {
            Verdict::Broken { cause } => Some(cause.clone()),
            _ => None,
        })
    {
        grade.outcome = regrade(broken);
    }
}

fn regrade(broken: Broken) -> Outcome {
    let mut reason = broken.message;
    if let Some(detail) = broken.detail {
        reason.args.insert("detail".into(), detail.into());
    }
    Outcome::Regrade { reason }
}

fn broken_reason(grade: &Grade) -> String {
    match &grade.outcome {
        Outcome::Regrade { reason } => reason.key.clone(),
        _ => String::new(),
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
