//! The running lab, as checks see it.

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

/// A lab that runs. Every method has its own deadline.
#[async_trait]
pub trait Bench: Send + Sync {
    /// Where the grader reaches the service.
    ///
    /// # Errors
    /// The lab declares no such service.
    fn endpoint(&self, service: &str) -> Result<Endpoint, Broken>;

    /// A login of a database service: `student`, `probe` or `audit`.
    ///
    /// # Errors
    /// The service has no such login.
    fn login(&self, service: &str, role: &str) -> Result<Login, Broken>;

    /// Whether the service lives, and how it died.
    ///
    /// # Errors
    /// The engine does not say.
    async fn state(&self, service: &str) -> Result<State, Broken>;

    /// The end of the service's log, bounded in bytes.
    ///
    /// # Errors
    /// The engine does not say.
    async fn logs(&self, service: &str) -> Result<String, Broken>;
}
