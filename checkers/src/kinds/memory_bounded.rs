//! `run.memory-bounded`: after many distinct keys the application holds no more memory than after
//! some, and its answers stay right while Redis throws values away.

use std::sync::atomic::{AtomicUsize, Ordering};

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::Endpoint;
use crate::context::Context;
use crate::measure::api::{ANSWER, Api, wrong};
use crate::measure::cache::keys::Keeper;
use crate::measure::cache::{Cached, get, product_in};
use crate::measure::http::{Answer, NoAnswer};
use crate::measure::postgres::{Bounds, Trouble};
use crate::measure::shop::Shop;

use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// Requests under way at once.
const TOGETHER: usize = 8;
/// So many are read, and read again: Redis still has most of them then.
const PART: usize = 200;
/// What Redis may keep beyond what it has: less than a thousand products.
const ROOM: u64 = 1 << 20;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryBounded {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
    /// Distinct products that are read before memory is looked at.
    #[serde(default = "warm")]
    pub warm: usize,
    /// Distinct products that are read after that.
    #[serde(default = "more")]
    pub more: usize,
    /// How many bytes each of the latter may add.
    #[serde(default = "bytes_each")]
    pub bytes_each: u64,
}

fn warm() -> usize {
    5_000
}

fn more() -> usize {
    3_000
}

fn bytes_each() -> u64 {
    200
}

/// Reads many products, and looks at the memory.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &MemoryBounded, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(bounded(spec, cx).await)
}

async fn bounded(spec: &MemoryBounded, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let [api, _] = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let keeper = Keeper::open(cx, &spec.cached).await?;
    let all = spec.warm + spec.more;
    let products = names(&shop, cx, all).await?;
    let before = keeper.number("memory", "maxmemory").await?;
    let used = keeper.number("memory", "used_memory").await?;
    keeper.limit(used + ROOM).await?;
    let grown = grown(spec, cx, &api, &products).await;
    keeper.limit(before).await?;
    let (warm, end) = grown?;
    let grown = end.saturating_sub(warm);
    let (most, shown) = (spec.bytes_each * spec.more as u64, grown);
    let (expected, observed) = (
        message!("memory-bounded-expected", bytes = most),
        message!(
            "memory-bounded-observed",
            bytes = shown,
            warm = warm,
            end = end
        ),
    );
    if grown > most {
        let message = message!("memory-grows", keys = spec.more, bytes = grown);
        let evidence = Evidence::from(message).against(expected, observed);
        return Err(Stop::failed(evidence));
    }
    let message = message!("memory-is-bounded", keys = spec.more);
    let evidence = Evidence::from(message).against(expected, observed);
    Ok(Verdict::passed(evidence))
}

/// Products and their names, drawn.
async fn names(shop: &Shop, cx: &Context<'_>, count: usize) -> Result<Vec<(i64, String)>, Broken> {
    let salt: i64 = cx.seed.stream("memory-bounded").random();
    let sql = format!(
        "SELECT id, name FROM public.products \
         ORDER BY pg_catalog.hashint8extended(id, {salt}) LIMIT {count}"
    );
    let rows = shop.session.rows(&sql, Bounds::QUERY).await;
    let pairs = rows.map_err(Trouble::broken)?.into_iter().map(|row| {
        let [id, name] = <[Option<String>; 2]>::try_from(row).ok()?;
        Some((id?.parse().ok()?, name?))
    });
    let pairs: Option<Vec<(i64, String)>> = pairs.collect();
    pairs
        .filter(|pairs| pairs.len() == count)
        .ok_or_else(|| Broken::because(message!("broken-sql-shape"), sql))
}

/// Bytes that the application holds after the first products, and after all.
async fn grown(
    spec: &MemoryBounded,
    cx: &Context<'_>,
    api: &Api,
    products: &[(i64, String)],
) -> Result<(u64, u64), Stop> {
    let (warm, more) = products.split_at(spec.warm);
    read_all(cx, api, warm).await?;
    let before = cx.bench.memory(&api.service).await?;
    for part in more.chunks(PART) {
        // As it is loaded, and as it is remembered: either may leave something behind.
        read_all(cx, api, part).await?;
        read_all(cx, api, part).await?;
    }
    let after = cx.bench.memory(&api.service).await?;
    Ok((before, after))
}

/// Reads every product once, a few at a time.
async fn read_all(cx: &Context<'_>, api: &Api, products: &[(i64, String)]) -> Result<(), Stop> {
    let endpoint = cx.bench.endpoint(&api.service)?;
    let next = AtomicUsize::new(0);
    let workers = (0..TOGETHER).map(async |_| {
        while let Some(product) = products.get(next.fetch_add(1, Ordering::Relaxed)) {
            one(cx, api, &endpoint, product).await?;
        }
        Ok(())
    });
    futures_util::future::try_join_all(workers).await.map(drop)
}

async fn one(
    cx: &Context<'_>,
    api: &Api,
    endpoint: &Endpoint,
    (id, name): &(i64, String),
) -> Result<(), Stop> {
    let request = get(*id);
    let mut answer: Result<Answer, NoAnswer> = request.ask_kept(endpoint, ANSWER).await;
    if matches!(answer, Err(NoAnswer::Closed(_))) {
        // A connection that was idle may have been closed just then.
        answer = request.ask_at(endpoint, ANSWER).await;
    }
    let answer = match answer {
        Ok(answer) if answer.status == 200 => answer,
        Ok(answer) => return Err(api.status(cx, &request, &answer, &[200]).await?),
        Err(none) => return Err(api.silent(cx, &request, &none).await?),
    };
    let shown = product_in(&request, &answer)?;
    if (shown.id, &shown.name) == (*id, name) {
        return Ok(());
    }
    let message = message!(
        "shop-differs",
        field = "name",
        wanted = name,
        seen = Tainted::bounded(&shown.name, 200)
    );
    Err(wrong(&request, &answer, message))
}
