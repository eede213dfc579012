//! What surrounds the checks of one attempt: the engine, the images, the run.

use std::collections::BTreeMap;

use labgrade_checkers::bench::Bench;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::Job;
use crate::environment::bench::DockerBench;
use crate::environment::engine::Engine;
use crate::environment::images::{self, Images};
use crate::environment::journal::Entry;
use crate::environment::run::Run;
use crate::environment::sweep;
use crate::supervisor::Supervisor;

/// An engine with the lab's images, and a run that has begun.
pub(super) struct Stage {
    run: Run,
    images: Images,
    /// What the grade is made with.
    pub versions: BTreeMap<String, String>,
}

/// Connects, sweeps what dead runs left, looks for the images, and begins a run.
pub(super) async fn begin(job: &Job<'_>, supervisor: &Supervisor) -> Result<Stage, Broken> {
    let engine = Engine::connect().await?;
    sweep::dead_runs(&engine, false).await?;
    let images = images::of_lab(&engine, job.shelf, job.config, job.lab).await?;
    let run = Run::begin(engine)?;
    supervisor.began(&run);
    Ok(Stage {
        run,
        versions: images.versions(),
        images,
    })
}

impl Stage {
    pub(super) async fn start(&self, job: &Job<'_>) -> Result<DockerBench, Broken> {
        DockerBench::start(&self.run, &self.images, job.lab).await
    }

    /// Takes everything down; bounded, and safe to repeat.
    pub(super) async fn end(&self, job: &Job<'_>, supervisor: &Supervisor) -> Result<(), Broken> {
        if job.keep && !supervisor.is_cancelled() {
            self.run.note(&Entry::Kept)?;
            supervisor.ended(&self.run);
            return Ok(());
        }
        let ended = tokio::time::timeout(std::time::Duration::from_secs(120), self.run.end()).await;
        supervisor.ended(&self.run);
        ended.unwrap_or_else(|_| Err(message!("broken-teardown").into()))
    }
}

/// The ends of the services' logs; a log that cannot be read is no reason to spoil a grade.
pub(super) async fn logs(job: &Job<'_>, bench: &DockerBench) -> Vec<(String, String)> {
    let mut logs = Vec::new();
    for service in job.lab.spec.services.keys() {
        if let Ok(log) = bench.logs(service).await {
            logs.push((service.clone(), log));
        }
    }
    logs
}
