//! Tables and rows that are held, so that whoever asks for them waits, until they are let go.

use std::time::Duration;

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::verdict::{Broken, Stop};

/// How long the application may keep what is to be held. Its transactions take milliseconds.
const TAKEN: Duration = Duration::from_secs(10);
/// SQLSTATE `lock_not_available`.
const NOT_AVAILABLE: &str = "55P03";

/// What is held; to drop it lets go as well.
pub struct Latch {
    session: Session,
}

impl Latch {
    /// Holds tables against every reader.
    ///
    /// # Errors
    /// The application keeps one of them in a transaction that it has left open: the student's
    /// fault.
    pub async fn tables(cx: &Context<'_>, on: &Api, tables: &[&str]) -> Result<Self, Stop> {
        let names: Vec<String> = tables.iter().map(|name| format!("public.{name}")).collect();
        let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", "));
        Self::take(cx, on, &lock).await
    }

    /// Holds a product's row against every writer.
    ///
    /// # Errors
    /// As of [`Latch::tables`].
    pub async fn product(cx: &Context<'_>, on: &Api, id: i64) -> Result<Self, Stop> {
        let lock = format!("SELECT 1 FROM public.products WHERE id = {id} FOR UPDATE");
        Self::take(cx, on, &lock).await
    }

    async fn take(cx: &Context<'_>, on: &Api, lock: &str) -> Result<Self, Stop> {
        let session = on.administrator(cx).await?;
        let sql = format!(
            "BEGIN; SET LOCAL lock_timeout = {}; {lock}",
            TAKEN.as_millis()
        );
        match session.rows(&sql, Bounds::QUERY).await {
            Ok(_) => Ok(Self { session }),
            Err(Trouble::Refused(refusal)) if refusal.code == NOT_AVAILABLE => {
                // Another session: this one is in a transaction that has failed.
                let looking = on.administrator(cx).await?;
                let open = format!(
                    "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity \
                     WHERE usename = '{}' AND state LIKE 'idle in transaction%'",
                    on.application
                );
                if looking.value(&open).await? == "0" {
                    return Err(Trouble::Refused(refusal).broken().into());
                }
                let message = message!("latch-transaction-open", seconds = TAKEN.as_secs());
                Err(Stop::failed(message))
            }
            Err(trouble) => Err(trouble.broken().into()),
        }
    }

    /// Lets go.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn open(self) -> Result<(), Broken> {
        self.session.execute("COMMIT").await
    }
}
