//! Two instances of a service behind one Redis: how long their values live, products and the top
//! list as the database has them and as an instance shows them.
//!
//! What lies in Redis is read and changed in [`keys`]; Redis away and back is in [`outage`].

pub mod keys;
pub mod outage;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::http::{Answer, Request};
use crate::measure::postgres::{Bounds, Trouble};
use crate::measure::shop::{Product, Shop, cents, whole, word};
use crate::measure::statements::{Counter, Statement, calls};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Stop};
use crate::wait;

/// For `/health` of an instance that should be well.
const HEALTH: Duration = Duration::from_secs(10);
/// What is asked for beyond the local lifetime before a value counts as stale. A local entry ends
/// by the clock and not by work, so a busy machine adds little: in 400 looks, both cores busy or
/// not, right solutions took at most 1.1 s with a lifetime of 1 s. Who lets entries live for 5 s is
/// two seconds beyond.
const BEYOND: Duration = Duration::from_secs(2);
/// How long what a cache should take over may be still on its way there. A solution that gives up
/// on a slow Redis for a second or two, as on a busy machine, is right again after it.
pub const SETTLES: Duration = Duration::from_secs(5);

/// What stands around the instances, and how long values live there, in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cached {
    /// The other instance of the service.
    pub second: String,
    /// Redis.
    pub redis: String,
    /// The grader's login there.
    pub keeper: String,
    /// The proxy that stands between the instances and their database.
    pub proxy: String,
    /// `CACHE_TTL_SECONDS`, as the services' own variables have it.
    pub ttl: u64,
    /// `LOCAL_TTL_SECONDS`, always.
    pub local_ttl: u64,
    /// `CACHE_TTL_SECONDS` where the end of a lifetime is waited for.
    pub short_ttl: u64,
}

impl Default for Cached {
    fn default() -> Self {
        Self {
            second: "app2".to_owned(),
            redis: "redis".to_owned(),
            keeper: "labgrade".to_owned(),
            proxy: "proxy".to_owned(),
            ttl: 30,
            local_ttl: 1,
            short_ttl: 3,
        }
    }
}

impl Cached {
    /// Both instances.
    #[must_use]
    pub fn instances(&self, on: &Api) -> [Api; 2] {
        [on.clone(), on.instance(&self.second)]
    }

    /// Sees that both instances are well and run with their own lifetimes; starts anew what does
    /// not.
    ///
    /// # Errors
    /// One is not well after a new start either.
    pub async fn ensure(&self, cx: &Context<'_>, on: &Api) -> Result<[Api; 2], Stop> {
        self.living(cx, on, None).await
    }

    /// The same with the short lifetime.
    ///
    /// # Errors
    /// As of [`Cached::ensure`].
    pub async fn ensure_short(&self, cx: &Context<'_>, on: &Api) -> Result<[Api; 2], Stop> {
        self.living(cx, on, Some(self.short_ttl)).await
    }

    async fn living(&self, cx: &Context<'_>, on: &Api, ttl: Option<u64>) -> Result<[Api; 2], Stop> {
        let runs_with = &cx.notebook.cache_ttl;
        let right = runs_with.load(Ordering::Relaxed) == ttl.unwrap_or_default();
        let instances = self.instances(on);
        let env = self.variables(ttl);
        let starting = instances.iter().map(async |api| {
            if right && is_well(cx, api).await? {
                return Ok(());
            }
            api.restart(cx, &env).await
        });
        let started = futures_util::future::join_all(starting).await;
        // What is well runs with it; what is not is started anew by the next check.
        runs_with.store(ttl.unwrap_or_default(), Ordering::Relaxed);
        started.into_iter().collect::<Result<(), _>>()?;
        Ok(instances)
    }

    /// Starts both anew, so that what an outage has done to them costs no other check.
    ///
    /// # Errors
    /// The engine refuses. That they do not start is for the next check to see.
    pub async fn renew(&self, cx: &Context<'_>, on: &Api) -> Result<(), Broken> {
        let env = BTreeMap::new();
        let instances = self.instances(on);
        let starting = instances.iter().map(|api| api.restart(cx, &env));
        cx.notebook.cache_ttl.store(0, Ordering::Relaxed);
        for started in futures_util::future::join_all(starting).await {
            if let Err(Stop::Broken(broken)) = started {
                return Err(broken);
            }
        }
        Ok(())
    }

