//! The shop's rows as the grader writes and reads them, and orders and products as a service shows
//! them, to be compared by value.

use jiff::Timestamp;
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use serde_json::Value;

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::Broken;

/// A product that no shop has: identities begin at 1 and never come so far.
pub const NO_PRODUCT: i64 = 4_000_000_000_000_000;
/// A customer that no shop has.
pub const NO_CUSTOMER: i64 = 4_000_000_000_000_001;
/// An order that no shop has.
pub const NO_ORDER: i64 = 4_000_000_000_000_002;

/// Money in hundredths.
pub type Cents = i64;

/// One line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The product.
    pub product: i64,
    /// How many.
    pub qty: i64,
    /// The price of one.
    pub price: Cents,
}

/// An order; its lines in the order of their products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: i64,
    /// Who ordered.
    pub customer: i64,
    /// As in `new`.
    pub status: String,
    /// What it costs in all.
    pub total: Cents,
    /// When it was made.
    pub created_at: Timestamp,
    /// What was ordered.
    pub lines: Vec<Line>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: i64,
    /// Its code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// A few words.
    pub description: String,
    /// What one costs.
    pub price: Cents,
    /// How many there are.
    pub stock: i64,
}

/// The shop's database, as a superuser of the grader's sees it.
pub struct Shop {
    /// The session.
    pub session: Session,
}

impl Shop {
    /// Opens it.
    ///
    /// # Errors
    /// The server does not let us in.
    pub async fn open(cx: &Context<'_>, api: &Api) -> Result<Self, Broken> {
        let session = api.administrator(cx).await?;
        Ok(Self { session })
    }

    /// Makes a customer.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn customer(&self, random: &mut ChaCha12Rng) -> Result<i64, Broken> {
        let word = word(random);
        self.id(&format!(
            "INSERT INTO public.customers (email, full_name, city) \
             VALUES ('{word}@example.com', '{word}', '{word}') RETURNING id"
        ))
        .await
    }

    /// Makes a product with a drawn name, price and code.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn product(&self, random: &mut ChaCha12Rng, stock: i64) -> Result<Product, Broken> {
        let (sku, name, description) = (word(random), word(random), word(random));
        let price: Cents = random.random_range(101..100_000);
        let id = self
            .id(&format!(
                "INSERT INTO public.products (sku, name, description, price, stock) \
                 VALUES ('{sku}', '{name}', '{description}', {}, {stock}) RETURNING id",
                money(price)
            ))
            .await?;
        Ok(Product {
            id,
            sku,
            name,
            description,
            price,
            stock,
        })
    }

    /// Makes an order with these lines, `age` seconds and so many microseconds before now.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn order(
        &self,
        customer: i64,
        status: &str,
        age: &str,
        lines: &[Line],
    ) -> Result<Order, Broken> {
        let total: Cents = lines.iter().map(|line| line.qty * line.price).sum();
        let id = self
            .id(&format!(
                "INSERT INTO public.orders (customer_id, status, total, created_at) \
                 VALUES ({customer}, '{status}', {}, now() - interval '{age}') RETURNING id",
                money(total)
            ))
            .await?;
        if !lines.is_empty() {
            let values: Vec<String> = lines
                .iter()
                .map(|line| {
                    let price = money(line.price);
                    format!("({id}, {}, {}, {price})", line.product, line.qty)
                })
                .collect();
            self.session
                .execute(&format!(
                    "INSERT INTO public.order_items (order_id, product_id, qty, price) VALUES {}",
                    values.join(", ")
                ))
                .await?;
        }
        let stored = self.stored(id).await?;
        stored.ok_or_else(|| Broken::because(message!("broken-sql-shape"), "orders"))
    }

    /// The order as it is stored.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn stored(&self, id: i64) -> Result<Option<Order>, Broken> {
        let head = self
            .rows(&format!(
                "SELECT customer_id, status, (total * 100)::bigint, \
                 to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') \
                 FROM public.orders WHERE id = {id}"
            ))
            .await?;
        let Some([customer, status, total, created_at]) = head.first().map(Vec::as_slice) else {
            return Ok(None);
        };
        let lines = self
            .rows(&format!(
                "SELECT product_id, qty, (price * 100)::bigint FROM public.order_items \
                 WHERE order_id = {id} ORDER BY product_id"
            ))
            .await?;
        let lines = lines.iter().map(|row| {
            Some(Line {
                product: row.first()?.parse().ok()?,
                qty: row.get(1)?.parse().ok()?,
                price: row.get(2)?.parse().ok()?,
            })
        });
        let order = (|| {
            Some(Order {
                id,
                customer: customer.parse().ok()?,
                status: status.clone(),
                total: total.parse().ok()?,
                created_at: created_at.parse().ok()?,
                lines: lines.collect::<Option<_>>()?,
            })
        })();
        order
            .map(Some)
            .ok_or_else(|| Broken::because(message!("broken-sql-shape"), "orders"))
    }

    /// How many of a product there are.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn stock(&self, product: i64) -> Result<i64, Broken> {
        self.number(&format!(
            "SELECT stock FROM public.products WHERE id = {product}"
        ))
        .await
    }

    /// How many orders, and lines of orders, there are.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn counts(&self) -> Result<(i64, i64), Broken> {
        let orders = "SELECT count(*) FROM public.orders";
        let lines = "SELECT count(*) FROM public.order_items";
        Ok((self.number(orders).await?, self.number(lines).await?))
    }

    /// The one number of a query.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn number(&self, sql: &str) -> Result<i64, Broken> {
        let value = self.session.value(sql).await?;
        value
            .parse()
            .map_err(|_| Broken::because(message!("broken-sql-shape"), sql))
    }

    async fn id(&self, sql: &str) -> Result<i64, Broken> {
        self.number(sql).await
    }

    /// Rows as text; what is NULL is empty.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, Broken> {
        let rows = self
            .session
            .rows(sql, Bounds::QUERY)
            .await
            .map_err(Trouble::broken)?;
        Ok(rows
            .into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect())
    }
}

