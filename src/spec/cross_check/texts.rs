//! Every text is there in both languages.

use labgrade_checkers::message;

use super::Finding;
use crate::spec::places::{Way, way};
use crate::spec::{LabSpec, Text};

pub(super) fn check(spec: &LabSpec) -> Vec<Finding> {
    let mut texts: Vec<(Way, &Text)> = vec![
        (way!["title"], &spec.title),
        (way!["summary"], &spec.summary),
    ];
    for (number, text) in &spec.lessons {
        texts.push((way!["lessons", number], text));
    }
    for (index, check) in spec.checks.iter().enumerate() {
        texts.push((way!["check", index, "title"], &check.title));
        texts.push((way!["check", index, "hint"], &check.hint));
    }
    for (index, shown) in spec.shown.iter().enumerate() {
        texts.push((way!["shown", index, "title"], &shown.title));
        texts.push((way!["shown", index, "hint"], &shown.hint));
    }
    texts
        .into_iter()
        .flat_map(|(at, text)| of_text(&at, text))
        .collect()
}

fn of_text(at: &Way, text: &Text) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (language, sentence) in [("ru", &text.ru), ("en", &text.en)] {
        let at = [at.clone(), way![language]].concat();
        if sentence.trim().is_empty() {
            let message = message!("spec-text-empty", language = language);
            findings.push(Finding::new(at, message));
        } else if language == "ru" && !sentence.chars().any(is_cyrillic) {
            let message = message!("spec-text-not-russian");
            findings.push(Finding::new(at, message));
        }
    }
    findings
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{4ff}').contains(&c)
}
