//! A grade for the terminal: what failed first, what was seen against what was expected, the place,
//! the hint, and the one command to try next.

mod command;
mod page;
mod steps;

use std::path::Path;

use console::Style;
use labgrade_checkers::message;

use self::page::Page;
use super::place::place;
use super::told::{self, Kind, Told};
use crate::grade::{Grade, Outcome};
use crate::text::Catalogue;

/// What the text is for.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// It may have colours.
    pub colour: bool,
    /// Its columns.
    pub width: usize,
}

/// A grade, and where its reports were written.
#[must_use]
pub fn grade_terminal(
    grade: &Grade,
    catalogue: &Catalogue,
    screen: Screen,
    reports: &[&Path],
) -> String {
    let mut page = Page::new(screen);
    header(&mut page, grade, catalogue);
    let told = told::by_urgency(grade, catalogue);
    for told in told.iter().filter(|told| told.kind.is_open()) {
        open_check(&mut page, told, catalogue);
    }
    collapsed(&mut page, &told, catalogue);
    shown(&mut page, grade, catalogue);
    footer(&mut page, grade, catalogue, reports);
    page.finish()
}

fn header(page: &mut Page, grade: &Grade, catalogue: &Catalogue) {
    let title = format!(
        "{}  {}",
        told::line(&grade.lab),
        told::line(catalogue.text(&grade.lab_title))
    );
    page.line(0, &page.bold(&title));
    page.line(0, &told::line(&grade.student));
    for note in &grade.notes {
        page.text(0, &page.dim(&told::clean(&catalogue.render(note))));
    }
    page.gap();
    if grade.outcome == Outcome::Graded {
        let score = catalogue.render(&message!(
            "report-score",
            earned = catalogue.points(grade.earned),
            max = catalogue.points(grade.max)
        ));
        let bar = page.bar(grade.earned.in_hundredths(), grade.max.in_hundredths());
        page.line(0, &format!("{bar}  {}", page.bold(&score)));
        page.gap();
        return;
    }
    let name = told::outcome(grade);
    let style = match grade.outcome {
        Outcome::Rejected { .. } => Style::new().red().bold(),
        _ => Style::new().magenta().bold(),
    };
    page.text(
        0,
        &page.styled(style, &catalogue.get(&format!("report-outcome-{name}"))),
    );
    if let Some((why, detail)) = told::trouble(grade, catalogue) {
        page.text(2, &why);
        if let Some(detail) = detail {
            page.text(2, &page.dim(&detail));
        }
    }
    page.text(2, &catalogue.get(&format!("report-outcome-{name}-means")));
    page.gap();
}

fn open_check(page: &mut Page, told: &Told<'_>, catalogue: &Catalogue) {
    let style = page::style(told.kind);
    let head = format!("{} {}", page::mark(told.kind), told.id);
    let points = points(told, catalogue);
    page.row(
        &page.styled(style.bold(), &head),
        &page.bold(&told.title),
        &page.dim(&points),
    );
    page.text(4, &told.message);
    if let (Some(expected), Some(observed)) = (&told.expected, &told.observed) {
        let (wanted, got) = (
            catalogue.get("report-expected"),
            catalogue.get("report-observed"),
        );
        let wide = wanted.chars().count().max(got.chars().count());
        page.text_after(&page.dim(&format!("    {wanted:<wide$}  ")), expected);
        page.text_after(&page.dim(&format!("    {got:<wide$}  ")), observed);
    }
    for detail in told.details.iter().take(20) {
        page.text_after("    • ", detail);
    }
    if told.details.len() > 20 {
        page.line(4, &format!("… +{}", told.details.len() - 20));
    }
    if let Some(repeat) = &told.repeat {
        page.line(4, &page.dim(&catalogue.get("report-repeat")));
        command::command(page, 6, repeat);
    }
    excerpt(page, told);
    steps::steps(page, &told.steps, catalogue);
    for sentence in &told.pictured {
        page.text(4, sentence);
    }
    if let Some(hint) = &told.hint {
        let label = page.styled(Style::new().cyan(), &catalogue.get("report-hint"));
        page.text_after(&format!("    {label}  "), hint);
        page.text(
            4,
            &page.dim(&format!(
                "{}: {}",
                catalogue.get("report-lesson"),
                told.lesson
            )),
        );
    }
    page.gap();
}

