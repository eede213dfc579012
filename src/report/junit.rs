//! `junit.xml` for GitLab: the student's fault is `<failure>`, ours `<error>`, what was not run
//! `<skipped>` with its reason; the whole text stands in the element's body, where GitLab reads it.
//!
//! GitLab follows a test over runs by its name, so names hold no points.

use std::collections::BTreeSet;

use junit_report::{Duration, OffsetDateTime, ReportBuilder, TestCase, TestResult, TestSuite};

use super::place::place;
use super::told::{self, Kind, Told};
use crate::grade::{Grade, Outcome};
use crate::text::Catalogue;

/// The most bytes of one node; GitLab and others stop reading at 64 KiB or soon after.
const LARGEST_NODE: usize = 60 * 1024;
/// The most characters of an attribute.
const LONGEST_ATTRIBUTE: usize = 500;
/// The most columns of a line of the submission.
const COLUMNS: usize = 160;

/// The grade as JUnit XML.
#[must_use]
pub fn grade_junit(grade: &Grade, catalogue: &Catalogue) -> Vec<u8> {
    let mut suite = TestSuite::new(&format!("labgrade.{}", told::line(&grade.lab)));
    suite.package = told::line(&grade.lab);
    suite.timestamp = began(grade);
    suite.testcases.push(submission(grade, catalogue));
    suite.system_out = shown(grade, catalogue);
    let mut names = BTreeSet::new();
    for check in &grade.checks {
        let told = told::check(check, catalogue);
        let mut name = attribute(&format!("{}: {}", told.id, told.title));
        while !names.insert(name.clone()) {
            name.push('′');
        }
        let mut case = TestCase::success(&name, Duration::ZERO);
        if let Ok(millis) = i64::try_from(check.millis) {
            case.time = Duration::milliseconds(millis);
        }
        let file = told.excerpt.and_then(|excerpt| excerpt.file.as_deref());
        case.filepath = file.map(attribute);
        result(&mut case, &told, catalogue);
        case.classname = Some(attribute(&grade.lab));
        suite.testcases.push(case);
    }
    let mut xml = Vec::new();
    let report = ReportBuilder::new().add_testsuite(suite).build();
    report
        .write_xml(&mut xml)
        .expect("writing to memory does not fail");
    xml.push(b'\n');
    xml
}

/// What was measured and earns nothing. It is no test: nothing of it can fail.
fn shown(grade: &Grade, catalogue: &Catalogue) -> Option<String> {
    let mut lines = vec![catalogue.get("report-shown")];
    for figure in told::shown::figures(&grade.shown, catalogue) {
        lines.push(String::new());
        lines.push(format!("{}: {}", figure.id, figure.title));
        lines.push(figure.message);
        lines.extend(figure.details.iter().map(|detail| format!("- {detail}")));
    }
    (lines.len() > 1).then(|| body(&lines.join("\n")))
}

/// Whether there is a grade at all. It stands in every report, so that GitLab sees it turn.
fn submission(grade: &Grade, catalogue: &Catalogue) -> TestCase {
    let mut case = TestCase::success(&catalogue.get("report-junit-submission"), Duration::ZERO);
    case.classname = Some(attribute(&grade.lab));
    let what = catalogue.get(&format!("report-outcome-{}", told::outcome(grade)));
    let meaning = catalogue.get(&format!("report-outcome-{}-means", told::outcome(grade)));
    let Some((why, detail)) = told::trouble(grade, catalogue) else {
        case.system_out = Some(body(&format!(
            "{}\n{meaning}",
            catalogue.render(&labgrade_checkers::message!(
                "report-score",
                earned = catalogue.points(grade.earned),
                max = catalogue.points(grade.max)
            ))
        )));
        return case;
    };
    let lines = [Some(why), detail, Some(meaning)];
    let text: Vec<String> = lines.into_iter().flatten().collect();
    let (type_, message) = (told::outcome(grade).to_owned(), attribute(&what));
    let cause = Some(body(&text.join("\n\n")));
    case.result = match grade.outcome {
        Outcome::Rejected { .. } => TestResult::Failure {
            type_,
            message,
            cause,
        },
        _ => TestResult::Error {
            type_,
            message,
            cause,
        },
    };
    case
}

