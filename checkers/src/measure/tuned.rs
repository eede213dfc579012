//! The server that runs with a submission's settings: the grader's logins there, the sessions that
//! they open, and whose fault it is when such a session comes to nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::Login;
use crate::context::Context;
use crate::measure::postgres::{self, Bounds, Door, Fault, NoEntry, Session, Trouble};
use crate::measure::server;
use crate::measure::settings::Settings;
use crate::message;
use crate::message::Message;
use crate::postgres_conf::Conf;
use crate::verdict::{Broken, Evidence, Verdict};

/// Ends of time that a session of the grader's does not want, where the check is about something
/// else: an application would set them for itself as well.
pub const STEADY: &str = "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0 \
    -c idle_in_transaction_session_timeout=0 -c exit_on_error=off -c client_min_messages=warning";

/// The least that a session needs to read the settings, where its own ends of time are too short.
const READS: &str = "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0";

/// The server that is judged, and the grader's logins there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The service of the lab.
    pub service: String,
    /// The database of the application.
    pub database: String,
    /// The application's login: no rights beyond its tables.
    pub application: String,
    /// The login that sees settings and counters.
    pub auditor: String,
    /// A superuser.
    pub administrator: String,
    /// The submitted file.
    pub file: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            service: "db".to_owned(),
            database: "shop".to_owned(),
            application: "app".to_owned(),
            auditor: "audit".to_owned(),
            administrator: "admin".to_owned(),
            file: "postgresql.conf".to_owned(),
        }
    }
}

/// Why a check has no more to see.
#[derive(Debug)]
pub enum Stop {
    /// The submission's settings are the reason.
    Students(Evidence),
    /// Something of ours is, or nobody can tell.
    Ours(Broken),
}

impl From<Broken> for Stop {
    fn from(broken: Broken) -> Self {
        Self::Ours(broken)
    }
}

impl From<Message> for Stop {
    fn from(message: Message) -> Self {
        Self::Students(message.into())
    }
}

/// What a check says that may have been stopped.
///
/// # Errors
/// It was stopped by something of ours.
pub fn settle(verdict: Result<Verdict, Stop>) -> Result<Verdict, Broken> {
    match verdict {
        Ok(verdict) => Ok(verdict),
        Err(Stop::Students(evidence)) => Ok(Verdict::failed(evidence)),
        Err(Stop::Ours(broken)) => Err(broken),
    }
}

impl Server {
    /// The submitted file, read.
    ///
    /// # Errors
    /// It cannot be read, though intake has seen it: ours.
    pub fn conf(&self, cx: &Context<'_>) -> Result<Conf, Broken> {
        Ok(Conf::read(&cx.files.read(&self.file)?))
    }

    /// A session of the application's, with the settings that the server gives it but for
    /// `options`, as in `-c name=value`.
    ///
    /// # Errors
    /// The server does not let it in.
    pub async fn application(&self, cx: &Context<'_>, options: &str) -> Result<Session, Stop> {
        self.session(cx, &self.application, options).await
    }

    /// A session that sees settings and counters.
    ///
    /// # Errors
    /// The server does not let it in.
    pub async fn auditor(&self, cx: &Context<'_>) -> Result<Session, Stop> {
        self.session(cx, &self.auditor, STEADY).await
    }

    /// A session of the superuser's.
    ///
    /// # Errors
    /// The server does not let it in.
    pub async fn administrator(&self, cx: &Context<'_>, options: &str) -> Result<Session, Stop> {
        self.session(cx, &self.administrator, options).await
    }

    async fn session(&self, cx: &Context<'_>, role: &str, options: &str) -> Result<Session, Stop> {
        match self.knock(cx, role, options).await {
            Ok(session) => Ok(session),
            Err(no) => Err(self.no_entry(cx, role, no).await),
        }
    }

    /// Tries to open a session.
    ///
    /// # Errors
    /// The server does not let it in, or is not there.
    pub async fn knock(
        &self,
        cx: &Context<'_>,
        role: &str,
        options: &str,
    ) -> Result<Session, NoEntry> {
        let login: Login = cx.bench.login(&self.service, role).map_err(NoEntry::Ours)?;
        Session::knock(cx.bench, &self.service, &self.database, &login, options).await
    }

    /// Whose fault it is that the server, which has let others in, does not let this login in.
    pub async fn no_entry(&self, cx: &Context<'_>, role: &str, no: NoEntry) -> Stop {
        match no {
            NoEntry::Refused(refusal) if !refusal.is_ours() || refusal.code == "53300" => {
                Stop::from(message!(
                    "tuned-refuses",
                    role = role,
                    error = refusal.message,
                    code = refusal.code
                ))
            }
            NoEntry::Ours(broken) => Stop::Ours(broken),
            no => self.gone(cx, no.broken(&self.service)).await,
        }
    }

