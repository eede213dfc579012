//! `run.products-served`: products are served and changed as the contract says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::message;
use crate::verdict::{Broken, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductsServed {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Looks.
///
/// # Errors
/// The engine fails.
pub async fn check(_spec: &ProductsServed, _cx: &Context<'_>) -> Result<Verdict, Broken> {
    Err(message!("broken-panic", check = "products-served").into())
}
