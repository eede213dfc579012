//! `run.orders-atomic`: an order is whole or not at all, and the last items are sold once.
//!
//! The buyers' requests wait for the products' rows, which the grader holds, so that all are under
//! way when they are let go: whatever can come between a look at the stock and its change does.

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::desk::{Desk, buying};
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::shop::{NO_CUSTOMER, NO_PRODUCT, Product};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// Buyers of two products in either order, and how many can be served. Two are enough for a deadlock,
/// since each has its first product when they are let go. Whoever tries again after one is right, too,
/// and each costs the server a second: the check took such a service 5 to 19 s with 8 buyers, 28 s
/// with 12, and with 50 answers took longer than a minute.
const CROSSED: (usize, i64) = (8, 5);

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersAtomic {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// Buyers at once.
    #[serde(default = "fifty")]
    pub buyers: usize,
    /// How many of them can be served.
    #[serde(default = "twenty")]
    pub stock: i64,
}

fn fifty() -> usize {
    50
}

fn twenty() -> i64 {
    20
}

/// Buys what is not there, and the last of what is.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &OrdersAtomic, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &OrdersAtomic, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("orders-atomic");
    let customer = desk.shop.customer(&mut random).await?;

    whole_or_not(&desk, &mut random, customer).await?;

    // Alone, and with a second product that is listed before and behind: whoever takes rows as they
    // are listed waits for somebody who waits for him.
    let sold = rush(spec, &desk, customer, &mut random, false).await?;
    rush(spec, &desk, customer, &mut random, true).await?;
    Ok(Verdict::passed(Evidence::from(message!(
        "atomic",
        buyers = spec.buyers,
        sold = sold
    ))))
}

/// Orders that cannot be had leave nothing. With which status they are refused, and whether nobody's
/// order is, another kind asks.
async fn whole_or_not(
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    customer: i64,
) -> Result<(), Stop> {
    let full = desk.shop.product(random, 100).await?;
    let other = desk.shop.product(random, 100).await?;
    let scarce = desk.shop.product(random, 1).await?;
    for (lines, buyer) in [
        // First and last, since what comes before or after may be done already.
        ([(full.id, 2), (other.id, 3), (scarce.id, 2)], customer),
        ([(scarce.id, 2), (full.id, 2), (other.id, 3)], customer),
        ([(other.id, 2), (full.id, 3), (NO_PRODUCT, 1)], customer),
        ([(other.id, 2), (full.id, 3), (scarce.id, 1)], NO_CUSTOMER),
    ] {
        let request = buying(buyer, &lines);
        let before = desk.shop.counts().await?;
        let answer = desk.ask(&request).await?;
        if answer.status < 400 && buyer == NO_CUSTOMER {
            break;
        } else if answer.status < 400 {
            return Err(wrong(&request, &answer, message!("atomic-accepted")));
        }
        desk.settle().await?;
        for product in [&full, &other, &scarce] {
            let left = desk.shop.stock(product.id).await?;
            if left != product.stock {
                let message = message!("atomic-stock", wanted = product.stock, left = left);
                return Err(wrong(&request, &answer, message));
            }
        }
        if desk.shop.counts().await? != before {
            return Err(wrong(&request, &answer, message!("atomic-rows")));
        }
    }
    Ok(())
}

