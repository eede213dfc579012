//! The Docker engine, with a deadline on every call: a stuck stream never ends by itself.

use std::future::Future;
use std::time::Duration;

use bollard::Docker;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

/// For calls that only look.
pub const LOOK: Duration = Duration::from_secs(20);
/// For calls that make, start or remove one thing. On two busy cores a start took up to 4 s.
pub const ACT: Duration = Duration::from_secs(60);

/// A connection to the engine.
#[derive(Clone)]
pub struct Engine {
    docker: Docker,
}

impl Engine {
    /// Connects as `DOCKER_HOST` says, or to the local socket, and agrees on a version of the API.
    ///
    /// # Errors
    /// There is no engine, or it does not answer in 10 s.
    pub async fn connect() -> Result<Self, Broken> {
        let no_engine =
            |error: &dyn std::fmt::Display| Broken::because(message!("broken-no-engine"), error);
        let docker = Docker::connect_with_defaults().map_err(|error| no_engine(&error))?;
        let negotiated = tokio::time::timeout(Duration::from_secs(10), docker.negotiate_version());
        match negotiated.await {
            Ok(Ok(docker)) => Ok(Self { docker }),
            Ok(Err(error)) => Err(no_engine(&error)),
            Err(_) => Err(Broken::from(message!("broken-engine-silent", seconds = 10))),
        }
    }

    /// The client itself; wrap what it gives in [`call`].
    #[must_use]
    pub fn docker(&self) -> &Docker {
        &self.docker
    }
}

/// Waits for one call to the engine.
///
/// # Errors
/// The engine refuses, or does not answer in time; `what` names the call for people.
pub async fn call<T, E: std::fmt::Display>(
    what: &'static str,
    limit: Duration,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, Broken> {
    match tokio::time::timeout(limit, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Broken::because(
            message!("broken-engine-refused", call = what),
            error,
        )),
        Err(_) => Err(Broken::from(message!(
            "broken-engine-late",
            call = what,
            seconds = limit.as_secs()
        ))),
    }
}

/// Whether the engine's error says that the thing is not there.
#[must_use]
pub fn is_missing(error: &bollard::errors::Error) -> bool {
    matches!(
        error,
        bollard::errors::Error::DockerResponseServerError {
            status_code: 404,
            ..
        }
    )
}
