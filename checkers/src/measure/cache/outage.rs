//! Redis away and back: what an outage costs, told as such, and whether Redis is used again.

use std::time::Duration;

use rand_chacha::ChaCha12Rng;

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::keys::Keeper;
use crate::measure::cache::{Cached, fresh, get, read, statement_lines, until};
use crate::measure::shop::Shop;
use crate::measure::statements::{Counter, Statement};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop};
use crate::wait;

/// How long Redis may take to answer again.
const ANSWERS: Duration = Duration::from_secs(20);
/// How long it may take until Redis is used again. Published are 5 s; solutions that look once a
/// second took at most 1.6 s, both cores busy or not, and who never looks never comes back.
const USED: Duration = Duration::from_secs(10);

/// Waits until Redis answers the grader.
///
/// # Errors
/// It does not: ours.
pub async fn answers(cx: &Context<'_>, cached: &Cached) -> Result<Keeper, Broken> {
    let mut last = None;
    let open = wait::while_it_works(ANSWERS, async || {
        Ok(match Keeper::open(cx, cached).await {
            Ok(keeper) => Some(keeper),
            Err(broken) => {
                last = Some(broken);
                None
            }
        })
    });
    match open.await? {
        Some(keeper) => {
            cx.timeline.seen(&cached.redis, message!("event-answers"));
            Ok(keeper)
        }
        None => Err(last.unwrap_or_else(|| message!("broken-redis").into())),
    }
}

/// Sees that both instances use Redis: what they read lies there, and is read from there.
///
/// # Errors
/// One does not: the student's fault.
pub async fn used_again(
    cx: &Context<'_>,
    cached: &Cached,
    instances: &[Api; 2],
    shop: &Shop,
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let keeper = answers(cx, cached).await?;
    let counter = Counter::new(&shop.session, &instances[0]);
    for api in instances {
        let product = &fresh(shop, random, 1).await?[0];
        let request = get(product.id);
        let mut asked: Vec<Statement> = Vec::new();
        let used = until(cx, USED, async || {
            for again in [false, true] {
                if again {
                    counter.begin(cx).await?;
                }
                let (shown, answer) = read(cx, api, product.id).await?;
                if let Some(differs) = product.differs(&shown) {
                    return Err(Stop::failed(wrong_evidence(&request, &answer, differs)));
                }
            }
            asked = counter.seen(cx).await?;
            let lies = !keeper.holding(&product.name).await?.is_empty();
            Ok((lies && asked.is_empty()).then_some(()))
        });
        if used.await?.is_none() {
            let message = message!(
                "cache-not-used-again",
                service = &api.service,
                seconds = USED.as_secs()
            );
            let evidence = Evidence::from(message).repeat_with(&request.curl());
            return Err(Stop::failed(evidence.with_details(statement_lines(&asked))));
        }
        cx.timeline.seen(&api.service, message!("event-cache-used"));
    }
    Ok(())
}

/// The same fault, told as what happens in this time: what was wrong with the answer becomes a
/// finding.
#[must_use]
pub fn meanwhile(stop: Stop, message: Message) -> Stop {
    match stop {
        Stop::Failed(mut evidence) => {
            let first = std::mem::replace(&mut evidence.message, message);
            evidence.details.insert(0, first);
            Stop::Failed(evidence)
        }
        broken @ Stop::Broken(_) => broken,
    }
}
