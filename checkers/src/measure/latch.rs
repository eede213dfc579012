//! Tables and rows, locked by a session of the grader's: whatever needs them waits in the database
//! until they are released.
//!
//! A session that is dropped releases the lock, too: the server sees its connection end.

use std::time::{Duration, Instant};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Stop};

/// How long a latch is held at most, as it is published: whoever has given up before is at fault.
pub const PUBLISHED: Duration = Duration::from_secs(10);
/// How long the lock itself is waited for: a transaction of the application's takes milliseconds.
const FREE: Duration = Duration::from_secs(10);
/// PostgreSQL's code for a lock that was not to be had in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// A lock that is held.
pub struct Latch {
    session: Session,
    db: String,
    since: Instant,
}

impl Latch {
    /// Locks the table of orders against everybody.
    ///
    /// # Errors
    /// A transaction that the application has left open is in the way: the student's fault. The
    /// server does not do it: ours.
    pub async fn hold(cx: &Context<'_>, api: &Api) -> Result<Self, Stop> {
        Self::tables(cx, api, &["orders"]).await
    }

    /// Locks tables against everybody.
    ///
    /// # Errors
    /// As of [`Latch::hold`].
    pub async fn tables(cx: &Context<'_>, api: &Api, tables: &[&str]) -> Result<Self, Stop> {
        let names: Vec<String> = tables.iter().map(|name| format!("public.{name}")).collect();
        let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", "));
        Self::take(cx, api, &lock, tables).await
    }

    /// Locks a product's row against whoever would change it; readers do not wait.
    ///
    /// # Errors
    /// As of [`Latch::hold`].
    pub async fn product(cx: &Context<'_>, api: &Api, id: i64) -> Result<Self, Stop> {
        let lock = format!("SELECT 1 FROM public.products WHERE id = {id} FOR UPDATE");
        Self::take(cx, api, &lock, &["products"]).await
    }

    async fn take(cx: &Context<'_>, api: &Api, lock: &str, tables: &[&str]) -> Result<Self, Stop> {
        let session = api.administrator(cx).await?;
        let lock = format!(
            "BEGIN; SET LOCAL lock_timeout = {}; {lock}",
            FREE.as_millis()
        );
        match session.rows(&lock, Bounds::QUERY).await {
            Ok(_) => {}
            Err(Trouble::Refused(refusal)) if refusal.code == LOCK_NOT_AVAILABLE => {
                return Err(locked_out(cx, api, tables).await?);
            }
            Err(trouble) => return Err(trouble.broken().into()),
        }
        cx.timeline.done(&api.db, message!("event-locked"));
        Ok(Self {
            session,
            db: api.db.clone(),
            since: Instant::now(),
        })
    }

    /// How long it has been held.
    #[must_use]
    pub fn held(&self) -> Duration {
        self.since.elapsed()
    }

    /// Lets everybody go, and gives how long it was held.
    ///
    /// # Errors
    /// The server does not do it.
    pub async fn release(self, cx: &Context<'_>) -> Result<Duration, Broken> {
        self.session.execute("ROLLBACK").await?;
        cx.timeline.done(&self.db, message!("event-unlocked"));
        Ok(self.since.elapsed())
    }
}

/// Who keeps one of the tables, and since which statement.
async fn locked_out(cx: &Context<'_>, api: &Api, tables: &[&str]) -> Result<Stop, Broken> {
    let tables: Vec<String> = tables
        .iter()
        .map(|name| format!("'public.{name}'::regclass"))
        .collect();
    let holders = format!(
        "SELECT a.state, a.query FROM pg_catalog.pg_locks l \
         JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.granted AND l.relation IN ({}) AND a.usename = '{}' LIMIT 1",
        tables.join(", "),
        api.application
    );
    let session = api.administrator(cx).await?;
    let rows = session.rows(&holders, Bounds::QUERY).await;
    let rows = rows.map_err(Trouble::broken)?;
    let Some([state, query]) = rows.first().map(Vec::as_slice) else {
        return Err(message!("broken-not-locked", seconds = FREE.as_secs()).into());
    };
    let shown = |cell: &Option<String>| Tainted::bounded(cell.as_deref().unwrap_or_default(), 300);
    let evidence = Evidence::from(message!("latch-left-open", seconds = FREE.as_secs())).against(
        message!("latch-left-open-expected"),
        message!(
            "latch-left-open-observed",
            state = shown(state),
            query = shown(query)
        ),
    );
    Ok(Stop::failed(evidence))
}
