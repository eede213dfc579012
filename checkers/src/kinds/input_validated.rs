//! `run.input-validated`: bad input is refused with a reason, never with an error of the service's
//! own, and nothing is written; what is at the limits and within them is not refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::context::Context;
use crate::measure::api::{Api, wrong, wrong_evidence};
use crate::measure::desk::{Desk, buying, listing};
use crate::measure::http::{Answer, Request};
use crate::measure::shop::{NO_CUSTOMER, NO_PRODUCT};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Stop, Verdict};

/// The contract's status for input that is wrong.
const BAD: &[u16] = &[422];
/// What is no JSON at all is no request at all, as some frameworks have it.
const BROKEN: &[u16] = &[422, 400];
/// Where two things are wrong either is right.
const EITHER: &[u16] = &[422, 404];
/// What is not there; which of these it is another kind asks.
const UNKNOWN: &[u16] = &[404, 400, 409, 422];
/// A number that no row can have may be wrong, unknown, or have no orders.
const BEYOND: &[u16] = &[200, 404, 422];

/// Pieces of the product that bad requests are about.
const STOCK: i64 = 5_000;
/// Requests that are told at most.
const TOLD: usize = 12;

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
    let other = desk.shop.product(&mut random, STOCK).await?.id;
    // Whoever refuses everything has validated nothing. That what is right is also done others see.
    for request in within(customer, other) {
        let answer = desk.ask(&request).await?;
        if answer.status / 100 == 4 {
            return Err(wrong(&request, &answer, message!("input-good-refused")));
        }
    }

    let product = desk.shop.product(&mut random, STOCK).await?.id;
    let bodies = bodies(customer, product).into_iter();
    let cases: Vec<(Request, &[u16])> = queries(customer)
        .into_iter()
        .chain(bodies.map(|(body, statuses)| (Request::post("/orders").text(body), statuses)))
        .collect();
    let mut before = (desk.shop.counts().await?, STOCK);
    let mut findings = Vec::new();
    for (request, statuses) in &cases {
        let answer = desk.ask(request).await?;
        let mut finding = finding(request, &answer, statuses);
        // What the database must be asked for may leave traces where there is no transaction; that
        // is another fault, which another kind sees.
        if !statuses.contains(&404) {
            desk.settle().await?;
            let after = (desk.shop.counts().await?, desk.shop.stock(product).await?);
            let written = after != before;
            before = after;
            if finding.is_none() && written {
                finding = Some(message!("input-written", request = request.line()));
            }
        }
        if let Some(message) = finding {
            findings.push((request, answer, message));
        }
    }
    let (wrong, sent) = (findings.len(), cases.len());
    let details = findings.iter().map(|(_, _, message)| message.clone());
    let details = details.take(TOLD).collect();
    let Some((request, answer, _)) = findings.into_iter().next() else {
        let message = message!("input-refused", requests = sent);
        return Ok(Verdict::passed(message.into()));
    };
    let headline = message!("input-not-refused", wrong = wrong, requests = sent);
    let mut evidence = wrong_evidence(request, &answer, headline).with_details(details);
    evidence.expected = Some(message!("input-expected"));
    if answer.status >= 500 {
        evidence = spec.on.with_log(cx, evidence).await?;
    }
    Err(Stop::failed(evidence))
}

/// What is wrong with an answer to a bad request, if anything is.
fn finding(request: &Request, answer: &Answer, statuses: &[u16]) -> Option<Message> {
    let (line, status) = (request.line(), answer.status);
    if status >= 500 {
        Some(message!("input-crashed", request = line, status = status))
    } else if status < 400 && !statuses.contains(&status) {
        Some(message!("input-accepted", request = line, status = status))
    } else if !statuses.contains(&status) {
        let wanted: Vec<String> = statuses.iter().map(u16::to_string).collect();
        Some(message!(
            "input-status",
            request = line,
            status = status,
            wanted = wanted.join(", ")
        ))
    } else if status >= 400 && !has_reason(answer) {
        Some(message!("input-no-reason", request = line, status = status))
    } else {
        None
    }
}

/// Requests with nothing wrong in them: the smallest and the largest that the contract allows.
fn within(customer: i64, product: i64) -> Vec<Request> {
    vec![
        buying(customer, &[(product, 1)]),
        buying(customer, &[(product, 1_000)]),
        listing(Some(customer), Some(1), None),
        listing(Some(customer), Some(100), None),
        listing(None, None, None),
    ]
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

/// Parameters of paths and lists, each wrong in one way.
fn queries(customer: i64) -> Vec<(Request, &'static [u16])> {
    let bad = [
        "limit=0".to_owned(),
        "limit=-1".to_owned(),
        "limit=101".to_owned(),
        "limit=ten".to_owned(),
        "cursor=%21%21%21".to_owned(),
        // One letter too many, one too few, and one that is none: nothing of the sort is Base64.
        "cursor=abcdefghijklmnopq".to_owned(),
        "cursor=AAAA".to_owned(),
        "cursor=%D0%B4%D0%B0%D0%BB%D1%8C%D1%88%D0%B5".to_owned(),
        format!("customer_id={customer}&cursor=e30%3D"),
        "customer_id=somebody".to_owned(),
    ];
    let bad = bad.map(|query| (Request::get(format!("/orders?{query}")), BAD));
    bad.into_iter()
        .chain([
            (
                Request::get("/orders?customer_id=9223372036854775808"),
                BEYOND,
            ),
            (Request::get("/orders/first"), EITHER),
        ])
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
    fn an_answer_is_judged_by_status_and_reason() {
        let request = Request::get("/orders?limit=0");
        let key = |status: u16, body: &str, statuses: &[u16]| {
            let answer = Answer {
                status,
                headers: HeaderMap::new(),
                body: body.as_bytes().to_vec(),
            };
            finding(&request, &answer, statuses).map(|message| message.key)
        };
        let reason = r#"{"detail": "no"}"#;
        for (status, body, statuses, said) in [
            (422, reason, BAD, None),
            (400, reason, BROKEN, None),
            (200, "{}", BEYOND, None),
            (422, "{}", BAD, Some("input-no-reason")),
            (404, reason, BAD, Some("input-status")),
            (405, reason, EITHER, Some("input-status")),
            (200, reason, BAD, Some("input-accepted")),
            (307, "", BAD, Some("input-accepted")),
            (500, reason, BAD, Some("input-crashed")),
        ] {
            assert_eq!(key(status, body, statuses).as_deref(), said, "{status}");
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
