//! A submitted SQL script: decoded, split into statements, each parsed by PostgreSQL's own parser
//! (libpg_query), with the line and column of everything.
//!
//! Nothing is executed here, and no statement is judged: that is [`crate::kinds::sql_only`]'s.

use pg_query::NodeEnum;
use pg_query::protobuf::Token;

use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::Excerpt;

/// The longest statement that is parsed, in bytes. libpg_query itself stops at its stack limit
/// (measured: 30,000 nested additions are refused, not crashed on); this bounds its time.
const LONGEST_STATEMENT: usize = 64 * 1024;
/// The most statements of one script.
const MOST_STATEMENTS: usize = 200;

/// A script, split.
#[derive(Debug, Clone)]
pub struct Script {
    /// The file's name in the submission.
    pub file: String,
    /// The text, without a byte order mark.
    pub text: String,
    /// Its statements in order; empty ones and comments are left out.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// From 1, as one counts in the file.
    pub number: usize,
    /// Without the semicolon and what surrounds it.
    pub sql: String,
    /// Offset of `sql` in the script's text, in bytes.
    pub start: usize,
    /// What the parser made of it.
    pub parsed: Result<NodeEnum, Mistake>,
}

/// Why a text is no SQL.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// For people.
    pub message: Message,
    /// Where, in the script's text, in bytes.
    pub at: usize,
}

impl Script {
    /// Decodes and splits a file.
    ///
    /// # Errors
    /// The bytes are no UTF-8, or no tokens of SQL, or too many statements; the student's.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, (String, Mistake)> {
        let text = decode(bytes)?;
        match split(&text) {
            Ok(ranges) => {
                let statements = ranges
                    .into_iter()
                    .enumerate()
                    .map(|(index, (start, end))| Statement {
                        number: index + 1,
                        sql: text[start..end].to_owned(),
                        start,
                        parsed: parse(&text[start..end], start),
                    })
                    .collect();
                Ok(Self {
                    file: file.to_owned(),
                    text,
                    statements,
                })
            }
            Err(mistake) => Err((text, mistake)),
        }
    }

    /// The place of a byte of the text, with its line.
    #[must_use]
    pub fn excerpt(&self, at: usize) -> Excerpt {
        excerpt(&self.file, &self.text, at)
    }
}

/// The line and column (in characters, from 1) of a byte offset, and the line's text.
#[must_use]
pub fn excerpt(file: &str, text: &str, at: usize) -> Excerpt {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[..at].matches('\n').count() + 1;
    let shown = text[line_start..].lines().next().unwrap_or_default();
    Excerpt {
        file: Some(file.to_owned()),
        line: u32::try_from(line).ok(),
        column: u32::try_from(text[line_start..at].chars().count() + 1).ok(),
        text: Tainted::bounded(shown, 300),
    }
}

/// UTF-8, with or without a byte order mark. What editors on Windows write otherwise is named.
fn decode(bytes: &[u8]) -> Result<String, (String, Mistake)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refuse = |message, at| {
        Err((
            String::from_utf8_lossy(bytes).into_owned(),
            Mistake { message, at },
        ))
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return refuse(message!("sql-utf16"), 0);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            Some(at) => refuse(message!("sql-nul"), at),
            None => Ok(text.to_owned()),
        },
        Err(error) => {
            let lossy_at = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).len();
            refuse(message!("sql-not-utf8"), lossy_at)
        }
    }
}

/// The byte ranges of the statements. pg_query's own `split_with_scanner` leaves out what holds no
/// keyword, so that `foo bar;` would vanish unseen; the tokens themselves do not.
fn split(text: &str) -> Result<Vec<(usize, usize)>, Mistake> {
    let tokens = pg_query::scan(text)
        .map_err(|error| {
            let (message, at) = located(&error, text, 0);
            Mistake { message, at }
        })?
        .tokens;
    let mut ranges = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut depth = 0_usize;
    for token in &tokens {
        let (Ok(start), Ok(end)) = (usize::try_from(token.start), usize::try_from(token.end))
        else {
            continue;
        };
        match token.token() {
            Token::SqlComment | Token::CComment => continue,
            Token::Ascii40 => depth += 1,
            Token::Ascii41 => depth = depth.saturating_sub(1),
            Token::Ascii59 if depth == 0 => {
                ranges.extend(open.take());
                continue;
            }
            _ => {}
        }
        open = Some((open.map_or(start, |(first, _)| first), end));
    }
    ranges.extend(open);
    for (index, &(start, end)) in ranges.iter().enumerate() {
        if end - start > LONGEST_STATEMENT {
            let message = message!("sql-statement-too-long", most = LONGEST_STATEMENT);
            return Err(Mistake { message, at: start });
        }
        if index == MOST_STATEMENTS {
            let message = message!("sql-too-many-statements", most = MOST_STATEMENTS);
            return Err(Mistake { message, at: start });
        }
    }
    Ok(ranges)
}

/// Parses one statement that begins at `start` of the script.
fn parse(sql: &str, start: usize) -> Result<NodeEnum, Mistake> {
    match pg_query::parse(sql, 0) {
        Ok(result) => result
            .protobuf
            .stmts
            .into_iter()
            .next()
            .and_then(|raw| raw.stmt)
            .and_then(|node| node.node)
            .ok_or_else(|| Mistake {
                message: message!("sql-unreadable"),
                at: start,
            }),
        Err(error) => {
            if sql.starts_with('\\') {
                let command = sql.split_whitespace().next().unwrap_or_default();
                let message = message!("sql-psql-command", command = command);
                return Err(Mistake { message, at: start });
            }
            // The tree cannot be handed over when it is nested more than some 30 levels deep.
            if matches!(error, pg_query::Error::Decode(_)) {
                return Err(Mistake {
                    message: message!("sql-too-deep"),
                    at: start,
                });
            }
            let (message, at) = located(&error, sql, start);
            Err(Mistake { message, at })
        }
    }
}

