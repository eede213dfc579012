//! Removes what a run made, and only that: by its random label and by the names in its journal.

use std::collections::HashMap;

use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, RemoveContainerOptionsBuilder,
};
use futures_util::future::join_all;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::engine::{ACT, Engine, LOOK, call, is_missing};
use super::journal::{self, Entry};
use super::run::LABEL;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Dead runs.
    pub runs: usize,
    /// Containers and networks.
    pub objects: usize,
}

/// Removes what dead runs left. What a user asked to keep stays, unless `kept_too`.
///
/// # Errors
/// The engine does not let it go.
pub async fn dead_runs(engine: &Engine, kept_too: bool) -> Result<Swept, Broken> {
    let dead =
        journal::dead().map_err(|error| Broken::because(message!("broken-journal"), error))?;
    let mut swept = Swept::default();
    for run in dead.iter().filter(|run| kept_too || !run.is_kept()) {
        swept.objects += remove_run(engine, &run.run, &run.entries).await?;
        swept.runs += 1;
        let _ = run.forget();
    }
    Ok(swept)
}

/// Removes everything that carries the run's label, and what its journal names. Gives the number
/// of things removed.
///
/// # Errors
/// The engine does not let something go.
pub async fn remove_run(engine: &Engine, run: &str, entries: &[Entry]) -> Result<usize, Broken> {
    let filters = HashMap::from([("label", vec![format!("{LABEL}={run}")])]);
    let docker = engine.docker();

    let listing = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters)
        .build();
    let mut containers: Vec<String> = call(
        "list containers",
        LOOK,
        docker.list_containers(Some(listing)),
    )
    .await?
    .into_iter()
    .filter_map(|container| container.id)
    .collect();
    containers.extend(entries.iter().filter_map(|entry| match entry {
        Entry::Container(name) => Some(name.clone()),
        _ => None,
    }));
    let removed = join_all(containers.iter().map(|id| remove_container(engine, id))).await;
    let mut count = 0;
    for removed in removed {
        count += usize::from(removed?);
    }

    let listing = ListNetworksOptionsBuilder::new().filters(&filters).build();
    let mut networks: Vec<String> =
        call("list networks", LOOK, docker.list_networks(Some(listing)))
            .await?
            .into_iter()
            .filter_map(|network| network.id)
            .collect();
    networks.extend(entries.iter().filter_map(|entry| match entry {
        Entry::Network(name) => Some(name.clone()),
        _ => None,
    }));
    for network in &networks {
        count += usize::from(remove_network(engine, network).await?);
    }
    Ok(count)
}

/// Removes a container by force, with its anonymous volumes; one that is gone is no error.
async fn remove_container(engine: &Engine, id: &str) -> Result<bool, Broken> {
    let options = || {
        RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build()
    };
    call("remove container", ACT, async {
        // "removal … is already in progress" (409) means that another call is at it.
        for _ in 0..100 {
            match engine.docker().remove_container(id, Some(options())).await {
                Ok(()) => return Ok(true),
                Err(error) if is_missing(&error) => return Ok(false),
                Err(bollard::errors::Error::DockerResponseServerError {
                    status_code: 409, ..
                }) => {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        Err("its removal does not end".to_owned())
    })
    .await
}

async fn remove_network(engine: &Engine, id: &str) -> Result<bool, Broken> {
    call("remove network", ACT, async {
        match engine.docker().remove_network(id).await {
            Ok(()) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await
}
