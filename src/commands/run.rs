//! What `check` and `grade` share: one submission graded, shown, and written down.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use labgrade_checkers::message;

use super::{Session, absolute, say};
use crate::cli::Running;
use crate::error::{Exit, Failure};
use crate::grade::{Grade, Outcome};
use crate::output;
use crate::pipeline::{self, Job};
use crate::progress::Progress;
use crate::report::terminal;

/// Grades, prints, writes the reports into `out`, and gives the exit code.
pub(super) async fn grade(
    session: &Session,
    job: &Job<'_>,
    out: &Path,
    running: &Running,
) -> Result<Exit, Failure> {
    let known: Vec<&String> = job
        .lab
        .spec
        .checks
        .iter()
        .map(|check| check.id.get_ref())
        .collect();
    if let Some(unknown) = job.only.iter().find(|id| !known.contains(id)) {
        let names = known.iter().map(|id| id.as_str());
        let meant = crate::spec::mistake::closest(unknown, names).unwrap_or("none");
        let checks = known
            .iter()
            .map(|id| id.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Failure::Usage(message!(
            "usage-no-check",
            check = unknown,
            meant = meant,
            checks = checks
        )));
    }
    if !job.submission.exists() {
        let path = job.submission.display().to_string();
        return Err(Failure::Usage(message!("usage-no-submission", path = path)));
    }
    // Before anything runs: a folder that cannot be written is known now, not in a minute.
    output::prepare(out).map_err(|error| {
        message!(
            "usage-write",
            path = out.display().to_string(),
            error = error.to_string()
        )
    })?;

    let progress = Arc::new(Progress::new(&session.catalogue));
    let showing = Arc::clone(&progress);
    let outcomes = pipeline::grade(job, &session.supervisor, &move |event| {
        showing.event(&event)
    })
    .await;
    progress.done();

    output::write(out, &outcomes, &session.catalogue).map_err(|error| {
        message!(
            "usage-write",
            path = out.display().to_string(),
            error = error.to_string()
        )
    })?;
    let grade = &outcomes.grade;
    if session.json {
        say(crate::report::json::grade_json(grade).trim_end());
    } else {
        let terminal = console::Term::stdout();
        let screen = terminal::Screen {
            colour: console::colors_enabled(),
            width: usize::from(terminal.size().1).clamp(60, 110),
        };
        let out = absolute(out);
        let reports = [out.join("report.html"), out.join("junit.xml")];
        let reports: Vec<&Path> = reports.iter().map(PathBuf::as_path).collect();
        say(terminal::grade_terminal(grade, &session.catalogue, screen, &reports).trim_end());
        if running.timings {
            say(&format!(
                "\n{}",
                terminal::timings(grade, &session.catalogue, screen).trim_end()
            ));
        }
    }
    Ok(exit(grade))
}

/// The exit code of a grade.
pub(super) fn exit(grade: &Grade) -> Exit {
    match &grade.outcome {
        Outcome::Rejected { .. } => Exit::Rejected,
        Outcome::Regrade { .. } => Exit::Infrastructure,
        Outcome::Interrupted => Exit::Interrupted,
        Outcome::Graded if grade.passed() => Exit::Passed,
        Outcome::Graded => Exit::Failed,
    }
}
