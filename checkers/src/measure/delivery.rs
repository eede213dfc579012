//! What the double offers for the delivery of an order, and an answer of the service's that shows it.

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use serde_json::{Value, json};

use crate::measure::double::Rule;
use crate::measure::http::{Answer, Request};
use crate::measure::shop::{Cents, cents, money, whole};
use crate::message;
use crate::message::Message;

/// What the double offers for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The order.
    pub order: i64,
    /// What it costs.
    pub price: Cents,
    /// How long it takes.
    pub days: i64,
}

impl Offer {
    /// Draws one.
    #[must_use]
    pub fn draw(random: &mut ChaCha12Rng, order: i64) -> Self {
        Self {
            order,
            price: random.random_range(101..100_000),
            days: random.random_range(1..60),
        }
    }

    /// The path on which the double is asked for it.
    #[must_use]
    pub fn path(self) -> String {
        format!("/quote/{}", self.order)
    }

    /// The double's rule: it answers with the offer.
    #[must_use]
    pub fn rule(self) -> Rule {
        let price: Value = money(self.price).parse().unwrap_or_default();
        Rule::answer(&self.path(), json!({"price": price, "days": self.days}))
    }

    /// The request for it.
    #[must_use]
    pub fn request(self) -> Request {
        Request::get(format!("/orders/{}/delivery", self.order))
    }

    /// Whether an answer shows it.
    #[must_use]
    pub fn is_in(self, answer: &Answer) -> bool {
        let shown = answer.json().unwrap_or_default();
        answer.status == 200
            && shown.get("order_id").and_then(whole) == Some(self.order)
            && shown.get("price").and_then(cents) == Some(self.price)
            && shown.get("days").and_then(whole) == Some(self.days)
    }

    /// That an answer shows another one.
    #[must_use]
    pub fn missing(self) -> Message {
        message!(
            "delivery-other-offer",
            order = self.order.to_string(),
            price = money(self.price),
            days = self.days
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_shows_the_offer_or_another() {
        let offer = Offer {
            order: 7,
            price: 1_250,
            days: 3,
        };
        let answer = |status, body: Value| Answer {
            status,
            headers: Default::default(),
            body: body.to_string().into_bytes(),
        };
        let right = json!({"order_id": 7, "price": 12.5, "days": 3});
        assert!(offer.is_in(&answer(200, right.clone())));
        assert!(!offer.is_in(&answer(504, right)));
        for other in [
            json!({"order_id": 8, "price": 12.5, "days": 3}),
            json!({"order_id": 7, "price": 12.4, "days": 3}),
            json!({"order_id": 7, "price": 12.5, "days": 4}),
            json!({"price": 12.5, "days": 3}),
            json!([]),
        ] {
            assert!(!offer.is_in(&answer(200, other.clone())), "{other}");
        }
    }
}
