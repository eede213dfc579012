//! A grade in words: what the catalogues make of it, cleaned, before any format.
//!
//! What a hidden check saw is left out here, once, for all formats made for a student.

pub(super) mod course;
pub(super) mod latency;
pub(super) mod load;
pub(super) mod shown;

use std::cmp::Reverse;

use labgrade_checkers::message;
use labgrade_checkers::message::{Arg, Message, Tainted};
use labgrade_checkers::verdict::{Evidence, Excerpt, PlanNode, Series, Verdict};

use crate::grade::{CheckResult, Grade, Outcome, Points};
use crate::text::Catalogue;

/// A verdict without its evidence, in the order in which people look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Failed,
    Broken,
    Partial,
    Skipped,
    Pending,
    Passed,
}

impl Kind {
    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Passed { .. } => Self::Passed,
            Verdict::Partial { .. } => Self::Partial,
            Verdict::Failed { .. } => Self::Failed,
            Verdict::Skipped { .. } => Self::Skipped,
            Verdict::Broken { .. } => Self::Broken,
            Verdict::Pending { .. } => Self::Pending,
        }
    }

    /// The key of its word and of the class in a page.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Partial => "partial",
            Self::Skipped => "skipped",
            Self::Pending => "pending",
            Self::Passed => "passed",
        }
    }

    /// What it is called.
    pub(super) fn word(self, catalogue: &Catalogue) -> String {
        catalogue.get(&format!("report-verdict-{}", self.name()))
    }

    /// Whether there is something to do about it.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Failed | Self::Partial | Self::Broken)
    }

    /// Whether nothing was looked at.
    pub(super) fn is_idle(self) -> bool {
        matches!(self, Self::Skipped | Self::Pending)
    }
}

/// A check in words.
pub(super) struct Told<'a> {
    pub kind: Kind,
    pub id: String,
    pub title: String,
    /// What was seen, or why nothing was.
    pub message: String,
    pub expected: Option<String>,
    pub observed: Option<String>,
    pub excerpt: Option<&'a Excerpt>,
    pub details: Vec<String>,
    /// What was done and seen, in order.
    pub steps: Vec<course::Step>,
    /// What is worth saying of what is drawn, for where nothing is.
    pub pictured: Vec<String>,
    /// A command with which it can be seen again.
    pub repeat: Option<String>,
    /// What to try next, where there is something to do.
    pub hint: Option<String>,
    pub lesson: String,
    /// The check, for its numbers.
    pub check: &'a CheckResult,
    /// What may be shown of what was seen.
    pub evidence: Option<&'a Evidence>,
}

/// One check in words.
pub(super) fn check<'a>(check: &'a CheckResult, catalogue: &Catalogue) -> Told<'a> {
    let say = |message: &Message| clean(&catalogue.render(message));
    let kind = Kind::of(&check.verdict);
    let evidence = check.verdict.evidence().filter(|_| !check.hidden);
    let mut details: Vec<String> = evidence
        .iter()
        .flat_map(|evidence| &evidence.details)
        .map(say)
        .collect();
    let message = match &check.verdict {
        Verdict::Skipped { reason } | Verdict::Pending { reason } => say(reason),
        _ if check.hidden => catalogue.get("report-hidden"),
        Verdict::Broken { cause } => {
            details.extend(cause.detail.as_ref().map(|detail| clean(detail.as_str())));
            say(&cause.message)
        }
        Verdict::Passed { evidence }
        | Verdict::Partial { evidence, .. }
        | Verdict::Failed { evidence } => say(&evidence.message),
    };
    let hint = clean(catalogue.text(&check.hint));
    let wanted = kind.is_open() && kind != Kind::Broken && !hint.is_empty();
    Told {
        kind,
        id: line(&check.id),
        title: line(catalogue.text(&check.title)),
        message,
        expected: evidence
            .and_then(|evidence| evidence.expected.as_ref())
            .map(say),
        observed: evidence
            .and_then(|evidence| evidence.observed.as_ref())
            .map(say),
        excerpt: evidence.and_then(|evidence| evidence.excerpt.as_ref()),
        details,
        steps: evidence.map_or_else(Vec::new, |evidence| course::steps(evidence, catalogue)),
        pictured: evidence.map_or_else(Vec::new, |evidence| pictured(evidence, catalogue)),
        repeat: evidence
            .and_then(|evidence| evidence.repeat.as_ref())
            .map(|command| clean(command.as_str()))
            .filter(|command| !command.is_empty()),
        hint: wanted.then_some(hint),
        lesson: line(catalogue.text(&check.lesson)),
        check,
        evidence,
    }
}

/// Pictures in words: the first plan's costliest node, latencies, loads. Lag and ratios are in the
/// sentence of the check that draws them.
fn pictured(evidence: &Evidence, catalogue: &Catalogue) -> Vec<String> {
    let told = evidence.series.iter().filter_map(|series| match series {
        Series::Latency { judged, curves } => Some(latency::sentence(*judged, curves, catalogue)),
        Series::Load { moments } => Some(load::sentence(moments, catalogue)),
        _ => None,
    });
    costliest(evidence, catalogue)
        .into_iter()
        .chain(told.take(4))
        .collect()
}

/// Which node of the plan touches the most blocks itself.
fn costliest(evidence: &Evidence, catalogue: &Catalogue) -> Option<String> {
    let root = evidence.series.iter().find_map(|series| match series {
        Series::Plan { root, .. } => Some(root),
        _ => None,
    })?;
    // Of equals the first, which is the outermost.
    let node = root.walk().min_by_key(|node| Reverse(own_blocks(node)))?;
    let sentence = message!(
        "report-costliest",
        node = node_name(node),
        blocks = own_blocks(node),
        of = root.blocks
    );
    Some(clean(&catalogue.render(&sentence)))
}

