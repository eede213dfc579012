//! One answer in HTTP/1.1 as its bytes come in: where the head ends, where the body ends (RFC 9112,
//! section 6.3), and whether the connection can be used again.
//!
//! Nothing is read from a socket here, and nothing of a body is kept that nobody asked for.

use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Status};

/// The largest body: what is larger ends the call.
pub(super) const MOST_BODY: u64 = 1 << 20;
/// The most headers of one answer.
const MOST_HEADERS: usize = 64;
/// The most informational answers (103 and its like) before the real one.
const MOST_INFORMATIONAL: u8 = 8;

/// Why an answer is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// No HTTP/1, or less of it than was announced.
    Garbled,
    /// A body beyond [`MOST_BODY`].
    TooLarge,
}

/// What has become of the bytes so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// So many from the front are done with.
    pub bytes: usize,
    /// The answer is complete.
    pub complete: bool,
}

/// How the body goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    /// So many bytes.
    Length(u64),
    /// The line before a chunk.
    ChunkSize,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The line's end behind a chunk.
    ChunkEnd,
    /// The lines behind the last chunk.
    Trailers,
    /// Until the connection ends.
    Rest,
    Complete,
}

/// An answer that comes in.
#[derive(Debug)]
pub(super) struct Answer {
    part: Part,
    /// The question was a HEAD.
    bodyless: bool,
    /// The status; 0 before there is one.
    pub status: u16,
    /// The connection can carry another call, once the answer is complete.
    pub reusable: bool,
    /// What is kept of the body.
    pub body: Vec<u8>,
    /// The most that is kept.
    keep: usize,
    /// Bytes of the body so far.
    size: u64,
    informational: u8,
}

impl Answer {
    /// An answer of which nothing has come yet, and of whose body `keep` bytes are kept.
    pub fn new(bodyless: bool, keep: usize) -> Self {
        Self {
            part: Part::Head,
            bodyless,
            status: 0,
            reusable: false,
            body: Vec::new(),
            keep,
            size: 0,
            informational: 0,
        }
    }

    /// From now on at least so much of the body is kept.
    pub fn keep(&mut self, most: usize) {
        self.keep = self.keep.max(most);
    }

    /// The head is there, and the body has not begun.
    pub fn has_head(&self) -> bool {
        self.part != Part::Head
    }

