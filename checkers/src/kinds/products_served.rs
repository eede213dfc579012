//! `run.products-served`: products and the top list are the database's, a PUT changes the row and
//! answers with it, and what is no product is refused.

use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::{
    Cached, change, changed, drawn, fresh, get, get_top, put, shows, shows_top, stored, top_stored,
};
use crate::measure::http::Request;
use crate::measure::shop::{NO_PRODUCT, Product, Shop};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// How long after its answer a PUT may be on its way to the row: some frameworks commit behind the
/// answer. What that does to a reader is not asked here.
const COMMITTED: Duration = Duration::from_secs(5);

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductsServed {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// Asks both instances for everything that the contract names.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &ProductsServed, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(served(spec, cx).await)
}

async fn served(spec: &ProductsServed, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("products-served");
    for api in &instances {
        top(cx, api, &shop).await?;
        products(cx, api, &shop, &mut random).await?;
        writes(cx, api, &shop, &mut random).await?;
    }
    Ok(Verdict::passed(message!("products-are-served").into()))
}

/// No check before this one sells anything, so the list is exact however old it is.
async fn top(cx: &Context<'_>, api: &Api, shop: &Shop) -> Result<(), Stop> {
    shows_top(
        cx,
        api,
        &Request::get("/products/top"),
        &top_stored(shop, 10).await?,
    )
    .await?;
    for limit in [1, 7, 50] {
        shows_top(cx, api, &get_top(limit), &top_stored(shop, limit).await?).await?;
    }
    for limit in [0, 51] {
        api.expect(cx, &get_top(limit), &[422]).await?;
    }
    Ok(())
}

async fn products(
    cx: &Context<'_>,
    api: &Api,
    shop: &Shop,
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let mut products = drawn(shop, random, 3).await?;
    products.extend(fresh(shop, random, 2).await?);
    products.push(shop.product(random, 0).await?);
    for product in &products {
        // As it is loaded, and as it may be remembered.
        shows(cx, api, product).await?;
        shows(cx, api, product).await?;
    }
    for _ in 0..2 {
        api.expect(cx, &get(NO_PRODUCT), &[404]).await?;
    }
    Ok(())
}

async fn writes(
    cx: &Context<'_>,
    api: &Api,
    shop: &Shop,
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let product = shop.product(random, 5).await?;
    let next = changed(&product, random);
    let none = Product {
        price: 0,
        stock: 0,
        ..changed(&next, random)
    };
    for wanted in [&next, &none] {
        change(cx, api, wanted).await?;
        let request = put(wanted);
        let row = wait::until(cx, COMMITTED, async || {
            let row = stored(shop, wanted.id).await?;
            Ok(row.filter(|row| row == wanted))
        });
        if row.await?.is_none() {
            let row = stored(shop, wanted.id).await?;
            let differs = row.and_then(|row| wanted.differs(&row));
            let evidence = Evidence::from(message!("put-not-stored")).repeat_with(&request.curl());
            return Err(Stop::failed(
                evidence.with_details(differs.into_iter().collect()),
            ));
        }
    }
    let nobody = Product {
        id: NO_PRODUCT,
        ..next.clone()
    };
    api.expect(cx, &put(&nobody), &[404]).await?;
    for body in refused(&next.name) {
        let request = Request::put(format!("/products/{}", none.id)).json(&body);
        let answer = api.expect(cx, &request, &[422]).await?;
        let row = stored(shop, none.id).await?;
        if let Some(differs) = row.and_then(|row| none.differs(&row)) {
            let evidence = wrong_evidence(&request, &answer, message!("put-refused-and-stored"));
            return Err(Stop::failed(evidence.with_details(vec![differs])));
        }
    }
    Ok(())
}

/// Bodies that are no product, each for one reason that nobody can read otherwise.
fn refused(name: &str) -> [Value; 6] {
    [
        json!({"name": name, "price": -1, "stock": 3}),
        json!({"name": "", "price": 1.5, "stock": 3}),
        json!({"name": name, "price": 1.5, "stock": -3}),
        json!({"price": 1.5, "stock": 3}),
        json!({"name": name, "stock": 3}),
        json!({"name": name, "price": 1.5}),
    ]
}
