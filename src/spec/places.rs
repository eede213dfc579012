//! Places in a TOML file: the way to a value, and the bytes where it stands.
//!
//! The types of a specification carry a few spans themselves; mistakes in texts, files and
//! parameters of a check are found by their way through the document.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// One step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a table, by key.
    Key(String),
    /// Into an array, by index.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<&String> for Step {
    fn from(key: &String) -> Self {
        Self::Key(key.clone())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The way to a value, from the top of the document.
pub type Way = Vec<Step>;

/// Writes a [`Way`]: `way!["check", 3, "needs", 0]`.
macro_rules! way {
    ($($step:expr),* $(,)?) => { vec![$($crate::spec::places::Step::from($step)),*] };
}
pub(crate) use way;

/// The bytes where a value stands. Where the way ends early, the deepest table or value on it: that
/// is where the missing one belongs. The start of the file if nothing of it is there.
#[must_use]
pub fn span(text: &str, way: &[Step]) -> Range<usize> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut found = 0..0;
    let Some((Step::Key(first), rest)) = way.split_first() else {
        return found;
    };
    let Some(mut value) = document.get_ref().get(first.as_str()) else {
        return found;
    };
    found = value.span();
    for step in rest {
        let next = match (step, value.get_ref()) {
            (Step::Key(key), DeValue::Table(table)) => table.get(key.as_str()),
            (Step::Index(index), DeValue::Array(array)) => array.get(*index),
            _ => None,
        };
        let Some(next) = next else { break };
        value = next;
        found = value.span();
    }
    found
}

/// How an author writes the table that a span belongs to: `[[check]]`, `[services.db]`,
/// `run.sql-only`; empty for the top of the file.
#[must_use]
pub fn table_of(document: &DeTable<'_>, span: &Range<usize>) -> String {
    let mut way = Vec::new();
    descend(document, span, &mut way);
    match way.as_slice() {
        [] => String::new(),
        [first, Step::Index(_)] => format!("[[{}]]", shown(std::slice::from_ref(first))),
        [Step::Key(_), Step::Index(_), rest @ ..] => shown(rest),
        all => format!("[{}]", shown(all)),
    }
}

fn shown(way: &[Step]) -> String {
    let keys: Vec<&str> = way
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect();
    keys.join(".")
}

/// Goes to the innermost table whose span holds `span`; says whether there is one.
fn descend(table: &DeTable<'_>, span: &Range<usize>, way: &mut Way) -> bool {
    for (key, value) in table {
        way.push(Step::Key(key.get_ref().to_string()));
        if into(value.get_ref(), &value.span(), span, way) {
            return true;
        }
        way.pop();
    }
    false
}

fn into(value: &DeValue<'_>, own: &Range<usize>, span: &Range<usize>, way: &mut Way) -> bool {
    match value {
        // A table under a header has the header's span only, so its inner ones are asked too.
        DeValue::Table(table) => descend(table, span, way) || holds(own, span),
        DeValue::Array(array) => array.iter().enumerate().any(|(index, item)| {
            way.push(Step::Index(index));
            let inside = into(item.get_ref(), &item.span(), span, way);
            if !inside {
                way.pop();
            }
            inside
        }),
        _ => false,
    }
}

fn holds(own: &Range<usize>, span: &Range<usize>) -> bool {
    own.start <= span.start && span.end <= own.end
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = 1\n[b]\nc = { d = [\"x\", \"y\"] }\n[[check]]\nid = \"q\"\n[[check]]\nrun.k = { z = 2 }\n";

    #[test]
    fn ways_lead_to_spans() {
        let cases: Vec<(Way, &str)> = vec![
            (way!["a"], "1"),
            (way!["b", "c", "d", 1], "\"y\""),
            (way!["b", "missing"], "[b]"),
            (way!["check", 0, "id"], "\"q\""),
            (way!["check", 1, "id"], "[[check]]"),
            (way!["check", 1, "run", "k", "z"], "2"),
            (way!["check", 1, "run", "k", "y"], "{ z = 2 }"),
            (way!["nothing"], ""),
        ];
        for (way, expected) in cases {
            assert_eq!(&TEXT[span(TEXT, &way)], expected, "{way:?}");
        }
    }

    #[test]
    fn spans_lead_to_tables() {
        let document = DeTable::parse(TEXT).expect("TOML");
        for (at, table) in [
            ("[b]", "[b]"),
            ("{ d =", "[b.c]"),
            ("[[check]]", "[[check]]"),
            ("{ z =", "run.k"),
            ("a = 1", ""),
        ] {
            let start = TEXT.find(at).expect("there");
            let shown = table_of(document.get_ref(), &(start..start + 1));
            assert_eq!(shown, table, "{at}");
        }
    }
}
