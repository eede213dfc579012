//! A zip, read entry by entry through its central directory.
//!
//! Local headers must say the same as the directory, entries must not share bytes, and the
//! directory is read with a bound, since the library holds all of it in memory.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::read::{ArchiveOffset, Config, ZipArchive};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipReadOptions};

use super::draft::{Draft, unreadable_entry};
use super::{IntakeError, Rejection, Rule};

/// Bytes of the central directory for each entry that may be visited: 46 and the name; times and
/// owners in extra fields take some 30 more.
const DIRECTORY_BYTES: u64 = 400;

/// Copies what a zip holds.
pub(super) fn read(file: File, draft: &mut Draft<'_>) -> Result<(), IntakeError> {
    let too_many = || Rejection::new(Rule::TooManyEntries).limit(draft.limits.visited);
    let left = Rc::new(Cell::new(draft.limits.visited * DIRECTORY_BYTES));
    let input = Metered {
        inner: BufReader::new(file),
        left: Rc::clone(&left),
    };
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let mut archive = ZipArchive::with_config(config, input).map_err(|error| match left.get() {
        0 => too_many().into(),
        _ => refusal(&error, None),
    })?;
    left.set(u64::MAX);
    if archive.len() as u64 > draft.limits.visited {
        return Err(too_many().into());
    }
    if archive.has_duplicate_names() {
        return Err(duplicate(archive).into());
    }
    let mut taken = Vec::new();
    for index in 0..archive.len() {
        draft.visit()?;
        taken.extend(entry(index, &mut archive, draft)?);
    }
    taken.sort();
    match taken.windows(2).find(|pair| pair[0].end > pair[1].start) {
        Some(pair) => Err(Rejection::new(Rule::Overlap)
            .entry(&pair[0].name)
            .other(&pair[1].name)
            .into()),
        None => Ok(()),
    }
}

/// The bytes of an archive that an entry takes, its header included.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    start: u64,
    end: u64,
    name: String,
}

fn entry(
    index: usize,
    archive: &mut ZipArchive<Metered>,
    draft: &mut Draft<'_>,
) -> Result<Option<Taken>, IntakeError> {
    let about = archive
        .by_index_data(index)
        .map_err(|error| refusal(&error, None))?;
    // The library has put the name of Info-ZIP's Unicode field here where there is one.
    let raw = about.name_raw().to_vec();
    let Some(name) = draft.place(&raw)? else {
        return Ok(None);
    };
    let refuse = |rule| -> IntakeError { Rejection::new(rule).raw_entry(&raw).into() };
    if about.encrypted() {
        return Err(refuse(Rule::Encrypted));
    }
    let size = about.size();
    let is_folder = raw.ends_with(b"/");
    match (about.external_attributes() >> 16) & 0o170_000 {
        0 => {}
        0o100_000 if !is_folder => {}
        0o040_000 if is_folder => {}
        0o120_000 => return Err(refuse(Rule::SymbolicLink)),
        0o100_000 | 0o040_000 => return Err(refuse(Rule::FileAndFolder)),
        _ => return Err(refuse(Rule::SpecialFile)),
    }
    if is_folder {
        if size > 0 {
            return Err(refuse(Rule::FileAndFolder));
        }
        draft.folder(&name)?;
        return Ok(None);
    }
    if !matches!(
        about.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(refuse(Rule::Compression));
    }
    draft.declared(&name, size)?;
    let options = ZipReadOptions::new().enforce_header_consistency(true);
    let mut file = archive
        .by_index_with_options(index, options)
        .map_err(|error| refusal(&error, Some(&name.spelled)))?;
    if draft.file(&name, &mut file)? != size {
        return Err(refuse(Rule::SizeMismatch));
    }
    let start = file.header_start();
    let data = file.data_start().unwrap_or(start);
    Ok(Some(Taken {
        start,
        end: data.saturating_add(file.compressed_size()),
        name: name.spelled,
    }))
}

fn refusal(error: &ZipError, entry: Option<&str>) -> IntakeError {
    match error {
        ZipError::Io(error) => unreadable_entry(error, entry),
        _ => {
            let rejection = Rejection::new(Rule::BrokenArchive);
            match entry {
                Some(entry) => rejection.entry(entry).into(),
                None => rejection.into(),
            }
        }
    }
}

/// Names the entry that is there twice. The library keeps the last of equals, so the header in
/// the directory that belongs to none of the kept entries is an earlier one.
fn duplicate(archive: ZipArchive<Metered>) -> Rejection {
    let rejection = Rejection::new(Rule::Duplicate);
    let mut kept = HashSet::new();
    for index in 0..archive.len() {
        if let Ok(about) = archive.by_index_data(index) {
            kept.insert(about.central_header_start());
        }
    }
    let mut at = archive.central_directory_start();
    let mut input = archive.into_inner();
    let mut next = || -> io::Result<(bool, Vec<u8>)> {
        let mut header = [0; 46];
        input.seek(SeekFrom::Start(at))?;
        input.read_exact(&mut header)?;
        let length = |low: usize| u16::from_le_bytes([header[low], header[low + 1]]);
        let mut name = vec![0; usize::from(length(28))];
        input.read_exact(&mut name)?;
        let is_kept = kept.contains(&at);
        at += 46
            + [28, 30, 32]
                .map(|low| u64::from(length(low)))
                .iter()
                .sum::<u64>();
        Ok((is_kept, name))
    };
    for _ in 0..=kept.len() {
        match next() {
            Ok((true, _)) => {}
            Ok((false, name)) => return rejection.raw_entry(&name),
            Err(_) => break,
        }
    }
    rejection
}

/// Reads no more than so many bytes; then nothing is left.
struct Metered {
    inner: BufReader<File>,
    left: Rc<Cell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        match self.left.get() {
            0 => Err(io::Error::other("the central directory is too large")),
            _ => Ok(read),
        }
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
