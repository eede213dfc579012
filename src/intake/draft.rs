//! The grader's copy while it is written: every rule that holds whatever the source.
//!
//! Sources hand over raw names and streams. Sizes are counted here, while writing; what a source
//! declares only helps to refuse early.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use labgrade_checkers::message;
use labgrade_checkers::message::Message;

use super::name::{self, Name, Place};
use super::{File, IntakeError, Limits, Rejection, Required, Rule, Rules, ours};

/// Bytes that are held of a file at a time.
const CHUNK: usize = 64 << 10;

/// The most notes on what was dropped; the rest is counted.
const MOST_NOTES: usize = 30;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
}

/// What an archive holds more than it may: an error that travels through readers.
#[derive(Debug, thiserror::Error)]
#[error("more than {0} bytes were unpacked")]
pub(super) struct OverBudget(pub u64);

/// The copy as far as it is written.
pub(super) struct Draft<'a> {
    pub rules: &'a Rules,
    pub limits: &'a Limits,
    root: PathBuf,
    /// No file may have more, whatever its name; the exact limit is known when the root is.
    largest: u64,
    total: u64,
    visited: u64,
    /// By [`name::key`]: the spelling, and what it is.
    names: HashMap<String, (String, Kind)>,
    files: Vec<File>,
    dropped: Vec<String>,
    buffer: Vec<u8>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(root: PathBuf, rules: &'a Rules, limits: &'a Limits) -> Self {
        let asked = rules.required.iter().map(|file| file.max_bytes);
        Self {
            rules,
            limits,
            root,
            largest: asked.max().unwrap_or(0).max(rules.largest_file),
            total: 0,
            visited: 0,
            names: HashMap::new(),
            files: Vec::new(),
            dropped: Vec::new(),
            buffer: vec![0; CHUNK],
        }
    }

    /// Counts an entry of the source, before anything else is done with it.
    pub(super) fn visit(&mut self) -> Result<(), Rejection> {
        self.visited += 1;
        if self.visited > self.limits.visited {
            return Err(Rejection::new(Rule::TooManyEntries).limit(self.limits.visited));
        }
        Ok(())
    }

    /// The name to keep an entry under, or nothing for the root and for what is dropped.
    pub(super) fn place(&mut self, raw: &[u8]) -> Result<Option<Name>, Rejection> {
        match name::place(raw, self.limits)? {
            Place::Root => Ok(None),
            Place::Keep(name) => Ok(Some(name)),
            Place::Drop(path) => {
                if self.dropped.last() != Some(&path) && !self.dropped.contains(&path) {
                    self.dropped.push(path);
                }
                Ok(None)
            }
        }
    }

    /// Notes a folder. It is created with its first file: an empty one is not kept, since not
    /// every archive can hold one and the digest must not depend on that.
    pub(super) fn folder(&mut self, name: &Name) -> Result<(), Rejection> {
        self.claim(name, Kind::Folder)
    }

    /// Refuses a file that says itself that it is too large.
    pub(super) fn declared(&self, name: &Name, bytes: u64) -> Result<(), Rejection> {
        if bytes > self.largest {
            return Err(self.file_too_large(name));
        }
        if self.total.saturating_add(bytes) > self.limits.total_bytes {
            return Err(self.too_large(name));
        }
        Ok(())
    }

    /// Copies a file and returns the bytes that were written.
    pub(super) fn file(&mut self, name: &Name, from: &mut dyn Read) -> Result<u64, IntakeError> {
        self.claim(name, Kind::File)?;
        let target = self.root.join(&name.path);
        if let Some(parent) = target.parent() {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(parent)
                .map_err(|error| ours(&error))?;
        }
        // `create_new` neither follows a link nor opens what is there.
        let mut to = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&target)
            .map_err(|error| ours(&error))?;
        let mut bytes = 0;
        loop {
            let read = match from.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable_entry(&error, Some(&name.spelled))),
            };
            bytes += read as u64;
            self.total += read as u64;
            if bytes > self.largest {
                return Err(self.file_too_large(name).into());
            }
            if self.total > self.limits.total_bytes {
                return Err(self.too_large(name).into());
            }
            to.write_all(&self.buffer[..read])
                .map_err(|error| ours(&error))?;
        }
        self.files.push(File {
            path: name.path.clone(),
            bytes,
        });
        Ok(bytes)
    }

    /// Copies a lone file to where the lab asks for it.
    pub(super) fn lone(
        &mut self,
        asked: &Required,
        from: &mut dyn Read,
    ) -> Result<(), IntakeError> {
        let name = Name {
            path: asked.path.clone(),
            spelled: asked.path.clone(),
        };
        self.file(&name, from).map(|_| ())
    }

    /// The files, sorted, and the notes on what was left out.
    pub(super) fn finish(mut self) -> (Vec<File>, Vec<Message>) {
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        // Reports of an earlier self-check are ours: dropping them is no news to anybody.
        self.dropped
            .retain(|path| !name::OURS.contains(&path.as_str()));
        self.dropped.sort();
        let more = self.dropped.len().saturating_sub(MOST_NOTES);
        let mut notes: Vec<Message> = self
            .dropped
            .iter()
            .take(MOST_NOTES)
            .map(|path| message!("intake-dropped", entry = path))
            .collect();
        if more > 0 {
            notes.push(message!("intake-dropped-more", count = more));
        }
        (self.files, notes)
    }

    /// Notes a name and the folders above it, and finds those at odds with it.
    fn claim(&mut self, name: &Name, kind: Kind) -> Result<(), Rejection> {
        let ends = |text: &str| -> Vec<usize> {
            let inner = text.match_indices('/').map(|(at, _)| at);
            inner.chain([text.len()]).collect()
        };
        let ends: Vec<_> = ends(&name.path)
            .into_iter()
            .zip(ends(&name.spelled))
            .collect();
        for (level, (path_end, spelled_end)) in ends.iter().enumerate() {
            let spelled = &name.spelled[..*spelled_end];
            let whole = level + 1 == ends.len();
            let kind = if whole { kind } else { Kind::Folder };
            match self.names.entry(name::key(&name.path[..*path_end])) {
                Entry::Vacant(free) => {
                    free.insert((spelled.to_owned(), kind));
                    if self.names.len() as u64 > self.limits.entries {
                        return Err(Rejection::new(Rule::TooManyEntries).limit(self.limits.entries));
                    }
                }
                Entry::Occupied(taken) => {
                    let (there, was) = taken.get();
                    let refuse = |rule| Rejection::new(rule).entry(spelled).other(there);
                    if there != spelled {
                        return Err(refuse(Rule::SameName));
                    }
                    if *was != kind {
                        return Err(refuse(Rule::FileAndFolder));
                    }
                    // Folders are listed before and after their files, and twice by some tools.
                    if kind == Kind::File {
                        return Err(refuse(Rule::Duplicate));
                    }
                }
            }
        }
        Ok(())
    }

    fn file_too_large(&self, name: &Name) -> Rejection {
        Rejection::new(Rule::FileTooLarge)
            .entry(&name.spelled)
            .limit(self.largest)
    }

    fn too_large(&self, name: &Name) -> Rejection {
        Rejection::new(Rule::TooLarge)
            .entry(&name.spelled)
            .limit(self.limits.total_bytes)
    }
}

/// Whose fault it is that a source cannot be read on: an error number comes from the system,
/// everything else from what the archive says.
pub(super) fn unreadable_entry(error: &io::Error, entry: Option<&str>) -> IntakeError {
    if error.raw_os_error().is_some() {
        return ours(error);
    }
    if let Some(OverBudget(limit)) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return Rejection::new(Rule::ArchiveTooLarge).limit(*limit).into();
    }
    let rejection = Rejection::new(Rule::BrokenArchive);
    match entry {
        Some(entry) => rejection.entry(entry).into(),
        None => rejection.into(),
    }
}
