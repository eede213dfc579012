//! `run.hot-reads`: a second read asks the database nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::message;
use crate::verdict::{Broken, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HotReads {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Looks.
///
/// # Errors
/// The engine fails.
pub async fn check(_spec: &HotReads, _cx: &Context<'_>) -> Result<Verdict, Broken> {
    Err(message!("broken-panic", check = "hot-reads").into())
}
