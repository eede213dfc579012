//! `run.database-outage`: while the database is down the service says so and goes on answering, and
//! once it is back it works again by itself.

mod routes;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::routes::{Route, Said};
use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::measure::shop::Shop;
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// For `/ready` to say that the database is away. The task says 5 s, and the machine may be busy: right
/// services took up to 3 s.
const READY: Duration = Duration::from_secs(10);
/// For any answer while the database is away. The task says 10 s; whoever has no limit of his own
/// waits for 30 s and more.
const ANSWERS: Duration = Duration::from_secs(18);
/// How often each route is asked then, side by side: a service may have several connections that it
/// does not yet know to be dead.
const AT_ONCE: usize = 3;
/// For our own database to come back: 1 s was measured.
const BACK: Duration = Duration::from_secs(60);
/// For the service to work again after that. The task says 15 s; whoever has not recovered by then
/// mostly never does.
const RECOVERS: Duration = Duration::from_secs(30);
/// For one answer then.
const ASKED: Duration = Duration::from_secs(10);

/// What surrounds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseOutage {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// Kills the database under the service.
///
/// # Errors
/// The engine or the database fails.
pub async fn check(spec: &DatabaseOutage, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(&spec.on, cx).await)
}

async fn judge(api: &Api, cx: &Context<'_>) -> Result<Verdict, Stop> {
    api.ensure(cx).await?;
    let mut routes = routes::make(cx, api).await?;
    api.expect(cx, &ready(), &[200]).await?;
    // What does not work anyway is another check's.
    let before = ask_all(cx, api, &routes, 1, ANSWERS).await?;
    let works: Vec<bool> = before.iter().map(|(_, said)| said.is_well()).collect();
    let began = cx.timeline.mark();

    cx.kill(&api.db).await?;
    let down = down(cx, api, &routes).await;
    cx.start(&api.db).await?;
    let shop = back(cx, api).await?;
    let mut works = works.into_iter();
    routes.retain(|_| works.next().unwrap_or_default());
    let verdict = match down {
        Ok(acknowledged) => recovered(cx, api, &shop, &routes, &acknowledged).await,
        Err(stop) => Err(stop),
    };
    match verdict {
        Ok(()) => Ok(Verdict::passed(
            Evidence::from(message!("outage-survived")).timeline(cx, began),
        )),
        Err(Stop::Failed(evidence)) => {
            let evidence = evidence.timeline(cx, began);
            // Whoever comes next finds it as before.
            match api.restart(cx, &BTreeMap::new()).await {
                Ok(()) | Err(Stop::Failed(_)) => Err(Stop::failed(evidence)),
                Err(broken) => Err(broken),
            }
        }
        Err(broken) => Err(broken),
    }
}

fn ready() -> Request {
    Request::get("/ready")
}

type Asked = (Route, Said);

/// Asks every route so often, all side by side.
async fn ask_all(
    cx: &Context<'_>,
    api: &Api,
    routes: &[Route],
    times: usize,
    limit: Duration,
) -> Result<Vec<Asked>, Broken> {
    let asked = routes
        .iter()
        .flat_map(|route| std::iter::repeat_n(route, times))
        .map(|route| async move {
            let answer = route.request.ask(cx.bench, &api.service, limit).await?;
            Ok((route.clone(), route.said(answer)))
        });
    join_all(asked).await.into_iter().collect()
}

/// What is seen while the database is away; gives the orders that the service says it has made.
async fn down(cx: &Context<'_>, api: &Api, routes: &[Route]) -> Result<Vec<i64>, Stop> {
    let (readiness, health, asked) = tokio::join!(
        unready(cx, api),
        healthy(cx, api),
        ask_all(cx, api, routes, AT_ONCE, ANSWERS)
    );
    let (readiness, health, asked) = (readiness?, health?, asked?);
    if !cx.bench.state(&api.service).await?.running {
        let none = NoAnswer::Closed(String::new());
        return Err(api.silent(cx, &ready(), &none).await?);
    }
    if let Some(last) = readiness {
        let evidence = Evidence::from(message!("outage-ready", seconds = READY.as_secs() / 2))
            .against(message!("outage-ready-expected"), last)
            .repeat_with(&ready().curl());
        return Err(Stop::failed(evidence));
    }
    if let Some(last) = health {
        let evidence = Evidence::from(message!("outage-health"))
            .against(message!("outage-health-expected"), last)
            .repeat_with(&Request::get("/health").curl());
        return Err(Stop::failed(evidence));
    }
    let mut acknowledged = Vec::new();
    for (route, said) in asked {
        let wrong = match &said {
            Said::Right | Said::Failed(_) => None,
            Said::Made(order) => {
                acknowledged.push(*order);
                None
            }
            Said::Other(shown) => Some((
                message!("outage-lies"),
                message!("observed-answer", answer = shown.clone()),
            )),
            Said::Silent(words) => Some((
                message!("outage-silent", seconds = 10_u64),
                message!("observed-words", words = words.clone()),
            )),
        };
        if let Some((message, observed)) = wrong {
            let evidence = Evidence::from(message)
                .against(message!("outage-routes-expected"), observed)
                .repeat_with(&route.request.curl());
            return Err(Stop::failed(evidence));
        }
    }
    Ok(acknowledged)
}

