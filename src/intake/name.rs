//! What an entry may be called, and what never belongs to a submission.

use std::str;

use unicode_normalization::UnicodeNormalization;

use super::{Limits, Rejection, Rule};

/// Folders of reports that labgrade itself leaves; they are dropped without a word.
pub(super) const OURS: [&str; 2] = [".labgrade", "labgrade-report"];

/// Left out wherever they stand, with all that is in them, without regard to case: histories,
/// other people's code that is installed anew, and what systems and editors leave behind.
const DROPPED: [&str; 21] = [
    ".git",
    ".hg",
    ".svn",
    "__macosx",
    ".ds_store",
    "thumbs.db",
    "desktop.ini",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".ipynb_checkpoints",
    ".venv",
    "venv",
    "node_modules",
    ".idea",
    ".vs",
    ".vscode",
    ".history",
    ".labgrade",
    "labgrade-report",
];

/// What becomes of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The submission's own root, as in `./`.
    Root,
    /// It belongs to the submission.
    Keep(Name),
    /// It, or a folder above it with this path, is left out.
    Drop(String),
}

/// A name that passed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// Relative, `/` between the parts, in form NFC: what the copy is called.
    pub path: String,
    /// The same parts as they were spelled, to tell a duplicate from a lookalike.
    pub spelled: String,
}

/// Checks the raw name of an entry. Rules about the whole path come first and hold for what is
/// dropped, too: a name with `..` shows an archive that was made to harm.
pub(super) fn place(raw: &[u8], limits: &Limits) -> Result<Place, Rejection> {
    let refuse = |rule| Rejection::new(rule).raw_entry(raw);
    if raw.contains(&0) {
        return Err(refuse(Rule::Nul));
    }
    if is_absolute(raw) {
        return Err(refuse(Rule::AbsolutePath));
    }
    let parts = || {
        raw.split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty() && *part != b".")
    };
    if parts().any(|part| part == b"..") {
        return Err(refuse(Rule::ParentFolder));
    }
    let (mut path, mut spelled) = (String::new(), String::new());
    for (level, part) in parts().enumerate() {
        if is_dropped(part) {
            path.push_str(&String::from_utf8_lossy(part));
            return Ok(Place::Drop(path));
        }
        if level == limits.levels {
            return Err(refuse(Rule::TooDeep).limit(limits.levels as u64));
        }
        let part = check(part).map_err(refuse)?;
        let normal: String = part.nfc().collect();
        if normal.len() > limits.name_bytes {
            return Err(refuse(Rule::NameTooLong).limit(limits.name_bytes as u64));
        }
        path.push_str(&normal);
        spelled.push_str(part);
        if path.len() > limits.path_bytes {
            return Err(refuse(Rule::PathTooLong).limit(limits.path_bytes as u64));
        }
        path.push('/');
        spelled.push('/');
    }
    if path.pop().is_none() {
        return Ok(Place::Root);
    }
    spelled.pop();
    Ok(Place::Keep(Name { path, spelled }))
}

/// From the root of a Unix disk, or from a drive of Windows.
fn is_absolute(raw: &[u8]) -> bool {
    match raw {
        [b'/', ..] => true,
        [drive, b':', b'/' | b'\\', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

fn is_dropped(part: &[u8]) -> bool {
    // `._name` holds the resource fork of `name` in archives made on macOS.
    part.starts_with(b"._")
        || DROPPED
            .iter()
            .any(|name| part.eq_ignore_ascii_case(name.as_bytes()))
}

fn check(part: &[u8]) -> Result<&str, Rule> {
    let part = str::from_utf8(part).map_err(|_| Rule::NotUtf8)?;
    for c in part.chars() {
        match c {
            '\\' => return Err(Rule::Backslash),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => {
                return Err(Rule::BidirectionalCharacter);
            }
            '\u{2066}'..='\u{2069}' => return Err(Rule::BidirectionalCharacter),
            // Invisible: zero-width ones, separators, tags, the byte order mark.
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' => {
                return Err(Rule::ControlCharacter);
            }
            '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}' => {
                return Err(Rule::ControlCharacter);
            }
            '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}' => {
                return Err(Rule::ControlCharacter);
            }
            c if c.is_control() => return Err(Rule::ControlCharacter),
            _ => {}
        }
    }
    Ok(part)
}

/// Two names with the same key are the same file on some system: full case folding over
/// canonical decomposition, as in Unicode's definition D145.
pub(super) fn key(path: &str) -> String {
    let decomposed: String = path.nfd().collect();
    unicase::UniCase::unicode(decomposed)
        .to_folded_case()
        .nfd()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(path: &str, spelled: &str) -> Result<Place, Rule> {
        Ok(Place::Keep(Name {
            path: path.to_owned(),
            spelled: spelled.to_owned(),
        }))
    }

    #[test]
    fn names_are_kept_dropped_or_refused() {
        let long = "я".repeat(101);
        let path = vec!["я".repeat(100); 6].join("/");
        let deep = ["d"; 21].join("/");
        let dropped = |path: &str| Ok(Place::Drop(path.to_owned()));
        let cases: Vec<(&[u8], Result<Place, Rule>)> = vec![
            (b"indexes.sql", kept("indexes.sql", "indexes.sql")),
            (b"./app//./main.py", kept("app/main.py", "app/main.py")),
            (b"app/", kept("app", "app")),
            (b"./", Ok(Place::Root)),
            (b"", Ok(Place::Root)),
            (b".gitignore", kept(".gitignore", ".gitignore")),
            (b"..gitignore", kept("..gitignore", "..gitignore")),
            ("и\u{306}".as_bytes(), kept("й", "и\u{306}")),
            (b".git/config", dropped(".git")),
            (b"a/.GIT/x\\y", dropped("a/.GIT")),
            (b"__MACOSX/._a", dropped("__MACOSX")),
            (b"a/._main.py", dropped("a/._main.py")),
            (b"/etc/passwd", Err(Rule::AbsolutePath)),
            (b"C:/x", Err(Rule::AbsolutePath)),
            (b"c:\\x", Err(Rule::AbsolutePath)),
            (b"a/../../x", Err(Rule::ParentFolder)),
            (b".git/../x", Err(Rule::ParentFolder)),
            (b"a\\b", Err(Rule::Backslash)),
            (b"a\0b", Err(Rule::Nul)),
            (b"a\x1b[31m", Err(Rule::ControlCharacter)),
            (b"a\nb", Err(Rule::ControlCharacter)),
            ("a\u{200b}b".as_bytes(), Err(Rule::ControlCharacter)),
            ("a\u{202e}lqs".as_bytes(), Err(Rule::BidirectionalCharacter)),
            (b"\xee\xf2\xf7\xb8\xf2", Err(Rule::NotUtf8)),
            (long.as_bytes(), Err(Rule::NameTooLong)),
            (path.as_bytes(), Err(Rule::PathTooLong)),
            (deep.as_bytes(), Err(Rule::TooDeep)),
        ];
        for (raw, expected) in cases {
            let got = place(raw, &Limits::default()).map_err(|rejection| rejection.rule);
            assert_eq!(got, expected, "{:?}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn keys_ignore_case_and_normalisation() {
        for (one, other) in [
            ("A/b", "a/B"),
            ("й", "И\u{306}"),
            ("straße", "STRASSE"),
            ("Σας", "σασ"),
            ("\u{212b}", "å"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        assert_ne!(key("е"), key("ё"));
        assert_ne!(key("a"), key("а"));
    }
}
