//! `labgrade init`: the starter of a lab, its task, and `labgrade.toml`.

use std::path::PathBuf;

use labgrade_checkers::message;

use super::{Session, absolute, say, write_file};
use crate::cli::Init;
use crate::error::{Exit, Failure};
use crate::spec::load::Hidden;

pub(super) fn run(session: &Session, args: &Init) -> Result<Exit, Failure> {
    let lab = session.lab(&args.lab, &Hidden::Without)?;
    let id = lab.spec.id.get_ref();
    let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from(id));
    let unread = |error: std::io::Error| message!("usage-labs", error = error.to_string());
    let mut files = vec![(
        "labgrade.toml".to_owned(),
        format!("lab = \"{id}\"\n").into_bytes(),
    )];
    for path in session.shelf.files(id, "starter").map_err(unread)? {
        let inside = path.strip_prefix("starter/").unwrap_or(&path).to_owned();
        files.push((inside, session.shelf.read(id, &path).map_err(unread)?));
    }
    let task = format!("task.{}.md", session.catalogue.lang().tag());
    files.push((
        "TASK.md".to_owned(),
        session.shelf.read(id, &task).map_err(unread)?,
    ));

    // Nothing of the student's is ever overwritten.
    let there = files.iter().find(|(path, _)| dir.join(path).exists());
    if let Some((path, _)) = there {
        let path = dir.join(path).display().to_string();
        return Err(Failure::Usage(message!("usage-init-there", path = path)));
    }
    for (path, bytes) in &files {
        write_file(&dir.join(path), bytes)?;
    }
    let names = files
        .iter()
        .map(|(path, _)| path.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let shown = absolute(&dir).display().to_string();
    let arg = dir.display().to_string();
    say(&session.catalogue.render(&message!(
        "init-done",
        dir = shown,
        files = names,
        arg = arg
    )));
    Ok(Exit::Passed)
}
