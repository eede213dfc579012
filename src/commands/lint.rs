//! `labgrade lint`: the labs' specifications, with every mistake at its line.

use labgrade_checkers::message;

use super::{Session, say};
use crate::cli::Lint;
use crate::error::{Exit, Failure};
use crate::spec::load::{self, Hidden};
use crate::spec::shelf::Shelf;

pub(super) fn run(mut session: Session, args: &Lint) -> Result<Exit, Failure> {
    if let Some(dir) = &args.dir {
        session.shelf = Shelf::Folder(dir.clone());
    }
    let labs = session.labs()?;
    if labs.is_empty() {
        return Err(Failure::Usage(message!("usage-no-labs")));
    }
    let mut mistakes = Vec::new();
    for id in &labs {
        match load::load(&session.shelf, id, &Hidden::With) {
            Ok(lab) => say(&session.catalogue.render(&message!(
                "lint-sound",
                lab = id,
                checks = lab.spec.checks.len()
            ))),
            Err(found) => mistakes.extend(found),
        }
    }
    if mistakes.is_empty() {
        Ok(Exit::Passed)
    } else {
        Err(Failure::Specification(mistakes))
    }
}
