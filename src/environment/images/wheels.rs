//! The Python packages of an image: pinned in a lock beside its Dockerfile, fetched here on the host
//! with pip, and put into the build context.
//!
//! Inside an image nothing is fetched, so no certificate of a proxy has to get into a layer: pip on
//! the host knows the host's. A lock `wheels.lock` becomes the folder `wheels/` of the context,
//! `tools.lock` becomes `tools/`. What was fetched once is kept, by its digest.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::super::engine::call;
use super::recipes::Files;
use crate::spec::shelf;

/// The lock of what a submission may ask for.
const COURSE: &str = "images/python/wheels.lock";
/// The locks that there are, each named after the folder that its wheels come to.
const LOCKS: [(&str, &str); 2] = [("wheels.lock", "wheels"), ("tools.lock", "tools")];
/// Measured: 19 s for 66 MB, with nothing kept.
const LIMIT: Duration = Duration::from_secs(1_800);
/// The Python of the images, Debian bookworm's.
const PYTHON: &str = "3.11";
/// The newest manylinux that Debian bookworm's C library (2.36) takes.
const NEWEST_MANYLINUX: u32 = 36;

/// A line of a lock: `name==version --hash=sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// The package, as the index writes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its wheel, in hexadecimal digits.
    #[serde(skip)]
    pub sha256: String,
}

/// A wheel for a build context.
pub(super) struct Wheel {
    /// Where it lies in the context.
    pub path: String,
    /// Where it lies on this machine.
    pub file: PathBuf,
}

/// What a submission may ask for, sorted by name.
///
/// # Errors
/// The lock that is compiled in cannot be read.
pub fn course() -> Result<Vec<Pin>, Broken> {
    let lock = shelf::template(COURSE).unwrap_or_default();
    pins("wheels.lock", &String::from_utf8_lossy(&lock))
}

/// Reads a lock.
///
/// # Errors
/// A line is none of a lock.
fn pins(lock: &str, text: &str) -> Result<Vec<Pin>, Broken> {
    let pin = |line: &str| {
        let (package, sha256) = line.split_once(" --hash=sha256:")?;
        let (name, version) = package.split_once("==")?;
        let is_hex = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| Pin {
            name: name.to_owned(),
            version: version.to_owned(),
            sha256: sha256.to_owned(),
        })
    };
    text.lines()
        .zip(1_u32..)
        .map(|(line, number)| {
            pin(line).ok_or_else(|| message!("broken-lock", lock = lock, line = number).into())
        })
        .collect()
}

/// The wheels that the locks of a build context pin; what is not kept here is fetched.
///
/// # Errors
/// A lock cannot be read, the folder cannot be written, pip is missing or does not fetch them.
pub(super) async fn of(context: &Files) -> Result<Vec<Wheel>, Broken> {
    let mut wheels = Vec::new();
    for (lock, folder) in LOCKS {
        let Some((_, bytes)) = context.iter().find(|(path, _)| path == lock) else {
            continue;
        };
        let pins = pins(lock, &String::from_utf8_lossy(bytes))?;
        for file in fetched(&kept(), &pins).await? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let path = format!("{folder}/{name}");
            wheels.push(Wheel { path, file });
        }
    }
    Ok(wheels)
}

/// The folder that keeps them: `LABGRADE_CACHE`, or the user's cache folder.
fn kept() -> PathBuf {
    std::env::var_os("LABGRADE_CACHE")
        .map_or_else(
            || {
                directories::ProjectDirs::from("", "", "labgrade").map_or_else(
                    || std::env::temp_dir().join("labgrade-cache"),
                    |dirs| dirs.cache_dir().to_owned(),
                )
            },
            PathBuf::from,
        )
        .join("wheels")
}

/// The files of all pins, in their order.
async fn fetched(folder: &Path, pins: &[Pin]) -> Result<Vec<PathBuf>, Broken> {
    let unwritten = |error| Broken::because(message!("broken-temp"), error);
    fs::create_dir_all(folder).map_err(unwritten)?;
    let missing: Vec<&Pin> = pins
        .iter()
        .filter(|pin| wheel(folder, pin).is_none())
        .collect();
    if !missing.is_empty() {
        let arriving = tempfile::tempdir_in(folder).map_err(unwritten)?;
        download(arriving.path(), &missing).await?;
        keep(arriving.path(), folder).map_err(unwritten)?;
    }
    pins.iter()
        .map(|pin| {
            let found = wheel(folder, pin);
            found.ok_or_else(|| message!("broken-wheel-missing", package = &pin.name).into())
        })
        .collect()
}

/// A wheel that is kept, if it still is what it was.
fn wheel(folder: &Path, pin: &Pin) -> Option<PathBuf> {
    let file = fs::read_dir(folder.join(&pin.sha256)).ok()?.next()?;
    let file = file.ok()?.path();
    (digest(&file).ok()? == pin.sha256).then_some(file)
}

