//! The order desk: the service and the database behind it side by side, so that what was said on
//! one side is compared with what is on the other.
//!
//! Nothing is judged here but that the service answers, and that what it answers is an order or a
//! page of orders.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::context::Context;
use crate::measure::api::{Api, wrong, wrong_evidence};
use crate::measure::http::{Answer, NoAnswer, Request, encoded};
use crate::measure::shop::{Order, Shop};
use crate::measure::statements::Counter;
use crate::measure::volley::{fire, highest};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop};
use crate::wait;

/// For all answers of one check together, so that a slow service ends as what it is and not at the
/// check's deadline, which would look like ours. The answers of the longest check take 2 s, and 12 s
/// with both cores busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the application's sessions may be at work after its last answer before they are no
/// longer waited for; a `COMMIT` or `ROLLBACK` behind an answer takes milliseconds.
const SETTLE: Duration = Duration::from_secs(3);
/// How long rows are held while requests gather before them. Published: at most 10 s.
const HELD: Duration = Duration::from_secs(6);
/// For each of many requests at once: one CPU works on all of them, and each deadlock that a
/// service resolves costs the server one second.
const VOLLEY: Duration = Duration::from_secs(45);

/// A service and its database.
pub struct Desk<'a> {
    /// What the check was given.
    pub cx: &'a Context<'a>,
    /// The service.
    pub api: &'a Api,
    /// The database.
    pub shop: Shop,
    /// Microseconds for which answers were waited for.
    spent: AtomicU64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The orders, as they came.
    pub items: Vec<Value>,
    /// Where the next one begins, if there is one.
    pub next: Option<String>,
}

/// `POST /orders`; lines of product and quantity.
#[must_use]
pub fn buying(customer: i64, lines: &[(i64, i64)]) -> Request {
    let items: Vec<Value> = lines
        .iter()
        .map(|(product, qty)| json!({"product_id": product, "qty": qty}))
        .collect();
    Request::post("/orders").json(&json!({"customer_id": customer, "items": items}))
}

/// `GET /orders/{id}`.
#[must_use]
pub fn reading(id: i64) -> Request {
    Request::get(format!("/orders/{id}"))
}

/// `GET /orders` with those parameters that are given.
#[must_use]
pub fn listing(customer: Option<i64>, limit: Option<usize>, cursor: Option<&str>) -> Request {
    let parameters = [
        customer.map(|it| format!("customer_id={it}")),
        limit.map(|it| format!("limit={it}")),
        cursor.map(|it| format!("cursor={}", encoded(it))),
    ];
    let parameters: Vec<String> = parameters.into_iter().flatten().collect();
    if parameters.is_empty() {
        return Request::get("/orders");
    }
    Request::get(format!("/orders?{}", parameters.join("&")))
}

impl<'a> Desk<'a> {
    /// Opens it; the service is started anew where an earlier check has left it dead.
    ///
    /// # Errors
    /// The service is not well: the student's fault. The database refuses: ours.
    pub async fn open(cx: &'a Context<'a>, api: &'a Api) -> Result<Self, Stop> {
        api.ensure(cx).await?;
        Ok(Self {
            cx,
            api,
            shop: Shop::open(cx, api).await?,
            spent: AtomicU64::new(0),
        })
    }

    /// Asks.
    ///
    /// # Errors
    /// There is no answer, or all answers together take too long: the student's fault.
    pub async fn ask(&self, request: &Request) -> Result<Answer, Stop> {
        let began = Instant::now();
        let answer = self.api.ask(self.cx, request).await?;
        self.count(began.elapsed(), request).await?;
        Ok(answer)
    }

    /// Asks, and wants one of these statuses.
    ///
    /// # Errors
    /// Another one, or as of [`Desk::ask`]: the student's fault.
    pub async fn expect(&self, request: &Request, statuses: &[u16]) -> Result<Answer, Stop> {
        let answer = self.ask(request).await?;
        if statuses.contains(&answer.status) {
            return Ok(answer);
        }
        Err(self.api.status(self.cx, request, &answer, statuses).await?)
    }

    /// Asks, and wants one of these statuses and an order.
    ///
    /// # Errors
    /// Something else, or as of [`Desk::ask`]: the student's fault.
    pub async fn order(
        &self,
        request: &Request,
        statuses: &[u16],
    ) -> Result<(Answer, Order), Stop> {
        let answer = self.expect(request, statuses).await?;
        let order = order(request, &answer)?;
        Ok((answer, order))
    }

    /// Asks, and wants a page.
    ///
    /// # Errors
    /// Something else, or as of [`Desk::ask`]: the student's fault.
    pub async fn page(&self, request: &Request) -> Result<Page, Stop> {
        let answer = self.expect(request, &[200]).await?;
        let value = json_of(request, &answer)?;
        read_page(&value).map_err(|message| wrong(request, &answer, message))
    }