    fn variables(&self, ttl: Option<u64>) -> BTreeMap<String, String> {
        let Some(ttl) = ttl else {
            return BTreeMap::new();
        };
        BTreeMap::from([
            ("CACHE_TTL_SECONDS".to_owned(), ttl.to_string()),
            ("LOCAL_TTL_SECONDS".to_owned(), self.local_ttl.to_string()),
        ])
    }

    /// The lifetime of an instance's own entries.
    #[must_use]
    pub fn local(&self) -> Duration {
        Duration::from_secs(self.local_ttl)
    }

    /// How long after a write another instance may serve what was before.
    #[must_use]
    pub fn agreed(&self) -> Duration {
        self.local() + BEYOND
    }

    /// How long after a change behind the service's back it may serve what was before, with the
    /// short lifetime; a second more than elsewhere, since Redis ends entries too.
    #[must_use]
    pub fn refreshed(&self) -> Duration {
        Duration::from_secs(self.short_ttl) + self.agreed() + Duration::from_secs(1)
    }
}

async fn is_well(cx: &Context<'_>, api: &Api) -> Result<bool, Broken> {
    let request = Request::get("/health");
    let answer = request.ask(cx.bench, &api.service, HEALTH).await;
    Ok(answer?.is_ok_and(|answer| answer.status == 200))
}

/// Looks until there is something to see, as [`wait::until`] does, where a look may also decide.
///
/// # Errors
/// As of the look.
pub async fn until<T>(
    cx: &Context<'_>,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Stop>,
) -> Result<Option<T>, Stop> {
    let seen = wait::until(cx, limit, async || match look().await {
        Ok(seen) => Ok(seen.map(Ok)),
        Err(Stop::Broken(broken)) => Err(broken),
        Err(failed) => Ok(Some(Err(failed))),
    });
    seen.await?.transpose()
}

/// `GET /products/{id}`.
#[must_use]
pub fn get(id: i64) -> Request {
    Request::get(format!("/products/{id}"))
}

/// `PUT /products/{id}` with everything that it changes.
#[must_use]
pub fn put(product: &Product) -> Request {
    // A number that is written as the price is: the nearest binary one prints back the same.
    let price = serde_json::from_str::<Value>(&crate::measure::shop::money(product.price));
    Request::put(format!("/products/{}", product.id)).json(&json!({
        "name": product.name,
        "price": price.unwrap_or_default(),
        "stock": product.stock,
    }))
}

/// Other values for all that a PUT changes.
#[must_use]
pub fn changed(product: &Product, random: &mut ChaCha12Rng) -> Product {
    Product {
        name: word(random),
        price: product.price % 50_000 + random.random_range(101..50_000),
        stock: product.stock % 500 + random.random_range(1..500),
        ..product.clone()
    }
}

/// The product that an answer shows.
///
/// # Errors
/// It shows none: the student's fault.
pub fn product_in(request: &Request, answer: &Answer) -> Result<Product, Stop> {
    let Some(json) = answer.json() else {
        return Err(wrong(request, answer, message!("api-not-json")));
    };
    Product::read(&json).map_err(|message| wrong(request, answer, message))
}

/// Reads a product; gives the answer too, to be shown.
///
/// # Errors
/// The answer is not 200, or no product: the student's fault.
pub async fn read(cx: &Context<'_>, api: &Api, id: i64) -> Result<(Product, Answer), Stop> {
    let request = get(id);
    let answer = api.expect(cx, &request, &[200]).await?;
    Ok((product_in(&request, &answer)?, answer))
}

/// Reads a product, which must be this one.
///
/// # Errors
/// It is another, or none: the student's fault.
pub async fn shows(cx: &Context<'_>, api: &Api, wanted: &Product) -> Result<(), Stop> {
    same(&get(wanted.id), &read(cx, api, wanted.id).await?, wanted)
}

/// Changes a product, and sees that the answer shows it as changed.
///
/// # Errors
/// It does not: the student's fault.
pub async fn change(cx: &Context<'_>, api: &Api, wanted: &Product) -> Result<(), Stop> {
    let request = put(wanted);
    let answer = api.expect(cx, &request, &[200]).await?;
    let shown = product_in(&request, &answer)?;
    same(&request, &(shown, answer), wanted)
}

