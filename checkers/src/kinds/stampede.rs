//! `run.stampede`: many readers of one cold key are one question to the database, of each instance.
//! The table is held meanwhile, so that no question can be answered before the next one comes.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::cache::{Cached, fresh, get, product_in, statement_lines};
use crate::measure::http::Request;
use crate::measure::latch::Latch;
use crate::measure::shop::Shop;
use crate::measure::statements::{Counter, Statement, calls};
use crate::measure::volley::{Volley, fire, stable};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// How long the first reader may take until it asks the database.
const ASKS: Duration = Duration::from_secs(15);
/// A number of questions that has not risen for so long is taken for the highest. Readers without
/// an agreement ask within 0.2 s of each other (0.6 s with both cores busy); a reader who gives up
/// waiting for another, as some do after a second, should not be driven to that.
const STABLE: Duration = Duration::from_millis(700);
/// The longest that the table is held once somebody asks.
const HELD: Duration = Duration::from_secs(3);
/// How long the answers may take afterwards.
const ANSWERED: Duration = Duration::from_secs(30);
/// How often it may be tried: a Redis that was slow for a moment keeps nobody together.
const ROUNDS: usize = 3;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stampede {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
    /// Readers at once, of each instance.
    #[serde(default = "readers")]
    pub readers: usize,
    /// Questions that an instance may ask.
    #[serde(default = "most")]
    pub most: usize,
}

fn readers() -> usize {
    24
}

fn most() -> usize {
    1
}

/// What the database was asked while many read.
pub(super) struct Rush {
    /// The most questions at once.
    pub waiting: usize,
    /// All that were asked until everybody was answered.
    pub statements: Vec<Statement>,
    /// What was answered, by instance.
    pub volleys: [Vec<Result<crate::measure::http::Answer, crate::measure::http::NoAnswer>>; 2],
}

impl Rush {
    fn asked(&self) -> u64 {
        calls(&self.statements).max(self.waiting as u64)
    }
}

/// Reads one cold product through both instances.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &Stampede, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(together(spec, cx).await)
}

async fn together(spec: &Stampede, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("stampede");
    let began = cx.timeline.mark();
    let most = spec.most * instances.len();
    let mut last = None;
    for _ in 0..ROUNDS {
        let product = &fresh(&shop, &mut random, 1).await?[0];
        let request = get(product.id);
        let rush = rush(
            cx,
            &instances,
            &shop,
            "products",
            &request,
            spec.readers,
            most,
        )
        .await?;
        for (api, answers) in instances.iter().zip(&rush.volleys) {
            for answer in answers {
                let answer = match answer {
                    Ok(answer) if answer.status == 200 => answer,
                    Ok(answer) => return Err(api.status(cx, &request, answer, &[200]).await?),
                    Err(none) => return Err(api.silent(cx, &request, none).await?),
                };
                if let Some(differs) = product.differs(&product_in(&request, answer)?) {
                    return Err(wrong(&request, answer, differs));
                }
            }
        }
        if rush.asked() <= most as u64 {
            let message = message!(
                "stampede-none",
                readers = spec.readers * instances.len(),
                asked = rush.asked()
            );
            return Ok(Verdict::passed(Evidence::from(message).timeline(cx, began)));
        }
        last = Some(rush);
    }
    let rush = last.ok_or_else(|| Broken::from(message!("broken-volley")))?;
    let message = message!(
        "stampede-asks",
        readers = spec.readers * instances.len(),
        waiting = rush.waiting,
        asked = rush.asked(),
        most = most
    );
    let evidence = Evidence::from(message).with_details(statement_lines(&rush.statements));
    Err(Stop::failed(evidence.timeline(cx, began)))
}

/// Holds a table, sends the same request many times to both instances, counts who waits, lets go,
/// and counts what was asked in all.
///
/// # Errors
/// The engine fails, or the table cannot be held.
pub(super) async fn rush(
    cx: &Context<'_>,
    instances: &[Api; 2],
    shop: &Shop,
    table: &str,
    request: &Request,
    readers: usize,
    most: usize,
) -> Result<Rush, Stop> {
    let on = &instances[0];
    let counter = Counter::new(&shop.session, on);
    counter.begin(cx).await?;
    let latch = Latch::tables(cx, on, &[table]).await?;
    let requests = vec![request.clone(); readers];
    let [one, two] = instances
        .each_ref()
        .map(|api| fire(cx, &api.service, &requests, ANSWERED));
    let (mut one, mut two) = (one?, two?);
    let waiting = highest(cx, &counter, &mut one, &mut two, most).await;
    latch.release(cx).await?;
    let volleys = [one.all().await?, two.all().await?];
    Ok(Rush {
        waiting: waiting?,
        statements: counter.seen(cx).await?,
        volleys,
    })
}

async fn highest(
    cx: &Context<'_>,
    counter: &Counter<'_>,
    one: &mut Volley,
    two: &mut Volley,
    most: usize,
) -> Result<usize, Broken> {
    // A reader that has its answer already never asks.
    let asks = wait::until(cx, ASKS, async || {
        let ended = one.ended()? + two.ended()?;
        Ok((ended > 0 || counter.waiting().await? > 0).then_some(()))
    });
    asks.await?;
    // Above the limit it is enough to see that it is a crowd.
    stable(cx, STABLE, HELD, 4 * most + 4, async || {
        counter.waiting().await
    })
    .await
}
