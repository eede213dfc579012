//! One run of the grader: its random label, its journal, and what it names its things.

use std::future::Future;
use std::sync::Arc;

use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::sync::RwLock;

use super::engine::{ACT, Engine};
use super::journal::{Entry, Journal};

/// The label that every object of a run carries; its value is random, so an image cannot forge it.
pub const LABEL: &str = "labgrade.run";

/// One run.
#[derive(Clone)]
pub struct Run {
    /// The engine.
    pub engine: Engine,
    /// The label's value: 16 hexadecimal digits.
    pub id: Arc<str>,
    journal: Arc<Journal>,
    /// Read while something is made, written by whoever waits until nothing is.
    making: Arc<RwLock<()>>,
}

impl Run {
    /// Begins a run.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn begin(engine: Engine) -> Result<Self, Broken> {
        let id = format!("{:016x}", rand::random::<u64>());
        let journal = Journal::begin(&id)
            .map_err(|error| Broken::because(message!("broken-journal"), error))?;
        Ok(Self {
            engine,
            id: id.into(),
            journal: Arc::new(journal),
            making: Arc::default(),
        })
    }

    /// The engine-wide name of one of the run's things.
    #[must_use]
    pub fn name(&self, thing: &str) -> String {
        format!("labgrade-{}-{thing}", &self.id)
    }

    /// Notes a thing before it is made.
    ///
    /// # Errors
    /// The journal cannot be written: then it must not be made.
    pub fn note(&self, entry: &Entry) -> Result<(), Broken> {
        self.journal
            .note(entry)
            .map_err(|error| Broken::because(message!("broken-journal"), error))
    }

    /// Lets the engine make something, to its end even if the caller is dropped meanwhile: what the
    /// engine has been told to make comes to be all the same, and [`Run::end`] must see it.
    ///
    /// # Errors
    /// As the work.
    pub async fn make<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Broken>> + Send + 'static,
    ) -> Result<T, Broken> {
        let making = Arc::clone(&self.making).read_owned().await;
        let task = tokio::spawn(async move {
            let made = work.await;
            drop(making);
            made
        });
        task.await.unwrap_or_else(|error| {
            Err(Broken::because(
                message!("broken-engine-refused", call = "make"),
                error,
            ))
        })
    }

    /// Removes everything of the run from the engine, and then its journal. May be called again.
    ///
    /// # Errors
    /// Something is left; the next start sweeps it.
    pub async fn end(&self) -> Result<(), Broken> {
        // An engine that is still at it after that is swept by the next start at the latest.
        let idle = tokio::time::timeout(ACT, self.making.write()).await;
        super::sweep::remove_run(&self.engine, &self.id, &[]).await?;
        // A journal that is left only makes the next start look again.
        if idle.is_ok() {
            let _ = self.journal.end();
        }
        Ok(())
    }
}
