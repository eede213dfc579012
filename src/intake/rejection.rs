//! Why a submission is rejected: which rule, which entry, and what to do about it.
//!
//! One rule, one variant, one sentence of the catalogues. Nothing here decides.

use labgrade_checkers::message;
use labgrade_checkers::message::{Message, Tainted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most characters of an entry's name that are shown.
const SHOWN: usize = 300;

/// The rule that a submission breaks.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A name that starts at the root of a disk.
    AbsolutePath,
    /// A name with `..`, which could leave the submission.
    ParentFolder,
    /// A name with a backslash, which is a separator on one system and a letter on another.
    Backslash,
    /// A name with a zero byte.
    Nul,
    /// A name with control or invisible characters.
    ControlCharacter,
    /// A name with characters that turn the direction of writing.
    BidirectionalCharacter,
    /// A name that is not UTF-8.
    NotUtf8,
    /// One part of a path is too long.
    NameTooLong,
    /// A whole path is too long.
    PathTooLong,
    /// Folders in folders, too many.
    TooDeep,
    /// Two names that differ only in case or in Unicode's normalisation.
    SameName,
    /// One file twice.
    Duplicate,
    /// One name, both a file and a folder.
    FileAndFolder,
    /// A symbolic link.
    SymbolicLink,
    /// A hard link.
    HardLink,
    /// A FIFO, a socket, a device or another thing that is neither file nor folder.
    SpecialFile,
    /// A sparse file, in which holes are declared instead of written.
    SparseFile,
    /// Too many files and folders.
    TooManyEntries,
    /// A file is too large.
    FileTooLarge,
    /// All files together are too large.
    TooLarge,
    /// The archive itself, or what it unpacks to, is too large.
    ArchiveTooLarge,
    /// An encrypted entry.
    Encrypted,
    /// An entry that is compressed in an uncommon way.
    Compression,
    /// An entry that has another size than declared.
    SizeMismatch,
    /// Entries of a zip that share their bytes.
    Overlap,
    /// A damaged or cut archive.
    BrokenArchive,
    /// Something after the archive's end.
    TrailingData,
    /// A known kind of archive that is not accepted.
    UnsupportedFormat,
    /// Not an archive at all.
    UnknownFormat,
    /// Nothing was handed in.
    Empty,
    /// Files that the lab asks for are missing.
    MissingFile,
    /// A file that the lab asks for is larger than the lab says.
    RequiredFileTooLarge,
}

/// A submission that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejection {
    /// The rule.
    pub rule: Rule,
    /// The entry that breaks it, or the kind of an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Tainted>,
    /// Where two entries are at odds, the other one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Tainted>,
    /// The limit, in bytes or in pieces after the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What the lab asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Tainted>,
    /// The files that are missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// A file that a lab asks for and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Its path.
    pub path: Tainted,
    /// A file that is there and may be meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similar: Option<Tainted>,
}

impl Rejection {
    pub(super) fn new(rule: Rule) -> Self {
        Self {
            rule,
            entry: None,
            other: None,
            limit: None,
            expected: None,
            missing: Vec::new(),
        }
    }

    pub(super) fn entry(mut self, name: &str) -> Self {
        self.entry = Some(Tainted::bounded(name, SHOWN));
        self
    }

    /// An entry whose name may be anything.
    pub(super) fn raw_entry(self, name: &[u8]) -> Self {
        // A name in a hostile archive can have megabytes; four bytes a character are enough.
        let shown = &name[..name.len().min(4 * SHOWN)];
        self.entry(&String::from_utf8_lossy(shown))
    }

    pub(super) fn other(mut self, name: &str) -> Self {
        self.other = Some(Tainted::bounded(name, SHOWN));
        self
    }

    pub(super) fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    pub(super) fn expected(mut self, files: &str) -> Self {
        self.expected = Some(Tainted::bounded(files, SHOWN));
        self
    }

