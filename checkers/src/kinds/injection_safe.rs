//! `run.injection-safe`: quotes and SQL in text change nothing, and never become part of a statement.
//!
//! A statement that is put together from text and fails is refused just like one that is right, so
//! the answers alone do not show it. But the server sees it: a drawn word that was sent as text is
//! never a name in a statement, neither in one that ran (`pg_stat_statements` keeps its names) nor in
//! one that was refused (the server's log quotes the name that it does not know). And where letters
//! are answered without an error of the service's own, quotes must be, too.

use std::time::Duration;

use pg_query::protobuf::Token;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::measure::api::{Api, wrong, wrong_evidence};
use crate::measure::cursor::forged;
use crate::measure::desk::{Desk, buying, listing};
use crate::measure::http::{Answer, Request, encoded};
use crate::measure::postgres::{Bounds, Trouble};
use crate::measure::shop::{Line, Order, whole, word};
use crate::measure::statements::Counter;
use crate::message;
use crate::message::Tainted;
use crate::verdict::{Broken, Evidence, Excerpt, Stop, Verdict};
use crate::wait;

/// How long the server's log may be behind the server: milliseconds were seen.
const LOGGED: Duration = Duration::from_secs(20);
/// Pieces of the product that is ordered: more than are.
const STOCK: i64 = 10_000;

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

/// Where a text can be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Cursor,
    Customer,
    Limit,
    Order,
    Delivery,
    BodyCustomer,
    BodyLine,
    Key,
}

impl Place {
    const ALL: [Self; 8] = [
        Self::Cursor,
        Self::Customer,
        Self::Limit,
        Self::Order,
        Self::Delivery,
        Self::BodyCustomer,
        Self::BodyLine,
        Self::Key,
    ];
}

/// What the texts are about.
struct Scene<'a> {
    desk: Desk<'a>,
    /// A word that is a name wherever the text around it is taken for SQL.
    name: String,
    customer: i64,
    product: i64,
    /// An order of the customer's, which nobody may change.
    own: Order,
}

async fn judge(spec: &InjectionSafe, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("injection-safe");
    let customer = desk.shop.customer(&mut random).await?;
    let product = desk.shop.product(&mut random, STOCK).await?.id;
    let line = Line {
        product,
        qty: 1,
        price: 100,
    };
    desk.shop
        .order(customer, "paid", "2 hours", &[line])
        .await?;
    let own = desk.shop.order(customer, "paid", "1 hour", &[line]).await?;
    let scene = Scene {
        desk,
        name: word(&mut random),
        customer,
        product,
        own,
    };
    let cursor = something_to_try(&scene, &mut random).await?;
    let mut sent = 0;
    for place in Place::ALL {
        // Whoever reads a number up to its end finds the one that is meant.
        let number = match place {
            Place::Customer | Place::BodyCustomer => customer,
            _ => scene.own.id,
        };
        for text in texts(&scene.name, number, scene.own.id) {
            sent += 1;
            send(&scene, place, &text, &mut random).await?;
            if place == Place::Key {
                // A key that is there already is looked up, which is another statement.
                send(&scene, place, &text, &mut random).await?;
            }
        }
    }
    let cursor = cursor.unwrap_or_default();
    for tail in ["'", "+"] {
        for text in forged(&cursor, &format!("{tail}{}", scene.name)) {
            send(&scene, Place::Cursor, &text, &mut random).await?;
        }
    }
    let stored = scene.desk.shop.stored(scene.own.id).await?;
    if stored.as_ref() != Some(&scene.own) {
        let evidence = Evidence::from(message!("injection-changed", id = scene.own.id));
        let difference = stored.and_then(|stored| scene.own.differs(&stored));
        return Err(Stop::failed(
            evidence.with_details(difference.into_iter().collect()),
        ));
    }
    match as_name(&scene, &mut random).await? {
        Some(text) => Err(Stop::failed(
            Evidence::from(message!("injection-statement", word = &scene.name)).at(Excerpt {
                file: None,
                line: None,
                column: None,
                text: Tainted::bounded(&text, 1_000),
            }),
        )),
        None => Ok(Verdict::passed(Evidence::from(message!(
            "injection-safe",
            texts = sent
        )))),
    }
}

