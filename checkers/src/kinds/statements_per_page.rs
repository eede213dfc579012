//! `run.statements-per-page`: a long page of orders takes no more SQL statements than a short one.
//!
//! Each page is of a customer whose orders nobody has asked for before, so no memory of the service's
//! has them. A page without its orders and their lines earns nothing, however few statements it takes.

use std::collections::BTreeMap;

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::crowd::{self, Brief, Made};
use crate::measure::http::Request;
use crate::measure::shop::Shop;
use crate::measure::statements::{Counter, Statement, calls};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How often each length is asked for; the least counts. A new connection learns the types of columns
/// first, and what an application does in the background falls into one count or another.
const ROUNDS: usize = 4;
/// Statements that are shown.
const SHOWN: usize = 5;

/// The pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementsPerPage {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// Orders of the short page.
    #[serde(default = "five")]
    pub short: usize,
    /// Orders of the long page.
    #[serde(default = "hundred")]
    pub long: usize,
    /// How many statements more the long page may take. Of the right solutions that were measured
    /// none takes a single one more; reading the lines in pieces of ten orders takes 9 more, and a
    /// statement for each order takes 95 more.
    #[serde(default = "twelve")]
    pub growth: u64,
}

fn five() -> usize {
    5
}

fn hundred() -> usize {
    100
}

fn twelve() -> u64 {
    12
}

/// Counts the statements of pages.
///
/// # Errors
/// The engine or the server fails.
pub async fn check(spec: &StatementsPerPage, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &StatementsPerPage, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let api = &spec.on;
    api.ensure(cx).await?;
    let shop = Shop::open(cx, api).await?;
    let counter = Counter::new(&shop.session, api);
    let mut random = cx.seed.stream("statements-per-page");
    let mut least: BTreeMap<usize, (Vec<Statement>, Request)> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for length in [spec.short, spec.long] {
            let (made, request) = fresh(&shop, &mut random, length).await?;
            counter.begin(cx).await?;
            let answer = api.expect(cx, &request, &[200]).await?;
            let seen = counter.seen(cx).await?;
            let page = answer.json().as_ref().and_then(Brief::page);
            let differs = page.map_or_else(
                || Some(message!("page-no-page")),
                |page| crowd::page_differs(&made, &page),
            );
            if let Some(message) = differs {
                return Err(wrong(&request, &answer, message));
            }
            let best = least.get(&length).map(|(best, _)| calls(best));
            if best.is_none_or(|best| calls(&seen) < best) {
                least.insert(length, (seen, request));
            }
        }
    }
    let (Some((short, _)), Some((long, request))) = (least.get(&spec.short), least.get(&spec.long))
    else {
        return Err(Broken::from(message!("broken-sql-shape")).into());
    };
    Ok(verdict(spec, short, long, request))
}

/// A customer with so many orders, and the request for all of them.
async fn fresh(
    shop: &Shop,
    random: &mut ChaCha12Rng,
    length: usize,
) -> Result<(Vec<Made>, Request), Broken> {
    let customer = crowd::customers(shop, random, 1).await?[0];
    let made = crowd::orders(shop, random, &vec![customer; length]).await?;
    let path = format!("/orders?customer_id={customer}&limit={length}");
    Ok((made, Request::get(path)))
}

fn verdict(
    spec: &StatementsPerPage,
    short: &[Statement],
    long: &[Statement],
    request: &Request,
) -> Verdict {
    let (few, many) = (calls(short), calls(long));
    let evidence = |message: Message| {
        Evidence::from(message)
            .against(
                message!("page-statements-expected", growth = spec.growth),
                message!(
                    "page-statements-observed",
                    short = spec.short,
                    few = few,
                    long = spec.long,
                    many = many
                ),
            )
            .repeat_with(&request.curl())
    };
    if few == 0 || many == 0 {
        return Verdict::failed(evidence(message!("page-without-statements")));
    }
    if many > few + spec.growth {
        let most = long.iter().take(SHOWN).map(|statement| {
            message!(
                "page-statement",
                calls = statement.calls,
                text = Tainted::bounded(&statement.text, 300)
            )
        });
        let message = message!("page-statements-grow", more = many - few);
        return Verdict::failed(evidence(message).with_details(most.collect()));
    }
    Verdict::passed(evidence(message!("page-statements", many = many)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_may_not_grow_with_the_page() {
        let spec = StatementsPerPage {
            on: Api::default(),
            short: five(),
            long: hundred(),
            growth: twelve(),
        };
        let ran = |calls: &[u64]| -> Vec<Statement> {
            let text = "SELECT id FROM orders".to_owned();
            let ran = calls.iter().map(|calls| Statement {
                text: text.clone(),
                calls: *calls,
            });
            ran.collect()
        };
        for (short, long, passes) in [
            (&[1, 1][..], &[1, 1][..], true),
            (&[2, 1], &[1], true),
            (&[1, 1], &[1, 10], true),
            (&[1, 1], &[1, 13], true),
            (&[1, 1], &[1, 14], false),
            (&[1, 5], &[1, 100], false),
            (&[1, 1], &[1, 1, 95], false),
            (&[], &[], false),
            (&[1], &[], false),
        ] {
            let (few, many) = (ran(short), ran(long));
            let verdict = verdict(&spec, &few, &many, &Request::get("/orders"));
            assert_eq!(
                matches!(verdict, Verdict::Passed { .. }),
                passes,
                "{short:?} {long:?}"
            );
        }
    }
}
