//! Signals, and the runs that live: the first signal cancels, the second removes by force.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio_util::sync::CancellationToken;

use crate::environment::run::Run;
use crate::environment::sweep;

/// What a second signal waits for at most, before the process ends anyway.
const FORCE: Duration = Duration::from_secs(5);
/// The exit code of an interrupted program.
pub const INTERRUPTED: u8 = 130;

/// Knows what lives, and whether it should stop.
#[derive(Clone, Default)]
pub struct Supervisor {
    cancelled: CancellationToken,
    living: Arc<Mutex<Vec<Run>>>,
    quiet: Arc<RwLock<()>>,
}

/// Held while a check runs: shared, or alone for one that measures time.
pub enum Place<'a> {
    /// Others may run meanwhile.
    Shared(RwLockReadGuard<'a, ()>),
    /// Nothing else of the grader's runs.
    Alone(RwLockWriteGuard<'a, ()>),
}

impl Supervisor {
    /// Begins to listen to SIGINT and SIGTERM.
    ///
    /// # Errors
    /// The runtime cannot listen.
    pub fn listening() -> std::io::Result<Self> {
        let supervisor = Self::default();
        let (mut interrupt, mut terminate) = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        let watching = supervisor.clone();
        tokio::spawn(async move {
            for count in 1.. {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                watching.cancelled.cancel();
                if count == 2 {
                    let _ = tokio::time::timeout(FORCE, watching.remove_by_force()).await;
                    std::process::exit(i32::from(INTERRUPTED));
                }
            }
        });
        Ok(supervisor)
    }

    /// Resolves once a signal has come.
    pub async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }

    /// Whether a signal has come.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// Waits for a check's place among those of all submissions that are graded side by side.
    pub async fn place(&self, exclusive: bool) -> Place<'_> {
        if exclusive {
            Place::Alone(self.quiet.write().await)
        } else {
            Place::Shared(self.quiet.read().await)
        }
    }

    /// A run begins to live.
    pub fn began(&self, run: &Run) {
        self.living
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(run.clone());
    }

    /// A run is gone from the engine.
    pub fn ended(&self, run: &Run) {
        self.living
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|living| living.id != run.id);
    }

    async fn remove_by_force(&self) {
        let living = self
            .living
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for run in living {
            let _ = sweep::remove_run(&run.engine, &run.id, &[]).await;
        }
    }
}
