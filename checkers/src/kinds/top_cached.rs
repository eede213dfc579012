//! `run.top-cached`: the expensive query of the top list runs once for many readers, and again when
//! the list has grown old.

use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stampede::rush;
use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::keys::Keeper;
use crate::measure::cache::{
    Cached, get_top, statement_lines, top_in, top_stored, top_words, until,
};
use crate::measure::http::Answer;
use crate::measure::shop::{Line, Shop};
use crate::measure::statements::calls;
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How often it may be tried: a Redis that was slow for a moment keeps nobody together.
const ROUNDS: usize = 3;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopCached {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
    /// Readers at once, of each instance.
    #[serde(default = "readers")]
    pub readers: usize,
    /// Questions that an instance may ask.
    #[serde(default = "most")]
    pub most: usize,
}

fn readers() -> usize {
    24
}

fn most() -> usize {
    1
}

/// Reads the list, sells something, and reads it again.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &TopCached, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(top(spec, cx).await)
}

async fn top(spec: &TopCached, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let shop = Shop::open(cx, &spec.on).await?;
    let instances = spec.cached.ensure_short(cx, &spec.on).await?;
    let limit = once(spec, cx, &instances, &shop).await?;
    refreshed(spec, cx, &instances, &shop, limit).await?;
    let message = message!("top-is-cached", readers = spec.readers * instances.len());
    Ok(Verdict::passed(message.into()))
}

/// Gives a length of the list that was read just now.
async fn once(
    spec: &TopCached,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
) -> Result<usize, Stop> {
    let keeper = Keeper::open(cx, &spec.cached).await?;
    let mut lengths: Vec<usize> = (11..50).collect();
    lengths.shuffle(&mut cx.seed.stream("top-cached"));
    let most = spec.most * instances.len();
    let began = cx.timeline.mark();
    let mut last = None;
    for &length in lengths.iter().take(ROUNDS) {
        // Cold, whatever was asked for before: Redis forgets, and nobody has asked for this length.
        keeper.forget().await?;
        let request = get_top(length);
        let wanted = top_stored(shop, length).await?;
        let rush = rush(
            cx,
            instances,
            shop,
            "order_items",
            &request,
            spec.readers,
            most,
        )
        .await?;
        for (api, answers) in instances.iter().zip(&rush.volleys) {
            for answer in answers {
                let answer = match answer {
                    Ok(answer) if answer.status == 200 => answer,
                    Ok(answer) => return Err(api.status(cx, &request, answer, &[200]).await?),
                    Err(none) => return Err(api.silent(cx, &request, none).await?),
                };
                if top_in(answer).as_ref() != Some(&wanted) {
                    let message = message!("top-differs", wanted = top_words(&wanted));
                    return Err(Stop::failed(wrong_evidence(&request, answer, message)));
                }
            }
        }
        let asked = calls(&rush.statements).max(rush.waiting as u64);
        if asked <= most as u64 {
            return Ok(length);
        }
        last = Some((asked, rush));
    }
    let (asked, rush) = last.ok_or_else(|| Broken::from(message!("broken-volley")))?;
    let message = message!(
        "top-asks",
        readers = spec.readers * instances.len(),
        asked = asked,
        most = most
    );
    let evidence = Evidence::from(message).with_details(statement_lines(&rush.statements));
    Err(Stop::failed(evidence.timeline(cx, began)))
}

async fn refreshed(
    spec: &TopCached,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    length: usize,
) -> Result<(), Stop> {
    let mut random = cx.seed.stream("top-cached-sale");
    let request = get_top(length);
    let best = top_stored(shop, 1).await?;
    let product = shop.product(&mut random, 1).await?;
    let customer = shop.customer(&mut random).await?;
    let line = Line {
        product: product.id,
        qty: best.first().map_or(1, |(_, units)| units + 1),
        price: product.price,
    };
    shop.order(customer, "paid", "1 second", &[line]).await?;
    let wanted = top_stored(shop, length).await?;
    let limit = spec.cached.refreshed();
    let mut left: Vec<(&Api, Answer)> = Vec::new();
    let served = until(cx, limit, async || {
        left.clear();
        for api in instances {
            let answer = api.expect(cx, &request, &[200]).await?;
            if top_in(&answer).as_ref() != Some(&wanted) {
                left.push((api, answer));
            }
        }
        Ok(left.is_empty().then_some(()))
    });
    if served.await?.is_some() {
        return Ok(());
    }
    let Some((api, answer)) = left.first() else {
        return Ok(());
    };
    let message = message!(
        "top-stays-old",
        service = &api.service,
        seconds = limit.as_secs(),
        ttl = spec.cached.short_ttl
    );
    let mut evidence = wrong_evidence(&request, answer, message);
    evidence.expected = Some(message!(
        "top-stays-old-expected",
        wanted = top_words(&wanted)
    ));
    Err(Stop::failed(evidence))
}
