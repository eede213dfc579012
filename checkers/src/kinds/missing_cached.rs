//! `run.missing-cached`: that there is no such product is remembered, and forgotten in time.

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::{Cached, get, product_in, statement_lines, until};
use crate::measure::http::Answer;
use crate::measure::shop::{Product, Shop, money, word};
use crate::measure::statements::{Counter, calls};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How often it may be tried: an instance may forget sooner than twenty reads take on a busy
/// machine.
const ROUNDS: usize = 3;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MissingCached {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
    /// How often an id is read, of each instance.
    #[serde(default = "reads")]
    pub reads: usize,
    /// Questions that an instance may ask.
    #[serde(default = "most")]
    pub most: u64,
}

fn reads() -> usize {
    20
}

fn most() -> u64 {
    1
}

/// Reads what there is not, and then what there is.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &MissingCached, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(missing(spec, cx).await)
}

async fn missing(spec: &MissingCached, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("missing-cached");
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    remembered(spec, cx, &instances, &shop, &mut random).await?;
    let instances = spec.cached.ensure_short(cx, &spec.on).await?;
    forgotten(spec, cx, &instances, &shop, &mut random).await?;
    let message = message!("missing-is-cached", reads = spec.reads);
    Ok(Verdict::passed(message.into()))
}

/// An id that no product has: far beyond the sequence, and within 32 bits.
fn nobody(random: &mut ChaCha12Rng) -> i64 {
    random.random_range(1_000_000_000..2_000_000_000)
}

async fn remembered(
    spec: &MissingCached,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let counter = Counter::new(&shop.session, &spec.on);
    let most = spec.most * instances.len() as u64;
    let mut seen = Vec::new();
    let mut request = get(0);
    for _ in 0..ROUNDS {
        request = get(nobody(random));
        counter.begin(cx).await?;
        for api in instances {
            for _ in 0..spec.reads {
                api.expect(cx, &request, &[404]).await?;
            }
        }
        seen = counter.seen(cx).await?;
        if calls(&seen) <= most {
            return Ok(());
        }
    }
    let message = message!(
        "missing-asks",
        reads = spec.reads * instances.len(),
        statements = calls(&seen),
        most = most
    );
    let evidence = Evidence::from(message)
        .repeat_with(&request.curl())
        .with_details(statement_lines(&seen));
    Err(Stop::failed(evidence))
}

async fn forgotten(
    spec: &MissingCached,
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let product = Product {
        id: nobody(random),
        sku: word(random),
        name: word(random),
        description: word(random),
        price: 12_345,
        stock: 6,
    };
    let request = get(product.id);
    for api in instances {
        api.expect(cx, &request, &[404]).await?;
    }
    insert(shop, &product).await?;
    let limit = spec.cached.refreshed();
    // Both at once, so that the lifetimes are waited for together.
    let mut left: Vec<(&Api, Answer)> = Vec::new();
    let served = until(cx, limit, async || {
        left.clear();
        for api in instances {
            let answer = api.expect(cx, &request, &[200, 404]).await?;
            if answer.status == 404 {
                left.push((api, answer));
            } else if let Some(differs) = product.differs(&product_in(&request, &answer)?) {
                return Err(Stop::failed(wrong_evidence(&request, &answer, differs)));
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
        "missing-for-ever",
        service = &api.service,
        seconds = limit.as_secs(),
        ttl = spec.cached.short_ttl
    );
    Err(Stop::failed(wrong_evidence(&request, answer, message)))
}

async fn insert(shop: &Shop, product: &Product) -> Result<(), Broken> {
    let Product {
        id,
        sku,
        name,
        description,
        price,
        stock,
    } = product;
    let sql = format!(
        "INSERT INTO public.products (id, sku, name, description, price, stock) \
         VALUES ({id}, '{sku}', '{name}', '{description}', {}, {stock})",
        money(*price)
    );
    shop.session.execute(&sql).await
}
