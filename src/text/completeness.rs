//! The catalogues held against each other and against the code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    Attribute, CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use fluent_syntax::parser;

use super::{Lang, Sentences};

/// Keys that are put together at run time, by their beginning.
const COMPOSED: &[&str] = &["help-", "unit-", "report-outcome-", "report-verdict-"];

/// Every key of a language with the variables of its sentence.
fn sentences(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for path in Sentences::iter().filter(|path| path.starts_with(lang.tag())) {
        let file = Sentences::get(&path).expect("it was listed");
        let source = String::from_utf8(file.data.into_owned()).expect("catalogues are UTF-8");
        let resource = parser::parse(source.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{path}: {errors:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                assert!(
                    !matches!(entry, Entry::Term(_)),
                    "{path}: terms are not used"
                );
                continue;
            };
            let key = message.id.name.to_owned();
            let mut variables = BTreeSet::new();
            in_pattern(message.value.as_ref(), &mut variables);
            for Attribute { value, .. } in &message.attributes {
                in_pattern(Some(value), &mut variables);
            }
            let twice = found.insert(key.clone(), variables);
            assert!(twice.is_none(), "{path}: {key} stands twice");
        }
    }
    found
}

fn in_pattern(pattern: Option<&Pattern<&str>>, found: &mut BTreeSet<String>) {
    for element in pattern.into_iter().flat_map(|pattern| &pattern.elements) {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, found);
        }
    }
}

fn in_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, found),
        Expression::Select { selector, variants } => {
            in_inline(selector, found);
            for variant in variants {
                in_pattern(Some(&variant.value), found);
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => in_arguments(arguments, found),
        InlineExpression::Placeable { expression } => in_expression(expression, found),
        _ => {}
    }
}

fn in_arguments(arguments: &CallArguments<&str>, found: &mut BTreeSet<String>) {
    for argument in &arguments.positional {
        in_inline(argument, found);
    }
}

/// One use of a key in the sources.
struct Use {
    place: String,
    key: String,
    /// The names of its arguments; none for keys of sentences without.
    args: BTreeSet<String>,
}

/// Every source file and page template by its place, without comments and tests: those use keys as
/// data and show them.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "checkers/src", "templates/report"] {
        walk(&root.join(folder), &mut files);
    }
    let read = |file: PathBuf| {
        let source = std::fs::read_to_string(&file).expect("a source file");
        let place = file.strip_prefix(root).unwrap_or(&file);
        let source = source
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .map(|line| format!("{line}\n"))
            .collect();
        (place.display().to_string(), source)
    };
    files.into_iter().map(read).collect()
}

/// Every message that is made or asked for with a literal key.
fn uses() -> Vec<Use> {
    let mut found = Vec::new();
    for (place, source) in sources() {
        let calls: &[&str] = if place.starts_with("templates") {
            &["t("]
        } else {
            &["message!(", ".get("]
        };
        for call in calls {
            for (at, _) in source.match_indices(call) {
                let before = source[..at].chars().next_back();
                if *call == "t(" && before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let Some((key, rest)) = literal(&source[at + call.len()..]) else {
                    continue;
                };
                // The samples of reports have sentences of their own.
                if key.starts_with("sample-") || key.starts_with("event-sample-") {
                    continue;
                }
                // `.get("what")` of a map is no key of a catalogue: those have a dash.
                if *call == ".get(" && !key.contains('-') {
                    continue;
                }
                found.push(Use {
                    place: place.clone(),
                    args: names(rest),
                    key,
                });
            }
        }
    }
    found
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "html")
        {
            files.push(path);
        }
    }
}

/// The string literal at the beginning, and what follows it.
fn literal(source: &str) -> Option<(String, &str)> {
    let (key, rest) = source.trim_start().strip_prefix('"')?.split_once('"')?;
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
    key.chars().all(is_key).then(|| (key.to_owned(), rest))
}

/// The names of `name = value` up to the call's closing parenthesis.
fn names(source: &str) -> BTreeSet<String> {
    let mut depth = 0_i32;
    let mut names = BTreeSet::new();
    let mut argument = String::new();
    let mut in_text = false;
    let mut previous = ' ';
    for c in source.chars() {
        let was = std::mem::replace(&mut previous, c);
        if in_text {
            in_text = c != '"' || was == '\\';
            continue;
        }
        match c {
            '"' => in_text = true,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => argument.clear(),
            '=' if depth == 0 => {
                let name = argument.trim();
                if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                    names.insert(name.to_owned());
                }
            }
            c => argument.push(c),
        }
    }
    names
}

#[test]
fn both_languages_say_the_same() {
    let (ru, en) = (sentences(Lang::Ru), sentences(Lang::En));
    let only = |one: &BTreeMap<String, _>, other: &BTreeMap<String, _>| -> Vec<String> {
        one.keys()
            .filter(|key| !other.contains_key(*key))
            .cloned()
            .collect()
    };
    assert_eq!(only(&ru, &en), [""; 0], "not in English");
    assert_eq!(only(&en, &ru), [""; 0], "not in Russian");
    let differing: Vec<_> = ru
        .iter()
        .filter(|(key, variables)| &en[*key] != *variables)
        .collect();
    assert!(
        differing.is_empty(),
        "other variables than in English: {differing:?}"
    );
}

#[test]
fn every_sentence_renders_whatever_the_number() {
    for lang in [Lang::Ru, Lang::En] {
        let catalogue = super::Catalogue::new(lang);
        for (key, variables) in sentences(lang) {
            for number in [0, 1, 2, 5, 21, 8064] {
                let args = variables
                    .iter()
                    .map(|name| (name.as_str(), number))
                    .collect();
                let message = catalogue.bundle.get_message(&key).expect("it is there");
                let pattern = message.value().expect("it has a sentence");
                let mut errors = Vec::new();
                catalogue
                    .bundle
                    .format_pattern(pattern, Some(&args), &mut errors);
                assert!(errors.is_empty(), "{key}: {errors:?}");
            }
        }
    }
}

#[test]
fn every_key_in_code_has_its_sentence_and_arguments() {
    let sentences = sentences(Lang::En);
    let mut wrong = Vec::new();
    for Use { place, key, args } in uses() {
        match sentences.get(&key) {
            None => wrong.push(format!("{place}: {key} is in no catalogue")),
            Some(variables) => {
                for variable in variables.difference(&args) {
                    wrong.push(format!("{place}: {key} needs `{variable}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_sentence_is_used() {
    let sources = sources();
    let is_used = |key: &String| {
        let literal = format!("\"{key}\"");
        COMPOSED.iter().any(|begin| key.starts_with(begin))
            || sources.iter().any(|(_, source)| source.contains(&literal))
    };
    let idle: Vec<String> = sentences(Lang::En)
        .into_keys()
        .filter(|key| !is_used(key))
        .collect();
    assert_eq!(idle, [""; 0]);
}