fn result(case: &mut TestCase, told: &Told<'_>, catalogue: &Catalogue) {
    let type_ = told.kind.name().to_owned();
    let text = body(&plain(told, catalogue));
    let message = attribute(&summary(told, catalogue));
    let cause = Some(text.clone());
    case.result = match told.kind {
        Kind::Passed => {
            case.system_out = Some(text);
            TestResult::Success
        }
        Kind::Failed | Kind::Partial => TestResult::Failure {
            type_,
            message,
            cause,
        },
        Kind::Broken => TestResult::Error {
            type_,
            message,
            cause,
        },
        Kind::Skipped | Kind::Pending => TestResult::SkippedWithCause {
            type_,
            message,
            cause,
        },
    };
}

/// One line: for a part of the points the share, then what was seen.
fn summary(told: &Told<'_>, catalogue: &Catalogue) -> String {
    if told.kind != Kind::Partial {
        return told.message.clone();
    }
    let share = catalogue.render(&labgrade_checkers::message!(
        "report-share",
        share = told.check.verdict.share().hundredths()
    ));
    format!("{share} {}", told.message)
}

/// The whole text of a check, without any markup.
fn plain(told: &Told<'_>, catalogue: &Catalogue) -> String {
    let mut lines = vec![summary(told, catalogue)];
    let labelled = |key: &str, text: &str| format!("{}: {text}", catalogue.get(key));
    lines.extend(
        told.expected
            .iter()
            .map(|text| labelled("report-expected", text)),
    );
    lines.extend(
        told.observed
            .iter()
            .map(|text| labelled("report-observed", text)),
    );
    if let Some(repeat) = &told.repeat {
        lines.push(String::new());
        lines.push(format!("{}:", catalogue.get("report-repeat")));
        lines.push(repeat.clone());
    }
    if let Some(excerpt) = told.excerpt {
        let place = place(excerpt, COLUMNS);
        lines.push(String::new());
        lines.extend(place.name);
        for line in place.lines {
            let gutter = line
                .number
                .map_or_else(String::new, |number| format!("{number:>5} | "));
            let indent = " ".repeat(gutter.len());
            lines.push(format!("{gutter}{}", line.text));
            lines.extend(
                line.caret
                    .map(|caret| format!("{indent}{}^", " ".repeat(caret))),
            );
        }
    }
    if !told.details.is_empty() {
        lines.push(String::new());
        lines.extend(told.details.iter().map(|detail| format!("- {detail}")));
    }
    if told.kind.is_open() && !told.steps.is_empty() {
        let mark = |done| if done { '>' } else { ' ' };
        lines.push(String::new());
        lines.extend(told.steps.iter().map(|step| {
            let (time, service, what) = (&step.time, &step.service, &step.what);
            format!("{} {time:>8}  {service}: {what}", mark(step.done))
        }));
        lines.push(format!("> {}", catalogue.get("report-step-done")));
    }
    lines.extend(told.pictured.iter().cloned());
    if let Some(hint) = &told.hint {
        lines.push(String::new());
        lines.push(labelled("report-hint", hint));
        lines.push(labelled("report-lesson", &told.lesson));
    }
    lines.join("\n")
}

