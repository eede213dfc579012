//! `run.pages-stable`: pages of orders have no gaps and no repeats while orders are added.
//!
//! Ids and times disagree, several orders have the same time, and neighbours are a microsecond
//! apart: a cursor that holds less than time and id loses some or gives some twice.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::desk::{Desk, Page, listing};
use crate::measure::http::Request;
use crate::measure::shop::whole;
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// Orders of the customer whose pages are read: no multiple of a page.
const ORDERS: usize = 47;
/// Orders with the same time.
const TIES: usize = 4;
/// What a page holds if nobody says otherwise.
const DEFAULT: usize = 20;
/// The largest page.
const MOST: usize = 100;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PagesStable {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Reads pages.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &PagesStable, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &PagesStable, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("pages-stable");
    let customer = desk.shop.customer(&mut random).await?;
    let product = desk.shop.product(&mut random, 1_000).await?.id;
    fill(&desk, customer, product, random.random_range(1..ORDERS)).await?;
    let before = times(&desk, &format!("WHERE customer_id = {customer}")).await?;

    // The whole in one page, and the page that nobody has asked a length for.
    let (request, page) = first(&desk, Some(customer), Some(MOST)).await?;
    let seen = ids(&request, &page)?;
    tell(&request, in_order(&before, &seen))?;
    let (request, page) = first(&desk, Some(customer), None).await?;
    if page.items.len() != DEFAULT {
        return Err(length(&request, DEFAULT, page.items.len()));
    }

    // Walks, with orders added between two pages.
    for limit in [random.random_range(5..12), random.random_range(2..5)] {
        let before = times(&desk, &format!("WHERE customer_id = {customer}")).await?;
        let (request, seen) = walk(&desk, customer, product, limit, before.len()).await?;
        let kept: Vec<i64> = seen
            .iter()
            .copied()
            .filter(|id| before.contains_key(id))
            .collect();
        tell(&request, repeats(&seen).or(in_order(&before, &kept)))?;
    }

    everybodys(&desk).await?;
    Ok(Verdict::passed(Evidence::from(message!("pages-stable"))))
}

/// Makes the orders: `step` and their number have no divisor in common, so times are shuffled
/// against ids.
async fn fill(desk: &Desk<'_>, customer: i64, product: i64, step: usize) -> Result<(), Broken> {
    let sql = format!(
        "WITH made AS (INSERT INTO public.orders (customer_id, status, total, created_at) \
         SELECT {customer}, 'paid', 1, date_trunc('second', now()) - interval '1 day' \
             - interval '1 microsecond' * ((i * {step}) % {ORDERS} / {TIES}) \
         FROM generate_series(1, {ORDERS}) i ORDER BY i RETURNING id) \
         INSERT INTO public.order_items (order_id, product_id, qty, price) \
         SELECT id, {product}, 1, 1 FROM made"
    );
    desk.shop.session.execute(&sql).await
}

/// Adds two orders: a newer and an older one than all others.
async fn add(desk: &Desk<'_>, customer: i64, product: i64) -> Result<(), Broken> {
    let sql = format!(
        "WITH made AS (INSERT INTO public.orders (customer_id, status, total, created_at) VALUES \
         ({customer}, 'new', 1, now()), ({customer}, 'new', 1, now() - interval '2 days') \
         RETURNING id) INSERT INTO public.order_items (order_id, product_id, qty, price) \
         SELECT id, {product}, 1, 1 FROM made"
    );
    desk.shop.session.execute(&sql).await
}

/// Ids with their times, which compare as text.
async fn times(desk: &Desk<'_>, which: &str) -> Result<BTreeMap<i64, String>, Broken> {
    let sql = format!(
        "SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') \
         FROM public.orders {which}"
    );
    let rows = desk.shop.rows(&sql).await?;
    let time = |row: Vec<String>| {
        let mut cells = row.into_iter();
        Some((cells.next()?.parse().ok()?, cells.next()?))
    };
    rows.into_iter()
        .map(time)
        .collect::<Option<_>>()
        .ok_or_else(|| Broken::because(message!("broken-sql-shape"), sql))
}

async fn first(
    desk: &Desk<'_>,
    customer: Option<i64>,
    limit: Option<usize>,
) -> Result<(Request, Page), Stop> {
    let request = listing(customer, limit, None);
    let page = desk.page(&request).await?;
    Ok((request, page))
}

