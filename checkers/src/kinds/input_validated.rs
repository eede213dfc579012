//! `run.input-validated`: bad input is refused with a reason, never with an error of the service's
//! own, and nothing is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::desk::Desk;
use crate::measure::http::{Answer, Request};
use crate::measure::shop::{NO_CUSTOMER, NO_PRODUCT};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The contract's status for input that is wrong.
const BAD: &[u16] = &[422];
/// What is no JSON at all is no request at all, as some frameworks have it.
const BROKEN: &[u16] = &[422, 400];
/// Where two things are wrong either is right.
const EITHER: &[u16] = &[422, 404];
/// What is not there.
const UNKNOWN: &[u16] = &[404];

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputValidated {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Sends what is wrong.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &InputValidated, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &InputValidated, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let desk = Desk::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("input-validated");
    let customer = desk.shop.customer(&mut random).await?;
    let product = desk.shop.product(&mut random, 5_000).await?.id;
    let before = desk.shop.counts().await?;
    let cases = bodies(customer, product)
        .into_iter()
        .map(|(body, statuses)| (Request::post("/orders").text(body), statuses))
        .chain(queries(customer));
    let mut sent = 0;
    for (request, statuses) in cases {
        sent += 1;
        let answer = desk.expect(&request, statuses).await?;
        if !has_reason(&answer) {
            return Err(wrong(&request, &answer, message!("input-no-reason")));
        }
        desk.settle().await?;
        let kept = desk.shop.counts().await? == before;
        if !kept || desk.shop.stock(product).await? != 5_000 {
            return Err(wrong(&request, &answer, message!("input-written")));
        }
    }
    Ok(Verdict::passed(Evidence::from(message!(
        "input-refused",
        requests = sent
    ))))
}

/// Bodies of `POST /orders`, each wrong in one way, and the statuses that say so.
fn bodies(customer: i64, product: i64) -> Vec<(String, &'static [u16])> {
    let order = |items: Value| json!({"customer_id": customer, "items": items}).to_string();
    let line = |qty: Value| order(json!([{"product_id": product, "qty": qty}]));
    vec![
        (order(json!([])), BAD),
        (line(json!(0)), BAD),
        (line(json!(-1)), BAD),
        (line(json!(1001)), BAD),
        (line(json!(9_223_372_036_854_775_807_i64)), BAD),
        (line(json!("many")), BAD),
        (line(json!(null)), BAD),
        (line(json!([1])), BAD),
        (line(json!({"n": 1})), BAD),
        (
            order(json!([{"product_id": product, "qty": 1}, {"product_id": product, "qty": 2}])),
            BAD,
        ),
        (order(json!([{"product_id": product}])), BAD),
        (order(json!([{"qty": 1}])), BAD),
        (order(json!([{"product_id": "x", "qty": 1}])), BAD),
        (order(json!([{"product_id": null, "qty": 1}])), BAD),
        (order(json!([{}])), BAD),
        (order(json!(["x"])), BAD),
        (order(json!([null])), BAD),
        (order(json!("x")), BAD),
        (order(json!(null)), BAD),
        (
            json!({"items": [{"product_id": product, "qty": 1}]}).to_string(),
            BAD,
        ),
        (
            json!({"customer_id": "x", "items": [{"product_id": product, "qty": 1}]}).to_string(),
            BAD,
        ),
        (
            json!({"customer_id": null, "items": [{"product_id": product, "qty": 1}]}).to_string(),
            BAD,
        ),
        (json!({"customer_id": customer}).to_string(), BAD),
        (json!({}).to_string(), BAD),
        (json!([]).to_string(), BAD),
        (json!("order").to_string(), BAD),
        (json!(null).to_string(), BAD),
        ("{\"customer_id\": 1, \"items\": [".to_owned(), BROKEN),
        ("order=1".to_owned(), BROKEN),
        (String::new(), BROKEN),
        (
            order(json!([{"product_id": NO_PRODUCT, "qty": 1}])),
            UNKNOWN,
        ),
        (
            json!({"customer_id": NO_CUSTOMER, "items": [{"product_id": product, "qty": 1}]})
                .to_string(),
            UNKNOWN,
        ),
        (order(json!([{"product_id": 0, "qty": 1}])), EITHER),
        (order(json!([{"product_id": -5, "qty": 1}])), EITHER),
        (
            json!({"customer_id": -1, "items": [{"product_id": product, "qty": 1}]}).to_string(),
            EITHER,
        ),
        // One more than a bigint holds: JSON knows no bound, the database does.
        (
            order(json!([{"product_id": 9_223_372_036_854_775_808_u64, "qty": 1}])),
            EITHER,
        ),
    ]
}

/// Parameters of lists, each wrong in one way.
fn queries(customer: i64) -> Vec<(Request, &'static [u16])> {
    [
        "limit=0".to_owned(),
        "limit=-1".to_owned(),
        "limit=101".to_owned(),
        "limit=ten".to_owned(),
        "cursor=%21%21%21".to_owned(),
        "cursor=abcdefghijklmnop".to_owned(),
        "cursor=AAAA".to_owned(),
        format!("customer_id={customer}&cursor=e30%3D"),
        "customer_id=somebody".to_owned(),
    ]
    .into_iter()
    .map(|query| (Request::get(format!("/orders?{query}")), BAD))
    .chain([(Request::get("/orders/first"), EITHER)])
    .collect()
}

/// `{"detail": …}` with something in it.
fn has_reason(answer: &Answer) -> bool {
    answer.json().is_some_and(|body| match body.get("detail") {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    #[test]
    fn a_reason_is_a_detail_with_something_in_it() {
        let has = |body: &str| {
            has_reason(&Answer {
                status: 422,
                headers: HeaderMap::new(),
                body: body.as_bytes().to_vec(),
            })
        };
        for right in [
            r#"{"detail": "no items"}"#,
            r#"{"detail": [{"msg": "x"}]}"#,
            r#"{"detail": {"code": 1}}"#,
        ] {
            assert!(has(right), "{right}");
        }
        for empty in [
            "",
            "{}",
            r#"{"detail": ""}"#,
            r#"{"detail": null}"#,
            r#"{"detail": []}"#,
            r#"{"error": "x"}"#,
        ] {
            assert!(!has(empty), "{empty}");
        }
    }

    #[test]
    fn every_body_is_wrong_in_another_way() {
        let bodies = bodies(1, 2);
        let different: std::collections::BTreeSet<_> =
            bodies.iter().map(|(body, _)| body).collect();
        assert_eq!(different.len(), bodies.len());
    }
}