/// Text for an attribute: one line, bounded.
fn attribute(text: &str) -> String {
    let line = told::line(text);
    match line.char_indices().nth(LONGEST_ATTRIBUTE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Text for a CDATA section. The writer does not split `]]>`, which would end the section: it is
/// parted here between two sections. Bounded as it will stand in the file.
fn body(text: &str) -> String {
    let mut safe = String::new();
    let mut parts = text.split("]]>").peekable();
    while let Some(part) = parts.next() {
        let room = LARGEST_NODE.saturating_sub(safe.len());
        if part.len() > room {
            let mut end = room;
            while !part.is_char_boundary(end) {
                end -= 1;
            }
            safe.push_str(&part[..end]);
            safe.push('…');
            break;
        }
        safe.push_str(part);
        if parts.peek().is_some() {
            safe.push_str("]]]]><![CDATA[>");
        }
    }
    safe
}

fn began(grade: &Grade) -> OffsetDateTime {
    let second = grade
        .began
        .parse()
        .map_or(0, |began: jiff::Timestamp| began.as_second());
    OffsetDateTime::from_unix_timestamp(second).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::text::Lang;

    fn xml(grade: &Grade, lang: Lang) -> String {
        String::from_utf8(grade_junit(grade, &Catalogue::new(lang))).expect("UTF-8")
    }

    #[test]
    fn golden() {
        for (name, grade, lang) in [
            ("mixed_ru", sample::mixed(), Lang::Ru),
            ("mixed_en", sample::mixed(), Lang::En),
            ("syntax_error_ru", sample::syntax_error(), Lang::Ru),
            ("rejected_en", sample::rejected(), Lang::En),
            ("regrade_en", sample::regrade(), Lang::En),
            ("replication_en", sample::replication(), Lang::En),
            ("service_ru", sample::service(), Lang::Ru),
        ] {
            let broken_up = xml(&grade, lang).replace("><testcase", ">\n<testcase");
            insta::assert_snapshot!(name, broken_up);
        }
    }

    #[test]
    fn every_report_parses_and_counts_right() {
        for grade in sample::all() {
            let xml = xml(&grade, Lang::En);
            let document = roxmltree::Document::parse(&xml).expect("XML");
            let count = |tag: &str| {
                document
                    .descendants()
                    .filter(|node| node.has_tag_name(tag))
                    .count()
            };
            let of = |kinds: &[Kind]| {
                grade
                    .checks
                    .iter()
                    .filter(|check| kinds.contains(&Kind::of(&check.verdict)))
                    .count()
            };
            let rejected = usize::from(matches!(grade.outcome, Outcome::Rejected { .. }));
            let ours = matches!(
                grade.outcome,
                Outcome::Regrade { .. } | Outcome::Interrupted
            );
            assert_eq!(count("testcase"), grade.checks.len() + 1);
            assert_eq!(
                count("failure"),
                of(&[Kind::Failed, Kind::Partial]) + rejected
            );
            assert_eq!(count("error"), of(&[Kind::Broken]) + usize::from(ours));
            assert_eq!(count("skipped"), of(&[Kind::Skipped, Kind::Pending]));
            let names: BTreeSet<_> = document
                .descendants()
                .filter_map(|node| {
                    node.attribute("name")
                        .filter(|_| node.has_tag_name("testcase"))
                })
                .collect();
            assert_eq!(names.len(), grade.checks.len() + 1, "names are unique");
            for node in document.descendants().filter(|node| node.is_element()) {
                assert!(
                    node.children()
                        .filter_map(|child| child.text())
                        .map(str::len)
                        .sum::<usize>()
                        < 64 * 1024
                );
                assert!(
                    node.attributes()
                        .all(|attribute| attribute.value().len() < 64 * 1024)
                );
            }
            assert!(!xml.contains("secret constant"));
        }
    }

    #[test]
    fn cdata_survives_its_own_end() {
        let long = "x]]>y".repeat(40_000);
        for text in [
            "",
            "]]>",
            "a]]>]]>b",
            "]]]]>>",
            long.as_str(),
            &"я".repeat(50_000),
        ] {
            let body = body(text);
            assert!(body.len() <= 64 * 1024);
            let xml = format!("<a><![CDATA[{body}]]></a>");
            let document = roxmltree::Document::parse(&xml).expect("XML");
            let read = document
                .root_element()
                .children()
                .filter_map(|node| node.text())
                .collect::<String>();
            assert!(text.starts_with(read.trim_end_matches('…')));
        }
    }
}