    /// Reads on. What is not taken must come again, with more behind it. Stops after the head, so
    /// that the caller can look at it; then it is to be called again at once.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Taken, Flaw> {
        let mut at = 0;
        while self.part != Part::Complete {
            let rest = &bytes[at..];
            let was = self.part;
            let Some(taken) = self.step(rest)? else {
                break;
            };
            at += taken;
            if was == Part::Head {
                break;
            }
        }
        Ok(Taken {
            bytes: at,
            complete: self.part == Part::Complete,
        })
    }

    /// The connection has ended: that completes a body which says nothing of its length, and
    /// nothing else.
    pub fn end(&mut self) -> Result<(), Flaw> {
        if self.part == Part::Rest {
            self.part = Part::Complete;
            return Ok(());
        }
        Err(Flaw::Garbled)
    }

    /// One step; none if there is too little for it.
    fn step(&mut self, bytes: &[u8]) -> Result<Option<usize>, Flaw> {
        match self.part {
            Part::Head => self.head(bytes),
            Part::Length(left) => {
                let taken = self.content(bytes, left)?;
                let left = left - taken as u64;
                self.part = match left {
                    0 => Part::Complete,
                    left => Part::Length(left),
                };
                Ok((taken > 0).then_some(taken))
            }
            Part::ChunkSize => match httparse::parse_chunk_size(bytes) {
                Err(_) => Err(Flaw::Garbled),
                Ok(Status::Partial) => Ok(None),
                Ok(Status::Complete((taken, size))) => {
                    self.part = match size {
                        0 => Part::Trailers,
                        size => Part::Chunk(size),
                    };
                    Ok(Some(taken))
                }
            },
            Part::Chunk(left) => {
                let taken = self.content(bytes, left)?;
                let left = left - taken as u64;
                self.part = match left {
                    0 => Part::ChunkEnd,
                    left => Part::Chunk(left),
                };
                Ok((taken > 0).then_some(taken))
            }
            Part::ChunkEnd => match bytes {
                [b'\r', b'\n', ..] => {
                    self.part = Part::ChunkSize;
                    Ok(Some(2))
                }
                [] | [b'\r'] => Ok(None),
                _ => Err(Flaw::Garbled),
            },
            Part::Trailers => {
                let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else {
                    return Ok(None);
                };
                if end == 0 {
                    self.part = Part::Complete;
                }
                Ok(Some(end + 2))
            }
            Part::Rest => {
                let taken = self.content(bytes, u64::MAX)?;
                Ok((taken > 0).then_some(taken))
            }
            Part::Complete => Ok(None),
        }
    }

    /// Takes bytes of the body, `most` of them.
    fn content(&mut self, bytes: &[u8], most: u64) -> Result<usize, Flaw> {
        let taken = usize::try_from(most).map_or(bytes.len(), |most| most.min(bytes.len()));
        self.size += taken as u64;
        if self.size > MOST_BODY {
            return Err(Flaw::TooLarge);
        }
        let room = self.keep.saturating_sub(self.body.len());
        self.body.extend_from_slice(&bytes[..taken.min(room)]);
        Ok(taken)
    }

    fn head(&mut self, bytes: &[u8]) -> Result<Option<usize>, Flaw> {
        let mut headers: [MaybeUninit<Header<'_>>; MOST_HEADERS] =
            [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let mut head = httparse::Response::new(&mut []);
        let parsed = ParserConfig::default()
            .parse_response_with_uninit_headers(&mut head, bytes, &mut headers)
            .map_err(|_| Flaw::Garbled)?;
        let (Status::Complete(taken), Some(status)) = (parsed, head.code) else {
            return Ok(None);
        };
        if (100..200).contains(&status) {
            self.informational += 1;
            if status == 101 || self.informational > MOST_INFORMATIONAL {
                return Err(Flaw::Garbled);
            }
            return Ok(Some(taken));
        }
        self.status = status;
        let said = Said::of(head.headers)?;
        self.reusable = match head.version {
            Some(1) => !said.close,
            _ => said.keep_alive,
        };
        self.part = match said.length {
            _ if self.bodyless || status == 204 || status == 304 => Part::Complete,
            _ if said.chunked => Part::ChunkSize,
            _ if said.coded => Part::Rest,
            Some(0) => Part::Complete,
            Some(length) if length > MOST_BODY => return Err(Flaw::TooLarge),
            Some(length) => Part::Length(length),
            None => Part::Rest,
        };
        // Two lengths at once are how requests are smuggled; such a connection is not used again.
        let ambiguous = said.coded && said.length.is_some();
        self.reusable &= self.part != Part::Rest && !ambiguous;
        Ok(Some(taken))
    }
}

/// What headers say of the body and of the connection.
#[derive(Debug, Default)]
struct Said {
    length: Option<u64>,
    /// There is a transfer coding.
    coded: bool,
    /// Its last one is `chunked`.
    chunked: bool,
    close: bool,
    keep_alive: bool,
}

impl Said {
    fn of(headers: &[Header<'_>]) -> Result<Self, Flaw> {
        let mut said = Self::default();
        for header in headers {
            // Names are told apart by their length first: most headers are none of these.
            match header.name.len() {
                10 if header.name.eq_ignore_ascii_case("connection") => {
                    said.close |= has_word(header.value, b"close");
                    said.keep_alive |= has_word(header.value, b"keep-alive");
                }
                14 if header.name.eq_ignore_ascii_case("content-length") => {
                    let length = number(header.value).ok_or(Flaw::Garbled)?;
                    if said.length.is_some_and(|other| other != length) {
                        return Err(Flaw::Garbled);
                    }
                    said.length = Some(length);
                }
                17 if header.name.eq_ignore_ascii_case("transfer-encoding") => {
                    said.coded = true;
                    let last = words(header.value).last();
                    said.chunked = last.is_some_and(|it| it.eq_ignore_ascii_case(b"chunked"));
                }
                _ => {}
            }
        }
        Ok(said)
    }
}

fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

fn has_word(value: &[u8], word: &[u8]) -> bool {
    words(value).any(|it| it.eq_ignore_ascii_case(word))
}

fn number(digits: &[u8]) -> Option<u64> {
    let digits = digits.trim_ascii();
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests;
