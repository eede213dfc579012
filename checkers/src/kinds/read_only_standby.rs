//! `run.read-only-standby`: the standby answers a SELECT and refuses an INSERT, as a server in
//! recovery does and nothing else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::{Bounds, Trouble};
use crate::measure::replication::{Servers, standby, token};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// `read_only_sql_transaction`.
const READ_ONLY: &str = "25006";
/// The server's function that refuses a write in recovery: it cannot be raised by hand.
const ROUTINE: &str = "PreventCommandIfReadOnly";

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadOnlyStandby {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
}

/// Reads and writes on the standby.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &ReadOnlyStandby, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(refuses(&spec.servers, cx).await)
}

async fn refuses(servers: &Servers, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let node = servers.standby(cx);
    // The session asks for a transaction that may write: only recovery forbids it then.
    let session = node.probe("").await?;
    let rows = node
        .rows(&session, "SELECT id FROM public.products LIMIT 3")
        .await?;
    if rows.is_empty() {
        return Err(Stop::failed(message!("standby-empty")));
    }
    let insert = standby::insert(&token(cx, "readonly"));
    let expected = message!("read-only-expected", code = READ_ONLY);
    match session.rows(&insert, Bounds::QUERY).await {
        Ok(_) => Err(Stop::failed(
            Evidence::from(message!("standby-takes-writes"))
                .against(expected, message!("read-only-written")),
        )),
        Err(Trouble::Refused(refusal))
            if refusal.code == READ_ONLY && refusal.routine == ROUTINE =>
        {
            Ok(Verdict::passed(message!("standby-read-only").into()))
        }
        Err(Trouble::Refused(refusal)) => Err(Stop::failed(
            Evidence::from(message!("standby-refuses-otherwise")).against(
                expected,
                message!(
                    "read-only-refused",
                    code = refusal.code,
                    error = refusal.message
                ),
            ),
        )),
        Err(trouble) => Err(node.trouble(trouble).await),
    }
}
