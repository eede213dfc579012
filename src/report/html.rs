//! The grade as one page: no script, nothing from outside, light and dark, for a laptop, a phone
//! and paper. `templates/report/grade.html` is its form, this its content; all of it is escaped by
//! the template engine.

mod chart;
mod plan;

use labgrade_checkers::message;
use labgrade_checkers::verdict::{Series, Unit};
use minijinja::{Environment, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::Serialize;

use self::chart::Chart;
use self::plan::Plan;
use super::place::place;
use super::told::{self, Kind, Told};
use crate::grade::{CheckResult, Grade, Outcome, Points};
use crate::text::Catalogue;

/// The most columns of a line of the submission; longer ones are cut around the caret.
const COLUMNS: usize = 240;

#[derive(RustEmbed)]
#[folder = "templates/report/"]
#[include = "grade.html"]
#[include = "grade.css"]
struct Templates;

#[derive(Serialize)]
struct Page {
    lang: &'static str,
    lab: String,
    lab_title: String,
    student: String,
    began: Option<String>,
    outcome: &'static str,
    outcome_title: String,
    outcome_means: String,
    why: Option<String>,
    detail: Option<String>,
    notes: Vec<String>,
    score: Option<Score>,
    segments: Vec<Segment>,
    tally: Vec<Tally>,
    charts: Vec<Chart>,
    checks: Vec<Card>,
    facts: Vec<(String, String)>,
    repeat: String,
}

#[derive(Serialize)]
struct Score {
    earned: String,
    of: String,
    whole: String,
}

/// One check of the bar under the score.
#[derive(Serialize)]
struct Segment {
    anchor: String,
    kind: &'static str,
    label: String,
    points: u32,
    share: u8,
}

#[derive(Serialize)]
struct Tally {
    kind: &'static str,
    word: String,
    count: usize,
}

#[derive(Serialize)]
struct Card {
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
    details: Vec<String>,
    plans: Vec<Plan>,
    hint: Option<String>,
    lesson: String,
    millis: String,
}

#[derive(Serialize)]
struct Excerpt {
    name: Option<String>,
    lines: Vec<Line>,
    more: usize,
}

#[derive(Serialize)]
struct Line {
    number: String,
    text: String,
    caret: Option<String>,
}

/// The page.
#[must_use]
pub fn grade_html(grade: &Grade, catalogue: &Catalogue) -> String {
    let page = page(grade, catalogue);
    let source = |name| {
        let file = Templates::get(name).expect("both templates are compiled in");
        String::from_utf8_lossy(&file.data).into_owned()
    };
    let (form, style) = (source("grade.html"), source("grade.css"));
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let words = Catalogue::new(catalogue.lang());
    environment.add_function("t", move |key: &str| words.get(key));
    for (name, source) in [("grade.html", &form), ("grade.css", &style)] {
        let added = environment.add_template(name, source);
        added.expect("the templates are well-formed: a test renders them");
    }
    environment
        .get_template("grade.html")
        .and_then(|template| template.render(&page))
        .expect("the page has every field of its template: a test renders each part")
}

fn page(grade: &Grade, catalogue: &Catalogue) -> Page {
    let outcome = told::outcome(grade);
    let (why, detail) = told::trouble(grade, catalogue).unzip();
    let urgent = told::by_urgency(grade, catalogue);
    let in_order: Vec<Told<'_>> = grade
        .checks
        .iter()
        .map(|check| told::check(check, catalogue))
        .collect();
    let score = matches!(grade.outcome, Outcome::Graded).then(|| Score {
        earned: catalogue.points(grade.earned),
        of: catalogue.render(&message!("report-of-points", max = catalogue.points(grade.max))),
        whole: catalogue.render(&message!(
            "report-score",
            earned = catalogue.points(grade.earned),
            max = catalogue.points(grade.max)
        )),
    });
    Page {
        lang: catalogue.lang().tag(),
        lab: told::line(&grade.lab),
        lab_title: told::line(catalogue.text(&grade.lab_title)),
        student: told::line(&grade.student),
        began: began(grade, catalogue),
        outcome,
        outcome_title: catalogue.get(&format!("report-outcome-{outcome}")),
        outcome_means: catalogue.get(&format!("report-outcome-{outcome}-means")),
        why,
        detail: detail.flatten(),
        notes: grade
            .notes
            .iter()
            .map(|note| told::clean(&catalogue.render(note)))
            .collect(),
        score,
        segments: in_order
            .iter()
            .map(|told| segment(grade, told, catalogue))
            .collect(),
        tally: tally(&urgent, catalogue),
        charts: [Unit::Blocks, Unit::Bytes]
            .into_iter()
            .filter_map(|unit| chart::chart(grade, &in_order, unit, catalogue))
            .collect(),
        checks: urgent
            .iter()
            .map(|told| card(grade, told, catalogue))
            .collect(),
        facts: facts(grade, catalogue),
        repeat: format!("labgrade check --seed {}", grade.seed.0),
    }
}

/// The name of a check's card: its id, or its number where the id is no plain word.
fn anchor(grade: &Grade, check: &CheckResult) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let alone = grade.checks.iter().filter(|other| other.id == check.id).count() == 1;
    if alone && !check.id.is_empty() && check.id.chars().all(plain) {
        return format!("check-{}", check.id);
    }
    let number = grade.checks.iter().position(|other| std::ptr::eq(other, check));
    format!("check.{}", number.unwrap_or_default() + 1)
}

