//! Text for people: a key of the message catalogues with its arguments, never a sentence.
//!
//! Sentences stand in `templates/messages/`, in Russian and English. Whatever comes from a
//! submission or from a server that a submission drives is [`Tainted`]: it is cleaned once, here,
//! and escaped by each sink.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key of the catalogues with its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// The key, in `templates/messages/<lang>/*.ftl`.
    pub key: String,
    /// The arguments by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Arg>,
}

/// One argument of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Arg {
    /// A whole number: a count, or bytes, or milliseconds; the catalogue knows which.
    Number(i64),
    /// Text that is shown as it is, in every language.
    Text(Tainted),
}

/// Writes a [`Message`]: `message!("blocks-observed", query = "q1", blocks = 13)`.
///
/// The key is a literal, so that a test can hold the catalogues against the code.
#[macro_export]
macro_rules! message {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::message::Message {
            key: $key.to_owned(),
            args: [$((stringify!($name).to_owned(), $crate::message::Arg::from($value))),*]
                .into_iter()
                .collect(),
        }
    };
}

macro_rules! number_arg {
    ($($number:ty),*) => {$(
        impl From<$number> for Arg {
            fn from(value: $number) -> Self {
                Self::Number(i64::try_from(value).unwrap_or(i64::MAX))
            }
        }
    )*};
}
number_arg!(u8, u16, u32, i32, i64, u64, usize, u128);

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Tainted::new(value))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::from(value.as_str())
    }
}

impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::from(value.as_str())
    }
}

impl From<Tainted> for Arg {
    fn from(value: Tainted) -> Self {
        Self::Text(value)
    }
}

/// Text that a submission could have written: bounded, and free of control characters, escape
/// sequences and bidirectional overrides. Every sink still escapes it for itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Tainted(String);

impl Tainted {
    /// The most that is kept of one text, in characters.
    pub const MOST: usize = 4_000;

    /// Cleans a text and cuts it at [`Self::MOST`] characters.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::bounded(text, Self::MOST)
    }

    /// Cleans bytes that should have been UTF-8.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(&String::from_utf8_lossy(bytes))
    }

    /// Cleans a text and cuts it at `most` characters; a cut is shown as `…`.
    #[must_use]
    pub fn bounded(text: &str, most: usize) -> Self {
        let mut kept = String::new();
        let mut rest = text.chars();
        let mut count = 0;
        while let Some(c) = rest.next() {
            if c == '\u{1b}' {
                skip_escape(&mut rest);
                continue;
            }
            if !is_plain(c) {
                continue;
            }
            if count == most {
                kept.push('…');
                break;
            }
            kept.push(if c == '\t' { ' ' } else { c });
            count += 1;
        }
        Self(kept)
    }

    /// The cleaned text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tainted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Stored grades are read back; a file on disk is no cleaner than a submission.
impl<'de> Deserialize<'de> for Tainted {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

/// XML 1.0 forbids most control characters; bidirectional ones reorder a terminal's line.
fn is_plain(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => false,
        '\u{061c}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    }
}

/// Drops what follows ESC: a CSI sequence up to its final byte, an OSC up to BEL or ESC, or one
/// character.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => {
            for c in rest.by_ref() {
                if ('\u{40}'..='\u{7e}').contains(&c) {
                    break;
                }
            }
        }
        Some(']') => {
            for c in rest.by_ref() {
                if c == '\u{7}' || c == '\u{1b}' || c == '\n' {
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tainted_text_is_cleaned_and_bounded() {
        let cases = [
            ("обычный текст\n", "обычный текст\n"),
            ("a\u{1b}[31mred\u{1b}[0m", "ared"),
            ("a\u{1b}]0;title\u{7}b", "ab"),
            ("a\u{0}\u{8}\u{202e}b\u{feff}", "ab"),
            ("tab\there", "tab here"),
        ];
        for (dirty, clean) in cases {
            assert_eq!(Tainted::new(dirty).as_str(), clean);
        }
        assert_eq!(Tainted::bounded("абвг", 2).as_str(), "аб…");
        let json = serde_json::to_string("x\u{1b}[1my").expect("json");
        let back: Tainted = serde_json::from_str(&json).expect("text");
        assert_eq!(back.as_str(), "xy");
    }
}