/// Waits until `/ready` says that the database is away; gives what it says instead, if it does not.
async fn unready(cx: &Context<'_>, api: &Api) -> Result<Option<Message>, Broken> {
    let began = Instant::now();
    let mut last = message!("observed-words", words = "");
    let seen = wait::until(cx, READY, async || {
        let rest = READY.saturating_sub(began.elapsed()).max(ASKED / 10);
        let answer = ready().ask(cx.bench, &api.service, rest).await?;
        let away = matches!(&answer, Ok(answer) if answer.status == 503);
        last = observed(answer);
        Ok(away.then_some(()))
    });
    Ok(match seen.await? {
        Some(()) => {
            cx.timeline.seen(&api.service, message!("event-unready"));
            None
        }
        None => Some(last),
    })
}

/// Sees that `/health` still answers; gives what it says instead, if it does not.
async fn healthy(cx: &Context<'_>, api: &Api) -> Result<Option<Message>, Broken> {
    for _ in 0..AT_ONCE {
        let answer = Request::get("/health")
            .ask(cx.bench, &api.service, ANSWERS)
            .await?;
        if !matches!(&answer, Ok(answer) if answer.status == 200) {
            return Ok(Some(observed(answer)));
        }
    }
    cx.timeline.seen(&api.service, message!("event-healthy"));
    Ok(None)
}

fn observed(answer: Result<Answer, NoAnswer>) -> Message {
    match answer {
        Ok(answer) => message!("observed-answer", answer = answer.shown()),
        Err(none) => message!(
            "observed-words",
            words = Tainted::bounded(&none.words(), 300)
        ),
    }
}

/// Waits until our own database lets us in again.
async fn back(cx: &Context<'_>, api: &Api) -> Result<Shop, Broken> {
    let mut last = None;
    let opened = wait::until(cx, BACK, async || match Shop::open(cx, api).await {
        Ok(shop) => Ok(Some(shop)),
        Err(broken) => {
            last = Some(broken);
            Ok(None)
        }
    });
    match (opened.await?, last) {
        (Some(shop), _) => {
            cx.timeline.seen(&api.db, message!("event-answers"));
            Ok(shop)
        }
        (None, Some(broken)) => Err(broken),
        (None, None) => Err(message!("broken-connect", service = &api.db).into()),
    }
}

/// Sees that everything works again that did before, and that no order is lost that the service says
/// it has made.
async fn recovered(
    cx: &Context<'_>,
    api: &Api,
    shop: &Shop,
    routes: &[Route],
    acknowledged: &[i64],
) -> Result<(), Stop> {
    let mut left = routes.to_vec();
    let (mut is_ready, mut last) = (false, None);
    let seen = wait::until(cx, RECOVERS, async || {
        if !is_ready {
            let answer = ready().ask(cx.bench, &api.service, ASKED).await?;
            is_ready = matches!(&answer, Ok(answer) if answer.status == 200);
            if !is_ready {
                last = Some((ready(), observed(answer)));
            }
        }
        let mut still = Vec::new();
        for (route, said) in ask_all(cx, api, &left, 1, ASKED).await? {
            if !said.is_well() {
                last = Some((route.request.clone(), said.shown()));
                still.push(route);
            }
        }
        left = still;
        Ok((is_ready && left.is_empty()).then_some(()))
    });
    if seen.await?.is_none() {
        if !cx.bench.state(&api.service).await?.running {
            let none = NoAnswer::Closed(String::new());
            return Err(api.silent(cx, &ready(), &none).await?);
        }
        let mut evidence = Evidence::from(message!(
            "outage-no-return",
            seconds = RECOVERS.as_secs() / 2
        ));
        if let Some((request, observed)) = last {
            evidence = evidence
                .against(message!("outage-no-return-expected"), observed)
                .repeat_with(&request.curl());
        }
        return Err(Stop::failed(api.with_log(cx, evidence).await?));
    }
    cx.timeline.seen(&api.service, message!("event-recovered"));
    for order in acknowledged {
        let there = wait::until(cx, RECOVERS / 2, async || shop.stored(*order).await);
        if there.await?.is_none() {
            let lost = message!("outage-order-lost", order = order.to_string());
            return Err(Stop::failed(lost));
        }
    }
    Ok(())
}
