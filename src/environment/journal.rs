//! The run's journal: what it makes in the engine is written down, and synced, before it is made.
//!
//! The file stays locked as long as the process lives, so the next start can tell a dead run from
//! a living one without looking at process numbers, which are used again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

/// A thing in the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// A container, by name.
    Container(String),
    /// A network, by name.
    Network(String),
    /// What is done to a container on purpose, for whoever reads why it is as it is.
    Fault {
        /// The container, by name.
        container: String,
        /// What is done to it.
        what: String,
    },
    /// The user asked to keep everything: only `clean` removes it.
    Kept,
}

/// The journal of a living run.
pub struct Journal {
    path: PathBuf,
    file: Mutex<Flock<File>>,
}

/// The folder of all journals of this user.
#[must_use]
pub fn folder() -> PathBuf {
    std::env::var_os("LABGRADE_STATE")
        .map_or_else(
            || {
                directories::ProjectDirs::from("", "", "labgrade").map_or_else(
                    || std::env::temp_dir().join("labgrade"),
                    |dirs| dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned(),
                )
            },
            PathBuf::from,
        )
        .join("runs")
}

impl Journal {
    /// Begins the journal of a run, and locks it.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(run: &str) -> io::Result<Self> {
        let folder = folder();
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{run}.jsonl"));
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)?;
        let file = Flock::lock(file, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, errno)| io::Error::from(errno))?;
        File::open(&folder)?.sync_all()?;
        Ok(Self {
            path,
            file: Mutex::new(file),
        })
    }

    /// Writes one entry down; when this returns it outlives a power cut.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn note(&self, entry: &Entry) -> io::Result<()> {
        let line = serde_json::to_string(entry)? + "\n";
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }

    /// Everything is gone from the engine: so is the journal.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn end(&self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// What a run that is no longer alive has left.
#[derive(Debug)]
pub struct Dead {
    /// Its label's value.
    pub run: String,
    /// What it noted.
    pub entries: Vec<Entry>,
    path: PathBuf,
    // Held until the sweep is done, so that two sweeps do not meet.
    _lock: Flock<File>,
}

impl Dead {
    /// Whether the user asked to keep it.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.entries.contains(&Entry::Kept)
    }

    /// Its leftovers are gone.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn forget(&self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

/// The journals of runs that are no longer alive.
///
/// # Errors
/// The folder cannot be read; a missing one holds nothing.
pub fn dead() -> io::Result<Vec<Dead>> {
    let listing = match fs::read_dir(folder()) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in listing {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl")
            && let Some(dead) = read_dead(&path)?
        {
            found.push(dead);
        }
    }
    Ok(found)
}

fn read_dead(path: &Path) -> io::Result<Option<Dead>> {
    let Ok(file) = OpenOptions::new().read(true).write(true).open(path) else {
        return Ok(None);
    };
    // A living run holds the lock.
    let Ok(lock) = Flock::lock(file, FlockArg::LockExclusiveNonblock) else {
        return Ok(None);
    };
    let run = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let entries = BufReader::new(File::open(path)?)
        .lines()
        // The last line of a run that was cut off may be half a line; its thing was never made.
        .filter_map(|line| serde_json::from_str(&line.ok()?).ok())
        .collect();
    Ok(Some(Dead {
        run,
        entries,
        path: path.to_owned(),
        _lock: lock,
    }))
}
