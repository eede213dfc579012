//! `run.orders-idempotent`: one key is one order: at once, later, and after a restart.

use std::collections::BTreeMap;

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::desk::{self, Desk, buying};
use crate::measure::http::{Answer, Request};
use crate::measure::shop::{NO_PRODUCT, Product, word};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The header.
const KEY: &str = "Idempotency-Key";
/// Requests with one key at once.
const AT_ONCE: usize = 20;
/// The longest key that the contract names.
const LONGEST: usize = 200;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersIdempotent {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Orders with keys.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &OrdersIdempotent, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &OrdersIdempotent, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("orders-idempotent");
    let customer = desk.shop.customer(&mut random).await?;
    let product = desk.shop.product(&mut random, 10_000).await?;

    let first = at_once(spec, &desk, &mut random, customer, &product).await?;
    others(&desk, &mut random, customer, &product).await?;
    failures(&desk, &mut random, customer, &product).await?;

    // What a process remembers is gone with it.
    spec.on.restart(cx, &BTreeMap::new()).await?;
    let (request, id) = first;
    repeat(&desk, &request, id, &product).await?;
    Ok(Verdict::passed(Evidence::from(message!(
        "idempotent",
        requests = AT_ONCE
    ))))
}

/// The same request many times at once, and once more: one order. Gives the request and the order.
async fn at_once(
    spec: &OrdersIdempotent,
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    customer: i64,
    product: &Product,
) -> Result<(Request, i64), Stop> {
    let request = buying(customer, &[(product.id, 3)]).header(KEY, &word(random));
    let (orders, _) = desk.shop.counts().await?;
    let stock = desk.shop.stock(product.id).await?;
    let requests = vec![request.clone(); AT_ONCE];
    let answers = desk.at_once(&[product.id], &requests).await?;
    let mut first: Option<i64> = None;
    for answer in answers {
        let answer = match answer {
            Ok(answer) if [200, 201].contains(&answer.status) => answer,
            Ok(answer) => {
                let stop = spec
                    .on
                    .status(desk.cx, &request, &answer, &[200, 201])
                    .await?;
                return Err(stop);
            }
            Err(none) => return Err(spec.on.silent(desk.cx, &request, &none).await?),
        };
        let id = desk::order(&request, &answer)?.id;
        if *first.get_or_insert(id) != id {
            return Err(wrong(&request, &answer, message!("idempotent-other")));
        }
    }
    desk.settle().await?;
    let made = desk.shop.counts().await?.0 - orders;
    let taken = stock - desk.shop.stock(product.id).await?;
    if made != 1 || taken != 3 {
        let message = message!("idempotent-twice", orders = made, requests = AT_ONCE);
        let evidence = Evidence::from(message).against(
            message!("idempotent-expected", taken = 3),
            message!("idempotent-observed", orders = made, taken = taken),
        );
        return Err(Stop::failed(evidence.repeat_with(&request.curl())));
    }
    let id = first.unwrap_or_default();
    repeat(desk, &request, id, product).await?;
    // Later nothing is left of the product: the order is there already.
    let sell = async |stock: i64| {
        let sql = format!(
            "UPDATE public.products SET stock = {stock} WHERE id = {}",
            product.id
        );
        desk.shop.session.execute(&sql).await
    };
    sell(0).await?;
    repeat(desk, &request, id, product).await?;
    sell(product.stock).await?;
    // A key is not a customer's: the network's retry may come by another way.
    let stranger = desk.shop.customer(random).await?;
    let (keyless, answer, order) = made_with(desk, random, customer, product, None).await?;
    let again = buying(stranger, &[(product.id, 1)]);
    let (_, next) = desk.order(&again, &[201]).await?;
    if next.id == order {
        return Err(wrong(&keyless, &answer, message!("idempotent-keyless")));
    }
    Ok((request, id))
}

/// A request that was answered before gives the first order, and makes none.
async fn repeat(
    desk: &Desk<'_>,
    request: &Request,
    id: i64,
    product: &Product,
) -> Result<(), Stop> {
    let (before, stock) = (
        desk.shop.counts().await?,
        desk.shop.stock(product.id).await?,
    );
    let (answer, order) = desk.order(request, &[200, 201]).await?;
    desk.settle().await?;
    let stored = desk.shop.stored(id).await?;
    let after = (
        desk.shop.counts().await?,
        desk.shop.stock(product.id).await?,
    );
    if order.id != id || after != (before, stock) {
        return Err(wrong(request, &answer, message!("idempotent-again")));
    }
    match stored.and_then(|stored| stored.differs(&order)) {
        Some(difference) => Err(desk::differing(
            request,
            &answer,
            message!("idempotent-again"),
            difference,
        )),
        None => Ok(()),
    }
}

/// Other keys, and no key, are other orders; keys are of any length and of any visible characters.
async fn others(
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    customer: i64,
    product: &Product,
) -> Result<(), Stop> {
    let stem = word(random);
    // Two that are the same but for the last character, and for the case of a letter.
    let long = stem
        .repeat(LONGEST)
        .chars()
        .take(LONGEST - 1)
        .collect::<String>();
    let odd = format!("{stem} !#$%&()*+-./:;<=>?@[]^_`{{|}}~");
    let short = char::from(random.random_range(b'A'..=b'Z')).to_string();
    let keys = [
        Some(format!("{long}a")),
        Some(format!("{long}b")),
        Some(format!("{long}B")),
        Some(odd),
        Some(short),
        None,
        None,
    ];
    let mut known = Vec::new();
    for key in keys {
        let (request, answer, id) =
            made_with(desk, random, customer, product, key.as_deref()).await?;
        if known.contains(&id) {
            return Err(wrong(&request, &answer, message!("idempotent-mixed")));
        }
        known.push(id);
        if key.is_some() {
            repeat(desk, &request, id, product).await?;
        }
    }
    Ok(())
}

async fn made_with(
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    customer: i64,
    product: &Product,
    key: Option<&str>,
) -> Result<(Request, Answer, i64), Stop> {
    let mut request = buying(customer, &[(product.id, random.random_range(1..9))]);
    if let Some(key) = key {
        request = request.header(KEY, key);
    }
    let (answer, order) = desk.order(&request, &[201]).await?;
    Ok((request, answer, order.id))
}

/// A request that failed leaves its key free.
async fn failures(
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    customer: i64,
    product: &Product,
) -> Result<(), Stop> {
    let scarce = desk.shop.product(random, 0).await?;
    for (lines, scarcity) in [
        (vec![(product.id, 1), (scarce.id, 1)], true),
        (vec![(product.id, 1), (NO_PRODUCT, 1)], false),
        (vec![], false),
    ] {
        let key = word(random);
        let with_key = |lines: &[(i64, i64)]| buying(customer, lines).header(KEY, &key);
        // With which status, and whether at all, other kinds ask.
        if desk.ask(&with_key(&lines)).await?.status < 400 {
            continue;
        }
        desk.settle().await?;
        // The same order again where it can be mended; else another one, since the key is free.
        let request = if scarcity {
            let sql = format!(
                "UPDATE public.products SET stock = 5 WHERE id = {}",
                scarce.id
            );
            desk.shop.session.execute(&sql).await?;
            with_key(&lines)
        } else {
            with_key(&[(product.id, 1)])
        };
        let answer = desk.ask(&request).await?;
        if answer.status != 201 {
            return Err(wrong(&request, &answer, message!("idempotent-burnt")));
        }
        let id = desk::order(&request, &answer)?.id;
        repeat(desk, &request, id, product).await?;
    }
    Ok(())
}