/// All ids from the first page to the last, with the request for the page that was read last.
async fn walk(
    desk: &Desk<'_>,
    customer: i64,
    product: i64,
    limit: usize,
    there: usize,
) -> Result<(Request, Vec<i64>), Stop> {
    // Two are added for each page, and one of these may be seen.
    let most = there / (limit - 1).max(1) + 3;
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..most {
        let request = listing(Some(customer), Some(limit), cursor.as_deref());
        let page = desk.page(&request).await?;
        let found = ids(&request, &page)?;
        seen.extend(&found);
        let Some(next) = page.next else {
            if found.len() > limit {
                return Err(length(&request, limit, found.len()));
            }
            return Ok((request, seen));
        };
        // Where everything was read already an empty page may be the last.
        if found.len() != limit && !(found.is_empty() && seen.len() >= there) {
            return Err(length(&request, limit, found.len()));
        }
        cursor = Some(next);
        add(desk, customer, product).await?;
    }
    let request = listing(Some(customer), Some(limit), cursor.as_deref());
    Err(refused(&request, message!("pages-endless", pages = most)))
}

/// Two pages of everybody's orders are the newest that there are.
async fn everybodys(desk: &Desk<'_>) -> Result<(), Stop> {
    const LIMIT: usize = 30;
    let (request, page) = first(desk, None, Some(LIMIT)).await?;
    let mut seen = ids(&request, &page)?;
    let mut last = request;
    if let Some(cursor) = page.next {
        last = listing(None, Some(LIMIT), Some(&cursor));
        let page = desk.page(&last).await?;
        seen.extend(ids(&last, &page)?);
    }
    // Whoever has the same time as the last may be there or not.
    let newest = times(
        desk,
        &format!(
            "WHERE created_at >= (SELECT created_at FROM public.orders \
             ORDER BY created_at DESC OFFSET {} LIMIT 1)",
            2 * LIMIT - 1
        ),
    )
    .await?;
    if seen.len() != 2 * LIMIT {
        return Err(length(&last, 2 * LIMIT, seen.len()));
    }
    if let Some(stranger) = seen.iter().find(|id| !newest.contains_key(id)) {
        return Err(refused(&last, message!("pages-not-newest", id = *stranger)));
    }
    tell(&last, repeats(&seen).or(descends(&newest, &seen)))
}

/// The ids alone: what an order of a list holds another kind reads.
fn ids(request: &Request, page: &Page) -> Result<Vec<i64>, Stop> {
    let id = |item: &Value| item.get("id").and_then(whole);
    let ids: Option<Vec<i64>> = page.items.iter().map(id).collect();
    ids.ok_or_else(|| refused(request, message!("shop-field-strange", field = "id")))
}

/// What is wrong with the order in which these came; all of them should have, each once.
fn in_order(times: &BTreeMap<i64, String>, seen: &[i64]) -> Option<Message> {
    if let Some(message) = repeats(seen) {
        return Some(message);
    }
    let gone = times.keys().filter(|id| !seen.contains(id)).count();
    if gone > 0 {
        return Some(message!("pages-gap", gone = gone, there = times.len()));
    }
    descends(times, seen)
}

fn repeats(seen: &[i64]) -> Option<Message> {
    let mut known = BTreeSet::new();
    let twice = seen.iter().find(|id| !known.insert(**id))?;
    Some(message!("pages-repeat", id = *twice))
}

/// Newest first, and of the same time by id: the contract does not say which way, but one way.
fn descends(times: &BTreeMap<i64, String>, seen: &[i64]) -> Option<Message> {
    let mut falls = None;
    for pair in seen.windows(2) {
        let [one, other] = [pair[0], pair[1]];
        let (Some(here), Some(next)) = (times.get(&one), times.get(&other)) else {
            continue;
        };
        if here < next {
            return Some(message!("pages-disorder", one = one, other = other));
        }
        if here == next && *falls.get_or_insert(one > other) != (one > other) {
            return Some(message!("pages-ties", one = one, other = other));
        }
    }
    None
}

fn length(request: &Request, wanted: usize, seen: usize) -> Stop {
    refused(
        request,
        message!("pages-length", wanted = wanted, seen = seen),
    )
}

fn refused(request: &Request, message: Message) -> Stop {
    Stop::failed(Evidence::from(message).repeat_with(&request.curl()))
}

fn tell(request: &Request, wrong: Option<Message>) -> Result<(), Stop> {
    wrong.map_or(Ok(()), |message| Err(refused(request, message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_judged_by_their_ids() {
        let times: BTreeMap<i64, String> = [(1, "c"), (2, "a"), (3, "b"), (4, "b"), (5, "b")]
            .map(|(id, time)| (id, time.to_owned()))
            .into();
        for (seen, said) in [
            (&[1, 5, 4, 3, 2][..], None),
            (&[1, 3, 4, 5, 2], None),
            (&[1, 4, 3, 5, 2], Some("pages-ties")),
            (&[1, 5, 4, 2], Some("pages-gap")),
            (&[1, 5, 4, 3, 3, 2], Some("pages-repeat")),
            (&[5, 4, 3, 1, 2], Some("pages-disorder")),
            (&[5, 4, 3, 2, 1], Some("pages-disorder")),
            (&[], Some("pages-gap")),
        ] {
            let message = in_order(&times, seen);
            assert_eq!(message.as_ref().map(|it| it.key.as_str()), said, "{seen:?}");
        }
    }
}