fn points(check: &CheckResult, catalogue: &Catalogue) -> String {
    if check.points == Points::default() {
        return catalogue.get("report-gate");
    }
    catalogue.render(&message!(
        "report-points",
        earned = catalogue.points(check.earned),
        max = catalogue.points(check.points)
    ))
}

fn segment(grade: &Grade, told: &Told<'_>, catalogue: &Catalogue) -> Segment {
    let word = told.kind.word(catalogue);
    Segment {
        anchor: anchor(grade, told.check),
        kind: told.kind.name(),
        label: format!("{}: {word}, {}", told.title, points(told.check, catalogue)),
        points: told.check.points.in_hundredths().div_ceil(100),
        share: told.check.verdict.share().hundredths(),
    }
}

fn tally(told: &[Told<'_>], catalogue: &Catalogue) -> Vec<Tally> {
    let kinds = [
        Kind::Passed,
        Kind::Partial,
        Kind::Failed,
        Kind::Broken,
        Kind::Skipped,
        Kind::Pending,
    ];
    kinds
        .into_iter()
        .map(|kind| Tally {
            kind: kind.name(),
            word: kind.word(catalogue),
            count: told.iter().filter(|told| told.kind == kind).count(),
        })
        .filter(|tally| tally.count > 0)
        .collect()
}

fn card(grade: &Grade, told: &Told<'_>, catalogue: &Catalogue) -> Card {
    let series = told.evidence.iter().flat_map(|evidence| &evidence.series);
    let plans: Vec<Plan> = series
        .filter_map(|series| match series {
            Series::Plan { query, root } => Some(plan::plan(query, root, catalogue)),
            Series::Scale { .. } => None,
        })
        .collect();
    // A query to repeat stands above its plan already.
    let excerpt = told
        .excerpt
        .filter(|excerpt| excerpt.file.is_some() || plans.is_empty());
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
        details: told.details.clone(),
        plans,
        hint: told.hint.clone(),
        lesson: told.lesson.clone(),
        millis: catalogue.millis(told.check.millis),
    }
}

fn lines(excerpt: &labgrade_checkers::verdict::Excerpt) -> Excerpt {
    let place = place(excerpt, COLUMNS);
    let line = |line: super::place::Line| Line {
        number: line.number.map_or_else(String::new, |number| number.to_string()),
        text: line.text,
        caret: line.caret.map(|caret| format!("{}^", " ".repeat(caret))),
    };
    Excerpt {
        name: place.name,
        lines: place.lines.into_iter().map(line).collect(),
        more: place.more,
    }
}

/// When it began, as the language writes it.
fn began(grade: &Grade, catalogue: &Catalogue) -> Option<String> {
    let began: jiff::Timestamp = grade.began.parse().ok()?;
    Some(began.strftime(&catalogue.get("report-date-format")).to_string())
}

/// What it was graded with, and where the time went.
fn facts(grade: &Grade, catalogue: &Catalogue) -> Vec<(String, String)> {
    let mut facts = vec![(catalogue.get("report-seed"), grade.seed.0.to_string())];
    if !grade.digest.is_empty() {
        facts.push((catalogue.get("report-digest"), told::line(&grade.digest)));
    }
    let versions: Vec<String> = grade
        .versions
        .iter()
        .map(|(name, version)| told::line(&format!("{name} {version}")))
        .collect();
    facts.push((catalogue.get("report-versions"), versions.join(" · ")));
    let times: Vec<String> = told::stages(grade, catalogue)
        .into_iter()
        .map(|(name, millis)| format!("{name} {}", catalogue.millis(millis)))
        .collect();
    facts.push((catalogue.get("report-times"), times.join(" · ")));
    facts
}

#[cfg(test)]
mod tests;