/// Texts that mean something once they are taken for SQL. Those with a whole query in them run
/// where they stand as a number or within quotes; the others change a condition, begin another
/// statement, or end in an error that quotes the name.
fn texts(name: &str, number: i64, own: i64) -> Vec<String> {
    vec![
        format!("{number}+(SELECT/**/0*count(t.{name})FROM(VALUES(1))AS/**/t({name}))"),
        format!("{number}'||(SELECT/**/max(t.{name})FROM(VALUES('q'))AS/**/t({name}))||'"),
        format!("{number} OR {name} IS NULL"),
        format!("{number} OR 1=1"),
        format!("{number}' OR '1'='1"),
        format!("{number}' OR {name}='{name}"),
        format!("{number}; DELETE FROM order_items WHERE order_id = {own} --{name}"),
        format!("'; DELETE FROM order_items WHERE order_id = {own}; SELECT {name} --"),
        format!("') UNION SELECT {name}, 1 FROM orders --"),
        format!("\" OR {name} --"),
        format!("$$ || {name} || $$"),
        format!("\\'; SELECT {name} --"),
        format!("{name}'"),
    ]
}

/// The request with a text in a place.
fn request(scene: &Scene<'_>, place: Place, text: &str) -> Request {
    let (coded, customer) = (encoded(text), scene.customer);
    let line = |product: Value, qty: Value| json!([{"product_id": product, "qty": qty}]);
    let ordering = |customer: Value, items: Value| {
        Request::post("/orders").json(&json!({"customer_id": customer, "items": items}))
    };
    match place {
        Place::Cursor => Request::get(format!("/orders?customer_id={customer}&cursor={coded}")),
        Place::Customer => Request::get(format!("/orders?customer_id={coded}")),
        Place::Limit => Request::get(format!("/orders?customer_id={customer}&limit={coded}")),
        Place::Order => Request::get(format!("/orders/{coded}")),
        Place::Delivery => Request::get(format!("/orders/{coded}/delivery")),
        Place::BodyCustomer => ordering(json!(text), line(json!(scene.product), json!(1))),
        Place::BodyLine => ordering(json!(customer), line(json!(text), json!(text))),
        Place::Key => buying(customer, &[(scene.product, 1)]).header("Idempotency-Key", text),
    }
}

/// Sends a text to a place, and looks at the answer.
async fn send(
    scene: &Scene<'_>,
    place: Place,
    text: &str,
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let hostile = request(scene, place, text);
    let answer = scene.desk.ask(&hostile).await?;
    let seen = stranger(place, &answer, scene);
    if answer.status < 500 && seen.is_none() {
        return Ok(());
    }
    // What letters bring about, too, is another fault, which another kind sees.
    let letters: String = word(random).chars().cycle().take(text.len()).collect();
    let plain = scene.desk.ask(&request(scene, place, &letters)).await?;
    if let Some(id) = seen.filter(|_| stranger(place, &plain, scene).is_none()) {
        return Err(wrong(
            &hostile,
            &answer,
            message!("injection-rows", id = id),
        ));
    }
    if answer.status < 500 || plain.status >= 500 {
        return Ok(());
    }
    let mut evidence = wrong_evidence(&hostile, &answer, message!("injection-error"));
    evidence.expected = Some(message!("injection-error-expected", status = plain.status));
    let evidence = scene.desk.api.with_log(scene.desk.cx, evidence).await?;
    Err(Stop::failed(evidence))
}

/// An order in the answer for which nobody has asked: of somebody else, or under another number.
fn stranger(place: Place, answer: &Answer, scene: &Scene<'_>) -> Option<i64> {
    if answer.status != 200 {
        return None;
    }
    let body = answer.json()?;
    let id = |order: &Value| order.get("id").and_then(whole);
    match place {
        Place::Cursor | Place::Customer | Place::Limit => {
            let items = body.get("items")?.as_array()?;
            let others =
                |it: &&Value| it.get("customer_id").and_then(whole) != Some(scene.customer);
            items.iter().find(others).and_then(id)
        }
        Place::Order => id(&body).filter(|id| *id != scene.own.id),
        _ => None,
    }
}

