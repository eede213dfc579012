//! The page holds together, and nothing in a submission can break out of it.

use std::collections::BTreeSet;

use super::*;
use crate::report::sample;
use crate::text::Lang;

fn html(grade: &Grade, lang: Lang) -> String {
    grade_html(grade, &Catalogue::new(lang))
}

fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!(" {name}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn nothing_comes_from_outside_and_every_anchor_is_there() {
    for grade in sample::all() {
        let html = html(&grade, Lang::Ru);
        let ids = attributes(&html, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "ids are unique");
        for target in attributes(&html, "href") {
            let id = target
                .strip_prefix('#')
                .expect("only links within the page");
            assert!(ids.contains(&id), "{target}");
        }
        for outside in [
            "<script", "<link", "<iframe", "<img", " src=", "url(", "@import",
        ] {
            assert!(!html.to_lowercase().contains(outside), "{outside}");
        }
        assert!(html.contains("default-src 'none'"));
    }
}

#[test]
fn a_usual_page_names_no_address() {
    for grade in [
        sample::mixed(),
        sample::rejected(),
        sample::regrade(),
        sample::replication(),
        sample::service(),
    ] {
        // A request to repeat goes to the student's own machine.
        let html = html(&grade, Lang::En).replace("http://localhost:8080/orders", "");
        assert!(!html.contains("http://") && !html.contains("https://"));
        assert!(
            !html.contains("secret constant"),
            "hidden checks show no data"
        );
        assert!(!html.contains("424"), "nor draw it");
        assert!(!html.contains("[report-"), "every word is there");
    }
}

#[test]
fn hostile_text_stays_text() {
    let html = html(&sample::hostile(), Lang::En);
    assert!(html.contains("&lt;script&gt;alert(1)"));
    assert!(!html.contains("<script") && !html.contains("</pre> \""));
    assert!(html.contains("{{ 7 * 7 }}"), "it is no template");
    assert!(html.chars().all(|c| c == '\n' || !c.is_control()));
    assert!(!html.contains(['\u{202e}', '\u{200f}']));
    // Tags balance: what opened is closed, in order.
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        if name.is_empty() || ["meta", "br", "hr"].contains(&name.as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "…<{}",
                tag.chars().take(60).collect::<String>()
            );
        } else {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn whose_fault_it_is() {
    for (grade, said, score) in [
        (sample::mixed(), "of 100 points", true),
        (sample::rejected(), "not accepted", false),
        (sample::regrade(), "not your fault", false),
        (sample::interrupted(), "Stopped before the end", false),
    ] {
        let html = html(&grade, Lang::En);
        assert!(html.contains(said), "{said}");
        assert_eq!(html.contains("class=\"score\""), score);
    }
}

/// Text and marks can be told from their background in both themes: WCAG's 4.5 to 1.
#[test]
fn colours_have_contrast() {
    let css = Templates::get("grade.css").expect("it is compiled in");
    let css = String::from_utf8(css.data.into_owned()).expect("UTF-8");
    let (light, dark) = css
        .split_once("prefers-color-scheme: dark")
        .expect("two themes");
    for theme in [light, dark] {
        let colour = |name: &str| -> f64 {
            let hex = theme
                .split(&format!("--{name}: #"))
                .nth(1)
                .unwrap_or_else(|| panic!("{name} has a colour"));
            luminance(&hex[..6])
        };
        for text in [
            "text", "soft", "passed", "partial", "failed", "broken", "skipped", "pending", "link",
        ] {
            for back in ["page", "card", "well"] {
                let (one, other) = (colour(text), colour(back));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= 4.5, "{text} on {back}: {contrast:.2}");
            }
        }
    }
}

fn luminance(hex: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.03928 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

/// Writes the pages to look at: `LABGRADE_PAGES=dir cargo nextest run -E 'test(pages_to_look_at)'`.
#[test]
fn pages_to_look_at() {
    let Some(folder) = std::env::var_os("LABGRADE_PAGES") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    for (name, grade) in [
        ("mixed", sample::mixed()),
        ("replication", sample::replication()),
        ("service", sample::service()),
        ("perfect", sample::perfect()),
        ("syntax-error", sample::syntax_error()),
        ("rejected", sample::rejected()),
        ("regrade", sample::regrade()),
        ("interrupted", sample::interrupted()),
        ("hostile", sample::hostile()),
    ] {
        for lang in [Lang::Ru, Lang::En] {
            let file = folder.join(format!("{name}.{}.html", lang.tag()));
            std::fs::write(file, html(&grade, lang)).expect("a page");
        }
    }
}
