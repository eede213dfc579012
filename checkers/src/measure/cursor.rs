//! Cursors, which are opaque, taken apart: what a service hands out is often text in Base64 or hex,
//! and what is put into a statement is what comes out of that.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

/// Fields of one cursor that are changed at most.
const FIELDS: usize = 8;

/// Padded as they are written, with or without padding as they are read.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// How a text is written in a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Plain,
    Base64,
    Base64Url,
    Hex,
}

impl Writing {
    const ALL: [Self; 4] = [Self::Plain, Self::Base64, Self::Base64Url, Self::Hex];

    /// The text, if there is one.
    fn read(self, cursor: &str) -> Option<String> {
        let bytes = match self {
            Self::Plain => cursor.as_bytes().to_vec(),
            Self::Base64 => STANDARD.decode(cursor).ok()?,
            Self::Base64Url => URL_SAFE.decode(cursor).ok()?,
            Self::Hex => hex::decode(cursor).ok()?,
        };
        let text = String::from_utf8(bytes).ok()?;
        (!text.is_empty() && !text.contains(char::is_control)).then_some(text)
    }

    fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Base64 => STANDARD.encode(text),
            Self::Base64Url => URL_SAFE.encode(text),
            Self::Hex => hex::encode(text),
        }
    }
}

/// The cursor with `tail` behind one of its fields, once for each field that can be made out,
/// written as the service writes it. A cursor of numbers or of secrets has none but itself.
#[must_use]
pub fn forged(cursor: &str, tail: &str) -> Vec<String> {
    let mut forged = Vec::new();
    for writing in Writing::ALL {
        let Some(text) = writing.read(cursor) else {
            continue;
        };
        for changed in changed(&text, tail) {
            let written = writing.write(&changed);
            if !forged.contains(&written) {
                forged.push(written);
            }
        }
    }
    forged
}

/// The text with `tail` behind each of its fields in turn.
fn changed(text: &str, tail: &str) -> Vec<String> {
    match serde_json::from_str::<Value>(text) {
        Ok(json @ (Value::Array(_) | Value::Object(_))) => (0..FIELDS)
            .map_while(|field| {
                let (mut json, mut nth) = (json.clone(), field);
                put(&mut json, &mut nth, tail).then(|| json.to_string())
            })
            .collect(),
        _ => {
            let ends = text
                .char_indices()
                .filter(|&(at, c)| separates(c) && !text[..at].ends_with(separates))
                .map(|(at, _)| at)
                .filter(|&at| at > 0)
                .chain([text.len()]);
            ends.take(FIELDS)
                .map(|at| format!("{}{tail}{}", &text[..at], &text[at..]))
                .collect()
        }
    }
}

/// What stands between fields, and in no time or number.
fn separates(c: char) -> bool {
    " |,;/&=_~#".contains(c)
}

/// Makes the nth leaf a text with the tail behind it.
fn put(json: &mut Value, nth: &mut usize, tail: &str) -> bool {
    match json {
        Value::Array(list) => list.iter_mut().any(|it| put(it, nth, tail)),
        Value::Object(map) => map.values_mut().any(|it| put(it, nth, tail)),
        leaf if *nth == 0 => {
            let text = leaf
                .as_str()
                .map_or_else(|| leaf.to_string(), str::to_owned);
            *leaf = Value::String(text + tail);
            true
        }
        _ => {
            *nth -= 1;
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_text_gets_the_tail() {
        for (text, all) in [
            ("a b", &["a! b", "a b!"][..]),
            (
                "2026-01-02T03:04:05.6+00:00|17",
                &[
                    "2026-01-02T03:04:05.6+00:00!|17",
                    "2026-01-02T03:04:05.6+00:00|17!",
                ],
            ),
            (
                r#"{"at":"x","id":5}"#,
                &[r#"{"at":"x!","id":5}"#, r#"{"at":"x","id":"5!"}"#],
            ),
            (r#"["x",[5]]"#, &[r#"["x!",[5]]"#, r#"["x",["5!"]]"#]),
            ("17", &["17!"]),
        ] {
            assert_eq!(changed(text, "!"), all, "{text}");
        }
    }

    #[test]
    fn a_cursor_is_written_as_it_was() {
        // `ts 17` in each writing, and with `'x` behind its fields.
        for (cursor, last) in [
            ("dHMgMTc=", "dHMgMTcneA=="),
            ("dHMgMTc", "dHMgMTcneA=="),
            ("7473203137", "74732031372778"),
        ] {
            let forged = forged(cursor, "'x");
            assert!(forged.contains(&last.to_owned()), "{cursor}: {forged:?}");
        }
        // Bytes that are no text have no fields; the cursor itself still has one.
        assert_eq!(forged("//79", "x"), ["//79x"]);
    }
}
