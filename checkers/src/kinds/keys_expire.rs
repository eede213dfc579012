//! `run.keys-expire`: there are keys in Redis, and every one has a lifetime of at most the bound;
//! those too that are there only while something is loaded or written, as locks are.

use std::time::Duration;

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::cache::keys::{Keeper, Key};
use crate::measure::cache::{Cached, changed, fresh, get, get_top, put, shows};
use crate::measure::http::Request;
use crate::measure::latch::Latch;
use crate::measure::shop::Shop;
use crate::measure::statements::Counter;
use crate::measure::volley::{Volley, fire};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// How long a key may be without its lifetime: some set it with a second command.
const SECOND: Duration = Duration::from_secs(2);
/// How long requests may take until they wait for what is held, or are answered.
const ARRIVED: Duration = Duration::from_secs(15);
/// How long they may take after it is let go.
const ANSWERED: Duration = Duration::from_secs(30);
/// Redis counts milliseconds, services whole seconds, and some round up.
const ROUNDING: u64 = 1_000;
/// Keys that are named at most.
const NAMED: usize = 8;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysExpire {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// Reads and writes, and looks at the keys before, meanwhile and after.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &KeysExpire, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(expire(spec, cx).await)
}

async fn expire(spec: &KeysExpire, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let keeper = Keeper::open(cx, &spec.cached).await?;
    let mut random = cx.seed.stream("keys-expire");
    let products = fresh(&shop, &mut random, 3).await?;
    let nobody = random.random_range(2_000_000_000_i64..4_000_000_000);
    let bound = bound(&spec.cached);
    let mut seen = 0;

    // What is there while something is loaded.
    let tables = Latch::tables(cx, &spec.on, &["products", "order_items"]).await?;
    let [one, two, three] = [get(products[0].id), get(products[1].id), get(nobody)];
    let requests = [
        one.clone(),
        one,
        two,
        three,
        get_top(random.random_range(11..50)),
    ];
    let loading = instances
        .iter()
        .map(|api| fire(cx, &api.service, &requests, ANSWERED));
    let loading = loading.collect::<Result<Vec<_>, _>>()?;
    let during = held(spec, cx, &keeper, &shop, loading, tables, bound).await;
    seen = seen.max(during?);

    // What is there while something is written.
    shows(cx, &instances[0], &products[2]).await?;
    let row = Latch::product(cx, &spec.on, products[2].id).await?;
    let request = put(&changed(&products[2], &mut random));
    let writing = vec![fire(cx, &instances[0].service, &[request], ANSWERED)?];
    let during = held(spec, cx, &keeper, &shop, writing, row, bound).await;
    seen = seen.max(during?);

    // What stays.
    for api in &instances {
        shows(cx, api, &products[0]).await?;
        api.expect(cx, &get(nobody), &[404]).await?;
        api.expect(cx, &Request::get("/products/top"), &[200])
            .await?;
    }
    seen = seen.max(look(cx, &keeper, bound).await?);
    if seen == 0 {
        let evidence = Evidence::from(message!("keys-none")).against(
            message!("keys-none-expected"),
            message!("cache-keys-observed", keys = 0),
        );
        return Err(Stop::failed(evidence));
    }
    Ok(Verdict::passed(
        message!("keys-do-expire", keys = seen, seconds = bound / 1_000).into(),
    ))
}

/// The longest lifetime that is allowed, in milliseconds.
fn bound(cached: &Cached) -> u64 {
    (cached.ttl + cached.local_ttl) * 1_000
}

/// Looks at the keys while requests wait, then lets them go, and wants all of them answered.
async fn held(
    spec: &KeysExpire,
    cx: &Context<'_>,
    keeper: &Keeper,
    shop: &Shop,
    mut requests: Vec<Volley>,
    latch: Latch,
    bound: u64,
) -> Result<usize, Stop> {
    let counter = Counter::new(&shop.session, &spec.on);
    // Whoever needs nothing of what is held has its answer and does not wait.
    let arrived = wait::until(cx, ARRIVED, async || {
        let mut ended = 0;
        for volley in &mut requests {
            ended += volley.ended()?;
        }
        Ok((ended > 0 || counter.waiting().await? > 0).then_some(()))
    });
    let looked = match arrived.await {
        Ok(_) => look(cx, keeper, bound).await,
        Err(broken) => Err(broken.into()),
    };
    latch.release(cx).await?;
    for volley in requests {
        volley.all().await?;
    }
    looked
}

/// Sees that every key has a lifetime within the bound; gives their number.
async fn look(cx: &Context<'_>, keeper: &Keeper, bound: u64) -> Result<usize, Stop> {
    let mut wrong = Vec::new();
    let right = wait::until(cx, SECOND, async || {
        let keys = keeper.all().await?;
        let number = keys.len();
        wrong = keys
            .into_iter()
            .filter(|key| is_wrong(key, bound))
            .collect();
        Ok(wrong.is_empty().then_some(number))
    });
    if let Some(number) = right.await? {
        return Ok(number);
    }
    let message = message!("keys-live-on", keys = wrong.len(), seconds = bound / 1_000);
    let named = wrong.iter().take(NAMED).map(Key::shown);
    Err(Stop::failed(
        Evidence::from(message).with_details(named.collect()),
    ))
}

fn is_wrong(key: &Key, bound: u64) -> bool {
    key.left.is_none_or(|left| left > bound + ROUNDING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Tainted;

    #[test]
    fn a_key_ends_within_the_bound() {
        let bound = bound(&Cached::default());
        for (left, wrong) in [
            (Some(1), false),
            (Some(30_000), false),
            (Some(32_000), false),
            (Some(32_001), true),
            (Some(300_000), true),
            (None, true),
        ] {
            let key = Key {
                name: Tainted::new("k"),
                kind: "string".to_owned(),
                left,
            };
            assert_eq!(is_wrong(&key, bound), wrong, "{left:?}");
        }
    }
}
