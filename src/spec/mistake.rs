//! A mistake in a specification: what is wrong, where it stands, and what was probably meant.
//!
//! A mistake holds messages, not sentences: [`SpecMistake::diagnostic`] says it in a language.

use std::ops::Range;
use std::sync::Arc;

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use miette::{Diagnostic, NamedSource, SourceSpan};

use crate::text::Catalogue;

/// A file of a specification as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name, as errors show it.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
}

/// One mistake in a lab's specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecMistake {
    said: Said,
    place: Option<(Source, Range<usize>)>,
    meant: Option<Message>,
    help: Option<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// A sentence of the catalogues.
    Ours(Message),
    /// What the parser says, in English.
    Parsers(String),
}

impl SpecMistake {
    /// A mistake that has no place in a file.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self {
            said: Said::Ours(message),
            place: None,
            meant: None,
            help: None,
        }
    }

    /// A mistake in the words of the parser.
    #[must_use]
    pub fn of_parser(text: &str) -> Self {
        Self {
            said: Said::Parsers(text.to_owned()),
            ..Self::new(message!("spec-here"))
        }
    }

    /// Puts it at bytes of a file.
    #[must_use]
    pub fn at(self, source: &Source, span: Range<usize>) -> Self {
        Self {
            place: Some((source.clone(), span)),
            ..self
        }
    }

    /// Adds what was meant, in a few words: it stands under the caret.
    #[must_use]
    pub fn meant(self, meant: Option<Message>) -> Self {
        Self { meant, ..self }
    }

    /// Adds what to do, in a sentence.
    #[must_use]
    pub fn help(self, help: Option<Message>) -> Self {
        Self { help, ..self }
    }

    /// The message's key; `None` where the words are the parser's.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match &self.said {
            Said::Ours(message) => Some(&message.key),
            Said::Parsers(_) => None,
        }
    }

    /// The file's name, and line and column from 1, the column in characters.
    #[must_use]
    pub fn position(&self) -> Option<(&str, usize, usize)> {
        let (source, span) = self.place.as_ref()?;
        let before = source.text.get(..span.start)?;
        let line = before.rsplit('\n').next().unwrap_or_default();
        Some((
            &source.name,
            before.matches('\n').count() + 1,
            line.chars().count() + 1,
        ))
    }

    /// The bytes of the file that it is about.
    #[must_use]
    pub fn span(&self) -> Option<Range<usize>> {
        self.place.as_ref().map(|(_, span)| span.clone())
    }

    /// Says it in a language, with the line and a caret.
    #[must_use]
    pub fn diagnostic(&self, catalogue: &Catalogue) -> SpecDiagnostic {
        let here = message!("spec-here");
        SpecDiagnostic {
            text: match &self.said {
                Said::Ours(message) => catalogue.render(message),
                Said::Parsers(text) => text.clone(),
            },
            file: self.place.as_ref().map(|(source, _)| {
                NamedSource::new(&source.name, source.text.to_string()).with_language("TOML")
            }),
            span: self.place.as_ref().map(|(_, span)| span.clone().into()),
            label: catalogue.render(self.meant.as_ref().unwrap_or(&here)),
            help: self.help.as_ref().map(|help| catalogue.render(help)),
        }
    }
}

/// A [`SpecMistake`] in a language, for miette to draw.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{text}")]
pub struct SpecDiagnostic {
    text: String,
    #[source_code]
    file: Option<NamedSource<String>>,
    #[label("{label}")]
    span: Option<SourceSpan>,
    label: String,
    #[help]
    help: Option<String>,
}

/// The candidate that a misspelt word is closest to, if any is close.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Half of the letters in place: `point` for `points`, `db1` for `db`, not `id` for `port`.
    const CLOSE: f64 = 0.5;
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let close = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
            (close, candidate)
        })
        .filter(|(close, _)| *close >= CLOSE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// "Did you mean …?", if a candidate is close.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<Message> {
    closest(word, candidates).map(|name| message!("spec-meant", name = name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words() {
        let fields = ["id", "points", "port", "memory"];
        for (word, meant) in [
            ("point", Some("points")),
            ("pionts", Some("points")),
            ("Memory", Some("memory")),
            ("run", None),
            ("quux", None),
        ] {
            assert_eq!(closest(word, fields), meant, "{word}");
        }
    }
}
