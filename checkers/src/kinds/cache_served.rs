//! `run.cache-served`: what lies in Redis is what both instances serve. The grader changes a
//! product's name there, and waits for it in the answers.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::cache::keys::Keeper;
use crate::measure::cache::{Cached, get, read, shows, until};
use crate::measure::shop::{Shop, word};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How long the changed value may be on its way to the answers. It is served within the local
/// lifetime of 1 s (at most 1.1 s was measured); who does not read it never serves it.
const SERVED: Duration = Duration::from_secs(6);
/// Keys that are named at most.
const NAMED: usize = 8;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheServed {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// Changes a value in Redis, and reads it.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &CacheServed, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(changed(spec, cx).await)
}

async fn changed(spec: &CacheServed, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let keeper = Keeper::open(cx, &spec.cached).await?;
    let mut random = cx.seed.stream("cache-served");
    let product = shop.product(&mut random, 3).await?;
    let other = word(&mut random);
    // A value may be stored behind the answer, and again by a reader for whom Redis was slow.
    let stored = until(cx, SERVED, async || {
        for api in &instances {
            shows(cx, api, &product).await?;
        }
        let keys = keeper.holding(&product.name).await?;
        Ok((!keys.is_empty()).then_some(keys))
    });
    let Some(keys) = stored.await? else {
        let there = keeper.all().await?;
        let evidence = Evidence::from(message!("cache-holds-no-name"))
            .against(
                message!("cache-holds-no-name-expected"),
                message!("cache-keys-observed", keys = there.len()),
            )
            .repeat_with(&get(product.id).curl())
            .with_details(there.iter().take(NAMED).map(|key| key.shown()).collect());
        return Err(Stop::failed(evidence));
    };
    for api in &instances {
        let mut last = None;
        let seen = until(cx, SERVED, async || {
            keeper.replace(&product.name, &other).await?;
            let (shown, answer) = read(cx, api, product.id).await?;
            last = Some(answer);
            Ok((shown.name == other).then_some(()))
        });
        if seen.await?.is_none() {
            let message = message!("cache-not-served", service = &api.service);
            let shown = last.map_or_else(|| Tainted::new(""), |answer| answer.shown());
            let evidence = Evidence::from(message)
                .against(
                    message!("cache-not-served-expected", name = &other),
                    message!("observed-answer", answer = shown),
                )
                .repeat_with(&get(product.id).curl())
                .with_details(keys.iter().take(NAMED).map(|key| key.shown()).collect());
            return Err(Stop::failed(evidence));
        }
    }
    let keys: Vec<Message> = keys.iter().take(NAMED).map(|key| key.shown()).collect();
    let evidence = Evidence::from(message!("cache-is-served")).with_details(keys);
    Ok(Verdict::passed(evidence))
}
