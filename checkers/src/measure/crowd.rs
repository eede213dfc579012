//! Many orders at once, of customers and with products of their own, which no service has seen
//! before; and requests for them, to be sent side by side.
//!
//! What is compared here is which orders and lines are in an answer. How money and times are written
//! is another check's.

use std::collections::BTreeSet;

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use serde_json::Value;

use crate::context::Context;
use crate::measure::api::{ANSWER, Api, wrong};
use crate::measure::http::{Answer, Request};
use crate::measure::postgres::{Bounds, Trouble};
use crate::measure::shop::{Cents, Shop, money, whole, word};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Stop};

/// The most lines of one order.
const LINES: usize = 3;

/// An order as far as it is compared: its id, and its lines as product and quantity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Brief {
    /// Its id.
    pub id: i64,
    /// Its lines.
    pub lines: BTreeSet<(i64, i64)>,
}

impl Brief {
    /// An order as a service shows it; none if it is none.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let line = |line: &Value| Some((whole(line.get("product_id")?)?, whole(line.get("qty")?)?));
        Some(Self {
            id: whole(value.get("id")?)?,
            lines: value
                .get("items")?
                .as_array()?
                .iter()
                .map(line)
                .collect::<Option<_>>()?,
        })
    }

    /// The orders of a page as a service shows it; none if it is no page.
    #[must_use]
    pub fn page(value: &Value) -> Option<Vec<Self>> {
        let items = value.get("items")?.as_array()?;
        items.iter().map(Self::read).collect()
    }
}

/// An order and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The customer.
    pub customer: i64,
    /// The order.
    pub order: Brief,
}

/// Makes customers.
///
/// # Errors
/// The server refuses.
pub async fn customers(
    shop: &Shop,
    random: &mut ChaCha12Rng,
    count: usize,
) -> Result<Vec<i64>, Broken> {
    let row = |word: String| format!("('{word}@example.com', '{word}', '{word}')");
    let rows = joined((0..count).map(|_| row(word(random))));
    ids(
        shop,
        &format!("INSERT INTO public.customers (email, full_name, city) VALUES {rows}"),
        count,
    )
    .await
}

/// Makes an order for each of these customers, the first one the newest, with 1 to 3 lines of
/// products that are made for them.
///
/// # Errors
/// The server refuses.
pub async fn orders(
    shop: &Shop,
    random: &mut ChaCha12Rng,
    customers: &[i64],
) -> Result<Vec<Made>, Broken> {
    let prices: Vec<Cents> = (0..customers.len() * LINES)
        .map(|_| random.random_range(101..100_000))
        .collect();
    let rows = joined(prices.iter().map(|price| {
        let word = word(random);
        format!("('{word}', '{word}', '{word}', {}, 100)", money(*price))
    }));
    let products = ids(
        shop,
        &format!(
            "INSERT INTO public.products (sku, name, description, price, stock) VALUES {rows}"
        ),
        prices.len(),
    )
    .await?;
    // What an order may hold, and how much of it that is.
    let stock: Vec<(i64, i64, Cents)> = products
        .iter()
        .zip(&prices)
        .map(|(product, price)| (*product, random.random_range(1..10), *price))
        .collect();
    let lines: Vec<&[(i64, i64, Cents)]> = stock
        .chunks(LINES)
        .map(|chunk| &chunk[..random.random_range(1..=LINES)])
        .collect();
    let rows = joined(
        customers
            .iter()
            .zip(&lines)
            .enumerate()
            .map(|(age, (customer, lines))| {
                let total = lines.iter().map(|(_, qty, price)| qty * price).sum();
                format!(
                    "({customer}, 'new', {}, now() - interval '{} s')",
                    money(total),
                    age + 1
                )
            }),
    );
    let orders = ids(
        shop,
        &format!(
            "INSERT INTO public.orders (customer_id, status, total, created_at) VALUES {rows}"
        ),
        customers.len(),
    )
    .await?;
    let rows = joined(orders.iter().zip(&lines).flat_map(|(id, lines)| {
        lines.iter().map(move |(product, qty, price)| {
            format!("({id}, {product}, {qty}, {})", money(*price))
        })
    }));
    shop.session
        .execute(&format!(
            "INSERT INTO public.order_items (order_id, product_id, qty, price) VALUES {rows}"
        ))
        .await?;
    let made = customers.iter().zip(orders).zip(lines);
    Ok(made
        .map(|((customer, id), lines)| Made {
            customer: *customer,
            order: Brief {
                id,
                lines: lines
                    .iter()
                    .map(|(product, qty, _)| (*product, *qty))
                    .collect(),
            },
        })
        .collect())
}

/// The ids of new rows, in the order in which they were given.
async fn ids(shop: &Shop, insert: &str, count: usize) -> Result<Vec<i64>, Broken> {
    let rows = shop
        .session
        .rows(&format!("{insert} RETURNING id"), Bounds::QUERY)
        .await
        .map_err(Trouble::broken)?;
    let ids: Vec<i64> = rows
        .into_iter()
        .filter_map(|row| row.into_iter().next()??.parse().ok())
        .collect();
    if ids.len() == count {
        Ok(ids)
    } else {
        Err(Broken::because(message!("broken-sql-shape"), insert))
    }
}

fn joined(rows: impl Iterator<Item = String>) -> String {
    rows.collect::<Vec<_>>().join(", ")
}

