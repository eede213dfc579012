//! The grade as one page: no script, nothing from outside, light and dark, for a laptop, a phone
//! and paper. `templates/report/grade.html` is its form, this its content; all of it is escaped by
//! the template engine.

mod axis;
mod card;
mod chart;
mod course;
mod drawn;
mod lag;
mod latency;
mod load;
mod log;
mod nines;
mod plan;
mod ratio;
mod shown;

use labgrade_checkers::message;
use labgrade_checkers::verdict::Unit;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::Serialize;

use self::card::{Card, Idle, anchor, card, idle, points};
use self::chart::Chart;
use self::shown::Measured;
use super::told::{self, Kind, Told};
use crate::grade::{Grade, Outcome};
use crate::text::Catalogue;

#[derive(RustEmbed)]
#[folder = "templates/report/"]
#[include = "grade.html"]
#[include = "grade.css"]
#[include = "series.html"]
#[include = "series.css"]
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
    idle: Vec<Idle>,
    shown: Vec<Measured>,
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

/// The page.
#[must_use]
pub fn grade_html(grade: &Grade, catalogue: &Catalogue) -> String {
    let page = page(grade, catalogue);
    let source = |name: &str| {
        let file = Templates::get(name).expect("the templates are compiled in");
        String::from_utf8_lossy(&file.data).into_owned()
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .expect("the usual delimiters"),
    );
    let words = Catalogue::new(catalogue.lang());
    environment.add_function("t", move |key: &str| words.get(key));
    for name in ["grade.html", "grade.css", "series.html", "series.css"] {
        let added = environment.add_template_owned(name, source(name));
        added.expect("the templates are well-formed: a test renders them");
    }
    environment
        .get_template("grade.html")
        .and_then(|template| template.render(Serde(page)))
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
        of: catalogue.render(&message!(
            "report-of-points",
            max = catalogue.points(grade.max)
        )),
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
            .filter(|told| !told.kind.is_idle())
            .map(|told| card(grade, told, catalogue))
            .collect(),
        idle: idle(grade, &urgent, catalogue),
        shown: shown::shown(grade, catalogue),
        facts: facts(grade, catalogue),
        repeat: format!("labgrade check --seed {}", grade.seed.0),
    }
}

fn segment(grade: &Grade, told: &Told<'_>, catalogue: &Catalogue) -> Segment {
    let word = told.kind.word(catalogue);
    Segment {
        anchor: anchor(grade, told.check),
        kind: told.kind.name(),
        label: format!(
            "{} {}: {word}, {}",
            told.id,
            told.title,
            points(told.check, catalogue)
        ),
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

/// When it began, as the language writes it.
fn began(grade: &Grade, catalogue: &Catalogue) -> Option<String> {
    let began: jiff::Timestamp = grade.began.parse().ok()?;
    Some(
        began
            .strftime(&catalogue.get("report-date-format"))
            .to_string(),
    )
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
        .filter(|(_, millis)| *millis > 0)
        .map(|(name, millis)| format!("{name} {}", catalogue.millis(millis)))
        .collect();
    facts.push((catalogue.get("report-times"), times.join(" · ")));
    if let Some((waiting, share)) = told::waiting(grade) {
        let part = message!(
            "report-waiting-part",
            time = catalogue.millis(waiting),
            share = share
        );
        facts.push((
            catalogue.get("report-time-waiting"),
            catalogue.render(&part),
        ));
    }
    facts
}

#[cfg(test)]
mod tests;