/// Has pip fetch wheels into a folder. Its own settings (an index of one's own, certificates) hold.
async fn download(folder: &Path, pins: &[&Pin]) -> Result<(), Broken> {
    let lock = folder.join("missing.lock");
    let lines = pins.iter().map(|pin| {
        let Pin {
            name,
            version,
            sha256,
        } = pin;
        format!("{name}=={version} --hash=sha256:{sha256}\n")
    });
    fs::write(&lock, lines.collect::<String>())
        .map_err(|error| Broken::because(message!("broken-temp"), error))?;
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--no-deps",
    ])
    .args(["--disable-pip-version-check", "--only-binary=:all:"])
    .args(["--require-hashes", "--python-version", PYTHON])
    .args(["--implementation", "cp"]);
    // pip takes the platforms as they are named, and not the older ones that these include.
    for older in ["manylinux1", "manylinux2010", "manylinux2014"] {
        pip.args(["--platform", &format!("{older}_x86_64")]);
    }
    for minor in 5..=NEWEST_MANYLINUX {
        pip.args(["--platform", &format!("manylinux_2_{minor}_x86_64")]);
    }
    pip.arg("--dest")
        .arg(folder)
        .arg("--requirement")
        .arg(&lock);
    let run = pip
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Broken::because(message!("broken-no-pip"), error))?;
    let done = call("pip download", LIMIT, run.wait_with_output()).await?;
    if done.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&done.stderr);
    let what = if words.contains("No module named pip") {
        message!("broken-no-pip")
    } else {
        message!("broken-pip")
    };
    let last: Vec<&str> = words.lines().rev().take(10).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(Broken::because(what, last.join("\n")))
}

/// Moves what has arrived to where it is kept. Whoever did the same meanwhile put the same there.
fn keep(arriving: &Path, folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(arriving)? {
        let entry = entry?;
        if entry.path().extension().is_none_or(|end| end != "whl") {
            continue;
        }
        let place = folder.join(digest(&entry.path())?);
        fs::create_dir_all(&place)?;
        fs::rename(entry.path(), place.join(entry.file_name()))?;
    }
    Ok(())
}

fn digest(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => hash.update(piece.get(..read).unwrap_or_default()),
        }
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_lock_has_every_package_of_the_course() {
        let pins = course().expect("the lock");
        let names: Vec<&str> = pins.iter().map(|pin| pin.name.as_str()).collect();
        assert!(names.is_sorted());
        let unique: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(unique.len(), names.len());
        let packages = shelf::template("images/python/packages.txt").expect("the list");
        let packages = String::from_utf8_lossy(&packages);
        let mut seen = 0;
        for package in packages.lines().filter(|line| !line.starts_with('#')) {
            let name = package.split('[').next().unwrap_or_default();
            assert!(unique.contains(name), "{name} is not in wheels.lock");
            seen += 1;
        }
        assert!(seen > 30, "{seen}");
    }

    #[test]
    fn every_lock_can_be_read() {
        let locks: Vec<String> = shelf::templates("images")
            .into_iter()
            .filter(|path| path.ends_with(".lock"))
            .collect();
        assert!(locks.len() >= 2, "{locks:?}");
        for lock in locks {
            let text = shelf::template(&lock).expect("it was listed");
            pins(&lock, &String::from_utf8_lossy(&text)).expect("a lock");
        }
    }

    #[test]
    fn a_line_that_pins_nothing_is_named() {
        let hash = "0".repeat(64);
        let good = format!("a==1 --hash=sha256:{hash}\n");
        assert_eq!(pins("l", &good).expect("a pin")[0].version, "1");
        for bad in ["a==1", "a --hash=sha256:00", "a>=1", "", "# a"] {
            let broken = pins("l", &format!("{good}{bad}\n")).expect_err(bad);
            let message = format!("{:?}", broken.message);
            assert!(
                message.contains("broken-lock") && message.contains('2'),
                "{message}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_kept_is_not_fetched_and_must_be_what_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let arriving = tempfile::tempdir_in(folder.path()).expect("a folder");
        fs::write(arriving.path().join("a-1-py3-none-any.whl"), "wheel").expect("written");
        keep(arriving.path(), folder.path()).expect("kept");
        let pin = Pin {
            name: "a".into(),
            version: "1".into(),
            sha256: Sha256::digest("wheel")
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        };
        let files = fetched(folder.path(), std::slice::from_ref(&pin)).await;
        let file = files.expect("nothing to fetch").remove(0);
        assert_eq!(fs::read(&file).expect("the wheel"), b"wheel");
        fs::write(&file, "another").expect("written");
        assert_eq!(wheel(folder.path(), &pin), None);
    }
}