/// How an order is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By its id.
    One,
    /// As its customer's only one.
    List,
}

impl Way {
    fn request(self, made: &Made) -> Request {
        match self {
            Self::One => Request::get(format!("/orders/{}", made.order.id)),
            Self::List => Request::get(format!("/orders?customer_id={}", made.customer)),
        }
    }

    fn right(self, made: &Made, answer: &Answer) -> bool {
        let Some(json) = answer.json() else {
            return false;
        };
        match self {
            Self::One => Brief::read(&json).as_ref() == Some(&made.order),
            Self::List => Brief::page(&json).as_deref() == Some(std::slice::from_ref(&made.order)),
        }
    }
}

/// Requests for orders that the service has never seen, each for another one.
pub struct Crowd {
    asked: Vec<(Way, Made)>,
    /// The requests.
    pub requests: Vec<Request>,
}

impl Crowd {
    /// So many of them: by id and as lists in turn, as far as the service answers such a request at
    /// rest. One that answers neither has another fault.
    ///
    /// # Errors
    /// It answers neither: the student's fault. The server refuses: ours.
    pub async fn gather(
        cx: &Context<'_>,
        api: &Api,
        random: &mut ChaCha12Rng,
        count: usize,
    ) -> Result<Self, Stop> {
        let shop = Shop::open(cx, api).await?;
        let customers = customers(&shop, random, count + 2).await?;
        let mut made = orders(&shop, random, &customers).await?;
        let first = made.split_off(count);
        let mut ways = Vec::new();
        for (way, made) in [Way::One, Way::List].into_iter().zip(&first) {
            let answer = way
                .request(made)
                .ask(cx.bench, &api.service, ANSWER)
                .await?;
            if answer.is_ok_and(|answer| answer.status == 200 && way.right(made, &answer)) {
                ways.push(way);
            }
        }
        if ways.is_empty() {
            let request = Way::One.request(&first[0]);
            let answer = api.expect(cx, &request, &[200]).await?;
            return Err(wrong(&request, &answer, message!("latch-wrong-order")));
        }
        let asked: Vec<(Way, Made)> = ways.into_iter().cycle().zip(made).collect();
        Ok(Self {
            requests: asked.iter().map(|(way, made)| way.request(made)).collect(),
            asked,
        })
    }

    /// Whether this is the answer to the request at this place.
    #[must_use]
    pub fn is_right(&self, index: usize, answer: &Answer) -> bool {
        let (way, made) = &self.asked[index];
        answer.status == 200 && way.right(made, answer)
    }
}

/// What an answer shows that is not what it should be: none if it is right.
#[must_use]
pub fn page_differs(wanted: &[Made], shown: &[Brief]) -> Option<Message> {
    let wanted: BTreeSet<&Brief> = wanted.iter().map(|made| &made.order).collect();
    let ids = |orders: &mut dyn Iterator<Item = i64>| orders.collect::<BTreeSet<i64>>();
    let (want, seen) = (
        ids(&mut wanted.iter().map(|order| order.id)),
        ids(&mut shown.iter().map(|order| order.id)),
    );
    if want != seen || shown.len() != want.len() {
        let there = want.intersection(&seen).count();
        return Some(message!(
            "page-orders-differ",
            wanted = want.len(),
            there = there,
            shown = shown.len()
        ));
    }
    let other = shown.iter().find(|order| !wanted.contains(order))?;
    Some(message!("page-lines-differ", order = other.id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(id: i64, lines: &[(i64, i64)]) -> Brief {
        Brief {
            id,
            lines: lines.iter().copied().collect(),
        }
    }

    #[test]
    fn an_order_is_read_by_its_lines() {
        let shown = json!({"id": 7, "total": "12.3", "items": [
            {"product_id": 2, "qty": 1}, {"product_id": 1, "qty": 4, "price": null},
        ]});
        let read = Brief::read(&shown).expect("an order");
        assert_eq!(read, order(7, &[(1, 4), (2, 1)]));
        assert_eq!(Brief::page(&json!({"items": [shown]})), Some(vec![read]));
        assert_eq!(Brief::page(&json!({"items": []})), Some(vec![]));
        for none in [json!([]), json!({"id": 7}), json!({"id": 7, "items": [1]})] {
            assert_eq!(Brief::read(&none), None, "{none}");
        }
    }

    #[test]
    fn a_page_holds_all_orders_with_their_lines() {
        let made = |id, lines: &[(i64, i64)]| Made {
            customer: 1,
            order: order(id, lines),
        };
        let wanted = [made(1, &[(9, 1)]), made(2, &[(8, 2), (9, 1)])];
        let key = |shown: &[Brief]| page_differs(&wanted, shown).map(|message| message.key);
        let (one, two) = (order(1, &[(9, 1)]), order(2, &[(8, 2), (9, 1)]));
        assert_eq!(key(&[two.clone(), one.clone()]), None);
        for shown in [
            vec![],
            vec![one.clone()],
            vec![one.clone(), one.clone()],
            vec![one.clone(), two.clone(), two.clone()],
            vec![one.clone(), order(3, &[(8, 2)])],
        ] {
            assert_eq!(key(&shown).as_deref(), Some("page-orders-differ"));
        }
        for lines in [&[][..], &[(8, 2)], &[(8, 2), (9, 3)]] {
            let shown = [one.clone(), order(2, lines)];
            assert_eq!(key(&shown).as_deref(), Some("page-lines-differ"));
        }
    }
}
