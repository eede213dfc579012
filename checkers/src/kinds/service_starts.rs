//! `run.service-starts`: the submission is put into its services, and each answers `/health`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceStarts {
    /// What surrounds them.
    #[serde(default)]
    pub on: Api,
    /// All instances of the submission's service.
    pub services: Vec<String>,
}

/// Puts the submission in, and waits until all are well.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &ServiceStarts, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(starts(spec, cx).await)
}

async fn starts(spec: &ServiceStarts, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let none = BTreeMap::new();
    let starting = spec.services.iter().map(|service| {
        let (api, none) = (spec.on.instance(service), &none);
        async move { api.deploy(cx, none).await }
    });
    futures_util::future::try_join_all(starting).await?;
    Ok(Verdict::passed(Evidence::from(message!("service-answers"))))
}
