//! `run.upstream-awaited`: many requests wait for the other service at once.
//!
//! The double holds its answers back. A service gives up on a call after a second, as the task says,
//! so on a busy machine not all of them need be there at once: there are several rounds, and one that
//! sees enough of them decides. Whoever is limited by threads, connections or a client's own bound is
//! seen to be: the calls stop coming, though more requests are under way.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::context::Context;
use crate::measure::api::{Api, wrong};
use crate::measure::crowd;
use crate::measure::delivery::Offer;
use crate::measure::double::{Act, Call, Double, Rule};
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::shop::Shop;
use crate::measure::volley;
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// Rounds at most.
const ROUNDS: usize = 10;
/// Rounds in which the calls stopped coming, after which it is decided.
const LIMITED: usize = 3;
/// Calls of which none comes for so many milliseconds have stopped.
const STOPPED: f64 = 400.0;
/// One round; a service gives up on its calls after 1 s.
const ROUND: Duration = Duration::from_secs(4);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);
/// What a request may take beyond the round.
const ENDS: Duration = Duration::from_secs(20);

/// What is sent, and what is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamAwaited {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// Requests that are sent at once: more than there are threads.
    #[serde(default = "sixty_four")]
    pub requests: usize,
    /// How many of them must be seen waiting in the double at once.
    #[serde(default = "fifty")]
    pub least: usize,
}

fn sixty_four() -> usize {
    64
}

fn fifty() -> usize {
    50
}

/// What one round came to, with the most orders whose calls waited at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Enough of them.
    Enough(usize),
    /// The calls stopped coming before.
    Limited(usize),
    /// They came too slowly to tell.
    Slow(usize),
}

/// Holds back the double's answers.
///
/// # Errors
/// The engine, the server or the double fails.
pub async fn check(spec: &UpstreamAwaited, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let verdict = Stop::settle(judge(spec, cx).await);
    Double::of(cx, &spec.on)?.rules(&[]).await?;
    verdict
}

async fn judge(spec: &UpstreamAwaited, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let api = &spec.on;
    api.ensure(cx).await?;
    let shop = Shop::open(cx, api).await?;
    let double = Double::of(cx, api)?;
    let mut random = cx.seed.stream("upstream-awaited");
    let began = cx.timeline.mark();
    let mut rounds = Vec::new();
    while rounds.len() < ROUNDS && limited(&rounds) < LIMITED {
        let customers = crowd::customers(&shop, &mut random, spec.requests).await?;
        let made = crowd::orders(&shop, &mut random, &customers).await?;
        let ids = made.iter().map(|made| made.order.id);
        let offers: Vec<Offer> = ids.map(|id| Offer::draw(&mut random, id)).collect();
        let round = one(spec, cx, &double, &offers).await?;
        if let Round::Enough(waiting) = round {
            let message = message!(
                "upstream-awaited",
                requests = spec.requests,
                waiting = waiting
            );
            return Ok(Verdict::passed(Evidence::from(message).timeline(cx, began)));
        }
        rounds.push(round);
    }
    let first = Request::get("/orders/1/delivery");
    let evidence = evidence(spec, &rounds).repeat_with(&first.curl());
    Ok(Verdict::failed(evidence.timeline(cx, began)))
}

async fn one(
    spec: &UpstreamAwaited,
    cx: &Context<'_>,
    double: &Double,
    offers: &[Offer],
) -> Result<Round, Stop> {
    let api = &spec.on;
    let rules: Vec<Rule> = offers.iter().map(|it| it.rule().act(Act::Latch)).collect();
    double.rules(&rules).await?;
    let requests: Vec<Request> = offers.iter().map(|offer| offer.request()).collect();
    let mut volley = volley::fire(cx, &api.service, &requests, ROUND + ENDS)?;
    let began = Instant::now();
    let watched = async {
        loop {
            let waiting = double.calls().await?.most_waiting;
            let over = volley.ended()? == requests.len() || began.elapsed() > ROUND;
            if waiting >= spec.least || over {
                return double.ledger().await;
            }
            sleep(LOOK).await;
            cx.timeline.wait(LOOK);
        }
    };
    let watched = watched.await;
    double.release().await?;
    let answers = volley.all().await?;
    let round = round(spec, &watched?);
    let (Round::Enough(waiting) | Round::Limited(waiting) | Round::Slow(waiting)) = round;
    let seen = message!("event-waiting", waiting = waiting);
    cx.timeline.seen(&api.upstream, seen);
    let right = offered(cx, api, offers, &answers).await?;
    if right == 0 && matches!(round, Round::Enough(_)) {
        let message = message!("upstream-none-answered", waiting = waiting);
        let evidence = Evidence::from(message).repeat_with(&requests[0].curl());
        return Err(Stop::failed(evidence));
    }
    Ok(round)
}

