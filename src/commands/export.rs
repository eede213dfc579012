//! `labgrade export`: the labs as students may see them.

use labgrade_checkers::message;

use super::{Session, say, write_file};
use crate::cli::Export;
use crate::error::{Exit, Failure};

/// What no student sees.
const PRIVATE: [&str; 5] = [
    "solutions/",
    "mutants/",
    "demo/",
    "hidden.toml",
    "README.md",
];

pub(super) fn run(session: &Session, args: &Export) -> Result<Exit, Failure> {
    if args.dir.exists()
        && args
            .dir
            .read_dir()
            .is_ok_and(|mut entries| entries.next().is_some())
    {
        let path = args.dir.display().to_string();
        return Err(Failure::Usage(message!("usage-export-there", path = path)));
    }
    let unread = |error: std::io::Error| message!("usage-labs", error = error.to_string());
    let mut files = 0_usize;
    let labs = session.labs()?;
    for id in &labs {
        for path in session.shelf.files(id, "").map_err(unread)? {
            if PRIVATE.iter().any(|private| path.starts_with(private)) {
                continue;
            }
            let bytes = session.shelf.read(id, &path).map_err(unread)?;
            write_file(
                &args.dir.join(id).join(&path),
                &without_hidden(&path, bytes),
            )?;
            files += 1;
        }
    }
    let dir = args.dir.display().to_string();
    say(&session.catalogue.render(&message!(
        "export-done",
        labs = labs.len(),
        files = files,
        dir = dir
    )));
    Ok(Exit::Passed)
}

/// `lab.toml` without the checks that are marked hidden in it.
fn without_hidden(path: &str, bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes);
    if path != "lab.toml" || !text.contains("hidden") {
        return bytes;
    }
    let mut kept = String::new();
    for (index, part) in text.split("[[check]]").enumerate() {
        let hidden = part
            .lines()
            .any(|line| line.replace(' ', "") == "hidden=true");
        if index == 0 {
            kept.push_str(part);
        } else if !hidden {
            kept.push_str("[[check]]");
            kept.push_str(part);
        }
    }
    kept.into_bytes()
}
