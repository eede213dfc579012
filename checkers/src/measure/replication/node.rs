//! One server: sessions with it, and whose fault it is when it does not answer.

use std::time::Duration;

use crate::context::Context;
use crate::measure::postgres::{self, Bounds, Door, Fault, NoEntry, Session, Trouble};
use crate::measure::server::{self, Death};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop};

use super::{ADMIN, PROBE, position};

/// `statement_timeout` of the grader's own statements.
const STATEMENT: Duration = Duration::from_secs(15);
/// What an ordinary session of ours sets: nothing that a role or a database sets may come between.
/// What it must not set is `synchronous_commit`, which some checks are about.
const PROBING: &str = "-c search_path=pg_catalog,public,pg_temp -c default_transaction_read_only=off \
     -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c row_security=on";
/// Does not wait for any standby: for what is not about that.
pub const ALONE: &str = "-c synchronous_commit=local";

/// One server.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    cx: &'a Context<'a>,
    /// Its name in the lab.
    pub service: &'a str,
    database: &'a str,
}

/// Rows of text.
pub type Rows = Vec<Vec<Option<String>>>;

impl<'a> Node<'a> {
    /// A server of the lab, and its database.
    #[must_use]
    pub fn new(cx: &'a Context<'a>, service: &'a str, database: &'a str) -> Self {
        Self {
            cx,
            service,
            database,
        }
    }

    fn door(&self) -> Door<'a> {
        Door {
            service: self.service,
            database: self.database,
            role: ADMIN,
            path: "pg_catalog",
            statement: STATEMENT,
        }
    }

    /// The superuser's session, in which no setting of the student's has a say and nothing is
    /// waited for at a COMMIT.
    ///
    /// # Errors
    /// The server is gone or refuses: the student's; or the engine fails.
    pub async fn admin(&self) -> Result<Session, Stop> {
        let session = Session::open_or_why(self.cx.bench, self.door()).await;
        let session = self.entered(session).await?;
        self.execute(&session, "SET synchronous_commit = local")
            .await?;
        Ok(session)
    }

    /// An ordinary session with the server's own settings, but for `options`.
    ///
    /// # Errors
    /// As of [`Node::admin`].
    pub async fn probe(&self, options: &str) -> Result<Session, Stop> {
        let login = self.cx.bench.login(self.service, PROBE)?;
        let options = format!("{PROBING} {options}");
        let bench = self.cx.bench;
        let session = Session::knock(bench, self.service, self.database, &login, &options).await;
        self.entered(session).await
    }

    /// The superuser's session as psql would give it: for the student's scripts and queries.
    ///
    /// # Errors
    /// As of [`Node::admin`].
    pub async fn plain(&self, options: &str) -> Result<Session, Stop> {
        let login = self.cx.bench.login(self.service, ADMIN)?;
        let bench = self.cx.bench;
        let session = Session::knock(bench, self.service, self.database, &login, options).await;
        self.entered(session).await
    }

    /// The rows of a statement of ours.
    ///
    /// # Errors
    /// It would have an answer without the submission: the student's, if that is sure.
    pub async fn rows(&self, session: &Session, sql: &str) -> Result<Rows, Stop> {
        match session.rows(sql, Bounds::QUERY).await {
            Ok(rows) => Ok(rows),
            Err(trouble) => Err(self.trouble(trouble).await),
        }
    }

    /// The first column of the first row, if there is one.
    ///
    /// # Errors
    /// As of [`Node::rows`].
    pub async fn value(&self, session: &Session, sql: &str) -> Result<Option<String>, Stop> {
        let rows = self.rows(session, sql).await?;
        Ok(rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next()?))
    }

    /// A position in the WAL.
    ///
    /// # Errors
    /// As of [`Node::rows`], or the answer is none.
    pub async fn position(&self, session: &Session, sql: &str) -> Result<u64, Stop> {
        let text = self.value(session, sql).await?.unwrap_or_default();
        position(&text).ok_or_else(|| {
            Broken::because(message!("broken-sql-shape"), format!("{sql}: {text}")).into()
        })
    }

    /// Runs a statement of ours.
    ///
    /// # Errors
    /// As of [`Node::rows`].
    pub async fn execute(&self, session: &Session, sql: &str) -> Result<(), Stop> {
        self.rows(session, sql).await.map(drop)
    }

    /// Whose fault it is that a statement of ours has no answer.
    pub async fn trouble(&self, trouble: Trouble) -> Stop {
        if matches!(trouble, Trouble::Lost(_))
            && let Ok(Some(death)) = self.death().await
        {
            return Stop::failed(death.evidence(self.service, &[]));
        }
        match postgres::fault(self.cx.bench, self.door(), trouble).await {
            Ok(Fault::Students(why)) => {
                let message = message!("node-no-answer", service = self.service);
                Stop::failed(Evidence::from(message).with_details(vec![why]))
            }
            Ok(Fault::Ours(broken)) | Err(broken) => Stop::Broken(broken),
        }
    }

    async fn entered(&self, session: Result<Session, NoEntry>) -> Result<Session, Stop> {
        let no = match session {
            Ok(session) => return Ok(session),
            Err(no) => no,
        };
        // Both logins have been let in before: who shuts them out, or dies, is the submission.
        if let Some(death) = self.death().await? {
            return Err(Stop::failed(death.evidence(self.service, &[])));
        }
        match no {
            // Starting, or stopping: nothing that a login could be refused for.
            NoEntry::Refused(refusal) if refusal.code.starts_with("57") => {
                let no = NoEntry::Unreachable(refusal.message.to_string());
                Err(Stop::Broken(no.broken(self.service)))
            }
            NoEntry::Refused(refusal) => Err(Stop::failed(message!(
                "server-refuses",
                service = self.service,
                error = refusal.message,
                code = refusal.code
            ))),
            no => Err(Stop::Broken(no.broken(self.service))),
        }
    }

    async fn death(&self) -> Result<Option<Death>, Broken> {
        let state = self.cx.bench.state(self.service).await?;
        if state.running {
            return Ok(None);
        }
        let log = server::written_log(self.cx, self.service).await?;
        let reason = server::reason(&log);
        Ok(Some(Death { state, reason }))
    }
}