    /// Whose fault it is that a statement of the grader's has no answer; `began` is when it was
    /// sent.
    pub async fn trouble(&self, cx: &Context<'_>, began: Instant, trouble: Trouble) -> Stop {
        match trouble {
            // The server's own `statement_timeout`: the client's is far longer.
            Trouble::TimedOut(limit) if began.elapsed() < limit => {
                Stop::from(message!("tuned-statement-timeout"))
            }
            Trouble::Lost(_) if self.has_died(cx).await => self.gone(cx, trouble.broken()).await,
            trouble => {
                let door = Door {
                    service: &self.service,
                    database: &self.database,
                    role: &self.auditor,
                    path: "pg_catalog",
                    statement: Bounds::QUERY.time,
                };
                match postgres::fault(cx.bench, door, trouble).await {
                    Ok(Fault::Students(message)) => Stop::from(message),
                    Ok(Fault::Ours(broken)) | Err(broken) => Stop::Ours(broken),
                }
            }
        }
    }

    async fn has_died(&self, cx: &Context<'_>) -> bool {
        let state = cx.bench.state(&self.service).await;
        state.is_ok_and(|state| !state.running)
    }

    /// A server that has died under its own settings is the submission's matter where it says why,
    /// or was killed for memory; else nobody can tell.
    async fn gone(&self, cx: &Context<'_>, otherwise: Broken) -> Stop {
        let Ok(state) = cx.bench.state(&self.service).await else {
            return Stop::Ours(otherwise);
        };
        if state.running {
            return Stop::Ours(otherwise);
        }
        let Ok(log) = server::written_log(cx, &self.service).await else {
            return Stop::Ours(otherwise);
        };
        let reason = server::reason(&log);
        let says_why = reason.lines.iter().any(|line| {
            ["FATAL:", "PANIC:"]
                .iter()
                .any(|word| line.starts_with(word))
        });
        if !state.out_of_memory && !says_why {
            return Stop::Ours(otherwise);
        }
        let death = server::Death { state, reason };
        let why = death.message(&self.service);
        let evidence = death.evidence(&self.service, &[]);
        Stop::Students(Evidence {
            message: message!("tuned-died"),
            observed: Some(why),
            ..evidence
        })
    }

    /// Asks for one statement's rows.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn ask(
        &self,
        cx: &Context<'_>,
        session: &Session,
        sql: &str,
        limit: Duration,
    ) -> Result<Vec<Vec<Option<String>>>, Stop> {
        let began = Instant::now();
        let bounds = Bounds {
            time: limit,
            ..Bounds::QUERY
        };
        match session.rows(sql, bounds).await {
            Ok(rows) => Ok(rows),
            Err(trouble) => Err(self.trouble(cx, began, trouble).await),
        }
    }

    /// The only value of the only row, as a number.
    ///
    /// # Errors
    /// There is no answer, or another one.
    pub async fn number(
        &self,
        cx: &Context<'_>,
        session: &Session,
        sql: &str,
    ) -> Result<i64, Stop> {
        let rows = self.ask(cx, session, sql, Bounds::QUERY.time).await?;
        let value = rows.first().and_then(|row| row.first()).cloned().flatten();
        value
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| Stop::Ours(Broken::because(message!("broken-sql-shape"), sql)))
    }

    /// The settings as the application's own session sees them; read once for a grade.
    ///
    /// # Errors
    /// The server does not say.
    pub async fn settings(&self, cx: &Context<'_>) -> Result<Arc<Settings>, Stop> {
        if let Some(settings) = cx.notebook.settings.get() {
            return Ok(Arc::clone(settings));
        }
        let session = self.application(cx, "").await?;
        let settings = match Settings::read(&session).await {
            Ok(settings) => settings,
            // A limit of time of the submission's is too short for this: without those limits.
            Err(Trouble::TimedOut(_) | Trouble::Refused(_) | Trouble::Lost(_)) => {
                let session = self.application(cx, READS).await?;
                let began = Instant::now();
                match Settings::read(&session).await {
                    Ok(settings) => settings,
                    Err(trouble) => return Err(self.trouble(cx, began, trouble).await),
                }
            }
            Err(trouble) => return Err(Stop::Ours(trouble.broken())),
        };
        let settings = Arc::new(settings);
        Ok(Arc::clone(cx.notebook.settings.get_or_init(|| settings)))
    }
}
