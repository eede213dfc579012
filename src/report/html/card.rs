//! A check as a card of the page, and what was not run as a list.

use labgrade_checkers::message;
use labgrade_checkers::verdict;
use serde::Serialize;

use super::drawn::{Drawn, drawn};
use crate::grade::{CheckResult, Grade, Points};
use crate::report::place::{self, place};
use crate::report::told::Told;
use crate::text::Catalogue;

/// The most columns of a line of the submission; longer ones are cut around the caret.
const COLUMNS: usize = 240;

/// Checks that were not run for one reason.
#[derive(Serialize)]
pub(super) struct Idle {
    kind: &'static str,
    word: String,
    reason: String,
    checks: Vec<IdleCheck>,
}

#[derive(Serialize)]
struct IdleCheck {
    anchor: String,
    id: String,
    title: String,
    points: String,
}

/// One check.
#[derive(Serialize)]
pub(super) struct Card {
    anchor: String,
    id: String,
    title: String,
    kind: &'static str,
    word: String,
    points: String,
    open: bool,
    message: String,
    expected: Option<String>,
    observed: Option<String>,
    excerpt: Option<Excerpt>,
    repeat: Option<String>,
    details: Vec<String>,
    drawn: Drawn,
    hint: Option<String>,
    lesson: String,
    millis: String,
}

#[derive(Serialize)]
struct Excerpt {
    name: Option<String>,
    lines: Vec<Line>,
    more: usize,
    /// Whether its lines have numbers.
    numbered: bool,
}

#[derive(Serialize)]
struct Line {
    number: String,
    text: String,
    caret: Option<String>,
}

/// The name of a check's card: its id, or its number where the id is no plain word.
pub(super) fn anchor(grade: &Grade, check: &CheckResult) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let alone = grade
        .checks
        .iter()
        .filter(|other| other.id == check.id)
        .count()
        == 1;
    if alone && !check.id.is_empty() && check.id.chars().all(plain) {
        return format!("check-{}", check.id);
    }
    let number = grade
        .checks
        .iter()
        .position(|other| std::ptr::eq(other, check));
    format!("check.{}", number.unwrap_or_default() + 1)
}

/// What it earned of what it could.
pub(super) fn points(check: &CheckResult, catalogue: &Catalogue) -> String {
    if check.points == Points::default() {
        return catalogue.get("report-gate");
    }
    catalogue.render(&message!(
        "report-points",
        earned = catalogue.points(check.earned),
        max = catalogue.points(check.points)
    ))
}

/// A check that was looked at.
pub(super) fn card(grade: &Grade, told: &Told<'_>, catalogue: &Catalogue) -> Card {
    let drawn = drawn(told.evidence, catalogue);
    // A query to repeat stands above its plan already.
    let excerpt = told
        .excerpt
        .filter(|excerpt| excerpt.file.is_some() || drawn.plans.is_empty());
    Card {
        anchor: anchor(grade, told.check),
        id: told.id.clone(),
        title: told.title.clone(),
        kind: told.kind.name(),
        word: told.kind.word(catalogue),
        points: points(told.check, catalogue),
        open: told.kind.is_open(),
        message: told.message.clone(),
        expected: told.expected.clone(),
        observed: told.observed.clone(),
        excerpt: excerpt.map(lines),
        repeat: told.repeat.clone(),
        details: told.details.clone(),
        drawn,
        hint: told.hint.clone(),
        lesson: told.lesson.clone(),
        millis: catalogue.millis(told.check.millis),
    }
}

/// What was not looked at, by its reason.
pub(super) fn idle(grade: &Grade, told: &[Told<'_>], catalogue: &Catalogue) -> Vec<Idle> {
    let mut groups: Vec<Idle> = Vec::new();
    for told in told.iter().filter(|told| told.kind.is_idle()) {
        let check = IdleCheck {
            anchor: anchor(grade, told.check),
            id: told.id.clone(),
            title: told.title.clone(),
            points: points(told.check, catalogue),
        };
        let same =
            |group: &&mut Idle| group.kind == told.kind.name() && group.reason == told.message;
        match groups.iter_mut().find(same) {
            Some(group) => group.checks.push(check),
            None => groups.push(Idle {
                kind: told.kind.name(),
                word: told.kind.word(catalogue),
                reason: told.message.clone(),
                checks: vec![check],
            }),
        }
    }
    groups
}

fn lines(excerpt: &verdict::Excerpt) -> Excerpt {
    let place = place(excerpt, COLUMNS);
    let line = |line: place::Line| Line {
        number: line
            .number
            .map_or_else(String::new, |number| number.to_string()),
        text: line.text,
        caret: line.caret.map(|caret| format!("{}^", " ".repeat(caret))),
    };
    Excerpt {
        name: place.name,
        numbered: place.lines.iter().any(|line| line.number.is_some()),
        lines: place.lines.into_iter().map(line).collect(),
        more: place.more,
    }
}
