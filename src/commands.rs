//! The verbs: one file each. A verb puts parts together and prints; it judges nothing.

mod check;
mod clean;
mod doctor;
mod export;
mod grade;
mod images;
mod init;
mod labs;
mod lint;
mod prove;
mod run;

use std::path::{Path, PathBuf};

use clap::CommandFactory;
use labgrade_checkers::message;

use crate::cli::{Cli, Common, Verb};
use crate::config::{self, Config};
use crate::environment::images::{self as course_images, Recipe};
use crate::error::{Exit, Failure};
use crate::spec::Lab;
use crate::spec::load::{self, Hidden};
use crate::spec::shelf::Shelf;
use crate::supervisor::Supervisor;
use crate::text::Catalogue;

/// What every verb is given.
pub struct Session {
    /// The user's language.
    pub catalogue: Catalogue,
    /// Where labs are.
    pub shelf: Shelf,
    /// The installation's settings.
    pub config: Config,
    /// Answers as JSON.
    pub json: bool,
    /// Signals and living runs.
    pub supervisor: Supervisor,
}

impl Session {
    fn new(common: &Common, catalogue: Catalogue) -> Result<Self, Failure> {
        let shelf = common.labs.clone().map_or(Shelf::Embedded, Shelf::Folder);
        let supervisor = Supervisor::listening()
            .map_err(|error| message!("usage-signals", error = error.to_string()))?;
        Ok(Self {
            catalogue,
            shelf,
            config: config::load()?,
            json: common.json,
            supervisor,
        })
    }

    /// A lab by its id.
    ///
    /// # Errors
    /// There is none, or its specification is wrong.
    pub fn lab(&self, id: &str, hidden: &Hidden) -> Result<Lab, Failure> {
        let labs = self.labs()?;
        if !labs.iter().any(|lab| lab == id) {
            let meant = crate::spec::mistake::closest(id, labs.iter().map(String::as_str))
                .unwrap_or("none");
            return Err(Failure::Usage(message!(
                "usage-no-lab",
                lab = id,
                meant = meant,
                labs = labs.join(", ")
            )));
        }
        Ok(load::load(&self.shelf, id, hidden)?)
    }

    /// Everything that can be built for the labs. Anchors have no say in it: they are recorded on
    /// the images.
    ///
    /// # Errors
    /// A lab's specification is wrong.
    pub fn recipes(&self) -> Result<Vec<Recipe>, Failure> {
        let mut labs = Vec::new();
        for id in self.labs()? {
            labs.push(load::load_to_record(&self.shelf, &id)?);
        }
        Ok(course_images::recipes(&self.shelf, &self.config, &labs)?)
    }

    /// The ids of all labs.
    ///
    /// # Errors
    /// The folder of `--labs` cannot be read.
    pub fn labs(&self) -> Result<Vec<String>, Failure> {
        self.shelf
            .labs()
            .map_err(|error| message!("usage-labs", error = error.to_string()).into())
    }
}

/// Does what the command line says.
///
/// # Errors
/// See [`Failure`].
pub async fn run(cli: Cli, catalogue: Catalogue) -> Result<Exit, Failure> {
    match cli.verb {
        Verb::Completions(args) => {
            let mut command = crate::cli::command(&catalogue);
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut command, "labgrade", &mut script);
            say(String::from_utf8_lossy(&script).trim_end());
            return Ok(Exit::Passed);
        }
        Verb::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(crate::cli::command(&catalogue))
                .render(&mut page)
                .expect("writing to memory does not fail");
            say(String::from_utf8_lossy(&page).trim_end());
            return Ok(Exit::Passed);
        }
        _ => {}
    }
    let session = Session::new(&cli.common, catalogue)?;
    match cli.verb {
        Verb::Labs => labs::run(&session),
        Verb::Init(args) => init::run(&session, &args),
        Verb::Check(args) => check::run(&session, &args).await,
        Verb::Grade(args) => grade::run(&session, &args).await,
        Verb::Lint(args) => lint::run(session, &args),
        Verb::Prove(args) => prove::run(session, &args).await,
        Verb::Images(args) => images::run(&session, &args).await,
        Verb::Doctor => doctor::run(&session).await,
        Verb::Clean => clean::run(&session).await,
        Verb::Export(args) => export::run(&session, &args),
        Verb::Completions(_) | Verb::Man => unreachable!("answered above, without a session"),
    }
}

/// The command line's own parser, for tests of `--help`.
#[must_use]
pub fn parser() -> clap::Command {
    Cli::command()
}

/// Prints an answer. A reader that has gone (`labgrade labs | head -1`) is no error of anybody's.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// An answer as JSON.
fn say_json(value: &impl serde::Serialize) {
    say(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// A copy of a lab's file on disk, made with its folders.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, bytes)
    };
    write().map_err(|error| {
        message!(
            "usage-write",
            path = path.display().to_string(),
            error = error.to_string()
        )
        .into()
    })
}

/// A path that names something else than itself: `.` becomes the folder's own.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
