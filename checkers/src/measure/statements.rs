//! What an application asks its database: statements and their texts, by the counters of
//! `pg_stat_statements`, and backends that wait.

use std::time::Duration;

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::verdict::Broken;
use crate::wait;

/// How long an application may be at work after its last answer: a `ROLLBACK` may come behind it.
const QUIET: Duration = Duration::from_secs(20);

/// A statement's text, with `$1` for its constants, and how often it ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The text.
    pub text: String,
    /// How often.
    pub calls: u64,
}

/// Counts the statements of one application.
pub struct Counter<'a> {
    session: &'a Session,
    application: &'a str,
}

impl<'a> Counter<'a> {
    /// A counter on a superuser's session in the application's database.
    #[must_use]
    pub fn new(session: &'a Session, api: &'a Api) -> Self {
        Self {
            session,
            application: &api.application,
        }
    }

    /// Waits until none of the application's backends is at work, and begins to count.
    ///
    /// # Errors
    /// The server does not answer, or the application never rests.
    pub async fn begin(&self, cx: &Context<'_>) -> Result<(), Broken> {
        self.quiet(cx).await?;
        self.session
            .execute("SELECT public.pg_stat_statements_reset()")
            .await
    }

    /// Waits until none of the application's backends is at work, and gives what ran since
    /// [`Counter::begin`], without what begins and ends transactions, sets and shows settings, or
    /// reads the catalogue.
    ///
    /// # Errors
    /// The server does not answer, or the application never rests.
    pub async fn seen(&self, cx: &Context<'_>) -> Result<Vec<Statement>, Broken> {
        self.quiet(cx).await?;
        let sql = format!(
            "SELECT s.query, s.calls FROM public.pg_stat_statements s \
             JOIN pg_catalog.pg_roles r ON r.oid = s.userid \
             WHERE r.rolname = '{}' ORDER BY s.calls DESC, s.query",
            self.application
        );
        let rows = self
            .session
            .rows(&sql, Bounds::QUERY)
            .await
            .map_err(Trouble::broken)?;
        let statements = rows.into_iter().filter_map(|row| {
            let mut cells = row.into_iter();
            Some(Statement {
                text: cells.next()??,
                calls: cells.next()??.parse().ok()?,
            })
        });
        Ok(statements.filter(|it| is_work(&it.text)).collect())
    }

    /// The texts of all statements of the application that hold a word, whenever they ran.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn holding(&self, word: &str) -> Result<Vec<String>, Broken> {
        let sql = format!(
            "SELECT s.query FROM public.pg_stat_statements s \
             JOIN pg_catalog.pg_roles r ON r.oid = s.userid \
             WHERE r.rolname = '{}' AND s.query LIKE '%{word}%'",
            self.application
        );
        let rows = self
            .session
            .rows(&sql, Bounds::QUERY)
            .await
            .map_err(Trouble::broken)?;
        Ok(rows.into_iter().flatten().flatten().collect())
    }

    /// How many of the application's backends wait for a lock.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn waiting(&self) -> Result<usize, Broken> {
        self.backends("wait_event_type = 'Lock'").await
    }

    /// How many backends the application has.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn connected(&self) -> Result<usize, Broken> {
        self.backends("true").await
    }

    async fn backends(&self, which: &str) -> Result<usize, Broken> {
        let sql = format!(
            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity \
             WHERE usename = '{}' AND backend_type = 'client backend' AND {which}",
            self.application
        );
        let number = self.session.value(&sql).await?;
        number
            .parse()
            .map_err(|_| Broken::because(message!("broken-sql-shape"), sql))
    }

    async fn quiet(&self, cx: &Context<'_>) -> Result<(), Broken> {
        let rests = wait::until(cx, QUIET, async || {
            // A session that listens or was left in a transaction is no work under way, but one
            // whose transaction is still open may yet say something.
            let busy = self.backends("state = 'active'").await?;
            Ok((busy == 0).then_some(()))
        });
        rests
            .await?
            .ok_or_else(|| Broken::from(message!("broken-never-rests")))
    }
}

/// Whether a statement asks for or changes rows of the application's.
fn is_work(text: &str) -> bool {
    const AROUND: [&str; 15] = [
        "begin",
        "start",
        "commit",
        "end",
        "rollback",
        "abort",
        "savepoint",
        "release",
        "set",
        "reset",
        "show",
        "discard",
        "deallocate",
        "listen",
        "unlisten",
    ];
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
    let first: String = text
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .collect::<String>()
        .to_ascii_lowercase();
    let lower = text.to_ascii_lowercase();
    let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let catalogue = [
        "pg_catalog",
        "pg_type",
        "pg_namespace",
        "pg_class",
        "information_schema",
    ]
    .iter()
    .any(|name| lower.contains(name));
    let tables = [" from ", " into ", "update "]
        .iter()
        .any(|word| lower.contains(word));
    !AROUND.contains(&first.as_str()) && !catalogue && (tables || first == "table")
}

/// How often they ran, in all.
#[must_use]
pub fn calls(statements: &[Statement]) -> u64 {
    statements.iter().map(|statement| statement.calls).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_touches_rows_counts() {
        for text in [
            "SELECT id FROM orders WHERE id = $1",
            "WITH new AS (INSERT INTO orders VALUES ($1) RETURNING id) SELECT id FROM new",
            "update products set stock = stock - $1",
            "SELECT *\nFROM orders",
            "DELETE FROM orders",
        ] {
            assert!(is_work(text), "{text}");
        }
        for text in [
            "BEGIN;",
            "COMMIT",
            "ROLLBACK TO SAVEPOINT a",
            "SET application_name = $1",
            "select pg_catalog.version()",
            "SELECT t.oid FROM pg_type t",
            "SELECT $1",
            "SHOW standard_conforming_strings",
        ] {
            assert!(!is_work(text), "{text}");
        }
    }
}