/// A word that is nowhere else: sixteen lower-case letters.
#[must_use]
pub fn word(random: &mut ChaCha12Rng) -> String {
    (0..16)
        .map(|_| char::from(random.random_range(b'a'..=b'z')))
        .collect()
}

/// Cents as SQL and JSON write them.
#[must_use]
pub fn money(cents: Cents) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// A JSON number with at most two decimals, in cents.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "sums beyond 2^53 cents are no sums of this shop"
)]
pub fn cents(value: &Value) -> Option<Cents> {
    let cents = value.as_f64()? * 100.0;
    let whole = cents.round();
    ((cents - whole).abs() < 1e-4 && whole.abs() < 9e15).then_some(whole as Cents)
}

/// A whole JSON number; `5.0` is one, too.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole and within 2^53, or none"
)]
pub fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
    })
}

impl Line {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            product: whole(value.get("product_id")?)?,
            qty: whole(value.get("qty")?)?,
            price: cents(value.get("price")?)?,
        })
    }
}

impl Order {
    /// An order as a service shows it.
    ///
    /// # Errors
    /// It is none: the field that is missing or of another type.
    pub fn read(value: &Value) -> Result<Self, Message> {
        let field = |name: &'static str| {
            value
                .get(name)
                .ok_or_else(|| message!("shop-field-missing", field = name))
        };
        let strange = |name: &'static str| message!("shop-field-strange", field = name);
        let text = |name| {
            let text = field(name)?.as_str();
            text.ok_or_else(|| strange(name))
        };
        let number = |name| whole(field(name)?).ok_or_else(|| strange(name));
        let lines = field("items")?.as_array().ok_or_else(|| strange("items"))?;
        let mut lines = lines
            .iter()
            .map(|line| Line::read(line).ok_or_else(|| strange("items")))
            .collect::<Result<Vec<_>, _>>()?;
        lines.sort_unstable();
        Ok(Self {
            id: number("id")?,
            customer: number("customer_id")?,
            status: text("status")?.to_owned(),
            total: cents(field("total")?).ok_or_else(|| strange("total"))?,
            created_at: text("created_at")?
                .parse()
                .map_err(|_| strange("created_at"))?,
            lines,
        })
    }

    /// The first thing in which what is shown differs from what is stored; none if it is the same.
    /// A service may show whole seconds.
    #[must_use]
    pub fn differs(&self, shown: &Self) -> Option<Message> {
        let say = |field: &'static str, wanted: String, seen: String| {
            message!(
                "shop-differs",
                field = field,
                wanted = wanted,
                seen = Tainted::bounded(&seen, 200)
            )
        };
        let lines = |order: &Self| {
            let lines: Vec<String> = order
                .lines
                .iter()
                .map(|it| format!("{}×{} @ {}", it.product, it.qty, money(it.price)))
                .collect();
            lines.join(", ")
        };
        let apart = self.created_at.duration_since(shown.created_at).abs();
        if self.id != shown.id {
            Some(say("id", self.id.to_string(), shown.id.to_string()))
        } else if self.customer != shown.customer {
            let (wanted, seen) = (self.customer.to_string(), shown.customer.to_string());
            Some(say("customer_id", wanted, seen))
        } else if self.status != shown.status {
            Some(say("status", self.status.clone(), shown.status.clone()))
        } else if self.total != shown.total {
            Some(say("total", money(self.total), money(shown.total)))
        } else if self.lines != shown.lines {
            Some(say("items", lines(self), lines(shown)))
        } else if apart.as_millis() >= 1_000 {
            let (wanted, seen) = (self.created_at.to_string(), shown.created_at.to_string());
            Some(say("created_at", wanted, seen))
        } else {
            None
        }
    }
}

