//! The tokens of `guc-file.l`: the longest match wins, of equally long ones the first rule.

/// One token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub bytes: &'a [u8],
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The end of a line.
    Line,
    /// The end of the file.
    End,
    /// `name`.
    Name,
    /// `extension.name`.
    Qualified,
    /// `'…'`.
    Quoted,
    /// A word with `-._:/` in it.
    Word,
    /// An integer, perhaps with a unit, or a real number.
    Number,
    Equals,
    /// Anything else.
    Other,
}

pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    began: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            line: 1,
            began: 0,
        }
    }

    /// The next token that is no space and no comment.
    pub fn next(&mut self) -> Token<'a> {
        self.skip_space();
        let rest = &self.bytes[self.at..];
        let (kind, length) = match rest.first() {
            None => (Kind::End, 0),
            Some(b'\n') => (Kind::Line, 1),
            Some(_) => longest(rest),
        };
        let token = Token {
            kind,
            bytes: &rest[..length],
            line: self.line,
            column: super::number(self.at - self.began + 1),
        };
        self.at += length;
        if kind == Kind::Line {
            self.line += 1;
            self.began = self.at;
        }
        token
    }

    /// Goes on behind the end of the line.
    pub fn skip_line(&mut self) {
        while !matches!(self.next().kind, Kind::Line | Kind::End) {}
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => {
                    let rest = &self.bytes[self.at..];
                    self.at += run(rest, |byte| byte != b'\n');
                }
                _ => break,
            }
        }
    }
}

fn longest(rest: &[u8]) -> (Kind, usize) {
    let name = name(rest);
    let rules = [
        (Kind::Name, name),
        (Kind::Qualified, qualified(rest, name)),
        (Kind::Quoted, quoted(rest)),
        (Kind::Word, word(rest)),
        (Kind::Number, integer(rest)),
        (Kind::Number, real(rest)),
        (Kind::Equals, usize::from(rest[0] == b'=')),
        (Kind::Other, 1),
    ];
    let mut best = (Kind::Other, 0);
    for rule in rules {
        if rule.1 > best.1 {
            best = rule;
        }
    }
    best
}

fn run(rest: &[u8], is: impl Fn(u8) -> bool) -> usize {
    rest.iter().take_while(|byte| is(**byte)).count()
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_letter_or_digit(byte: u8) -> bool {
    is_letter(byte) || byte.is_ascii_digit()
}

fn name(rest: &[u8]) -> usize {
    match rest.first() {
        Some(byte) if is_letter(*byte) => run(rest, is_letter_or_digit),
        _ => 0,
    }
}

fn qualified(rest: &[u8], first: usize) -> usize {
    if first == 0 || rest.get(first) != Some(&b'.') {
        return 0;
    }
    match name(&rest[first + 1..]) {
        0 => 0,
        second => first + 1 + second,
    }
}

fn word(rest: &[u8]) -> usize {
    match rest.first() {
        Some(byte) if is_letter(*byte) => run(rest, |byte| {
            is_letter_or_digit(byte) || b"-._:/".contains(&byte)
        }),
        _ => 0,
    }
}

/// `'…'` on one line; the longest one, so that `''` goes on.
fn quoted(rest: &[u8]) -> usize {
    if rest.first() != Some(&b'\'') {
        return 0;
    }
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        at += match (byte, rest.get(at + 1)) {
            (b'\'', Some(b'\'')) => 2,
            (b'\'', _) => return at + 1,
            (b'\\', Some(next)) if *next != b'\n' => 2,
            (b'\\' | b'\n', _) => return shorter(rest),
            _ => 1,
        };
    }
    shorter(rest)
}

/// Where the text does not end, a doubled quote may have been two texts: the last whole one.
fn shorter(rest: &[u8]) -> usize {
    let mut at = 1;
    let mut whole = 0;
    while let Some(byte) = rest.get(at) {
        at += match (byte, rest.get(at + 1)) {
            (b'\'', Some(b'\'')) => {
                whole = at + 1;
                2
            }
            (b'\\', Some(next)) if *next != b'\n' => 2,
            (b'\\' | b'\n', _) => break,
            _ => 1,
        };
    }
    whole
}

fn integer(rest: &[u8]) -> usize {
    let sign = usize::from(matches!(rest.first(), Some(b'-' | b'+')));
    let digits = &rest[sign..];
    let decimal = run(digits, |byte| byte.is_ascii_digit());
    let hexadecimal = if digits.starts_with(b"0x") {
        match run(&digits[2..], |byte| byte.is_ascii_hexdigit()) {
            0 => 0,
            count => 2 + count,
        }
    } else {
        0
    };
    let count = decimal.max(hexadecimal);
    if count == 0 {
        return 0;
    }
    sign + count + run(&digits[count..], |byte| byte.is_ascii_alphabetic())
}

fn real(rest: &[u8]) -> usize {
    let sign = usize::from(matches!(rest.first(), Some(b'-' | b'+')));
    let mut at = sign + run(&rest[sign..], |byte| byte.is_ascii_digit());
    if rest.get(at) != Some(&b'.') {
        return 0;
    }
    at += 1;
    at += run(&rest[at..], |byte| byte.is_ascii_digit());
    if matches!(rest.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(at + 1), Some(b'-' | b'+')));
        let from = at + 1 + sign;
        let digits = run(rest.get(from..).unwrap_or_default(), |byte| {
            byte.is_ascii_digit()
        });
        if digits > 0 {
            at = from + digits;
        }
    }
    at
}

/// The text between the quotes, as `DeescapeQuotedString` gives it.
pub(super) fn unquoted(bytes: &[u8]) -> Vec<u8> {
    let inner = &bytes[1..bytes.len() - 1];
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(byte) = inner.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                let rest = inner.get(at..).unwrap_or_default();
                let octal = run(rest, |byte| (b'0'..=b'7').contains(&byte)).min(3);
                if octal > 0 {
                    let value = rest[..octal]
                        .iter()
                        .fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                    text.push((value & 0xff).to_le_bytes()[0]);
                    at += octal;
                } else if let Some(next) = rest.first() {
                    at += 1;
                    text.push(match next {
                        b'b' => 8,
                        b'f' => 12,
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        other => *other,
                    });
                }
            }
            b'\'' => {
                text.push(b'\'');
                at += 1;
            }
            byte => text.push(*byte),
        }
    }
    // A string of C ends at the first zero.
    let end = text.iter().position(|byte| *byte == 0);
    text.truncate(end.unwrap_or(text.len()));
    text
}
