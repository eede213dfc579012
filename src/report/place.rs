//! A place in a submitted file as numbered lines, with a caret under the column.

use console::measure_text_width;
use labgrade_checkers::verdict::Excerpt;

use super::told::{clean, line};

/// The most lines of one excerpt.
const MOST_LINES: usize = 40;

/// An excerpt, cut to a width.
pub(super) struct Place {
    /// `indexes.sql:12:8`, as editors read it; none for text that stands in no file.
    pub name: Option<String>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Lines that were left out.
    pub more: usize,
}

/// One line of an excerpt.
pub(super) struct Line {
    /// Its number in the file.
    pub number: Option<u32>,
    /// Its text, cut to the width.
    pub text: String,
    /// Columns of the terminal before the caret.
    pub caret: Option<usize>,
}

/// Cuts an excerpt; `width` is the most columns of one line.
pub(super) fn place(excerpt: &Excerpt, width: usize) -> Place {
    let text = clean(excerpt.text.as_str());
    let all: Vec<&str> = text.lines().collect();
    let lines = all
        .iter()
        .take(MOST_LINES)
        .zip(0..)
        .map(|(&text, index)| {
            let at = excerpt
                .column
                .filter(|_| index == 0)
                .map(|column| column.saturating_sub(1) as usize);
            let (text, caret) = window(text, at, width.max(20));
            Line {
                number: excerpt.line.map(|first| first.saturating_add(index)),
                text,
                caret,
            }
        })
        .collect();
    Place {
        name: excerpt.file.as_deref().map(|file| name(file, excerpt)),
        lines,
        more: all.len().saturating_sub(MOST_LINES),
    }
}

fn name(file: &str, excerpt: &Excerpt) -> String {
    let mut name = line(file);
    for number in [excerpt.line, excerpt.column].into_iter().flatten() {
        name.push_str(&format!(":{number}"));
    }
    name
}

/// The part of a line around the caret that fits, and the columns before the caret in it.
fn window(text: &str, at: Option<usize>, width: usize) -> (String, Option<usize>) {
    let chars: Vec<char> = text.chars().collect();
    let at = at.map(|at| at.min(chars.len()));
    if measure_text_width(text) <= width {
        return (text.to_owned(), at.map(|at| columns(&chars[..at])));
    }
    // The caret stands a third from the left, where there is text on both sides of it.
    let first = at.map_or(0, |at| at.saturating_sub(width / 3));
    let first = if first < 4 { 0 } else { first };
    let mut shown = String::new();
    let mut before = 0;
    if first > 0 {
        shown.push('…');
        before = 1;
    }
    let mut caret = None;
    let mut used = before;
    for (index, &c) in chars.iter().enumerate().skip(first) {
        if Some(index) == at {
            caret = Some(used);
        }
        let next = used + columns(&[c]);
        if next > width - 1 {
            shown.push('…');
            break;
        }
        shown.push(c);
        used = next;
    }
    (shown, caret.or(at.map(|_| used)))
}

fn columns(chars: &[char]) -> usize {
    measure_text_width(&chars.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use labgrade_checkers::message::Tainted;

    use super::*;

    #[test]
    fn the_caret_stands_under_the_column() {
        let long = format!("{}ЗДЕСЬ{}", "а".repeat(200), "я".repeat(200));
        for (text, column, caret_over) in [
            ("DROP INDEX i;", 6, 'I'),
            ("создай 索引 x", 11, 'x'),
            (long.as_str(), 201, 'З'),
        ] {
            let excerpt = Excerpt {
                file: Some("a.sql".into()),
                line: Some(3),
                column: Some(column),
                text: Tainted::bounded(text, 1_000),
            };
            let place = place(&excerpt, 60);
            assert_eq!(place.name, Some(format!("a.sql:3:{column}")));
            let Line { text, caret, .. } = &place.lines[0];
            assert!(measure_text_width(text) <= 60);
            let mut passed = 0;
            let under = text.chars().find(|&c| {
                let here = passed == caret.expect("a caret");
                passed += columns(&[c]);
                here
            });
            assert_eq!(under, Some(caret_over));
        }
    }
}
