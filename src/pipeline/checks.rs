//! Runs a lab's checks in their order, and turns what they say into results.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt;
use labgrade_checkers::context::Context;
use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::{Broken, Verdict};

use super::{Event, Job, Tell};
use crate::grade::CheckResult;
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
                check.needs.iter().chain(of).map(|id| id.get_ref().as_str())
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
                run_one(check, cx).await
            }
        };
        let result = &mut results[index];
        result.attempts = attempt;
        result.millis = super::millis(began);
        result.earned = score::earned(*check.points.get_ref(), &verdict);
        result.verdict = verdict;
    }
}

/// One check, within its deadline. A panic of ours is no verdict.
async fn run_one(check: &CheckSpec, cx: &Context<'_>) -> Verdict {
    let run = AssertUnwindSafe(check.run.get_ref().run(cx)).catch_unwind();
    let cause = match tokio::time::timeout(check.deadline, run).await {
        Ok(Ok(Ok(verdict))) => return verdict,
        Ok(Ok(Err(broken))) => broken,
        Ok(Err(_)) => Broken::from(message!("broken-panic", check = check.id.get_ref())),
        Err(_) => Broken::from(message!(
            "broken-check-deadline",
            check = check.id.get_ref(),
            seconds = check.deadline.as_secs(),
        )),
    };
    Verdict::Broken { cause }
}

/// Why a check cannot run, if it cannot.
fn blocked(check: &CheckSpec, results: &[CheckResult], bypass: &[String]) -> Option<Message> {
    let of = |id: &str| results.iter().find(|result| result.id == id);
    for need in &check.needs {
        let need = need.get_ref();
        let passed =
            of(need).is_some_and(|result| matches!(result.verdict, Verdict::Passed { .. }));
        if !passed && !bypass.contains(need) {
            return Some(message!("skipped-needs", check = need));
        }
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
