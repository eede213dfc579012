//! What a check is given: the running lab, the submitted files, the lab's data, the seed, and what
//! earlier checks of the same grade have measured.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::bench::Bench;
use crate::measure::indexes::Index;
use crate::measure::replication::Replication;
use crate::measure::replication::absence::Absence;
use crate::measure::settings::Settings;
use crate::message;
use crate::sql::Script;
use crate::timeline::Timeline;
use crate::verdict::Broken;
use crate::workload::{Drawn, Workload};

/// What every check is given.
pub struct Context<'a> {
    /// The running lab.
    pub bench: &'a dyn Bench,
    /// The submission's files.
    pub files: &'a Files,
    /// The queries of the lab, where it has some.
    pub workload: Option<&'a Workload>,
    /// The lab's published numbers, for formulas; sizes in bytes.
    pub machine: &'a BTreeMap<String, i64>,
    /// Everything random follows from it.
    pub seed: Seed,
    /// What earlier checks have measured.
    pub notebook: &'a Notebook,
    /// What was done and seen so far, and how long nothing but waiting was done.
    pub timeline: &'a Timeline,
}

impl Context<'_> {
    /// The lab's workload.
    ///
    /// # Errors
    /// The lab has none: its specification is wrong, which is ours.
    pub fn workload(&self) -> Result<&Workload, Broken> {
        self.workload
            .ok_or_else(|| Broken::from(message!("broken-no-workload")))
    }
}

/// The submission's files, in the grader's own copy.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// The files below a folder that intake has made: no links, no strange names.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// The paths of the files below a folder, relative to the submission, in order; of all files, if
    /// it is empty.
    ///
    /// # Errors
    /// It cannot be read, though intake has made it: ours.
    pub fn below(&self, folder: &str) -> Result<Vec<String>, Broken> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let unread =
                |error| Broken::because(message!("broken-file-unread", file = &folder), error);
            for entry in std::fs::read_dir(self.root.join(&folder)).map_err(unread)? {
                let entry = entry.map_err(unread)?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                // A path that begins with a slash would be no path below the root.
                let path = match folder.as_str() {
                    "" => name.into_owned(),
                    folder => format!("{folder}/{name}"),
                };
                if entry.file_type().map_err(unread)?.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// One file's bytes; intake has bounded them.
    ///
    /// # Errors
    /// It cannot be read, though intake has seen it: ours.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Broken> {
        std::fs::read(self.root.join(path))
            .map_err(|error| Broken::because(message!("broken-file-unread", file = path), error))
    }
}

/// The seed of a run: everything random in it follows from these 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// An independent stream of random numbers for one purpose, so that a new draw in one check
    /// does not shift the draws of the others.
    #[must_use]
    pub fn stream(self, purpose: &str) -> ChaCha12Rng {
        let mut hash = Sha256::new();
        hash.update(self.0.to_le_bytes());
        hash.update(purpose.as_bytes());
        ChaCha12Rng::from_seed(hash.finalize().into())
    }
}

/// What checks of one grade leave for those after them. Pages are written once; the last says how
/// the services run now.
#[derive(Debug, Default)]
pub struct Notebook {
    /// The submitted SQL script, by file.
    pub script: OnceLock<Arc<Script>>,
    /// The indexes that the submission made.
    pub indexes: OnceLock<Vec<Index>>,
    /// Queries whose index serves only the recorded constants, each with a text that it does not
    /// serve.
    pub unserved: OnceLock<BTreeMap<String, String>>,
    /// What is known of a replication that the submission has set up.
    pub replication: OnceLock<Replication>,
    /// What came of a standby's absence, if it has been away.
    pub absence: OnceCell<Absence>,
    /// The workload's runs with the submission's indexes, one for each draw.
    pub runs: OnceLock<Vec<Drawn>>,
    /// The settings of a submission's server, as the application's session sees them.
    pub settings: OnceLock<Arc<Settings>>,
    /// The `CACHE_TTL_SECONDS` with which a check has started the services anew; 0 while they run
    /// with their own.
    pub cache_ttl: AtomicU64,
}

/// Reads a page that an earlier check must have written.
///
/// # Errors
/// It has not: the specification's `needs` are wrong, which is ours.
pub fn written<'a, T>(page: &'a OnceLock<T>, name: &'static str) -> Result<&'a T, Broken> {
    page.get()
        .ok_or_else(|| Broken::from(message!("broken-page-missing", page = name)))
}