/// A cursor that the service has handed out, if it does.
///
/// # Errors
/// It takes neither a cursor nor a key: what takes no text has proven nothing.
async fn something_to_try(
    scene: &Scene<'_>,
    random: &mut ChaCha12Rng,
) -> Result<Option<String>, Stop> {
    let list = listing(Some(scene.customer), Some(1), None);
    let answer = scene.desk.ask(&list).await?;
    let page = answer.json().filter(|_| answer.status == 200);
    let cursor = page.and_then(|page| Some(page.get("next_cursor")?.as_str()?.to_owned()));
    let order = request(scene, Place::Key, &word(random));
    let answer = scene.desk.ask(&order).await?;
    if cursor.is_none() && answer.status != 201 {
        return Err(wrong(&order, &answer, message!("injection-nothing")));
    }
    Ok(cursor)
}

/// A statement in which the word is a name, or what the server says of one.
async fn as_name(scene: &Scene<'_>, random: &mut ChaCha12Rng) -> Result<Option<String>, Broken> {
    let Scene { desk, name, .. } = scene;
    desk.settle().await?;
    let counter = Counter::new(&desk.shop.session, desk.api);
    let ran = counter.holding(name).await?;
    if let Some(text) = ran.into_iter().find(|text| is_named(text, name)) {
        return Ok(Some(text));
    }
    // What is not in the log is believed once a later error of ours is.
    let later = word(random);
    let sql = format!("SELECT {later}");
    match desk.shop.session.rows(&sql, Bounds::QUERY).await {
        Err(Trouble::Refused(_)) => {}
        Err(trouble) => return Err(trouble.broken()),
        Ok(_) => return Err(Broken::because(message!("broken-sql-shape"), later)),
    }
    let log = wait::until(desk.cx, LOGGED, async || {
        let log = desk.cx.bench.logs(&desk.api.db).await?;
        Ok(log.contains(&later).then_some(log))
    });
    let log = log.await?;
    let log = log.ok_or_else(|| Broken::from(message!("broken-log-silent")))?;
    let line = log.lines().find(|line| is_error_with(line, name));
    Ok(line.map(str::to_owned))
}

/// Whether a word is a name in a statement, and not a part of a constant or a comment.
fn is_named(statement: &str, name: &str) -> bool {
    let Ok(tokens) = pg_query::scan(statement) else {
        return false;
    };
    let text = |start: i32, end: i32| {
        statement.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    };
    tokens
        .tokens
        .iter()
        .filter(|token| token.token() == Token::Ident)
        .any(|token| text(token.start, token.end) == Some(name))
}

/// A line of the server's log about a statement that it did not understand. A value that does not
/// fit its type is refused, too, in words that quote it, and is no part of a statement.
fn is_error_with(line: &str, name: &str) -> bool {
    const NOT_UNDERSTOOD: [&str; 3] = ["does not exist", "syntax error", "unterminated"];
    let not_understood = NOT_UNDERSTOOD.iter().any(|words| line.contains(words));
    line.contains("ERROR:") && line.contains(name) && not_understood
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

    #[test]
    fn a_name_is_told_from_a_constant() {
        for (statement, is) in [
            (
                "SELECT $1+(SELECT max(t.abc) FROM (VALUES($2)) AS t(abc))",
                true,
            ),
            ("SELECT 1 OR abc IS NULL", true),
            (
                "DECLARE c CURSOR FOR SELECT id FROM k WHERE key = '1''||abc'",
                false,
            ),
            ("SELECT $1 /* abc */ -- abc", false),
            ("SELECT $$ abc $$", false),
            ("SELECT abcd", false),
        ] {
            assert_eq!(is_named(statement, "abc"), is, "{statement}");
        }
    }

    #[test]
    fn texts_with_a_whole_query_in_them_run_where_they_stand() {
        let texts = texts("abc", 5, 7);
        for (before, text, after) in [("", &texts[0], ""), ("'", &texts[1], "'")] {
            let sql = format!("SELECT 1 FROM orders WHERE id = {before}{text}{after}");
            assert!(pg_query::parse(&sql, 0).is_ok(), "{sql}");
            assert!(is_named(&sql, "abc"), "{sql}");
        }
    }
}
