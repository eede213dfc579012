//! A `postgresql.conf` as PostgreSQL 15 reads it (the lexer of its `guc-file.l`), with the line and
//! column of everything, and the mistakes at their places.
//!
//! Nothing is judged here. What a server is given is [`Conf::canonical`], so that it sees exactly
//! what was read here, on the same lines.

pub mod known;
mod token;

use std::collections::BTreeMap;

use crate::message::Tainted;
use crate::verdict::Excerpt;
use token::{Kind, Lexer};

/// PostgreSQL itself gives up after so many.
const MOST_MISTAKES: usize = 100;

/// A file that was read.
#[derive(Debug, Clone, Default)]
pub struct Conf {
    /// The settings in the order of the file.
    pub settings: Vec<Setting>,
    /// What is no setting.
    pub mistakes: Vec<Mistake>,
    /// The file's lines, as they are shown.
    lines: Vec<String>,
}

/// One line that sets something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The name as it is written.
    pub name: String,
    /// The value, without quotes and escapes.
    pub value: String,
    /// Line, from 1.
    pub line: u32,
    /// Column of the name in bytes, from 1.
    pub column: u32,
}

/// One line that PostgreSQL does not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub what: Wrong,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Something stands where it cannot: the token, or the end of the line.
    Syntax(String),
    /// The file begins with a byte order mark, which PostgreSQL takes for a part of a name.
    ByteOrderMark,
    /// A zero byte, as in UTF-16.
    ZeroByte,
    /// A name or a value is not UTF-8.
    NotUtf8,
}

impl Conf {
    /// Reads a file. Comments may hold any bytes.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let lines: Vec<String> = bytes
            .split(|byte| *byte == b'\n')
            .map(|line| String::from_utf8_lossy(line).trim_end().to_owned())
            .collect();
        let mut conf = Self {
            lines,
            ..Self::default()
        };
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
            conf.mistake(Wrong::ZeroByte, number(line), 1);
            return conf;
        }
        let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => {
                conf.mistake(Wrong::ByteOrderMark, 1, 1);
                rest
            }
            None => bytes,
        };
        let mut lexer = Lexer::new(bytes);
        while conf.mistakes.len() < MOST_MISTAKES {
            let token = lexer.next();
            match token.kind {
                Kind::End => break,
                Kind::Line => continue,
                _ => {}
            }
            if let Err(wrong) = conf.line(&mut lexer, &token) {
                let (what, line, column) = wrong;
                conf.mistake(what, line, column);
            }
        }
        conf
    }

    /// One line that is not empty, from its first token on.
    fn line(
        &mut self,
        lexer: &mut Lexer<'_>,
        first: &token::Token<'_>,
    ) -> Result<(), (Wrong, u32, u32)> {
        let bad = |lexer: &mut Lexer<'_>, token: &token::Token<'_>| {
            let text = match token.kind {
                Kind::Line | Kind::End => String::new(),
                _ => String::from_utf8_lossy(token.bytes).into_owned(),
            };
            if !matches!(token.kind, Kind::Line | Kind::End) {
                lexer.skip_line();
            }
            (Wrong::Syntax(text), token.line, token.column)
        };
        if !matches!(first.kind, Kind::Name | Kind::Qualified) {
            return Err(bad(lexer, first));
        }
        let mut value = lexer.next();
        if value.kind == Kind::Equals {
            value = lexer.next();
        }
        let text = match value.kind {
            Kind::Quoted => token::unquoted(value.bytes),
            Kind::Name | Kind::Number | Kind::Word => value.bytes.to_vec(),
            _ => return Err(bad(lexer, &value)),
        };
        let after = lexer.next();
        if !matches!(after.kind, Kind::Line | Kind::End) {
            return Err(bad(lexer, &after));
        }
        let not_utf8 = (Wrong::NotUtf8, first.line, first.column);
        let (Ok(name), Ok(value)) = (std::str::from_utf8(first.bytes), String::from_utf8(text))
        else {
            return Err(not_utf8);
        };
        self.settings.push(Setting {
            name: name.to_owned(),
            value,
            line: first.line,
            column: first.column,
        });
        Ok(())
    }

    fn mistake(&mut self, what: Wrong, line: u32, column: u32) {
        self.mistakes.push(Mistake { what, line, column });
    }

    /// The settings that count, by name in lower case: of those given twice the last.
    #[must_use]
    pub fn effective(&self) -> BTreeMap<String, &Setting> {
        let named = self.settings.iter();
        named
            .map(|setting| (known::canonical(&setting.name), setting))
            .collect()
    }

    /// The line that sets a name, as it counts.
    #[must_use]
    pub fn setter(&self, name: &str) -> Option<&Setting> {
        self.effective().get(&known::canonical(name)).copied()
    }

    /// The file as a server is given it: each setting on its own line, quoted; nothing else.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        let mut line = 1;
        for setting in &self.settings {
            while line < setting.line {
                text.push('\n');
                line += 1;
            }
            // PostgreSQL itself finds a name given twice only where its case is the same.
            text.push_str(&known::written(&setting.name));
            text.push_str(" = ");
            text.push_str(&quoted(&setting.value));
        }
        text.push('\n');
        text
    }

    /// A line of the file, to be shown; the column, in bytes, becomes one in characters.
    #[must_use]
    pub fn excerpt(&self, file: &str, line: u32, column: u32) -> Excerpt {
        let index = usize::try_from(line).map_or(0, |line| line.saturating_sub(1));
        let text = self.lines.get(index).map_or("", String::as_str);
        let before = usize::try_from(column).map_or(0, |column| column.saturating_sub(1));
        let column = text
            .get(..before)
            .map_or(column, |it| number(it.chars().count() + 1));
        Excerpt {
            file: Some(file.to_owned()),
            line: Some(line),
            column: Some(column),
            text: Tainted::bounded(text, 300),
        }
    }
}

/// A value as PostgreSQL reads it back: quotes doubled, control characters as escapes.
fn quoted(value: &str) -> String {
    let mut text = String::from("'");
    for c in value.chars() {
        match c {
            '\'' => text.push_str("''"),
            '\\' => text.push_str("\\\\"),
            c if c.is_ascii_control() => text.push_str(&format!("\\{:03o}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
