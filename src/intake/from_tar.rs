//! A tar, plain or from gzip, read header by header.
//!
//! Only the layout of one header is the library's. Long names of GNU and PAX are read with a
//! bound; sparse files, links and everything that is neither file nor folder are refused.

use std::borrow::Cow;
use std::io::{self, Read};

use tar::{EntryType, Header};

use super::draft::{Draft, OverBudget, unreadable_entry};
use super::{IntakeError, Rejection, Rule};

/// The unit of a tar.
pub(super) const BLOCK: usize = 512;

/// The most bytes of a PAX header or a long name that are read.
const LARGEST_EXTENSION: u64 = 64 << 10;

/// Copies what a tar holds.
pub(super) fn read(input: impl Read, draft: &mut Draft<'_>) -> Result<(), IntakeError> {
    let limit = draft.limits.archive_bytes;
    let mut input = Budget {
        inner: input,
        left: limit,
        limit,
    };
    let mut ahead = Ahead::default();
    loop {
        let mut block = [0; BLOCK];
        input
            .read_exact(&mut block)
            .map_err(|error| unreadable_entry(&error, None))?;
        if block == [0; BLOCK] {
            return end(&mut input);
        }
        if !is_header(&block) {
            return Err(Rejection::new(Rule::BrokenArchive).into());
        }
        draft.visit()?;
        let header = Header::from_byte_slice(&block);
        entry(header, &mut ahead, &mut input, draft)?;
    }
}

/// Whether a block's checksum is right.
pub(super) fn is_header(block: &[u8; BLOCK]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| u32::from(if CHECKSUM.contains(&at) { b' ' } else { *byte }))
        .sum();
    Header::from_byte_slice(block)
        .cksum()
        .is_ok_and(|said| said == sum)
}

/// What extension headers say about the entry that follows.
#[derive(Default)]
struct Ahead {
    gnu_name: Option<Vec<u8>>,
    pax_name: Option<Vec<u8>>,
    pax_size: Option<Vec<u8>>,
    sparse: bool,
}

fn entry(
    header: &Header,
    ahead: &mut Ahead,
    input: &mut impl Read,
    draft: &mut Draft<'_>,
) -> Result<(), IntakeError> {
    let size = header.entry_size().map_err(|_| broken(None))?;
    match header.entry_type() {
        EntryType::GNULongName => {
            let mut name = extension(size, input)?;
            if name.last() == Some(&0) {
                name.pop();
            }
            ahead.gnu_name = Some(name);
            return Ok(());
        }
        // Where a link leads does not matter: the link itself is refused.
        EntryType::GNULongLink => return extension(size, input).map(|_| ()),
        EntryType::XHeader => {
            return pax(&extension(size, input)?, |key, value| match key {
                b"path" => ahead.pax_name = Some(value.to_vec()),
                b"size" => ahead.pax_size = Some(value.to_vec()),
                key => ahead.sparse |= key.starts_with(b"GNU.sparse."),
            });
        }
        EntryType::XGlobalHeader => {
            // `git archive` writes the commit here. A name for all entries makes no sense.
            let mut sane = true;
            pax(&extension(size, input)?, |key, _| {
                sane &= key != b"path" && key != b"size" && !key.starts_with(b"GNU.sparse.");
            })?;
            return if sane { Ok(()) } else { Err(broken(None)) };
        }
        _ => {}
    }
    let ahead = std::mem::take(ahead);
    let raw: Cow<'_, [u8]> = match ahead.pax_name.or(ahead.gnu_name) {
        Some(name) => name.into(),
        None => header.path_bytes(),
    };
    let refuse = |rule| -> IntakeError { Rejection::new(rule).raw_entry(&raw).into() };
    if ahead
        .pax_size
        .is_some_and(|said| said != size.to_string().as_bytes())
    {
        return Err(refuse(Rule::SizeMismatch));
    }
    let kind = match header.entry_type() {
        // Before POSIX a folder was a file whose name ends so.
        EntryType::Regular if raw.ends_with(b"/") => EntryType::Directory,
        EntryType::Continuous => EntryType::Regular,
        kind => kind,
    };
    if kind != EntryType::Regular && size > 0 && kind != EntryType::GNUSparse {
        return Err(refuse(Rule::SizeMismatch));
    }
    let Some(name) = draft.place(&raw)? else {
        return skip(size, input)
            .and_then(|()| skip(padding(size), input))
            .map_err(|error| unreadable_entry(&error, None));
    };
    match kind {
        EntryType::Directory => return Ok(draft.folder(&name)?),
        EntryType::Regular if !ahead.sparse => {}
        EntryType::Regular | EntryType::GNUSparse => return Err(refuse(Rule::SparseFile)),
        EntryType::Symlink => return Err(refuse(Rule::SymbolicLink)),
        EntryType::Link => return Err(refuse(Rule::HardLink)),
        _ => return Err(refuse(Rule::SpecialFile)),
    }
    draft.declared(&name, size)?;
    let written = draft.file(&name, &mut input.by_ref().take(size))?;
    if written != size {
        return Err(refuse(Rule::BrokenArchive));
    }
    skip(padding(size), input).map_err(|error| unreadable_entry(&error, Some(&name.spelled)))
}