    /// Waits until what the service still does behind its last answer is done. A session that never
    /// rests, as one that was left in a transaction, is not waited for longer.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn settle(&self) -> Result<(), Broken> {
        let sql = format!(
            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE usename = '{}' \
             AND backend_type = 'client backend' AND state <> 'idle'",
            self.api.application
        );
        wait::until(self.cx, SETTLE, async || {
            Ok((self.shop.number(&sql).await? == 0).then_some(()))
        })
        .await
        .map(drop)
    }

    /// Sends requests while the rows of these products are locked, so that all are under way before
    /// one of them can end, and then lets all go at once: whatever can come between a look and a
    /// write does.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn at_once(
        &self,
        products: &[i64],
        requests: &[Request],
    ) -> Result<Vec<Result<Answer, NoAnswer>>, Broken> {
        let began = Instant::now();
        let (db, timeline) = (&self.api.db, &self.cx.timeline);
        let ids: Vec<String> = products.iter().map(i64::to_string).collect();
        // A session of its own: whatever ends this check ends it, and with it the lock.
        let holder = self.api.administrator(self.cx).await?;
        let lock = format!(
            "SELECT id FROM public.products WHERE id IN ({}) ORDER BY id FOR UPDATE",
            ids.join(", ")
        );
        holder.execute("BEGIN").await?;
        holder.execute(&lock).await?;
        timeline.done(db, message!("event-rows-held"));
        let volley = fire(self.cx, &self.api.service, requests, VOLLEY)?;
        let counter = Counter::new(&self.shop.session, self.api);
        let look = async || counter.waiting().await;
        let waiting = highest(self.cx, HELD, requests.len(), look).await?;
        timeline.seen(
            &self.api.service,
            message!("event-rows-wanted", waiting = waiting),
        );
        holder.execute("ROLLBACK").await?;
        timeline.done(db, message!("event-rows-freed"));
        let answers = volley.all().await?;
        timeline.seen(&self.api.service, message!("event-rows-answered"));
        self.add(began.elapsed());
        Ok(answers)
    }

    fn add(&self, time: Duration) -> Duration {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.spent.fetch_add(time, Ordering::Relaxed) + time)
    }

    async fn count(&self, time: Duration, request: &Request) -> Result<(), Stop> {
        let spent = self.add(time);
        if spent <= PATIENCE {
            return Ok(());
        }
        let evidence = Evidence::from(message!("desk-slow", seconds = PATIENCE.as_secs()))
            .against(
                message!("desk-slow-expected"),
                message!("desk-slow-observed", seconds = spent.as_secs()),
            )
            .repeat_with(&request.curl());
        Err(Stop::failed(self.api.with_log(self.cx, evidence).await?))
    }
}

/// The answer as JSON.
///
/// # Errors
/// It is none: the student's fault.
pub fn json_of(request: &Request, answer: &Answer) -> Result<Value, Stop> {
    let json = answer.json();
    json.ok_or_else(|| wrong(request, answer, message!("api-not-json")))
}

/// The answer as an order.
///
/// # Errors
/// It is none: the student's fault.
pub fn order(request: &Request, answer: &Answer) -> Result<Order, Stop> {
    let value = json_of(request, answer)?;
    Order::read(&value).map_err(|message| wrong(request, answer, message))
}

/// The student's fault: something differs; what it is about, and the field in which it does.
#[must_use]
pub fn differing(
    request: &Request,
    answer: &Answer,
    headline: Message,
    difference: Message,
) -> Stop {
    Stop::failed(wrong_evidence(request, answer, headline).with_details(vec![difference]))
}

/// A page as a service shows it.
fn read_page(value: &Value) -> Result<Page, Message> {
    let field = |name: &'static str| {
        value
            .get(name)
            .ok_or_else(|| message!("shop-field-missing", field = name))
    };
    let strange = |name: &'static str| message!("shop-field-strange", field = name);
    Ok(Page {
        items: field("items")?
            .as_array()
            .ok_or_else(|| strange("items"))?
            .clone(),
        next: match field("next_cursor")? {
            Value::Null => None,
            Value::String(cursor) => Some(cursor.clone()),
            _ => return Err(strange("next_cursor")),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_as_the_contract_has_them() {
        for (request, curl) in [
            (
                listing(None, None, None),
                "curl -i 'http://localhost:8000/orders'",
            ),
            (
                listing(Some(7), Some(5), Some("a=+")),
                "curl -i 'http://localhost:8000/orders?customer_id=7&limit=5&cursor=a%3D%2B'",
            ),
            (reading(9), "curl -i 'http://localhost:8000/orders/9'"),
        ] {
            assert_eq!(request.curl(), curl);
        }
        let line = buying(3, &[(8, 2)]).line();
        assert_eq!(
            line.as_str(),
            r#"POST /orders {"customer_id":3,"items":[{"product_id":8,"qty":2}]}"#
        );
    }

    #[test]
    fn a_page_has_items_and_a_cursor_or_null() {
        let page = read_page(&json!({"items": [1], "next_cursor": "x"})).expect("a page");
        assert_eq!((page.items.len(), page.next.as_deref()), (1, Some("x")));
        let last = read_page(&json!({"items": [], "next_cursor": null})).expect("a page");
        assert_eq!(last.next, None);
        for (value, key) in [
            (json!([]), "shop-field-missing"),
            (json!({"items": []}), "shop-field-missing"),
            (
                json!({"items": {}, "next_cursor": null}),
                "shop-field-strange",
            ),
            (json!({"items": [], "next_cursor": 5}), "shop-field-strange"),
        ] {
            assert_eq!(read_page(&value).expect_err("no page").key, key, "{value}");
        }
    }
}
