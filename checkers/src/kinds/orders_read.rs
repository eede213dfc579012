//! `run.orders-read`: rows that are in the database are what is served.

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::desk::{self, Desk, listing, reading};
use crate::measure::http::Request;
use crate::measure::shop::{Cents, Line, NO_ORDER, Order, money, whole};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersRead {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Reads orders that were put into the database.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &OrdersRead, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

/// A status that the shop's orders have, and that none of those that are read first has: a service may
/// know all by name.
const CHANGED: &str = "shipped";

async fn judge(spec: &OrdersRead, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("orders-read");
    let customer = desk.shop.customer(&mut random).await?;
    let mut orders = Vec::new();
    for (status, age, lines) in [
        ("paid", "1 hour", 2),
        ("delivered", "400 days", 1),
        ("cancelled", "3 minutes", 0),
        ("new", "1 second", 12),
    ] {
        let lines = basket(&desk, &mut random, lines).await?;
        orders.push(desk.shop.order(customer, status, age, &lines).await?);
    }
    for order in &orders {
        served(&desk, order).await?;
    }
    listed(&desk, customer, &orders).await?;

    // What has been read before changes behind the service's back; the total is still what the lines
    // come to, since nobody says from which of the two a service has it.
    let order = &orders[random.random_range(0..orders.len())];
    let raise: Cents = random.random_range(1..5_000);
    let sql = format!(
        "WITH raised AS (UPDATE public.order_items SET price = price + {raise} \
           WHERE order_id = {id} RETURNING qty) \
         UPDATE public.orders SET status = '{CHANGED}', \
           total = total + {raise} * (SELECT coalesce(sum(qty), 0) FROM raised) WHERE id = {id}",
        raise = money(raise),
        id = order.id
    );
    desk.shop.session.execute(&sql).await?;
    let changed = desk.shop.stored(order.id).await?;
    served(&desk, changed.as_ref().unwrap_or(order)).await?;

    absent(&desk, &orders[0]).await?;
    Ok(Verdict::passed(Evidence::from(message!(
        "orders-read",
        orders = orders.len()
    ))))
}

async fn basket(
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    lines: usize,
) -> Result<Vec<Line>, Broken> {
    let mut basket = Vec::new();
    for _ in 0..lines {
        basket.push(Line {
            product: desk.shop.product(random, 10).await?.id,
            qty: random.random_range(1..=20),
            // The price of the order, which is not the product's of today.
            price: random.random_range(1..50_000),
        });
    }
    Ok(basket)
}

/// The order as it is stored is what is answered.
async fn served(desk: &Desk<'_>, order: &Order) -> Result<(), Stop> {
    let request = reading(order.id);
    let (answer, shown) = desk.order(&request, &[200]).await?;
    match order.differs(&shown) {
        Some(difference) => {
            let headline = message!("orders-not-as-stored");
            Err(desk::differing(&request, &answer, headline, difference))
        }
        None => Ok(()),
    }
}

/// All of the customer's orders, and nobody else's, are in his list.
async fn listed(desk: &Desk<'_>, customer: i64, orders: &[Order]) -> Result<(), Stop> {
    let request = listing(Some(customer), Some(50), None);
    let answer = desk.expect(&request, &[200]).await?;
    let value = desk::json_of(&request, &answer)?;
    let items = value.get("items").and_then(|items| items.as_array());
    let Some(items) = items else {
        let message = message!("shop-field-missing", field = "items");
        return Err(wrong(&request, &answer, message));
    };
    let mut ids: Vec<Option<i64>> = items
        .iter()
        .map(|it| it.get("id").and_then(whole))
        .collect();
    let mut due: Vec<Option<i64>> = orders.iter().map(|order| Some(order.id)).collect();
    ids.sort_unstable();
    due.sort_unstable();
    if ids != due {
        let message = message!("orders-list", due = due.len(), seen = ids.len());
        return Err(wrong(&request, &answer, message));
    }
    for item in items {
        let shown = Order::read(item).map_err(|message| wrong(&request, &answer, message))?;
        let order = orders.iter().find(|order| order.id == shown.id);
        if let Some(difference) = order.and_then(|order| order.differs(&shown)) {
            let headline = message!("orders-not-as-stored");
            return Err(desk::differing(&request, &answer, headline, difference));
        }
    }
    Ok(())
}

/// What is not there is not found; what cannot be there may also be called a wrong number.
async fn absent(desk: &Desk<'_>, order: &Order) -> Result<(), Stop> {
    desk.expect(&reading(NO_ORDER), &[404]).await?;
    for id in ["0", "-1", "9223372036854775808", "99999999999999999999999"] {
        desk.expect(&Request::get(format!("/orders/{id}")), &[404, 422])
            .await?;
    }
    // An order that is gone is gone.
    let sql = format!(
        "WITH gone AS (DELETE FROM public.order_items WHERE order_id = {0}) \
         DELETE FROM public.orders WHERE id = {0}",
        order.id
    );
    desk.shop.session.execute(&sql).await?;
    desk.expect(&reading(order.id), &[404]).await.map(drop)
}
