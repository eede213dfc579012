//! A folder on disk. Links are never followed, and what is dropped is not entered.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;

use super::draft::Draft;
use super::{IntakeError, Rejection, Rule, unreadable};

/// Copies a folder.
pub(super) fn read(folder: &Path, draft: &mut Draft<'_>) -> Result<(), IntakeError> {
    walk(folder, b"", draft)
}

// As deep as the names' limit on levels at most, since each is checked before it is entered.
fn walk(folder: &Path, above: &[u8], draft: &mut Draft<'_>) -> Result<(), IntakeError> {
    let unusable = |error: io::Error| unreadable(folder, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unusable)? {
        draft.visit()?;
        entries.push(entry.map_err(unusable)?);
    }
    // The order of a folder is the file system's; of two mistakes always the same is reported.
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let mut raw = above.to_vec();
        raw.extend_from_slice(entry.file_name().as_bytes());
        let Some(name) = draft.place(&raw)? else {
            continue;
        };
        let kind = entry.file_type().map_err(unusable)?;
        if kind.is_dir() {
            draft.folder(&name)?;
            raw.push(b'/');
            walk(&entry.path(), &raw, draft)?;
        } else if kind.is_file() {
            let mut file = open(&entry.path(), &raw)?;
            let bytes = file.metadata().map_err(unusable)?.len();
            draft.declared(&name, bytes)?;
            draft.file(&name, &mut file)?;
        } else if kind.is_symlink() {
            return Err(Rejection::new(Rule::SymbolicLink).raw_entry(&raw).into());
        } else {
            return Err(Rejection::new(Rule::SpecialFile).raw_entry(&raw).into());
        }
    }
    Ok(())
}

/// Opens what was a regular file a moment ago, and still must be.
fn open(path: &Path, raw: &[u8]) -> Result<fs::File, IntakeError> {
    // Without `O_NONBLOCK` a FIFO that took the file's place would hang the grader.
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(path)
        .map_err(|error| match error.raw_os_error() {
            Some(code) if code == nix::errno::Errno::ELOOP as i32 => {
                Rejection::new(Rule::SymbolicLink).raw_entry(raw).into()
            }
            _ => unreadable(path, &error),
        })?;
    match file.metadata() {
        Ok(about) if about.is_file() => Ok(file),
        Ok(_) => Err(Rejection::new(Rule::SpecialFile).raw_entry(raw).into()),
        Err(error) => Err(unreadable(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::archives::{lab, rule};
    use super::super::{IntakeError, Limits, Rule, take};
    use super::*;

    #[test]
    fn what_is_neither_file_nor_folder_is_refused() {
        type Make = fn(&Path);
        let cases: [(Make, Rule); 4] = [
            (
                |folder| symlink("/etc/passwd", folder.join("link")).expect("link"),
                Rule::SymbolicLink,
            ),
            (
                |folder| symlink("/etc", folder.join("app")).expect("link"),
                Rule::SymbolicLink,
            ),
            (
                |folder| {
                    nix::unistd::mkfifo(&folder.join("pipe"), nix::sys::stat::Mode::S_IRWXU)
                        .expect("fifo");
                },
                Rule::SpecialFile,
            ),
            (
                |folder| {
                    std::os::unix::net::UnixListener::bind(folder.join("socket")).expect("socket");
                },
                Rule::SpecialFile,
            ),
        ];
        for (make, expected) in cases {
            let folder = tempfile::tempdir().expect("folder");
            fs::write(folder.path().join("indexes.sql"), "SELECT 1;").expect("file");
            make(folder.path());
            let taken = take(folder.path(), "ivanov", &lab(), &Limits::default());
            assert_eq!(rule(taken), Err(expected));
        }
    }

    #[test]
    fn dropped_folders_are_not_entered_and_links_in_their_place_not_followed() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("indexes.sql"), "SELECT 1;").expect("file");
        fs::create_dir_all(folder.path().join(".venv/bin")).expect("folder");
        symlink("/usr/bin/python3", folder.path().join(".venv/bin/python")).expect("link");
        symlink("/", folder.path().join("node_modules")).expect("link");
        let taken = take(folder.path(), "ivanov", &lab(), &Limits::default()).expect("taken");
        assert_eq!(taken.files.len(), 1);
        assert_eq!(taken.dropped.len(), 2);
    }

    #[test]
    fn what_may_not_be_read_is_the_callers_concern() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("indexes.sql");
        fs::write(&file, "SELECT 1;").expect("file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("mode");
        if fs::File::open(&file).is_ok() {
            return; // the superuser may read anything
        }
        let taken = take(folder.path(), "ivanov", &lab(), &Limits::default());
        assert!(matches!(taken, Err(IntakeError::Usage(_))));
    }
}