    /// One message for each missing file; empty where the rule is another or only one is missing.
    #[must_use]
    pub fn details(&self) -> Vec<Message> {
        if self.missing.len() < 2 {
            return Vec::new();
        }
        self.missing.iter().map(Missing::message).collect()
    }

    /// What is wrong and what to do about it, in one or two sentences.
    #[must_use]
    pub fn message(&self) -> Message {
        let text = |text: &Option<Tainted>| text.clone().unwrap_or_else(|| Tainted::new("?"));
        let entry = || text(&self.entry);
        let other = || text(&self.other);
        let limit = self.limit.unwrap_or_default();
        match self.rule {
            Rule::AbsolutePath => message!("intake-absolute-path", entry = entry()),
            Rule::ParentFolder => message!("intake-parent-folder", entry = entry()),
            Rule::Backslash => message!("intake-backslash", entry = entry()),
            Rule::Nul => message!("intake-nul", entry = entry()),
            Rule::ControlCharacter => message!("intake-control-character", entry = entry()),
            Rule::BidirectionalCharacter => {
                message!("intake-bidirectional-character", entry = entry())
            }
            Rule::NotUtf8 => message!("intake-not-utf8", entry = entry()),
            Rule::NameTooLong => message!("intake-name-too-long", entry = entry(), limit = limit),
            Rule::PathTooLong => message!("intake-path-too-long", entry = entry(), limit = limit),
            Rule::TooDeep => message!("intake-too-deep", entry = entry(), limit = limit),
            Rule::SameName => message!("intake-same-name", entry = entry(), other = other()),
            Rule::Duplicate => message!("intake-duplicate", entry = entry()),
            Rule::FileAndFolder => message!("intake-file-and-folder", entry = entry()),
            Rule::SymbolicLink => message!("intake-symbolic-link", entry = entry()),
            Rule::HardLink => message!("intake-hard-link", entry = entry()),
            Rule::SpecialFile => message!("intake-special-file", entry = entry()),
            Rule::SparseFile => message!("intake-sparse-file", entry = entry()),
            Rule::TooManyEntries => message!("intake-too-many-entries", limit = limit),
            Rule::FileTooLarge => {
                message!("intake-file-too-large", entry = entry(), limit = limit)
            }
            Rule::TooLarge => message!("intake-too-large", entry = entry(), limit = limit),
            Rule::ArchiveTooLarge => message!("intake-archive-too-large", limit = limit),
            Rule::Encrypted => message!("intake-encrypted", entry = entry()),
            Rule::Compression => message!("intake-compression", entry = entry()),
            Rule::SizeMismatch => message!("intake-size-mismatch", entry = entry()),
            Rule::Overlap => message!("intake-overlap", entry = entry(), other = other()),
            Rule::BrokenArchive => match &self.entry {
                Some(entry) => message!("intake-broken-entry", entry = entry.clone()),
                None => message!("intake-broken-archive"),
            },
            Rule::TrailingData => message!("intake-trailing-data"),
            Rule::UnsupportedFormat => message!("intake-unsupported-format", format = entry()),
            Rule::UnknownFormat => match &self.expected {
                Some(files) => message!("intake-unknown-format-expected", files = files.clone()),
                None => message!("intake-unknown-format"),
            },
            Rule::Empty => match &self.expected {
                Some(files) => message!("intake-empty-expected", files = files.clone()),
                None => message!("intake-empty"),
            },
            Rule::MissingFile => match self.missing.as_slice() {
                [one] => one.message(),
                several => message!(
                    "intake-missing-several",
                    count = several.len(),
                    files = text(&self.expected)
                ),
            },
            Rule::RequiredFileTooLarge => {
                message!("intake-required-too-large", entry = entry(), limit = limit)
            }
        }
    }
}

impl Missing {
    fn message(&self) -> Message {
        let path = self.path.clone();
        match &self.similar {
            Some(similar) => message!(
                "intake-missing-similar",
                file = path,
                similar = similar.clone()
            ),
            None => message!("intake-missing", file = path),
        }
    }
}