impl Product {
    /// A product as a service shows it.
    ///
    /// # Errors
    /// It is none: the field that is missing or of another type.
    pub fn read(value: &Value) -> Result<Self, Message> {
        let field = |name: &'static str| {
            value
                .get(name)
                .ok_or_else(|| message!("shop-field-missing", field = name))
        };
        let strange = |name: &'static str| message!("shop-field-strange", field = name);
        let text = |name| {
            let text = field(name)?.as_str();
            text.map(str::to_owned).ok_or_else(|| strange(name))
        };
        let number = |name| whole(field(name)?).ok_or_else(|| strange(name));
        Ok(Self {
            id: number("id")?,
            sku: text("sku")?,
            name: text("name")?,
            description: text("description")?,
            price: cents(field("price")?).ok_or_else(|| strange("price"))?,
            stock: number("stock")?,
        })
    }

    /// The first thing in which what is shown differs; none if it is the same.
    #[must_use]
    pub fn differs(&self, shown: &Self) -> Option<Message> {
        let fields = |it: &Self| {
            [
                ("id", it.id.to_string()),
                ("sku", it.sku.clone()),
                ("name", it.name.clone()),
                ("description", it.description.clone()),
                ("price", money(it.price)),
                ("stock", it.stock.to_string()),
            ]
        };
        let pairs = fields(self).into_iter().zip(fields(shown));
        pairs
            .into_iter()
            .find(|((_, wanted), (_, seen))| wanted != seen)
            .map(|((field, wanted), (_, seen))| {
                message!(
                    "shop-differs",
                    field = field,
                    wanted = wanted,
                    seen = Tainted::bounded(&seen, 200)
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(total: Value, created_at: &str) -> Value {
        json!({
            "id": 7, "customer_id": 3, "status": "new", "total": total, "created_at": created_at,
            "items": [
                {"product_id": 9, "qty": 1, "price": 0.29},
                {"product_id": 2, "qty": 3, "price": 10},
            ],
            "extra": null,
        })
    }

    #[test]
    fn an_order_is_read_by_value() {
        let seen = Order::read(&order(json!(30.29), "2026-01-02T03:04:05.678901Z")).expect("read");
        assert_eq!(
            (seen.total, seen.lines[0].product, seen.lines[1].price),
            (3029, 2, 29)
        );
        for same in ["2026-01-02T06:04:05.678901+03:00", "2026-01-02T03:04:05Z"] {
            let other = Order::read(&order(json!(30.290), same)).expect("read");
            assert_eq!(seen.differs(&other), None, "{same}");
        }
        let other = Order::read(&order(json!(30.3), "2026-01-02T03:04:05Z")).expect("read");
        let said = seen.differs(&other).expect("a difference");
        assert_eq!(said.key, "shop-differs");
        for (total, at) in [
            (json!("30.29"), "2026-01-02T03:04:05Z"),
            (json!(30.294), "2026-01-02T03:04:05Z"),
            (json!(30.29), "2026-01-02T03:04:05"),
            (json!(30.29), "yesterday"),
        ] {
            assert!(
                Order::read(&order(total.clone(), at)).is_err(),
                "{total} {at}"
            );
        }
        assert_eq!(
            Order::read(&json!([])).expect_err("no order").key,
            "shop-field-missing"
        );
    }

    #[test]
    fn money_is_written_and_read() {
        for cents in [0, 5, 29, 100, 123_456_789] {
            let text = money(cents);
            let value: Value = serde_json::from_str(&text).expect("a number");
            assert_eq!(super::cents(&value), Some(cents), "{text}");
        }
        assert_eq!(whole(&json!(5.0)), Some(5));
        assert_eq!(whole(&json!("5")), None);
        assert_eq!(whole(&json!(5.5)), None);
    }
}