/// The place in the file with its caret, or the query to repeat.
fn excerpt(page: &mut Page, told: &Told<'_>) {
    let Some(excerpt) = told.excerpt else {
        return;
    };
    let place = place(excerpt, page.width().saturating_sub(14));
    if let Some(name) = &place.name {
        page.line(4, &format!("{} {name}", page.dim("-->")));
    }
    for line in &place.lines {
        let number = line
            .number
            .map_or_else(String::new, |number| number.to_string());
        page.line(
            4,
            &format!("{} {}", page.dim(&format!("{number:>6} │")), line.text),
        );
        if let Some(caret) = line.caret {
            let caret = format!(
                "{}{}",
                " ".repeat(caret),
                page.styled(Style::new().red().bold(), "^")
            );
            page.line(4, &format!("{} {caret}", page.dim(&format!("{:>6} │", ""))));
        }
    }
    if place.more > 0 {
        page.line(4, &format!("{:>6} … +{}", "", place.more));
    }
}

/// What needs no reading: skipped with one reason in one line, passed in one paragraph.
fn collapsed(page: &mut Page, told: &[Told<'_>], catalogue: &Catalogue) {
    let mut reasons: Vec<(Kind, &str, Vec<&str>)> = Vec::new();
    for told in told.iter().filter(|told| !told.kind.is_open()) {
        let reason = match told.kind {
            Kind::Passed => "",
            _ => told.message.as_str(),
        };
        match reasons
            .iter_mut()
            .find(|(kind, known, _)| (*kind, *known) == (told.kind, reason))
        {
            Some((_, _, ids)) => ids.push(&told.id),
            None => reasons.push((told.kind, reason, vec![&told.id])),
        }
    }
    for (kind, reason, ids) in reasons {
        let head = format!("{} {}", page::mark(kind), kind.word(catalogue));
        let head = page.styled(page::style(kind), &head);
        page.text_after(&format!("{head}  "), &ids.join(", "));
        if !reason.is_empty() {
            page.text(2, &page.dim(reason));
        }
    }
    page.gap();
}

/// What was measured and earns nothing.
fn shown(page: &mut Page, grade: &Grade, catalogue: &Catalogue) {
    let figures = told::shown::figures(&grade.shown, catalogue);
    if figures.is_empty() {
        return;
    }
    page.text(0, &page.bold(&catalogue.get("report-shown")));
    for figure in figures {
        if figure.measured {
            let text = format!("{}  {}", figure.title, figure.message);
            page.text_after("  ", &text);
        } else {
            let none = format!("{}: {}", figure.title, catalogue.get("report-shown-none"));
            page.text_after("  ", &page.dim(&format!("{none}. {}", figure.message)));
        }
        for detail in figure.details.iter().take(5) {
            page.text_after("    • ", detail);
        }
    }
    page.gap();
}

fn footer(page: &mut Page, grade: &Grade, catalogue: &Catalogue, reports: &[&Path]) {
    match told::next_command(grade, catalogue) {
        Some(command) => {
            let command = page.styled(Style::new().cyan().bold(), &command);
            page.text_after(&format!("{}  ", catalogue.get("report-next")), &command);
        }
        None if grade.passed() => page.text(0, &catalogue.get("report-all-passed")),
        None => {}
    }
    let paths: Vec<String> = reports
        .iter()
        .map(|path| told::line(&path.to_string_lossy()))
        .collect();
    if let Some((first, rest)) = paths.split_first() {
        let label = format!("{}  ", catalogue.get("report-reports"));
        let indent = console::measure_text_width(&label);
        page.text_after(&page.dim(&label), first);
        for path in rest {
            page.line(indent, path);
        }
    }
}

/// Where the time went: the stages, then the checks, the slowest first.
#[must_use]
pub fn timings(grade: &Grade, catalogue: &Catalogue, screen: Screen) -> String {
    let mut page = Page::new(screen);
    let stages = told::stages(grade, catalogue);
    let mut checks: Vec<(String, u64)> = grade
        .checks
        .iter()
        .filter(|check| check.attempts > 0)
        .map(|check| (told::line(&check.id), check.millis))
        .collect();
    checks.sort_by_key(|(_, millis)| std::cmp::Reverse(*millis));
    let waiting = told::waiting(grade);
    let name_of_waiting = format!("  {}", catalogue.get("report-time-waiting"));
    let wide = stages
        .iter()
        .chain(&checks)
        .map(|(name, _)| name.chars().count())
        .chain(waiting.map(|_| name_of_waiting.chars().count()))
        .max()
        .unwrap_or(0)
        .min(40);
    for rows in [&stages[..], &checks] {
        let most = rows.iter().map(|(_, millis)| *millis).max().unwrap_or(0);
        for (index, (name, millis)) in rows.iter().enumerate() {
            let time = catalogue.millis(*millis);
            let bar = page::blocks(*millis, most, 24);
            let bar = page.styled(Style::new().cyan(), &bar);
            page.line(0, &format!("{name:<wide$}  {time:>12}  {bar}"));
            // A part of the checks, not one more stage.
            if let (Some((time, share)), true) =
                (waiting, rows.len() == stages.len() && index == told::CHECKS)
            {
                let part = message!(
                    "report-waiting-part",
                    time = catalogue.millis(time),
                    share = share
                );
                let part = page.dim(&catalogue.render(&part));
                page.line(0, &format!("{name_of_waiting:<wide$}  {part}"));
            }
        }
        page.gap();
    }
    page.finish()
}

fn points(told: &Told<'_>, catalogue: &Catalogue) -> String {
    if told.check.points.in_hundredths() == 0 {
        return catalogue.get("report-gate");
    }
    catalogue.render(&message!(
        "report-points",
        earned = catalogue.points(told.check.earned),
        max = catalogue.points(told.check.points)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::text::Lang;

    const PLAIN: Screen = Screen {
        colour: false,
        width: 100,
    };

    fn shown(grade: &Grade, lang: Lang, screen: Screen) -> String {
        let reports = [Path::new("out/report.html"), Path::new("out/grade.json")];
        grade_terminal(grade, &Catalogue::new(lang), screen, &reports)
    }

    #[test]
    fn golden() {
        for (name, grade, lang) in [
            ("mixed_ru", sample::mixed(), Lang::Ru),
            ("mixed_en", sample::mixed(), Lang::En),
            ("perfect_ru", sample::perfect(), Lang::Ru),
            ("syntax_error_ru", sample::syntax_error(), Lang::Ru),
            ("rejected_ru", sample::rejected(), Lang::Ru),
            ("regrade_en", sample::regrade(), Lang::En),
            ("replication_ru", sample::replication(), Lang::Ru),
            ("replication_en", sample::replication(), Lang::En),
            ("service_ru", sample::service(), Lang::Ru),
            ("service_en", sample::service(), Lang::En),
        ] {
            insta::assert_snapshot!(name, shown(&grade, lang, PLAIN));
        }
        let catalogue = Catalogue::new(Lang::En);
        insta::assert_snapshot!("timings_en", timings(&sample::mixed(), &catalogue, PLAIN));
    }

    #[test]
    fn no_line_is_too_long_and_nothing_escapes() {
        for grade in sample::all() {
            for (width, colour) in [(40, false), (80, true), (200, false)] {
                let text = shown(&grade, Lang::Ru, Screen { colour, width });
                for line in text.lines() {
                    assert!(
                        console::measure_text_width(line) <= width,
                        "{width}: {line}"
                    );
                }
                let plain = console::strip_ansi_codes(&text);
                assert!(plain.chars().all(|c| c == '\n' || !c.is_control()));
                assert_eq!(colour, plain != text);
                assert!(!text.contains("secret constant"));
            }
        }
    }
}