/// Blocks that a node touches itself, without those below it.
pub(super) fn own_blocks(node: &PlanNode) -> u64 {
    node.children
        .iter()
        .fold(node.blocks, |own, child| own.saturating_sub(child.blocks))
}

/// As EXPLAIN writes it: `Index Scan using orders_idx on orders`.
pub(super) fn node_name(node: &PlanNode) -> String {
    let mut name = node.node.clone();
    if let Some(index) = &node.index {
        name.push_str(&format!(" using {index}"));
    }
    if let Some(relation) = &node.relation {
        name.push_str(&format!(" on {relation}"));
    }
    line(&name)
}

/// Which of the stages the checks are.
pub(super) const CHECKS: usize = 2;

/// The stages of the run with their milliseconds, the sum last.
pub(super) fn stages(grade: &Grade, catalogue: &Catalogue) -> [(String, u64); 5] {
    let timings = &grade.timings;
    [
        (catalogue.get("report-time-intake"), timings.intake),
        (catalogue.get("report-time-start"), timings.start),
        (catalogue.get("report-time-checks"), timings.checks),
        (catalogue.get("report-time-teardown"), timings.teardown),
        (catalogue.get("report-time-total"), timings.total()),
    ]
}

/// The part of the checks' time in which nothing was done but waiting: milliseconds, and hundredths
/// of that time; none if nothing was waited for.
pub(super) fn waiting(grade: &Grade) -> Option<(u64, u64)> {
    let (waiting, checks) = (grade.timings.waiting, grade.timings.checks);
    let share = (u128::from(waiting) * 100 + u128::from(checks / 2)).checked_div(checks.into())?;
    // Checks may wait for two things at once.
    let share = u64::try_from(share).map_or(100, |share| share.min(100));
    (waiting > 0).then_some((waiting, share))
}

/// All checks in words, what failed first; within a kind the dearest first, then the lab's order.
pub(super) fn by_urgency<'a>(grade: &'a Grade, catalogue: &Catalogue) -> Vec<Told<'a>> {
    let mut told: Vec<_> = grade
        .checks
        .iter()
        .map(|result| check(result, catalogue))
        .collect();
    let again = matches!(grade.outcome, Outcome::Regrade { .. });
    told.sort_by_key(|told| {
        let lost = told
            .check
            .points
            .in_hundredths()
            .saturating_sub(told.check.earned.in_hundredths());
        // A gate that failed holds up everything else.
        let gate = told.kind == Kind::Failed && told.check.points == Points::default();
        (
            !(again && told.kind == Kind::Broken),
            told.kind,
            told.check.hidden,
            !gate,
            Reverse(if told.kind.is_open() { lost } else { 0 }),
        )
    });
    told
}

/// Why there is no grade, where there is none: what happened, and the words of what refused.
pub(super) fn trouble(grade: &Grade, catalogue: &Catalogue) -> Option<(String, Option<String>)> {
    let reason = match &grade.outcome {
        Outcome::Graded => return None,
        Outcome::Rejected { reason } | Outcome::Regrade { reason } => reason,
        Outcome::Interrupted => {
            return Some((catalogue.get("report-outcome-interrupted-what"), None));
        }
    };
    // The words of what refused may quote what a hidden check asked.
    let secret = grade
        .checks
        .iter()
        .any(|check| check.hidden && Kind::of(&check.verdict) == Kind::Broken);
    let detail = match (&grade.outcome, reason.args.get("detail")) {
        (Outcome::Regrade { .. }, Some(Arg::Text(text))) if !secret => Some(clean(text.as_str())),
        _ => None,
    };
    let why = clean(&catalogue.render(reason));
    Some((why, detail.filter(|text| !text.is_empty())))
}

/// The key part of an outcome.
pub(super) fn outcome(grade: &Grade) -> &'static str {
    match grade.outcome {
        Outcome::Graded => "graded",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Regrade { .. } => "regrade",
        Outcome::Interrupted => "interrupted",
    }
}

/// The one command to try next; none if there is nothing left to do.
pub(super) fn next_command(grade: &Grade, catalogue: &Catalogue) -> Option<String> {
    match grade.outcome {
        Outcome::Rejected { .. } | Outcome::Interrupted => {
            return Some("labgrade check".to_owned());
        }
        Outcome::Regrade { .. } => return Some("labgrade doctor".to_owned()),
        Outcome::Graded => {}
    }
    let first = by_urgency(grade, catalogue)
        .into_iter()
        .find(|told| told.kind.is_open() && !told.check.hidden)?;
    Some(format!(
        "labgrade check --only {} --seed {}",
        first.id, grade.seed.0
    ))
}

/// Text in which nothing can hurt a sink that escapes it.
pub(super) fn clean(text: &str) -> String {
    Tainted::new(text).as_str().trim_end().to_owned()
}

/// The same, in one line.
pub(super) fn line(text: &str) -> String {
    let text = Tainted::bounded(text, 500);
    text.as_str()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::text::Lang;

    #[test]
    fn what_failed_comes_first_and_what_is_hidden_stays_so() {
        let catalogue = Catalogue::new(Lang::En);
        let grade = sample::mixed();
        let told = by_urgency(&grade, &catalogue);
        assert!(told.is_sorted_by_key(|told| told.kind));
        let hidden = told
            .iter()
            .find(|told| told.check.hidden)
            .expect("a hidden check");
        assert!(hidden.evidence.is_none() && hidden.excerpt.is_none() && hidden.details.is_empty());
        assert!(!hidden.message.contains("q4"), "{}", hidden.message);
        assert_eq!(
            next_command(&grade, &catalogue).as_deref(),
            Some("labgrade check --only q4 --seed 4815162342")
        );
    }
}
