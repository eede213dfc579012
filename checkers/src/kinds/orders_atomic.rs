//! `run.orders-atomic`: an order is whole or not at all, and stock is never oversold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::message;
use crate::verdict::{Broken, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersAtomic {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Looks.
///
/// # Errors
/// The engine fails.
pub async fn check(_spec: &OrdersAtomic, _cx: &Context<'_>) -> Result<Verdict, Broken> {
    Err(message!("broken-panic", check = "orders-atomic").into())
}