fn same(
    request: &Request,
    (shown, answer): &(Product, Answer),
    wanted: &Product,
) -> Result<(), Stop> {
    match wanted.differs(shown) {
        Some(message) => Err(wrong(request, answer, message)),
        None => Ok(()),
    }
}

/// Makes products that nobody has read yet.
///
/// # Errors
/// The database refuses.
pub async fn fresh(
    shop: &Shop,
    random: &mut ChaCha12Rng,
    count: usize,
) -> Result<Vec<Product>, Broken> {
    let mut products = Vec::with_capacity(count);
    for _ in 0..count {
        let stock = random.random_range(0..1_000);
        products.push(shop.product(random, stock).await?);
    }
    Ok(products)
}

/// Some of the shop's own products, drawn.
///
/// # Errors
/// The database refuses, or has fewer.
pub async fn drawn(
    shop: &Shop,
    random: &mut ChaCha12Rng,
    count: usize,
) -> Result<Vec<Product>, Broken> {
    let salt: i64 = random.random();
    let products = products(
        shop,
        &format!("ORDER BY pg_catalog.hashint8extended(id, {salt}) LIMIT {count}"),
    )
    .await?;
    if products.len() < count {
        return Err(Broken::because(message!("broken-sql-shape"), "products"));
    }
    Ok(products)
}

/// A product as it is stored.
///
/// # Errors
/// The database refuses.
pub async fn stored(shop: &Shop, id: i64) -> Result<Option<Product>, Broken> {
    let found = products(shop, &format!("WHERE id = {id}")).await?;
    Ok(found.into_iter().next())
}

/// Products by the end of a query.
///
/// # Errors
/// The database refuses.
pub async fn products(shop: &Shop, which: &str) -> Result<Vec<Product>, Broken> {
    let sql = format!(
        "SELECT id, sku, name, description, (price * 100)::bigint, stock \
         FROM public.products {which}"
    );
    let rows = shop.session.rows(&sql, Bounds::QUERY).await;
    let products = rows.map_err(Trouble::broken)?.into_iter().map(product_of);
    let products: Option<Vec<Product>> = products.collect();
    products.ok_or_else(|| Broken::because(message!("broken-sql-shape"), sql))
}

fn product_of(row: Vec<Option<String>>) -> Option<Product> {
    let [id, sku, name, description, price, stock] = <[Option<String>; 6]>::try_from(row).ok()?;
    Some(Product {
        id: id?.parse().ok()?,
        sku: sku?,
        name: name?,
        description: description?,
        price: price?.parse().ok()?,
        stock: stock?.parse().ok()?,
    })
}

/// Products and how many were sold, the most first.
pub type Top = Vec<(i64, i64)>;

/// What sells best, as the database has it.
///
/// # Errors
/// The database refuses.
pub async fn top_stored(shop: &Shop, limit: usize) -> Result<Top, Broken> {
    let sql = format!(
        "SELECT product_id, sum(qty) FROM public.order_items GROUP BY product_id \
         ORDER BY sum(qty) DESC, product_id LIMIT {limit}"
    );
    let rows = shop.session.rows(&sql, Bounds::QUERY).await;
    let pairs = rows.map_err(Trouble::broken)?.into_iter().map(|row| {
        let [product, units] = <[Option<String>; 2]>::try_from(row).ok()?;
        Some((product?.parse().ok()?, units?.parse().ok()?))
    });
    let pairs: Option<Top> = pairs.collect();
    pairs.ok_or_else(|| Broken::because(message!("broken-sql-shape"), sql))
}

/// `GET /products/top`.
#[must_use]
pub fn get_top(limit: usize) -> Request {
    Request::get(format!("/products/top?limit={limit}"))
}

/// The list that an answer shows, if it shows one.
#[must_use]
pub fn top_in(answer: &Answer) -> Option<Top> {
    let json = answer.json()?;
    let entries = json.as_array()?.iter().map(|entry| {
        let product = whole(entry.get("product_id")?)?;
        // A sum may come as 12.0.
        let units = cents(entry.get("units")?)?;
        (units % 100 == 0).then_some((product, units / 100))
    });
    entries.collect()
}

