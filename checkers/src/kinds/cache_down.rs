//! `run.cache-down`: without Redis the service answers out of the database, and uses Redis again
//! when it is back, and empty.

use std::time::Instant;

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::cache::outage::{answers, meanwhile, used_again};
use crate::measure::cache::{
    Cached, change, changed, fresh, get, get_top, read, shows, shows_top, top_stored, until,
};
use crate::measure::shop::{NO_PRODUCT, Product, Shop};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheDown {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// Kills Redis, asks, starts it, and asks again.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &CacheDown, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(down(spec, cx).await)
}

async fn down(spec: &CacheDown, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("cache-down");
    let hot = fresh(&shop, &mut random, 2).await?;
    for api in &instances {
        for product in &hot {
            shows(cx, api, product).await?;
        }
    }
    let began = cx.timeline.mark();
    let redis = &spec.cached.redis;
    cx.kill(redis).await?;
    let without = without(spec, cx, &instances, &shop, &hot, &mut random).await;
    cx.start(redis).await?;
    answers(cx, &spec.cached).await?;
    let done = match without {
        Ok(written) => back(spec, cx, &instances, &shop, &written, &mut random).await,
        Err(stop) => Err(stop),
    };
    match done {
        Ok(()) => {
            let evidence = Evidence::from(message!("cache-down-borne"));
            Ok(Verdict::passed(evidence.timeline(cx, began)))
        }
        Err(Stop::Failed(evidence)) => {
            spec.cached.renew(cx, &spec.on).await?;
            Err(Stop::failed(evidence.timeline(cx, began)))
        }
        Err(broken) => Err(broken),
    }
}

/// Everything is answered, and right; gives what was written.
async fn without(
    spec: &CacheDown,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    hot: &[Product],
    random: &mut ChaCha12Rng,
) -> Result<Vec<Product>, Stop> {
    let down = |stop| meanwhile(stop, message!("cache-down-hurts"));
    let cold = fresh(shop, random, 4).await?;
    let top = (get_top(10), top_stored(shop, 10).await?);
    let asking = instances
        .iter()
        .zip([&cold[..2], &cold[2..]])
        .map(async |(api, cold)| {
            for product in hot.iter().chain(cold) {
                shows(cx, api, product).await?;
            }
            api.expect(cx, &get(NO_PRODUCT), &[404]).await?;
            shows_top(cx, api, &top.0, &top.1).await
        });
    for asked in futures_util::future::join_all(asking).await {
        asked.map_err(down)?;
    }
    let mut written = Vec::new();
    for (writer, product) in hot.iter().enumerate() {
        let (writer, reader) = (&instances[writer], &instances[1 - writer]);
        let wanted = changed(product, random);
        let done = async {
            change(cx, writer, &wanted).await?;
            let since = Instant::now();
            shows(cx, writer, &wanted).await?;
            // Its own entry of before may live on for a moment.
            let fresh = until(
                cx,
                spec.cached.agreed().saturating_sub(since.elapsed()),
                async || {
                    let (shown, _) = read(cx, reader, wanted.id).await?;
                    Ok(wanted.differs(&shown).is_none().then_some(()))
                },
            );
            if fresh.await?.is_none() {
                shows(cx, reader, &wanted).await?;
            }
            Ok(())
        };
        done.await.map_err(down)?;
        written.push(wanted);
    }
    Ok(written)
}

/// Redis is used again, and what was written meanwhile is what is served.
async fn back(
    spec: &CacheDown,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    written: &[Product],
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    used_again(cx, &spec.cached, instances, shop, random).await?;
    for api in instances {
        for product in written {
            shows(cx, api, product).await?;
        }
    }
    Ok(())
}
