//! `run.orders-read`: rows that are in the database are what is served.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::message;
use crate::verdict::{Broken, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersRead {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Looks.
///
/// # Errors
/// The engine fails.
pub async fn check(_spec: &OrdersRead, _cx: &Context<'_>) -> Result<Verdict, Broken> {
    Err(message!("broken-panic", check = "orders-read").into())
}
