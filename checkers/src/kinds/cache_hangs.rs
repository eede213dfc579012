//! `run.cache-hangs`: a Redis that does not answer keeps no reader waiting, and is used again when
//! it goes on.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::cache::outage::{meanwhile, used_again};
use crate::measure::cache::{Cached, fresh, get, product_in, shows, top_in};
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::shop::{Product, Shop};
use crate::measure::volley::fire;
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// What an answer may take. Published is 1 s; solutions with a limit on every call of Redis took at
/// most 0.7 s (1.2 s with both cores busy), those without one never answered.
const ALLOWED: Duration = Duration::from_secs(2);
/// What is waited for an answer at most.
const WAITED: Duration = Duration::from_secs(6);
/// A stall of the machine's does not come twice, and a call without a limit does.
const ROUNDS: usize = 2;
/// Readers at once.
const TOGETHER: usize = 8;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CacheHangs {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// Freezes Redis, asks, lets it go on, and asks again.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &CacheHangs, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(hangs(spec, cx).await)
}

/// Whether everything was answered in time.
enum Seen {
    InTime(Duration),
    Late(Box<Evidence>),
}

async fn hangs(spec: &CacheHangs, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("cache-hangs");
    let began = cx.timeline.mark();
    let mut done = Err(Stop::Broken(message!("broken-volley").into()));
    for _ in 0..ROUNDS {
        done = round(spec, cx, &instances, &shop, &mut random).await;
        match &done {
            Ok(Seen::Late(_)) => spec.cached.renew(cx, &spec.on).await?,
            _ => break,
        }
    }
    match done? {
        Seen::InTime(slowest) => {
            let evidence =
                Evidence::from(message!("cache-hang-borne", millis = slowest.as_millis()));
            Ok(Verdict::passed(evidence.timeline(cx, began)))
        }
        Seen::Late(evidence) => Err(Stop::failed(evidence.timeline(cx, began))),
    }
}

async fn round(
    spec: &CacheHangs,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    random: &mut ChaCha12Rng,
) -> Result<Seen, Stop> {
    let hot = fresh(shop, random, 2).await?;
    let cold = fresh(shop, random, 2 * (2 + TOGETHER)).await?;
    for api in instances {
        for product in &hot {
            shows(cx, api, product).await?;
        }
    }
    let redis = &spec.cached.redis;
    cx.pause(redis).await?;
    let (one, two) = cold.split_at(2 + TOGETHER);
    let asking = instances
        .iter()
        .zip([one, two])
        .map(|(api, cold)| frozen(cx, api, &hot, cold));
    let asked = futures_util::future::join_all(asking).await;
    cx.resume(redis).await?;
    let mut slowest = Duration::ZERO;
    for asked in asked {
        match asked {
            Ok(Seen::InTime(time)) => slowest = slowest.max(time),
            Ok(late) => return Ok(late),
            Err(stop) => {
                spec.cached.renew(cx, &spec.on).await?;
                return Err(meanwhile(stop, message!("cache-hang-hurts")));
            }
        }
    }
    match used_again(cx, &spec.cached, instances, shop, random).await {
        Ok(()) => Ok(Seen::InTime(slowest)),
        Err(stop) => {
            spec.cached.renew(cx, &spec.on).await?;
            Err(stop)
        }
    }
}

/// Asks one instance while Redis is frozen: one after another, then several at once.
async fn frozen(
    cx: &Context<'_>,
    api: &Api,
    hot: &[Product],
    cold: &[Product],
) -> Result<Seen, Stop> {
    let mut slowest = Duration::ZERO;
    let (alone, together) = cold.split_at(2);
    let alone = hot.iter().chain(alone).map(Some).chain([None]);
    for product in alone {
        let request = product.map_or_else(|| Request::get("/products/top"), |it| get(it.id));
        let since = Instant::now();
        let answer = request.ask(cx.bench, &api.service, WAITED).await?;
        let time = since.elapsed();
        if let Some(late) = late(api, &request, &answer, time) {
            return Ok(late);
        }
        slowest = slowest.max(time);
        right(cx, api, &request, answer, product).await?;
    }
    let requests: Vec<Request> = together.iter().map(|product| get(product.id)).collect();
    let since = Instant::now();
    let answers = fire(cx, &api.service, &requests, WAITED)?.all().await?;
    let time = since.elapsed();
    for ((product, request), answer) in together.iter().zip(&requests).zip(answers) {
        // The slowest of them all, as far as it is known.
        if let Some(late) = late(api, request, &answer, time) {
            return Ok(late);
        }
        right(cx, api, request, answer, Some(product)).await?;
    }
    Ok(Seen::InTime(slowest.max(time)))
}

/// What came too late, or not at all though the service waits.
fn late(
    api: &Api,
    request: &Request,
    answer: &Result<Answer, NoAnswer>,
    time: Duration,
) -> Option<Seen> {
    let never = matches!(answer, Err(NoAnswer::TimedOut(_)));
    if !never && time <= ALLOWED {
        return None;
    }
    let observed = if never {
        message!("cache-hang-never-observed", seconds = WAITED.as_secs())
    } else {
        message!("cache-hang-late-observed", millis = time.as_millis())
    };
    let evidence = Evidence::from(message!("cache-hang-waits", service = &api.service))
        .against(message!("cache-hang-expected"), observed)
        .repeat_with(&request.curl());
    Some(Seen::Late(Box::new(evidence)))
}

async fn right(
    cx: &Context<'_>,
    api: &Api,
    request: &Request,
    answer: Result<Answer, NoAnswer>,
    product: Option<&Product>,
) -> Result<(), Stop> {
    let answer = match answer {
        Ok(answer) if answer.status == 200 => answer,
        Ok(answer) => return Err(api.status(cx, request, &answer, &[200]).await?),
        Err(none) => return Err(api.silent(cx, request, &none).await?),
    };
    let Some(product) = product else {
        return match top_in(&answer) {
            Some(top) if !top.is_empty() => Ok(()),
            _ => Err(wrong(request, &answer, message!("top-none"))),
        };
    };
    match product.differs(&product_in(request, &answer)?) {
        Some(differs) => Err(wrong(request, &answer, differs)),
        None => Ok(()),
    }
}
