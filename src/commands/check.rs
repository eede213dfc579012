//! `labgrade check`: a student's self-check, with hints and without anything hidden.

use std::path::{Path, PathBuf};

use labgrade_checkers::context::Seed;
use labgrade_checkers::message;
use serde::Deserialize;

use super::run::grade as run_grade;
use super::{Session, absolute};
use crate::cli::Check;
use crate::error::{Exit, Failure};
use crate::pipeline::Job;
use crate::spec::load::Hidden;

/// Where a self-check leaves its reports; intake drops the folder.
const REPORTS: &str = ".labgrade";

#[derive(Deserialize)]
struct Project {
    lab: String,
}

pub(super) async fn run(session: &Session, args: &Check) -> Result<Exit, Failure> {
    let dir = args.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    let id = match &args.lab {
        Some(id) => id.clone(),
        None => found(session, &dir)?,
    };
    let lab = session.lab(&id, &Hidden::Without)?;
    let out = args.out.clone().unwrap_or_else(|| {
        if dir.is_dir() {
            dir.join(REPORTS)
        } else {
            PathBuf::from(REPORTS)
        }
    });
    let job = Job {
        submission: dir,
        student: "self-check".to_owned(),
        lab: &lab,
        shelf: &session.shelf,
        config: &session.config,
        seed: Seed(args.running.seed.unwrap_or_else(rand::random)),
        only: args.running.only.clone(),
        bypass: Vec::new(),
        show: true,
        keep: args.running.keep,
    };
    run_grade(session, &job, &out, &args.running).await
}

/// The lab that a folder belongs to: as its `labgrade.toml` says, or as the folder is called, or
/// the only lab whose files lie in it.
fn found(session: &Session, dir: &Path) -> Result<String, Failure> {
    let labs = session.labs()?;
    if let Ok(text) = std::fs::read_to_string(dir.join("labgrade.toml")) {
        return toml::from_str::<Project>(&text)
            .map(|project| project.lab)
            .map_err(|error| {
                message!(
                    "usage-project",
                    path = dir.join("labgrade.toml").display().to_string(),
                    error = error.message()
                )
                .into()
            });
    }
    let name = absolute(dir)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    if let Some(lab) = labs.iter().find(|lab| Some(*lab) == name.as_ref()) {
        return Ok(lab.clone());
    }
    let mut fitting = Vec::new();
    for id in &labs {
        let files = session.lab(id, &Hidden::Without)?.spec.submission.files;
        if files.iter().all(|file| dir.join(&file.path).is_file()) {
            fitting.push(id.clone());
        }
    }
    match fitting.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(Failure::Usage(message!(
            "usage-which-lab",
            dir = absolute(dir).display().to_string(),
            labs = labs.join(", ")
        ))),
    }
}
