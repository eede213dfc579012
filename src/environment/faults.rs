//! Faults on purpose: a container is killed, stopped, started, frozen or taken off the network.
//!
//! Each is noted in the journal before it is done, is waited for until the engine says that it is
//! so, and is undone by the run's end like everything else.

use std::time::Duration;

use bollard::models::ContainerState;
use bollard::query_parameters::{KillContainerOptionsBuilder, StopContainerOptionsBuilder};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::time::{Instant, sleep};

use super::container::{self, Container};
use super::engine::{ACT, call};
use super::journal::Entry;
use super::network;
use super::run::Run;

/// Between two looks at a container.
const AGAIN: Duration = Duration::from_millis(10);

/// Kills every process of the container; one that does not run is no error.
///
/// # Errors
/// The engine refuses, or the container does not die.
pub async fn kill(run: &Run, container: &Container) -> Result<(), Broken> {
    note(run, container, "kill")?;
    let options = KillContainerOptionsBuilder::new().signal("KILL").build();
    let killing = run
        .engine
        .docker()
        .kill_container(&container.id, Some(options));
    call("kill container", ACT, unless_at_rest(killing)).await?;
    until_running(run, container, false).await
}

/// Stops the container by the signal that its image names, by force after `grace`.
///
/// # Errors
/// The engine refuses.
pub async fn stop(run: &Run, container: &Container, grace: Duration) -> Result<(), Broken> {
    note(run, container, "stop")?;
    let seconds = i32::try_from(grace.as_secs()).unwrap_or(i32::MAX);
    let options = StopContainerOptionsBuilder::new().t(seconds).build();
    let stopping = run
        .engine
        .docker()
        .stop_container(&container.id, Some(options));
    call("stop container", ACT + grace, unless_at_rest(stopping)).await?;
    until_running(run, container, false).await
}

/// Sends a signal to the container's first process; one that does not run is no error.
///
/// # Errors
/// The engine refuses.
pub async fn signal(run: &Run, container: &Container, signal: &str) -> Result<(), Broken> {
    note(run, container, signal)?;
    let options = KillContainerOptionsBuilder::new().signal(signal).build();
    let sending = run
        .engine
        .docker()
        .kill_container(&container.id, Some(options));
    call("signal container", ACT, unless_at_rest(sending)).await
}

/// Starts the container again; one that runs is no error, and one that ends at once has started.
///
/// # Errors
/// The engine refuses, or does not start it.
pub async fn start(run: &Run, container: &Container) -> Result<(), Broken> {
    note(run, container, "start")?;
    let before = state(run, container).await?;
    let deadline = Instant::now() + ACT;
    loop {
        let starting = run.engine.docker().start_container(&container.id, None);
        call("start container", ACT, unless_at_rest(starting)).await?;
        // While an engine still clears a container away that has just died, it takes a start for
        // done and does nothing.
        let now = state(run, container).await?;
        if now.running == Some(true) || now.started_at != before.started_at {
            return Ok(());
        }
        if Instant::now() > deadline {
            let message = message!("broken-not-started", container = &container.name);
            return Err(message.into());
        }
        sleep(AGAIN * 5).await;
    }
}

/// How the container is.
///
/// # Errors
/// The engine does not say.
pub async fn state(run: &Run, container: &Container) -> Result<ContainerState, Broken> {
    let made = container::inspect(run, &container.id).await?;
    Ok(made.state.unwrap_or_default())
}

/// Freezes the container's processes.
///
/// # Errors
/// The engine refuses.
pub async fn pause(run: &Run, container: &Container) -> Result<(), Broken> {
    note(run, container, "pause")?;
    let pausing = run.engine.docker().pause_container(&container.id);
    call("pause container", ACT, pausing).await
}

/// Lets the container's processes go on.
///
/// # Errors
/// The engine refuses.
pub async fn resume(run: &Run, container: &Container) -> Result<(), Broken> {
    note(run, container, "resume")?;
    let resuming = run.engine.docker().unpause_container(&container.id);
    call("resume container", ACT, resuming).await
}

/// Takes the container off the network, and gives the address that it had there.
///
/// # Errors
/// The engine refuses, or the container was not there.
pub async fn cut_off(run: &Run, name: &str, container: &Container) -> Result<String, Broken> {
    note(run, container, "cut off")?;
    let made = container::inspect(run, &container.id).await?;
    let networks = made.network_settings.and_then(|settings| settings.networks);
    let address = networks
        .and_then(|mut networks| networks.remove(name)?.ip_address)
        .filter(|address| !address.is_empty())
        .ok_or_else(|| Broken::from(message!("broken-no-address", container = &container.name)))?;
    network::disconnect(run, name, &container.id).await?;
    Ok(address)
}

fn note(run: &Run, container: &Container, what: &str) -> Result<(), Broken> {
    run.note(&Entry::Fault {
        container: container.name.clone(),
        what: what.to_owned(),
    })
}

/// A container that is already as it should be is no error: 304 says so, and 409 of one that does
/// not run.
async fn unless_at_rest(
    call: impl Future<Output = Result<(), bollard::errors::Error>>,
) -> Result<(), bollard::errors::Error> {
    match call.await {
        Err(bollard::errors::Error::DockerResponseServerError {
            status_code: 304 | 409,
            ..
        }) => Ok(()),
        done => done,
    }
}

async fn until_running(run: &Run, container: &Container, wanted: bool) -> Result<(), Broken> {
    let deadline = Instant::now() + ACT;
    loop {
        if state(run, container).await?.running == Some(wanted) {
            return Ok(());
        }
        if Instant::now() > deadline {
            let message = message!("broken-not-stopped", container = &container.name);
            return Err(message.into());
        }
        sleep(AGAIN).await;
    }
}