/// Buyers of the last items.
async fn rush(
    spec: &OrdersAtomic,
    desk: &Desk<'_>,
    customer: i64,
    random: &mut ChaCha12Rng,
    crossed: bool,
) -> Result<i64, Stop> {
    let (buyers, stock) = if crossed {
        CROSSED
    } else {
        (spec.buyers, spec.stock)
    };
    let last = desk.shop.product(random, stock).await?;
    let beside = desk.shop.product(random, 1_000).await?;
    let requests: Vec<Request> = (0..buyers)
        .map(|buyer| match (crossed, buyer % 2) {
            (false, _) => buying(customer, &[(last.id, 1)]),
            (true, 0) => buying(customer, &[(last.id, 1), (beside.id, 1)]),
            (true, _) => buying(customer, &[(beside.id, 1), (last.id, 1)]),
        })
        .collect();
    let answers = desk.at_once(&[last.id, beside.id], &requests).await?;
    let mut said = 0;
    for (request, answer) in requests.iter().zip(answers) {
        said += i64::from(bought(spec, desk, request, answer).await?);
    }
    desk.settle().await?;
    let seen = Sale {
        said,
        sold: sold(desk, &last).await?,
        left: desk.shop.stock(last.id).await?,
        stock: last.stock,
    };
    if let Some(message) = seen.wrong() {
        let evidence = Evidence::from(message).against(
            message!("atomic-expected", stock = seen.stock),
            message!(
                "atomic-observed",
                said = seen.said,
                sold = seen.sold,
                left = seen.left
            ),
        );
        return Err(Stop::failed(evidence.repeat_with(&requests[0].curl())));
    }
    // What is left after the rush is for sale, and after that nothing is.
    for rest in (0..=seen.left).rev() {
        let status = if rest > 0 { 201 } else { 409 };
        desk.expect(&buying(customer, &[(last.id, 1)]), &[status])
            .await?;
    }
    if crossed {
        let (taken, left) = (
            sold(desk, &beside).await?,
            desk.shop.stock(beside.id).await?,
        );
        if taken != seen.sold || left != beside.stock - taken {
            let message = message!("atomic-beside", sold = taken, wanted = seen.sold);
            return Err(Stop::failed(message));
        }
    }
    Ok(seen.sold)
}

/// Whether a buyer was served; anything but yes and "out of stock" is the student's fault.
async fn bought(
    spec: &OrdersAtomic,
    desk: &Desk<'_>,
    request: &Request,
    answer: Result<Answer, NoAnswer>,
) -> Result<bool, Stop> {
    match answer {
        Ok(answer) if answer.status == 201 => Ok(true),
        Ok(answer) if answer.status == 409 => Ok(false),
        Ok(answer) => Err(spec
            .on
            .status(desk.cx, request, &answer, &[201, 409])
            .await?),
        Err(none) => Err(spec.on.silent(desk.cx, request, &none).await?),
    }
}

async fn sold(desk: &Desk<'_>, product: &Product) -> Result<i64, Broken> {
    let sql = format!(
        "SELECT coalesce(sum(qty), 0) FROM public.order_items WHERE product_id = {}",
        product.id
    );
    desk.shop.number(&sql).await
}

/// What came of a rush.
struct Sale {
    /// Buyers who were told that they have it.
    said: i64,
    /// Pieces in orders.
    sold: i64,
    /// Pieces in stock.
    left: i64,
    /// Pieces that there were.
    stock: i64,
}

impl Sale {
    fn wrong(&self) -> Option<Message> {
        if self.sold > self.stock || self.left < 0 {
            Some(message!("atomic-oversold", over = self.sold - self.stock))
        } else if self.sold != self.said {
            Some(message!("atomic-said", said = self.said, sold = self.sold))
        } else if self.left != self.stock - self.sold {
            Some(message!("atomic-unequal"))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sold_is_what_was_there() {
        let key = |said, sold, left| {
            let sale = Sale {
                said,
                sold,
                left,
                stock: 20,
            };
            sale.wrong().map(|message| message.key)
        };
        assert_eq!(key(20, 20, 0), None);
        // Whoever lost a conflict too often may have been refused; `rush` buys again.
        assert_eq!(key(17, 17, 3), None);
        for (said, sold, left, wrong) in [
            (50, 50, -30, "atomic-oversold"),
            (50, 50, 0, "atomic-oversold"),
            (20, 19, 1, "atomic-said"),
            (20, 20, 1, "atomic-unequal"),
        ] {
            assert_eq!(key(said, sold, left).as_deref(), Some(wrong));
        }
    }
}