/// The parser's words and the place that they mean. The binding drops libpg_query's cursor, but an
/// LR parser stops at the first token that no statement could go on with: the shortest prefix of
/// tokens that is wrong, not merely unfinished, ends with that token.
fn located(error: &pg_query::Error, sql: &str, start: usize) -> (Message, usize) {
    let words = words(error);
    let said = message!("sql-syntax", error = words.as_str());
    if words.ends_with("at end of input") {
        return (said, start + sql.trim_end().len());
    }
    let Ok(tokens) = pg_query::scan(sql) else {
        // A quote or comment that never ends: the scanner's words quote the rest of the text.
        let rest = words
            .split_once("at or near \"")
            .map(|(_, rest)| rest.trim_end_matches('"'));
        let at = rest.and_then(|rest| sql.rfind(rest)).unwrap_or(0);
        return (said, start + at);
    };
    let ends: Vec<(usize, usize)> = tokens
        .tokens
        .iter()
        .filter(|token| !matches!(token.token(), Token::SqlComment | Token::CComment))
        .filter_map(|token| Some((token.start.try_into().ok()?, token.end.try_into().ok()?)))
        .collect();
    let wrong = ends.partition_point(|&(_, end)| {
        pg_query::parse(&sql[..end], 0)
            .map_or_else(|e| self::words(&e).ends_with("at end of input"), |_| true)
    });
    (said, start + ends.get(wrong).map_or(0, |&(first, _)| first))
}

/// The parser's own words, without the binding's prefix.
fn words(error: &pg_query::Error) -> String {
    match error {
        pg_query::Error::Parse(words) | pg_query::Error::Scan(words) => words.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(script: &str) -> (String, u32, u32) {
        let (text, mistake) = match Script::read("f.sql", script.as_bytes()) {
            Ok(script) => {
                let mistake = script
                    .statements
                    .iter()
                    .find_map(|statement| statement.parsed.clone().err())
                    .expect("a mistake");
                (script.text, mistake)
            }
            Err(error) => error,
        };
        let place = excerpt("f.sql", &text, mistake.at);
        (
            mistake.message.key,
            place.line.expect("line"),
            place.column.expect("column"),
        )
    }

    #[test]
    fn statements_are_split_by_tokens_not_by_text() {
        let script = Script::read(
            "f.sql",
            "\u{feff}-- ; комментарий\r\nCREATE INDEX a ON t (b); ;\r\n/* ; */ ANALYZE;\n\
             COMMENT ON INDEX a IS 'x;y';\nfoo bar;\ncreate index on t ((a || ';'))"
                .as_bytes(),
        )
        .expect("a script");
        let sqls: Vec<&str> = script.statements.iter().map(|s| s.sql.as_str()).collect();
        assert_eq!(
            sqls,
            [
                "CREATE INDEX a ON t (b)",
                "ANALYZE",
                "COMMENT ON INDEX a IS 'x;y'",
                "foo bar",
                "create index on t ((a || ';'))",
            ]
        );
        assert!(script.statements[3].parsed.is_err());
    }

    #[test]
    fn mistakes_have_their_line_and_column() {
        let cases = [
            ("ANALYZE;\n\nCREATE INDX a ON t (b);", "sql-syntax", 3, 8),
            ("CREATE INDEX a ON t (b", "sql-syntax", 1, 23),
            ("ANALYZE;\n  \\i other.sql\n", "sql-psql-command", 2, 3),
            (
                "ANALYZE;\nCOMMENT ON INDEX a IS 'не закрыто;\n",
                "sql-syntax",
                2,
                23,
            ),
            (
                "-- привет\nCREATE INDEX a ON t USING gin b (c);",
                "sql-syntax",
                2,
                31,
            ),
            ("CREATE INDEX i ON t (a) $$;", "sql-syntax", 1, 25),
        ];
        for (script, key, line, column) in cases {
            assert_eq!(place(script), (key.to_owned(), line, column), "{script}");
        }
    }

    #[test]
    fn other_encodings_are_named() {
        for (bytes, key) in [
            (&b"\xff\xfeC\0R\0"[..], "sql-utf16"),
            (
                &b"-- \xcf\xf0\xe8\xe2\xe5\xf2\nANALYZE;"[..],
                "sql-not-utf8",
            ),
            (&b"ANALYZE\0;"[..], "sql-nul"),
        ] {
            let (_, mistake) = Script::read("f.sql", bytes).expect_err("no text");
            assert_eq!(mistake.message.key, key);
        }
    }

    #[test]
    fn deep_statements_are_refused_not_crashed_on() {
        for sql in [
            format!("create index on t ((a{}))", "+a".repeat(30_000)),
            format!(
                "create index on t ({}a{})",
                "(".repeat(30_000),
                ")".repeat(30_000)
            ),
            format!("create index on t (({} a))", "not ".repeat(15_000)),
            format!("create index on t ((a{}))", " || 'x'".repeat(9_000)),
        ] {
            let script = Script::read("f.sql", sql.as_bytes()).expect("tokens");
            assert!(script.statements[0].parsed.is_err());
        }
    }
}