/// A list as it is shown, at most so many of its entries.
#[must_use]
pub fn top_words(top: &[(i64, i64)]) -> String {
    const MOST: usize = 10;
    let entries = top.iter().take(MOST);
    let mut words: Vec<String> = entries
        .map(|(id, units)| format!("{id}: {units}"))
        .collect();
    if top.len() > MOST {
        words.push("…".to_owned());
    }
    words.join(", ")
}

/// Reads the list, which must be this one.
///
/// # Errors
/// It is another: the student's fault.
pub async fn shows_top(
    cx: &Context<'_>,
    api: &Api,
    request: &Request,
    wanted: &Top,
) -> Result<(), Stop> {
    let answer = api.expect(cx, request, &[200]).await?;
    let shown = top_in(&answer);
    if shown.as_ref() == Some(wanted) {
        return Ok(());
    }
    let message = message!("top-differs", wanted = top_words(wanted));
    Err(wrong(request, &answer, message))
}

/// What an instance asks its database while something is done; nothing, as soon as one attempt
/// within [`SETTLES`] shows none. A list that is refreshed behind the requests, or a Redis that was
/// slow for a moment, asks now and then; whoever has no cache asks each time.
///
/// # Errors
/// As of what is done.
pub async fn asked(
    cx: &Context<'_>,
    counter: &Counter<'_>,
    mut before: impl AsyncFnMut() -> Result<(), Stop>,
    mut act: impl AsyncFnMut() -> Result<(), Stop>,
) -> Result<Vec<Statement>, Stop> {
    let mut fewest: Option<Vec<Statement>> = None;
    let none = until(cx, SETTLES, async || {
        before().await?;
        counter.begin(cx).await?;
        act().await?;
        let seen = counter.seen(cx).await?;
        let none = seen.is_empty().then_some(());
        if fewest.as_ref().is_none_or(|it| calls(it) > calls(&seen)) {
            fewest = Some(seen);
        }
        Ok(none)
    });
    none.await?;
    Ok(fewest.unwrap_or_default())
}

/// Statements as findings, the most frequent first.
#[must_use]
pub fn statement_lines(statements: &[Statement]) -> Vec<Message> {
    const MOST: usize = 5;
    let lines = statements.iter().take(MOST).map(|statement| {
        message!(
            "statement-counted",
            calls = statement.calls,
            text = Tainted::bounded(&statement.text, 300)
        )
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn answer(body: &str) -> Answer {
        Answer {
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_list_is_read_by_value() {
        for (body, list) in [
            ("[]", Some(vec![])),
            (
                r#"[{"product_id": 7, "units": 9}, {"units": 3.0, "product_id": 2}]"#,
                Some(vec![(7, 9), (2, 3)]),
            ),
            (
                r#"[{"product_id": 7, "units": 9, "name": "x"}]"#,
                Some(vec![(7, 9)]),
            ),
            (r#"[{"product_id": 7, "units": "9"}]"#, None),
            (r#"[{"product_id": 7, "units": 9.5}]"#, None),
            (r#"[{"id": 7, "units": 9}]"#, None),
            (r#"{"items": []}"#, None),
            ("top", None),
        ] {
            assert_eq!(top_in(&answer(body)), list, "{body}");
        }
        let long: Top = (0..12).map(|n| (n, 1)).collect();
        assert!(
            top_words(&long).ends_with("9: 1, …"),
            "{}",
            top_words(&long)
        );
    }

    #[test]
    fn a_change_changes_all_that_a_put_may() {
        let mut random = ChaCha12Rng::seed_from_u64(1);
        let mut product = Product {
            id: 7,
            sku: "S".to_owned(),
            name: word(&mut random),
            description: "d".to_owned(),
            price: 29,
            stock: 0,
        };
        for _ in 0..200 {
            let next = changed(&product, &mut random);
            assert!(next.name != product.name && next.price != product.price);
            assert!(next.stock != product.stock && next.price < 100_000 && next.stock < 1_000);
            assert_eq!((next.id, &next.sku), (product.id, &product.sku));
            product = next;
        }
        product.price = 2_029;
        assert!(put(&product).curl().contains(r#""price":20.29"#));
    }
}
