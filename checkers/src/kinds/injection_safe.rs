//! `run.injection-safe`: quotes and SQL in text change nothing, and never become part of a statement.
//!
//! A statement that is put together from text and fails is refused just like one that is right, so
//! the answers alone do not show it. But the server sees it: a drawn word that was sent as text is
//! never a name in a statement, neither in one that ran (`pg_stat_statements` shows constants as
//! `$1`) nor in one that was refused (which stands in the server's log).

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::desk::{self, Desk, buying, reading};
use crate::measure::http::{Request, encoded};
use crate::measure::shop::{Line, whole, word};
use crate::measure::statements::Counter;
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Excerpt, Stop, Verdict};

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InjectionSafe {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Sends SQL as text.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &InjectionSafe, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &InjectionSafe, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("injection-safe");
    let customer = desk.shop.customer(&mut random).await?;
    let product = desk.shop.product(&mut random, 1_000).await?.id;
    let line = Line {
        product,
        qty: 1,
        price: 100,
    };
    let own = desk.shop.order(customer, "paid", "1 hour", &[line]).await?;
    let before = desk.shop.counts().await?;
    let counter = Counter::new(&desk.shop.session, &spec.on);
    counter.begin(cx).await?;

    // The word is a name wherever the text around it is taken for SQL.
    let name = word(&mut random);
    let texts = texts(&name);
    for text in &texts {
        for request in places(text, customer) {
            let answer = desk.ask(&request).await?;
            if answer.status >= 500 {
                return Err(spec.on.status(cx, &request, &answer, &[404, 422]).await?);
            }
            if let Some(stranger) = strangers(&answer, own.id) {
                let message = message!("injection-rows", id = stranger);
                return Err(wrong(&request, &answer, message));
            }
        }
    }
    let made = keys(&desk, &mut random, &texts, customer, product).await?;
    desk.settle().await?;

    let after = desk.shop.counts().await?;
    if after != (before.0 + made, before.1 + made) {
        let message = message!("injection-counts", due = made, seen = after.0 - before.0);
        return Err(Stop::failed(message));
    }
    let (_, shown) = desk.order(&reading(own.id), &[200]).await?;
    if let Some(difference) = own.differs(&shown) {
        let evidence = Evidence::from(message!("injection-changed"));
        return Err(Stop::failed(evidence.with_details(vec![difference])));
    }
    let ran = counter.seen(cx).await?;
    let log = cx.bench.logs(&spec.on.db).await?;
    let as_name = ran
        .iter()
        .map(|statement| statement.text.as_str())
        .find(|text| text.contains(&name))
        .or_else(|| log.lines().find(|line| is_error_with(line, &name)));
    match as_name {
        Some(text) => Err(Stop::failed(
            Evidence::from(message!("injection-statement", word = &name)).at(Excerpt {
                file: None,
                line: None,
                column: None,
                text: Tainted::bounded(text, 1_000),
            }),
        )),
        None => Ok(Verdict::passed(Evidence::from(message!(
            "injection-safe",
            texts = texts.len()
        )))),
    }
}

/// Texts that mean something once they are taken for SQL.
fn texts(name: &str) -> Vec<String> {
    vec![
        format!("1 OR {name} IS NULL"),
        format!("1; SELECT {name} --"),
        format!("1' OR {name}='{name}"),
        format!("'; DROP TABLE orders; SELECT {name} --"),
        format!("') UNION SELECT {name}, 1 FROM orders --"),
        format!("\" OR {name} --"),
        format!("$$ || {name} || $$"),
        format!("1) OR ({name} > 0"),
        format!("\\'; SELECT {name} --"),
        format!("{name}'"),
    ]
}

/// Everywhere where a text can be put, but for the key of an order.
fn places(text: &str, customer: i64) -> Vec<Request> {
    let coded = encoded(text);
    vec![
        Request::get(format!("/orders?cursor={coded}")),
        Request::get(format!("/orders?customer_id={coded}")),
        Request::get(format!("/orders?customer_id={customer}&cursor={coded}")),
        Request::get(format!("/orders?customer_id={customer}&limit={coded}")),
        Request::get(format!("/orders/{coded}")),
        Request::get(format!("/orders/{coded}/delivery")),
        Request::post("/orders").json(&serde_json::json!({
            "customer_id": customer, "items": [{"product_id": text, "qty": 1}],
        })),
        Request::post("/orders").json(&serde_json::json!({
            "customer_id": text, "items": [{"product_id": 1, "qty": text}],
        })),
    ]
}

/// A key of an order is any text: it is kept as it is. Gives how many orders were made.
async fn keys(
    desk: &Desk<'_>,
    random: &mut ChaCha12Rng,
    texts: &[String],
    customer: i64,
    product: i64,
) -> Result<i64, Stop> {
    let mut made = 0;
    for text in texts {
        let key = format!("{}{text}", word(random));
        let request = buying(customer, &[(product, 1)]).header("Idempotency-Key", &key);
        let (_, first) = desk.order(&request, &[201]).await?;
        made += 1;
        // That a key is kept at all another check asks; here only that its quotes do no harm.
        let again = desk.ask(&request).await?;
        if again.status >= 500 {
            return Err(desk
                .api
                .status(desk.cx, &request, &again, &[200, 201])
                .await?);
        }
        let id = desk::json_of(&request, &again)?.get("id").and_then(whole);
        made += i64::from(id.is_some_and(|id| id != first.id));
    }
    Ok(made)
}

/// An order of a list that nobody has asked for; a list of all is asked for by nobody here.
fn strangers(answer: &crate::measure::http::Answer, own: i64) -> Option<i64> {
    let body = answer.json()?;
    let items = body.get("items")?.as_array()?;
    let ids = items
        .iter()
        .filter_map(|item| item.get("id").and_then(whole));
    ids.into_iter().find(|id| *id != own)
}

/// A line of the server's log about a statement that it did not understand. A value that does not
/// fit its type is refused, too, in words that quote it, and is no part of a statement.
fn is_error_with(line: &str, name: &str) -> bool {
    const NOT_UNDERSTOOD: [&str; 3] = ["does not exist", "syntax error", "unterminated"];
    let understood = !NOT_UNDERSTOOD.iter().any(|words| line.contains(words));
    line.contains("ERROR:") && line.contains(name) && !understood
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_a_name_is_told_from_one_about_a_value() {
        for (line, is) in [
            (
                r#"ERROR:  column "abc" does not exist at character 30"#,
                true,
            ),
            (r#"ERROR:  syntax error at or near "abc""#, true),
            (r#"STATEMENT:  SELECT 'abc'"#, false),
            (
                r#"ERROR:  invalid input syntax for type bigint: "1 OR abc""#,
                false,
            ),
            (r#"LOG:  abc"#, false),
            (r#"ERROR:  column "xyz" does not exist"#, false),
        ] {
            assert_eq!(is_error_with(line, "abc"), is, "{line}");
        }
    }
}
