//! Takes a submission in: a folder, an archive or a lone file becomes the grader's own copy.
//!
//! A submission is hostile until proven otherwise. Entries are streamed one by one into a fresh
//! folder that only the grader may enter: regular files and folders only, every name checked,
//! every byte counted while it is written. From then on the grader works on that copy, whose
//! digest depends on nothing but the names and the contents.
//!
//! This module must not look at what the files say (that is the checks' work), and must never
//! call an unpacking function of an archive library: those trust what archives declare.

#[cfg(test)]
mod archives;
mod canonical;
mod draft;
mod format;
mod from_folder;
mod from_tar;
mod from_zip;
#[cfg(test)]
mod hostile;
mod name;
mod rejection;
mod required;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::Broken;

use draft::Draft;
use format::Format;
pub use rejection::{Missing, Rejection, Rule};

/// A submission, taken in: the grader's own canonical copy, removed when this is dropped.
#[derive(Debug)]
pub struct Submission {
    /// Whose it is.
    pub student: String,
    /// The folder of the copy; every path in `files` is relative to it.
    pub root: PathBuf,
    /// `sha256:…` over the canonical tar. The same content has the same digest, whether it came
    /// as a folder, a zip or a tar, wrapped in a folder or not.
    pub digest: String,
    /// The files, sorted by path. Empty folders are not kept, as in git.
    pub files: Vec<File>,
    /// What was left out or looked for elsewhere, for people.
    pub dropped: Vec<Message>,
    _folder: tempfile::TempDir,
}

/// One file of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the submission's root, with `/` between the parts, in Unicode's form NFC.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

impl Submission {
    /// The submission as a tar that is the same on every machine: files sorted, owner 0, mode
    /// 0755, one fixed time. At most [`Limits::total_bytes`] and the headers are held in memory.
    ///
    /// # Errors
    ///
    /// The copy cannot be read, or was changed since it was made.
    pub fn canonical_tar(&self) -> io::Result<Vec<u8>> {
        canonical::write(&self.root, &self.files, Vec::new())
    }
}

/// What a lab asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The files that must be there.
    pub required: Vec<Required>,
    /// The most bytes of any other file.
    pub largest_file: u64,
}

impl Rules {
    /// The most bytes of a file where a lab says nothing else: 1 MiB.
    pub const LARGEST_FILE: u64 = 1 << 20;
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            required: Vec::new(),
            largest_file: Self::LARGEST_FILE,
        }
    }
}

/// A file that must be handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// Its path from the submission's root, with `/` between the parts.
    pub path: String,
    /// The most bytes it may have; wins over [`Rules::largest_file`].
    pub max_bytes: u64,
}

/// What any submission may be, whatever the lab. The defaults are generous for text that people
/// write (the courses' own solutions have under 30 files and 100 kB) and small for a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Files and folders that are kept: 2,000.
    pub entries: u64,
    /// Bytes of all files that are kept, counted while writing: 20 MiB.
    pub total_bytes: u64,
    /// Parts of a path: 20.
    pub levels: usize,
    /// Bytes of one part of a path: 200, under the 255 of Linux's file systems.
    pub name_bytes: usize,
    /// Bytes of a whole path: 1,000, so that it fits under any folder within Linux's 4,096.
    pub path_bytes: usize,
    /// Entries that are looked at, those that are dropped (`node_modules`) included: 20,000.
    pub visited: u64,
    /// Bytes of an archive, and bytes that are unpacked of it, those that are dropped and the
    /// headers included: 200 MiB.
    pub archive_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 2_000,
            total_bytes: 20 << 20,
            levels: 20,
            name_bytes: 200,
            path_bytes: 1_000,
            visited: 20_000,
            archive_bytes: 200 << 20,
        }
    }
}

/// Why a submission was not taken in, and whose fault that is.
#[derive(Debug)]
pub enum IntakeError {
    /// The student's: the submission breaks a rule.
    Rejected(Box<Rejection>),
    /// The caller's: there is no such path, or it may not be read.
    Usage(Message),
    /// Ours: the copy cannot be written.
    Io(Broken),
}

impl From<Rejection> for IntakeError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

/// Takes in the folder, archive or lone file at `path`.
///
/// The kind of an archive is decided by its content, never by its name. If everything lies in one
/// wrapping folder, as in archives of GitLab and of most students, that folder becomes the root.
///
/// # Errors
///
/// See [`IntakeError`]. Nothing is left behind.
pub fn take(
    path: &Path,
    student: &str,
    rules: &Rules,
    limits: &Limits,
) -> Result<Submission, IntakeError> {
    let unusable = |error: io::Error| unreadable(path, &error);
    let about = fs::metadata(path).map_err(unusable)?;
    let folder = tempfile::Builder::new()
        .prefix("labgrade-submission-")
        .tempdir()
        .map_err(|error| ours(&error))?;
    let mut draft = Draft::new(folder.path().to_owned(), rules, limits);
    if about.is_dir() {
        from_folder::read(path, &mut draft)?;
    } else if about.is_file() {
        let mut file = fs::File::open(path).map_err(unusable)?;
        if let Some(asked) = required::lone(path, rules) {
            draft.lone(asked, &mut file)?;
        } else {
            from_archive(file, about.len(), &mut draft)?;
        }
    } else {
        return Err(IntakeError::Usage(message!(
            "intake-not-a-file",
            path = path.to_string_lossy().into_owned(),
        )));
    }
    let (mut files, mut dropped) = draft.finish();
    let mut root = folder.path().to_owned();
    if let Some(wrapping) = required::unwrap(&mut files, rules) {
        root.push(&wrapping);
        dropped.push(message!("intake-unwrapped", folder = wrapping));
    }
    required::check(&files, rules)?;
    let digest = canonical::digest(&root, &files).map_err(|error| ours(&error))?;
    Ok(Submission {
        student: student.to_owned(),
        root,
        digest,
        files,
        dropped,
        _folder: folder,
    })
}

fn from_archive(mut file: fs::File, bytes: u64, draft: &mut Draft<'_>) -> Result<(), IntakeError> {
    if bytes > draft.limits.archive_bytes {
        return Err(Rejection::new(Rule::ArchiveTooLarge)
            .limit(draft.limits.archive_bytes)
            .into());
    }
    match format::of(&mut file).map_err(|error| ours(&error))? {
        Format::Zip => from_zip::read(file, draft),
        Format::Tar => from_tar::read(file, draft),
        Format::Gzip => from_tar::read(
            flate2::bufread::MultiGzDecoder::new(io::BufReader::new(file)),
            draft,
        ),
        Format::Empty => Err(Rejection::new(Rule::Empty)
            .expected(&required::paths(draft.rules))
            .into()),
        Format::Other(name) => Err(Rejection::new(Rule::UnsupportedFormat).entry(name).into()),
        Format::Unknown => Err(Rejection::new(Rule::UnknownFormat)
            .expected(&required::paths(draft.rules))
            .into()),
    }
}

/// An error of the system while the copy is written or read back.
fn ours(error: &io::Error) -> IntakeError {
    IntakeError::Io(Broken::because(message!("intake-copy-failed"), error))
}

/// What the caller named cannot be read.
fn unreadable(path: &Path, error: &io::Error) -> IntakeError {
    let path = path.to_string_lossy().into_owned();
    IntakeError::Usage(match error.kind() {
        io::ErrorKind::NotFound => message!("intake-no-such-path", path = path),
        io::ErrorKind::PermissionDenied => message!("intake-no-permission", path = path),
        _ => message!("intake-unreadable", path = path, detail = error.to_string()),
    })
}
