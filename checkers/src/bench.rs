//! The running lab, as checks see it.

#[cfg(test)]
pub(crate) mod fake;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use crate::verdict::Broken;

/// Where the grader reaches a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// A login of a database, with the password of this run.
#[derive(Clone)]
pub struct Login {
    /// The role.
    pub user: String,
    /// Random, of this run alone.
    pub password: String,
}

// A password must not reach a log through a derived Debug.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({})", self.user)
    }
}

/// What a service may use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Bytes of memory; there is no swap.
    pub memory: u64,
    /// Processors.
    pub cpus: f64,
}

/// How a service died, or that it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its first process runs.
    pub running: bool,
    /// The kernel killed one of its processes for memory.
    pub out_of_memory: bool,
    /// The exit code, once it has ended.
    pub exit_code: Option<i64>,
}

/// A program to run inside a service, beside its own.
#[derive(Debug, Clone, Copy)]
pub struct Command<'a> {
    /// The program and its arguments; no shell reads them.
    pub run: &'a [&'a str],
    /// Variables beside the service's own.
    pub env: &'a [(String, String)],
    /// The folder that it starts in, if not the image's own.
    pub folder: Option<&'a str>,
    /// When it is no longer waited for.
    pub limit: Duration,
}

impl<'a> Command<'a> {
    /// A quick command of the grader's own.
    #[must_use]
    pub fn of(run: &'a [&'a str]) -> Self {
        Self {
            run,
            env: &[],
            folder: None,
            limit: Duration::from_secs(20),
        }
    }
}

/// What a program inside a service came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its exit code; none if it did not end in time, and was killed.
    pub code: Option<i64>,
    /// What it wrote to both of its streams, as it came; the end of it, if it was too much.
    pub text: String,
}

impl Output {
    /// It ended in time, with code 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }
}

/// A file to put into a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its absolute path; folders are made.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Its permissions, as in 0o644.
    pub mode: u32,
}

/// A lab that runs. Every method has its own deadline, waits for what it did to be so, and may be
/// dropped at any time: whatever is left the run's end removes.
#[async_trait]
pub trait Bench: Send + Sync {
    /// Where the grader reaches the service.
    ///
    /// # Errors
    /// The lab declares no such service.
    fn endpoint(&self, service: &str) -> Result<Endpoint, Broken>;

    /// The service's name in the submission's network.
    ///
    /// # Errors
    /// The lab declares no such service.
    fn host(&self, service: &str) -> Result<String, Broken>;

    /// What the service may use.
    ///
    /// # Errors
    /// The lab declares no such service.
    fn limits(&self, service: &str) -> Result<Limits, Broken>;

    /// A login of a database service, as the lab's specification names it.
    ///
    /// # Errors
    /// The lab has no such login.
    fn login(&self, service: &str, role: &str) -> Result<Login, Broken>;

    /// Whether the service lives, and how it died.
    ///
    /// # Errors
    /// The engine does not say.
    async fn state(&self, service: &str) -> Result<State, Broken>;

    /// The end of the service's log, at most 64 KiB.
    ///
    /// # Errors
    /// The engine does not say.
    async fn logs(&self, service: &str) -> Result<String, Broken>;

    /// All of the service's log that is kept: at most 2 MiB, since the log is rotated.
    ///
    /// # Errors
    /// The engine does not say.
    async fn whole_log(&self, service: &str) -> Result<String, Broken>;

    /// Lets a held service begin; what is put into it and run in it before comes first.
    ///
    /// # Errors
    /// The engine refuses.
    async fn release(&self, service: &str) -> Result<(), Broken>;

    /// Kills the service, which must be held again before it begins: its files stay.
    ///
    /// # Errors
    /// The engine refuses.
    async fn hold(&self, service: &str) -> Result<(), Broken>;

    /// Starts a service that was stopped or killed; its files are as they were.
    ///
    /// # Errors
    /// The engine refuses.
    async fn start(&self, service: &str) -> Result<(), Broken>;

    /// Stops a service as its image asks to be stopped, by force after `grace`.
    ///
    /// # Errors
    /// The engine refuses.
    async fn stop(&self, service: &str, grace: Duration) -> Result<(), Broken>;

    /// Kills every process of a service at once (SIGKILL).
    ///
    /// # Errors
    /// The engine refuses.
    async fn kill(&self, service: &str) -> Result<(), Broken>;

    /// Freezes every process of a service: its connections stay, and nobody answers.
    ///
    /// # Errors
    /// The engine refuses.
    async fn pause(&self, service: &str) -> Result<(), Broken>;

    /// Lets a frozen service go on.
    ///
    /// # Errors
    /// The engine refuses.
    async fn resume(&self, service: &str) -> Result<(), Broken>;

    /// Takes a service off the network; it runs on, and nothing reaches it, the grader neither.
    ///
    /// # Errors
    /// The engine refuses.
    async fn cut_off(&self, service: &str) -> Result<(), Broken>;

    /// Brings a service that was cut off back, under its old name and address.
    ///
    /// # Errors
    /// The engine refuses.
    async fn reconnect(&self, service: &str) -> Result<(), Broken>;

    /// Puts a project into a service that has just started and waits for one, with variables
    /// besides the service's own, and lets it begin. A service that starts again waits again.
    ///
    /// # Errors
    /// The engine refuses, or the service does not take it.
    async fn deploy(
        &self,
        service: &str,
        files: &[File],
        env: &BTreeMap<String, String>,
    ) -> Result<(), Broken>;

    /// Sends a signal, as in `SIGTERM`, to the service's first process, and waits for nothing.
    ///
    /// # Errors
    /// The engine refuses. That nobody is left to hear it is no error.
    async fn signal(&self, service: &str, signal: &str) -> Result<(), Broken>;

    /// Bytes of memory that the service's processes hold, files and caches not included.
    ///
    /// # Errors
    /// The engine does not say.
    async fn memory(&self, service: &str) -> Result<u64, Broken>;

    /// Runs a program inside the service, as the service's user. What it writes is bounded to the
    /// last 64 KiB. One that does not end in time is killed with everything that it started.
    ///
    /// # Errors
    /// The engine refuses, or the service does not run. That the program fails is no error here.
    async fn exec(&self, service: &str, command: Command<'_>) -> Result<Output, Broken>;

    /// Puts files into the service, whether it runs or not.
    ///
    /// # Errors
    /// The engine refuses.
    async fn put(&self, service: &str, files: &[File]) -> Result<(), Broken>;

    /// Reads a file, or the files of a folder, out of the service, whether it runs or not: paths
    /// relative to the folder above, and bytes. Empty if there is no such path. Links are not
    /// followed, and `most` bytes in all are read; the rest is left out.
    ///
    /// # Errors
    /// The engine refuses.
    async fn get(
        &self,
        service: &str,
        path: &str,
        most: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Broken>;
}
