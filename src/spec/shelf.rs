//! Where labs and templates are read from: compiled into the binary, or a folder.
//!
//! Solutions, mutants, demonstrations and hidden checks are never compiled in: the binary is on
//! every student's machine. Names are checked here, so that no caller can leave a lab's folder.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "labs/"]
#[exclude = "*/solutions/*"]
#[exclude = "*/mutants/*"]
#[exclude = "*/demo/*"]
#[exclude = "*/hidden.toml"]
#[exclude = "*/README.md"]
struct Labs;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Templates;

/// The place that holds labs, each in a folder named after its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelf {
    /// The labs that are compiled into the binary.
    Embedded,
    /// A folder of labs.
    Folder(PathBuf),
}

impl Shelf {
    /// The labs that are there, sorted: every folder that holds a `lab.toml`.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn labs(&self) -> io::Result<Vec<String>> {
        let mut labs = match self {
            Self::Embedded => Labs::iter()
                .filter_map(|path| path.strip_suffix("/lab.toml").map(str::to_owned))
                .filter(|lab| !lab.contains('/'))
                .collect(),
            Self::Folder(root) => {
                let mut labs = Vec::new();
                for entry in std::fs::read_dir(root)? {
                    let entry = entry?;
                    if entry.path().join("lab.toml").is_file() {
                        labs.push(entry.file_name().to_string_lossy().into_owned());
                    }
                }
                labs
            }
        };
        labs.sort_unstable();
        Ok(labs)
    }

    /// One file of a lab.
    ///
    /// # Errors
    /// It is not there, cannot be read, or its name would leave the lab's folder.
    pub fn read(&self, lab: &str, path: &str) -> io::Result<Vec<u8>> {
        let path = inside(lab, path)?;
        match self {
            Self::Embedded => Labs::get(&path)
                .map(|file| file.data.into_owned())
                .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, path)),
            Self::Folder(root) => std::fs::read(root.join(path)),
        }
    }

    /// All files below a folder of a lab (`""` for the whole lab), relative to the lab, sorted.
    /// A folder that is not there has none.
    ///
    /// # Errors
    /// It cannot be read, or its name would leave the lab's folder.
    pub fn files(&self, lab: &str, folder: &str) -> io::Result<Vec<String>> {
        let below = if folder.is_empty() {
            is_id(lab)
                .then(|| lab.to_owned())
                .ok_or_else(|| strange(lab))?
        } else {
            inside(lab, folder)?
        };
        let mut files = match self {
            Self::Embedded => {
                let below = format!("{below}/");
                Labs::iter()
                    .filter(|path| path.starts_with(&below))
                    .filter_map(|path| Some(path.strip_prefix(lab)?.strip_prefix('/')?.to_owned()))
                    .collect()
            }
            Self::Folder(root) => {
                let mut files = Vec::new();
                walk(&root.join(&below), folder, &mut files)?;
                files
            }
        };
        files.sort_unstable();
        Ok(files)
    }

    /// The lab's folder on disk, if it has one.
    #[must_use]
    pub fn folder(&self, lab: &str) -> Option<PathBuf> {
        match self {
            Self::Folder(root) if is_id(lab) => Some(root.join(lab)),
            _ => None,
        }
    }

    /// Where a file of a lab stands, as errors show it.
    #[must_use]
    pub fn origin(&self, lab: &str, path: &str) -> String {
        match self {
            Self::Embedded => format!("labs/{lab}/{path}"),
            Self::Folder(root) => root.join(lab).join(path).display().to_string(),
        }
    }
}

/// A template that is compiled into the binary, by its path below `templates/`.
#[must_use]
pub fn template(path: &str) -> Option<Cow<'static, [u8]>> {
    Templates::get(path).map(|file| file.data)
}

/// All templates below a folder of `templates/`, with their paths, sorted.
#[must_use]
pub fn templates(folder: &str) -> Vec<String> {
    let below = format!("{}/", folder.trim_end_matches('/'));
    let mut paths: Vec<String> = Templates::iter()
        .filter(|path| path.starts_with(&below))
        .map(Cow::into_owned)
        .collect();
    paths.sort_unstable();
    paths
}

/// Whether a text can name a lab, a check or a service: lower-case letters, digits and hyphens.
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// `lab/path`, if the path stays inside.
fn inside(lab: &str, path: &str) -> io::Result<String> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0', ':']);
    if is_id(lab) && path.split('/').all(plain) {
        Ok(format!("{lab}/{path}"))
    } else {
        Err(strange(&format!("{lab}/{path}")))
    }
}

fn strange(name: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("not a name in a lab: {name:?}"),
    )
}

/// Collects regular files; links are followed, since the folder is the instructor's own, but only
/// so deep that a loop of them ends.
fn walk(folder: &Path, name: &str, files: &mut Vec<String>) -> io::Result<()> {
    const DEEPEST: usize = 20;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let own = entry.file_name().to_string_lossy().into_owned();
        let name = if name.is_empty() {
            own
        } else {
            format!("{name}/{own}")
        };
        let path = entry.path();
        if path.is_file() {
            files.push(name);
        } else if path.is_dir() && name.matches('/').count() < DEEPEST {
            walk(&path, &name, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_lab() {
        let shelf = Shelf::Folder(PathBuf::from("labs"));
        for (lab, path) in [
            ("..", "lab.toml"),
            ("", "lab.toml"),
            ("a/b", "lab.toml"),
            ("Lab", "lab.toml"),
            ("lab", "../x"),
            ("lab", "/etc/passwd"),
            ("lab", "a//b"),
            ("lab", "a/./b"),
            ("lab", "a\\b"),
            ("lab", "C:x"),
            ("lab", ""),
        ] {
            for shelf in [&shelf, &Shelf::Embedded] {
                let error = shelf.read(lab, path).expect_err("refused");
                assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{lab} {path}");
            }
        }
        assert_eq!(
            shelf.files("..", "").expect_err("refused").kind(),
            io::ErrorKind::InvalidInput
        );
    }

    #[test]
    fn a_folder_of_labs() {
        let root = tempfile::tempdir().expect("folder");
        for path in [
            "b/lab.toml",
            "a/lab.toml",
            "a/data/x/y.sql",
            "a/data/z.sql",
            "c/readme",
        ] {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(path, "text").expect("file");
        }
        let shelf = Shelf::Folder(root.path().to_owned());
        assert_eq!(shelf.labs().expect("labs"), ["a", "b"]);
        assert_eq!(
            shelf.files("a", "").expect("files"),
            ["data/x/y.sql", "data/z.sql", "lab.toml"]
        );
        assert_eq!(
            shelf.files("a", "data").expect("files"),
            ["data/x/y.sql", "data/z.sql"]
        );
        assert!(shelf.files("a", "missing").expect("none").is_empty());
        assert_eq!(shelf.read("a", "data/z.sql").expect("file"), b"text");
    }

    #[test]
    fn nothing_secret_is_compiled_in() {
        for path in Labs::iter() {
            for secret in ["/solutions/", "/mutants/", "/demo/", "/hidden.toml"] {
                assert!(!path.contains(secret), "{path}");
            }
        }
    }

    #[test]
    fn templates_are_compiled_in() {
        let messages = templates("messages");
        assert!(messages.iter().any(|path| path == "messages/ru/spec.ftl"));
        assert!(template("messages/ru/spec.ftl").is_some());
        assert!(template("messages/ru/none.ftl").is_none());
    }
}
