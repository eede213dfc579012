//! `run.writes-invalidate`: what was written is what is read next, and nothing else is forgotten.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::message;
use crate::verdict::{Broken, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WritesInvalidate {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Looks.
///
/// # Errors
/// The engine fails.
pub async fn check(_spec: &WritesInvalidate, _cx: &Context<'_>) -> Result<Verdict, Broken> {
    Err(message!("broken-panic", check = "writes-invalidate").into())
}
