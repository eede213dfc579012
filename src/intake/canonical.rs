//! The canonical tar: the same bytes for the same files, on every machine and at any time.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::File;

/// 2000-01-01 00:00 UTC. Not 0: tools that make zips and wheels refuse times before 1980.
const TIME: u64 = 946_684_800;

/// Everything may be read and run by whoever the containers run as. Archives that were made on
/// Windows know no right to run, so the student's own modes cannot count.
const MODE: u32 = 0o755;

/// Writes the tar: files in the order of their paths, each after the folders above it.
pub(super) fn write<W: Write>(root: &Path, files: &[File], to: W) -> io::Result<W> {
    let mut builder = Builder::new(to);
    let mut folders = BTreeSet::new();
    for file in files {
        for (end, _) in file.path.match_indices('/') {
            let folder = &file.path[..end];
            if folders.insert(folder) {
                let mut header = header(EntryType::Directory, 0);
                builder.append_data(&mut header, format!("{folder}/"), io::empty())?;
            }
        }
        let content = fs::OpenOptions::new()
            .read(true)
            .custom_flags(OFlag::O_NOFOLLOW.bits())
            .open(root.join(&file.path))?;
        if content.metadata()?.len() != file.bytes {
            return Err(io::Error::other("the copy of a submission was changed"));
        }
        let mut header = header(EntryType::Regular, file.bytes);
        builder.append_data(&mut header, &file.path, content.take(file.bytes))?;
    }
    builder.into_inner()
}

/// `sha256:…` over the tar, which is not held in memory.
pub(super) fn digest(root: &Path, files: &[File]) -> io::Result<String> {
    let hash = write(root, files, Hash(Sha256::new()))?.0.finalize();
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{digits}"))
}

fn header(kind: EntryType, bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(bytes);
    header.set_mode(MODE);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header
}

struct Hash(Sha256);

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use zip::CompressionMethod;

    use super::super::archives::{ASKED, TEXT, file, gzip, judged, lab, pax, tar, zip, zip_of};
    use super::super::{Limits, take};
    use super::*;

    #[test]
    fn the_same_content_has_the_same_digest() {
        let notes = "заметки ".repeat(20_000);
        let long = format!("{}/{}.md", "d".repeat(150), "n".repeat(150));
        let items: Vec<(&str, &[u8])> = vec![
            ("app/main.py", b"import app\n"),
            (&long, notes.as_bytes()),
            (ASKED, TEXT),
            ("пустой", b""),
        ];
        let wrapped: Vec<_> = items
            .iter()
            .map(|(name, text)| (format!("lab-02/{name}"), *text))
            .collect();
        let wrapped: Vec<_> = wrapped
            .iter()
            .map(|(name, text)| (name.as_str(), *text))
            .collect();
        let long_tar = |path: &str, how: EntryType| {
            let extension = match how {
                EntryType::XHeader => pax(&[("mtime", "1.5"), ("path", path)]),
                _ => [path.as_bytes(), b"\0"].concat(),
            };
            tar(&[
                (
                    b"pax_global_header",
                    EntryType::XGlobalHeader,
                    &pax(&[("comment", "abc")]),
                ),
                (b"./", EntryType::Directory, b""),
                file(b"./.DS_Store", b"x"),
                file(b".git/HEAD", b"ref"),
                (b".venv/bin/python", EntryType::Symlink, b""),
                file(b"./app/main.py", b"import app\n"),
                (b"./app", EntryType::Directory, b""),
                (b"./app/empty/", EntryType::Directory, b""),
                (b"x", how, &extension),
                file(b"short", notes.as_bytes()),
                file("пустой".as_bytes(), b""),
                file(ASKED.as_bytes(), TEXT),
            ])
        };
        let pax_tar = long_tar(&long, EntryType::XHeader);
        let half = pax_tar.len() / 2;
        let archives = [
            zip(&items),
            zip_of(&items, CompressionMethod::Stored),
            zip(&wrapped),
            gzip(&pax_tar),
            // Two members of gzip are one stream.
            [gzip(&pax_tar[..half]), gzip(&pax_tar[half..])].concat(),
            long_tar(&long, EntryType::GNULongName),
            pax_tar,
        ];
        let folder = tempfile::tempdir().expect("folder");
        for (name, text) in &wrapped {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, text).expect("file");
        }
        let from_folder = |path: &Path| take(path, "ivanov", &lab(), &Limits::default());
        let plain = from_folder(&folder.path().join("lab-02")).expect("taken");
        let outer = from_folder(folder.path()).expect("taken");
        assert_eq!(outer.dropped[0].key, "intake-unwrapped");
        assert_eq!(plain.digest, outer.digest);
        assert_eq!(plain.files.len(), 4);
        assert_eq!(fs::read(outer.root.join(ASKED)).expect("copy"), TEXT);
        let canonical = plain.canonical_tar().expect("tar");
        assert_eq!(canonical, outer.canonical_tar().expect("tar"));
        for (number, archive) in archives.iter().chain([&canonical]).enumerate() {
            assert_eq!(
                judged(archive),
                Ok(plain.digest.clone()),
                "archive {number}"
            );
        }
        // Golden: a change of this digest is a change of every stored grade's.
        let lone = judged(&zip(&[(ASKED, TEXT)]));
        assert_eq!(
            lone.as_deref(),
            Ok("sha256:2d0c8be52751ca14b314638dd3d93ae9805eb61612054382e1e4b7bfc1ff17a6")
        );
    }
}
