//! Faults on purpose: what a check does to a service, done on the bench and noted in the timeline.

use std::time::Duration;

use crate::context::Context;
use crate::message;
use crate::verdict::Broken;

/// How long a server may take to stop by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);

impl Context<'_> {
    /// Kills every process of a service at once.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn kill(&self, service: &str) -> Result<(), Broken> {
        self.timeline.done(service, message!("event-killed"));
        self.bench.kill(service).await
    }

    /// Stops a service as its image asks to be stopped.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn stop(&self, service: &str) -> Result<(), Broken> {
        self.timeline.done(service, message!("event-stopped"));
        self.bench.stop(service, GRACE).await
    }

    /// Starts a service that was stopped or killed.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn start(&self, service: &str) -> Result<(), Broken> {
        self.bench.start(service).await?;
        self.timeline.done(service, message!("event-started"));
        Ok(())
    }

    /// Freezes a service.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn pause(&self, service: &str) -> Result<(), Broken> {
        self.bench.pause(service).await?;
        self.timeline.done(service, message!("event-paused"));
        Ok(())
    }

    /// Lets a frozen service go on.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn resume(&self, service: &str) -> Result<(), Broken> {
        self.bench.resume(service).await?;
        self.timeline.done(service, message!("event-resumed"));
        Ok(())
    }

    /// Takes a service off the network.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn cut_off(&self, service: &str) -> Result<(), Broken> {
        self.bench.cut_off(service).await?;
        self.timeline.done(service, message!("event-cut-off"));
        Ok(())
    }

    /// Brings a service back that was cut off.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn reconnect(&self, service: &str) -> Result<(), Broken> {
        self.bench.reconnect(service).await?;
        self.timeline.done(service, message!("event-reconnected"));
        Ok(())
    }
}