/// Reads the double's ledger. A call that is repeated while the first one waits counts once.
fn round(spec: &UpstreamAwaited, calls: &[Call]) -> Round {
    let mut first: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for call in calls {
        let (at, end) = (call.at_ms, call.ended_ms.unwrap_or(f64::INFINITY));
        first.entry(&call.path).or_insert((at, end));
    }
    let mut lives: Vec<(f64, f64)> = first.into_values().collect();
    lives.sort_by(|a, b| a.0.total_cmp(&b.0));
    // The number is highest just when one has come.
    let at_once = |at: f64| lives.iter().filter(|it| it.0 <= at && at < it.1).count();
    let most = lives.iter().map(|(at, _)| at_once(*at)).max().unwrap_or(0);
    let so_many = lives.get(..spec.least);
    let stopped = so_many.is_none_or(|lives| {
        let mut pairs = lives.windows(2);
        pairs.any(|pair| pair[1].0 - pair[0].0 >= STOPPED)
    });
    if most >= spec.least {
        Round::Enough(most)
    } else if stopped {
        Round::Limited(most)
    } else {
        Round::Slow(most)
    }
}

fn limited(rounds: &[Round]) -> usize {
    let limited = |round: &&Round| matches!(round, Round::Limited(_));
    rounds.iter().filter(limited).count()
}

/// Whoever is answered has the double's offer, or was too late; gives how many have it.
async fn offered(
    cx: &Context<'_>,
    api: &Api,
    offers: &[Offer],
    answers: &[Result<Answer, NoAnswer>],
) -> Result<usize, Stop> {
    let mut right = 0;
    for (offer, answer) in offers.iter().zip(answers) {
        let request = offer.request();
        match answer {
            Ok(answer) if offer.is_in(answer) => right += 1,
            Ok(answer) if answer.status == 200 => {
                return Err(wrong(&request, answer, offer.missing()));
            }
            Ok(answer) if answer.status == 504 => {}
            Ok(answer) => return Err(api.status(cx, &request, answer, &[200, 504]).await?),
            Err(none) => return Err(api.silent(cx, &request, none).await?),
        }
    }
    Ok(right)
}

fn evidence(spec: &UpstreamAwaited, rounds: &[Round]) -> Evidence {
    let numbers = rounds.iter().map(|round| match round {
        Round::Enough(waiting) | Round::Limited(waiting) | Round::Slow(waiting) => *waiting,
    });
    let most = numbers.clone().max().unwrap_or_default();
    let numbers: Vec<String> = numbers.map(|waiting| waiting.to_string()).collect();
    let message = message!(
        "upstream-few-wait",
        requests = spec.requests,
        waiting = most
    );
    Evidence::from(message).against(
        message!("upstream-awaited-expected", least = spec.least),
        message!("upstream-awaited-observed", rounds = numbers.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls that come one by one, `apart` milliseconds from one to the next, each `lives`.
    fn calls(orders: std::ops::Range<u32>, begin: f64, apart: f64, lives: f64) -> Vec<Call> {
        let first = orders.start;
        orders
            .map(|order| {
                let at_ms = begin + f64::from(order - first) * apart;
                Call {
                    at_ms,
                    ended_ms: lives.is_finite().then_some(at_ms + lives),
                    path: format!("/quote/{order}"),
                }
            })
            .collect()
    }

    #[test]
    fn a_round_is_read_from_the_ledger() {
        let spec = UpstreamAwaited {
            on: Api::default(),
            requests: 64,
            least: 50,
        };
        let both = |a: Vec<Call>, b: Vec<Call>| [a, b].concat();
        for (calls, wanted) in [
            (calls(0..50, 0.0, 4.0, f64::INFINITY), Round::Enough(50)),
            (calls(0..64, 0.0, 10.0, 1_000.0), Round::Enough(64)),
            // Too slow to be there together: at any time those of the last second are.
            (calls(0..64, 0.0, 25.0, 1_000.0), Round::Slow(40)),
            // Forty threads: the next one comes when the first has given up.
            (
                both(
                    calls(0..40, 0.0, 4.0, 1_000.0),
                    calls(40..64, 1_001.0, 4.0, 1_000.0),
                ),
                Round::Limited(40),
            ),
            // Forty threads that never give up.
            (calls(0..40, 0.0, 4.0, f64::INFINITY), Round::Limited(40)),
            // One at a time.
            (calls(0..5, 0.0, 1_000.0, 1_000.0), Round::Limited(1)),
            // Twice for each order.
            (
                both(
                    calls(0..32, 0.0, 4.0, f64::INFINITY),
                    calls(0..32, 200.0, 4.0, f64::INFINITY),
                ),
                Round::Limited(32),
            ),
            (Vec::new(), Round::Limited(0)),
        ] {
            assert_eq!(round(&spec, &calls), wanted, "{calls:?}");
        }
    }
}
