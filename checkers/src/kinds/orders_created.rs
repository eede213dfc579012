//! `run.orders-created`: a new order is answered and stored as the contract says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::desk::{self, Desk, buying};
use crate::measure::http::{Answer, Request};
use crate::measure::shop::{Line, NO_CUSTOMER, NO_PRODUCT, Order, money};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How far a new order's time may be from now, in seconds: service and database run on the grader's
/// own machine, so what is further off is another time.
const APART: i64 = 60;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersCreated {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Orders, and what cannot be ordered.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &OrdersCreated, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &OrdersCreated, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("orders-created");
    let customer = desk.shop.customer(&mut random).await?;
    for lines in [1, 3, 6] {
        let mut wanted = Vec::new();
        for _ in 0..lines {
            let product = desk.shop.product(&mut random, 2_500).await?;
            wanted.push(Line {
                product: product.id,
                qty: random.random_range(1..=1_000),
                price: product.price,
            });
        }
        created(&desk, customer, &wanted).await?;
        // The price is the database's of this moment, and not the one that was seen a while ago.
        for line in &mut wanted {
            line.price = random.random_range(101..100_000);
            let sql = format!(
                "UPDATE public.products SET price = {} WHERE id = {}",
                money(line.price),
                line.product
            );
            desk.shop.session.execute(&sql).await?;
        }
        created(&desk, customer, &wanted).await?;
    }
    refused(&desk, customer, &mut random).await?;
    Ok(Verdict::passed(Evidence::from(message!("orders-created"))))
}

/// One order, held against what was asked for, what was answered and what is stored.
async fn created(desk: &Desk<'_>, customer: i64, lines: &[Line]) -> Result<(), Stop> {
    let asked: Vec<(i64, i64)> = lines.iter().map(|it| (it.product, it.qty)).collect();
    let request = buying(customer, &asked);
    let mut stock = BTreeMap::new();
    for line in lines {
        stock.insert(line.product, desk.shop.stock(line.product).await?);
    }
    let (answer, shown) = desk.order(&request, &[201]).await?;
    desk.settle().await?;
    if !leads_to(&answer, shown.id) {
        let message = message!("orders-location", id = shown.id);
        return Err(wrong(&request, &answer, message));
    }
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    let wanted = Order {
        id: shown.id,
        customer,
        status: "new".to_owned(),
        total: lines.iter().map(|it| it.qty * it.price).sum(),
        created_at: shown.created_at,
        lines,
    };
    if let Some(difference) = wanted.differs(&shown) {
        let headline = message!("orders-answer");
        return Err(desk::differing(&request, &answer, headline, difference));
    }
    let seconds = shown.created_at.duration_since(Timestamp::now()).as_secs();
    if seconds.abs() > APART {
        let message = message!("orders-time", seconds = seconds);
        return Err(wrong(&request, &answer, message));
    }
    let Some(stored) = desk.shop.stored(shown.id).await? else {
        return Err(wrong(&request, &answer, message!("orders-not-stored")));
    };
    if let Some(difference) = wanted.differs(&stored) {
        let headline = message!("orders-stored");
        return Err(desk::differing(&request, &answer, headline, difference));
    }
    for line in &wanted.lines {
        let left = desk.shop.stock(line.product).await?;
        let due = stock.get(&line.product).copied().unwrap_or_default() - line.qty;
        if left != due {
            let message = message!("orders-stock", left = left, due = due);
            return Err(wrong(&request, &answer, message));
        }
    }
    Ok(())
}

/// Whether `Location` is the order's, with or without the service's own address before it.
fn leads_to(answer: &Answer, id: i64) -> bool {
    let location = answer.header("location").unwrap_or_default();
    let path = match location.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => location,
    };
    path.trim_end_matches('/') == format!("/orders/{id}")
}

/// What cannot be ordered, each with its status. Whether something of it is left in the database
/// another kind looks at.
async fn refused(
    desk: &Desk<'_>,
    customer: i64,
    random: &mut rand_chacha::ChaCha12Rng,
) -> Result<(), Stop> {
    let product = desk.shop.product(random, 7).await?.id;
    let none = desk.shop.product(random, 0).await?.id;
    for (request, status) in [
        (buying(customer, &[(product, 8)]), 409),
        (buying(customer, &[(none, 1)]), 409),
        (buying(NO_CUSTOMER, &[(product, 1)]), 404),
        (buying(customer, &[(NO_PRODUCT, 1)]), 404),
    ] {
        desk.expect(&request, &[status]).await?;
    }
    // The last of them can be had.
    let request: Request = buying(customer, &[(product, 7)]);
    desk.order(&request, &[201]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, LOCATION};

    use super::*;

    #[test]
    fn a_location_is_a_path_or_an_address() {
        let leads = |location: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, HeaderValue::from_static(location));
            let answer = Answer {
                status: 201,
                headers,
                body: Vec::new(),
            };
            leads_to(&answer, 7)
        };
        for right in ["/orders/7", "http://app:8000/orders/7", "/orders/7/"] {
            assert!(leads(right), "{right}");
        }
        for other in [
            "",
            "/orders/8",
            "/orders/77",
            "http://orders/7",
            "/api/orders/7",
        ] {
            assert!(!leads(other), "{other}");
        }
    }
}