fn broken(entry: Option<&str>) -> IntakeError {
    let rejection = Rejection::new(Rule::BrokenArchive);
    match entry {
        Some(entry) => rejection.entry(entry).into(),
        None => rejection.into(),
    }
}

fn padding(size: u64) -> u64 {
    let block = BLOCK as u64;
    (block - size % block) % block
}

/// Reads past so many bytes.
fn skip(bytes: u64, input: &mut impl Read) -> io::Result<()> {
    match io::copy(&mut input.by_ref().take(bytes), &mut io::sink())? {
        read if read == bytes => Ok(()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Reads the content of an extension header.
fn extension(size: u64, input: &mut impl Read) -> Result<Vec<u8>, IntakeError> {
    if size > LARGEST_EXTENSION {
        return Err(broken(None));
    }
    let mut content = Vec::new();
    input
        .by_ref()
        .take(size)
        .read_to_end(&mut content)
        .and_then(|_| skip(padding(size), input))
        .map_err(|error| unreadable_entry(&error, None))?;
    if content.len() as u64 != size {
        return Err(broken(None));
    }
    Ok(content)
}

/// Goes through records `length key=value\n`. The library splits at line feeds, which a value
/// may hold.
fn pax(mut records: &[u8], mut each: impl FnMut(&[u8], &[u8])) -> Result<(), IntakeError> {
    while !records.is_empty() {
        let next = record(records).ok_or_else(|| broken(None))?;
        let (length, key, value) = next;
        each(key, value);
        records = &records[length..];
    }
    Ok(())
}

fn record(records: &[u8]) -> Option<(usize, &[u8], &[u8])> {
    let space = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&records[..space]).ok()?.parse().ok()?;
    let (line, end) = records
        .get(space + 1..length)?
        .split_at_checked(length - space - 2)?;
    let equals = line.iter().position(|byte| *byte == b'=')?;
    (end == b"\n").then_some((length, &line[..equals], &line[equals + 1..]))
}

/// After the first zero block only zeros may follow: what other programs may or may not unpack
/// is not silently ignored. Reading on also checks gzip's own checksum.
fn end(input: &mut impl Read) -> Result<(), IntakeError> {
    let mut chunk = [0; 4 << 10];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) if chunk[..read].iter().all(|byte| *byte == 0) => {}
            Ok(_) => return Err(Rejection::new(Rule::TrailingData).into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable_entry(&error, None)),
        }
    }
}

/// Reads no more than so many bytes.
struct Budget<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other(OverBudget(self.limit)))?;
        Ok(read)
    }
}
