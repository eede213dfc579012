//! The routes that need the database, and what they say while there is none.

use serde_json::json;

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::crowd::{self, Brief, Made};
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::shop::{Shop, whole};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::Broken;

/// A request, and what its answer should be.
#[derive(Debug, Clone)]
pub struct Route {
    /// The request.
    pub request: Request,
    wanted: Wanted,
}

#[derive(Debug, Clone)]
enum Wanted {
    /// This order.
    One(Brief),
    /// A page of this order alone.
    Page(Brief),
    /// A new order.
    New,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// What should.
    Right,
    /// An order that is said to be made.
    Made(i64),
    /// 5xx.
    Failed(Tainted),
    /// Something that is neither.
    Other(Tainted),
    /// Nothing.
    Silent(Tainted),
}

impl Said {
    /// It is what it should be while there is a database.
    #[must_use]
    pub fn is_well(&self) -> bool {
        matches!(self, Self::Right | Self::Made(_))
    }

    /// The same to be shown.
    #[must_use]
    pub fn shown(&self) -> Message {
        match self {
            Self::Right | Self::Made(_) => message!("observed-answer", answer = "200"),
            Self::Failed(shown) | Self::Other(shown) => {
                message!("observed-answer", answer = shown.clone())
            }
            Self::Silent(words) => message!("observed-words", words = words.clone()),
        }
    }
}

impl Route {
    /// What came of it.
    #[must_use]
    pub fn said(&self, answer: Result<Answer, NoAnswer>) -> Said {
        let answer = match answer {
            Ok(answer) => answer,
            Err(none) => return Said::Silent(Tainted::bounded(&none.words(), 300)),
        };
        if answer.status >= 500 {
            return Said::Failed(answer.shown());
        }
        let json = answer.json().unwrap_or_default();
        let right = match &self.wanted {
            Wanted::One(order) => {
                answer.status == 200 && Brief::read(&json).as_ref() == Some(order)
            }
            Wanted::Page(order) => {
                let page = Brief::page(&json);
                answer.status == 200 && page.as_deref() == Some(std::slice::from_ref(order))
            }
            Wanted::New => match json.get("id").and_then(whole) {
                Some(order) if [200, 201, 202].contains(&answer.status) => {
                    return Said::Made(order);
                }
                _ => false,
            },
        };
        if right {
            Said::Right
        } else {
            Said::Other(answer.shown())
        }
    }
}

/// An order to be read, a customer whose only one it is, and a product to be ordered: all of this
/// check's own.
///
/// # Errors
/// The server refuses.
pub async fn make(cx: &Context<'_>, api: &Api) -> Result<Vec<Route>, Broken> {
    let shop = Shop::open(cx, api).await?;
    let mut random = cx.seed.stream("database-outage");
    let customers = crowd::customers(&shop, &mut random, 2).await?;
    let made = crowd::orders(&shop, &mut random, &customers[..1]).await?;
    let product = shop.product(&mut random, 1_000).await?;
    let (buyer, Some(Made { customer, order })) = (customers[1], made.into_iter().next()) else {
        return Err(message!("broken-sql-shape").into());
    };
    let new = json!({
        "customer_id": buyer,
        "items": [{"product_id": product.id, "qty": 1}],
    });
    let route = |request, wanted| Route { request, wanted };
    Ok(vec![
        route(
            Request::get(format!("/orders/{}", order.id)),
            Wanted::One(order.clone()),
        ),
        route(
            Request::get(format!("/orders?customer_id={customer}")),
            Wanted::Page(order),
        ),
        route(Request::post("/orders").json(&new), Wanted::New),
    ])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_came_of_a_request() {
        let order = Brief {
            id: 7,
            lines: [(1, 2)].into(),
        };
        let shown = json!({"id": 7, "items": [{"product_id": 1, "qty": 2}]});
        let other = json!({"id": 8, "items": [{"product_id": 1, "qty": 2}]});
        let route = |wanted| Route {
            request: Request::get("/orders"),
            wanted,
        };
        let one = route(Wanted::One(order.clone()));
        let page = route(Wanted::Page(order));
        let new = route(Wanted::New);
        let said = |route: &Route, status, body: &Value| {
            let answer = Answer {
                status,
                headers: Default::default(),
                body: body.to_string().into_bytes(),
            };
            match route.said(Ok(answer)) {
                Said::Right => "right".to_owned(),
                Said::Made(id) => format!("made {id}"),
                Said::Failed(_) => "failed".to_owned(),
                Said::Other(_) => "other".to_owned(),
                Said::Silent(_) => "silent".to_owned(),
            }
        };
        for (route, status, body, wanted) in [
            (&one, 200, shown.clone(), "right"),
            (&one, 200, other.clone(), "other"),
            (&one, 404, json!({"detail": "no such order"}), "other"),
            (&one, 503, json!({"detail": "away"}), "failed"),
            (&page, 200, json!({"items": [shown.clone()]}), "right"),
            (&page, 200, json!({"items": []}), "other"),
            (&page, 500, json!("Internal Server Error"), "failed"),
            (&new, 201, shown, "made 7"),
            (&new, 404, json!({"detail": "no such customer"}), "other"),
            (&new, 503, json!({}), "failed"),
            (&new, 200, json!({}), "other"),
        ] {
            assert_eq!(said(route, status, &body), wanted, "{status} {body}");
        }
        let none = one.said(Err(NoAnswer::Closed("closed".to_owned())));
        assert_eq!(none, Said::Silent(Tainted::new("closed")));
    }
}
