//! Runs a lab's checks in their order, and turns what they say into results.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use labgrade_checkers::context::Context;
use labgrade_checkers::kinds::Run;
use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::{Broken, Verdict};

use serde_spanned::Spanned;

use super::{Event, Job, Tell};
use crate::grade::{CheckResult, Shown};
use crate::score;
use crate::spec::{CheckSpec, LabSpec};
use crate::supervisor::Supervisor;

/// The checks to run: all, or those that are named and what they need.
pub(super) fn selected<'a>(lab: &'a LabSpec, only: &[String]) -> Vec<&'a CheckSpec> {
    let mut wanted: BTreeSet<&str> = only.iter().map(String::as_str).collect();
    loop {
        let more: Vec<&str> = lab
            .checks
            .iter()
            .filter(|check| wanted.contains(check.id.get_ref().as_str()))
            .flat_map(|check| {
                let of = check.when.iter().flat_map(|when| &when.of);
                check
                    .needs
                    .iter()
                    .chain(&check.after)
                    .chain(of)
                    .map(|id| id.get_ref().as_str())
            })
            .filter(|id| !wanted.contains(id))
            .collect();
        if more.is_empty() {
            break;
        }
        wanted.extend(more);
    }
    lab.checks
        .iter()
        .filter(|check| only.is_empty() || wanted.contains(check.id.get_ref().as_str()))
        .collect()
}

/// Runs them all. `results` has a place for each, and keeps what is known if this is cut short.
pub(super) async fn run_all(
    job: &Job<'_>,
    cx: &Context<'_>,
    results: &mut [CheckResult],
    supervisor: &Supervisor,
    attempt: u32,
    tell: Tell<'_>,
) {
    let checks = selected(&job.lab.spec, &job.only);
    let count = checks.len();
    for (index, check) in checks.into_iter().enumerate() {
        let began = Instant::now();
        tell(Event::Check(index + 1, count, check.id.get_ref().clone()));
        let verdict = match blocked(check, results, &job.bypass) {
            Some(reason) => Verdict::Skipped { reason },
            None => {
                let _place = supervisor.place(check.exclusive).await;
                run_one(check.id.get_ref(), check.run.get_ref(), check.deadline, cx).await
            }
        };
        let result = &mut results[index];
        result.attempts = attempt;
        result.millis = super::millis(began);
        result.earned = score::earned(*check.points.get_ref(), &verdict);
        result.verdict = verdict;
    }
}

/// Measures what is only shown, after all checks; alone, as what is measured in time must be.
/// Whatever comes of it, no check has another verdict for it.
pub(super) async fn show_all(
    job: &Job<'_>,
    cx: &Context<'_>,
    results: &[CheckResult],
    supervisor: &Supervisor,
    tell: Tell<'_>,
) -> Vec<Shown> {
    let mut shown = Vec::new();
    if !job.only.is_empty() || !job.show {
        return shown;
    }
    for spec in &job.lab.spec.shown {
        let began = Instant::now();
        let id = spec.id.get_ref();
        tell(Event::Stage(message!("stage-shown", what = id)));
        let verdict = match unmet(&spec.needs, results, &job.bypass) {
            Some(reason) => Verdict::Skipped { reason },
            None => {
                let _place = supervisor.place(true).await;
                run_one(id, spec.run.get_ref(), spec.deadline, cx).await
            }
        };
        shown.push(Shown {
            id: id.clone(),
            title: spec.title.clone(),
            hint: spec.hint.clone(),
            verdict,
            millis: super::millis(began),
        });
    }
    shown
}

/// One check, within its deadline. A panic of ours is no verdict.
async fn run_one(id: &str, run: &Run, deadline: Duration, cx: &Context<'_>) -> Verdict {
    let run = AssertUnwindSafe(run.run(cx)).catch_unwind();
    let cause = match tokio::time::timeout(deadline, run).await {
        Ok(Ok(Ok(verdict))) => return verdict,
        Ok(Ok(Err(broken))) => broken,
        Ok(Err(_)) => Broken::from(message!("broken-panic", check = id)),
        Err(_) => Broken::from(message!(
            "broken-check-deadline",
            check = id,
            seconds = deadline.as_secs(),
        )),
    };
    Verdict::Broken { cause }
}

/// Which of the checks that must have passed has not.
fn unmet(needs: &[Spanned<String>], results: &[CheckResult], bypass: &[String]) -> Option<Message> {
    needs.iter().map(Spanned::get_ref).find_map(|need| {
        let result = results.iter().find(|result| &result.id == need);
        let passed = result.is_some_and(|it| matches!(it.verdict, Verdict::Passed { .. }));
        (!passed && !bypass.contains(need)).then(|| message!("skipped-needs", check = need))
    })
}

/// Why a check cannot run, if it cannot.
fn blocked(check: &CheckSpec, results: &[CheckResult], bypass: &[String]) -> Option<Message> {
    let of = |id: &str| results.iter().find(|result| result.id == id);
    if let Some(reason) = unmet(&check.needs, results, bypass) {
        return Some(reason);
    }
    let when = check.when.as_ref()?;
    let enough = when
        .of
        .iter()
        .filter(|id| {
            of(id.get_ref()).is_some_and(|result| result.verdict.share().hundredths() >= when.share)
        })
        .count();
    (enough < when.at_least).then(|| {
        message!(
            "skipped-when",
            at_least = when.at_least,
            of = when.of.len(),
            share = when.share,
            enough = enough,
        )
    })
}
