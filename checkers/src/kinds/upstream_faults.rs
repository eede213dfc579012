//! `run.upstream-faults`: the other service's faults become 502 and 504, and its being slow only when
//! it takes longer than the task allows.
//!
//! What is too slow is told by value: the double answers after all, and a service that has waited for
//! it says 200.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::crowd;
use crate::measure::delivery::Offer;
use crate::measure::double::{Act, Double, Rule};
use crate::measure::http::Answer;
use crate::measure::shop::{NO_ORDER, Shop};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Stop, Verdict};

/// How often each thing is tried: one right answer is enough, so that a machine which stands still for
/// a second costs nothing.
const TRIES: usize = 3;
/// An answer that is not late: the limit is 1 s.
const IN_TIME: Duration = Duration::from_millis(400);
/// An answer that is late: right services gave up after 1.0 s, and of the wrong ones the quickest
/// waited for 2 s. Most of the tries decide.
const LATE: Duration = Duration::from_millis(1_500);
/// How many tries of one kind decide.
const MOST: usize = 3;

/// What surrounds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamFaults {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
}

/// What the double does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Status(u16),
    Closes,
    Hangs,
}

/// Faults, and what each becomes. A service may try a second time: the double does the same again.
const FAULTS: [(Fault, u16); 4] = [
    (Fault::Status(500), 502),
    (Fault::Status(503), 502),
    (Fault::Closes, 502),
    (Fault::Hangs, 504),
];

impl Fault {
    fn rule(self, offer: Offer) -> Rule {
        let rule = offer.rule();
        match self {
            Self::Status(status) => Rule {
                body: json!({"detail": "out of order"}),
                ..rule.status(status)
            },
            Self::Closes => rule.act(Act::Close),
            Self::Hangs => rule.act(Act::Hang),
        }
    }

    fn told(self) -> Message {
        match self {
            Self::Status(status) => message!("upstream-answers", status = status),
            Self::Closes => message!("upstream-closes"),
            Self::Hangs => message!("upstream-hangs"),
        }
    }
}

/// Has the double fail.
///
/// # Errors
/// The engine, the server or the double fails.
pub async fn check(spec: &UpstreamFaults, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let verdict = Stop::settle(judge(&spec.on, cx).await);
    let double = Double::of(cx, &spec.on)?;
    double.release().await?;
    double.rules(&[]).await?;
    verdict
}

async fn judge(api: &Api, cx: &Context<'_>) -> Result<Verdict, Stop> {
    api.ensure(cx).await?;
    let shop = Shop::open(cx, api).await?;
    let mut random = cx.seed.stream("upstream-faults");
    let orders = (FAULTS.len() + 3) * TRIES + 2 * MOST;
    let customers = crowd::customers(&shop, &mut random, orders).await?;
    let made = crowd::orders(&shop, &mut random, &customers).await?;
    let ids = made.iter().map(|made| made.order.id);
    let offers: Vec<Offer> = ids.map(|id| Offer::draw(&mut random, id)).collect();
    let unknown = Offer::draw(&mut random, NO_ORDER);
    let on = Between {
        api,
        cx,
        double: Double::of(cx, api)?,
    };
    let mut tries = offers.chunks(TRIES);
    let mut next = || tries.next().unwrap_or_default();

    let well = next();
    on.sees(well, Offer::rule, 200, message!("upstream-well"))
        .await?;
    // The double has an offer for it, too.
    on.sees(&[unknown], Offer::rule, 404, message!("upstream-unknown"))
        .await?;
    for (fault, status) in FAULTS {
        on.sees(next(), |offer| fault.rule(offer), status, fault.told())
            .await?;
    }
    let slow = message!("upstream-slow", millis = IN_TIME.as_millis());
    on.sees(next(), |offer| offer.rule().delayed(IN_TIME), 200, slow)
        .await?;
    on.gives_up(&offers[offers.len() - 2 * MOST..]).await?;
    on.sees(next(), Offer::rule, 200, message!("upstream-well-again"))
        .await?;
    Ok(Verdict::passed(message!("upstream-faults").into()))
}

/// The service between the grader and the double.
struct Between<'a> {
    api: &'a Api,
    cx: &'a Context<'a>,
    double: Double,
}

impl Between<'_> {
    /// Asks for an offer while the double does this.
    async fn ask(&self, offer: Offer, rule: Rule) -> Result<Answer, Stop> {
        self.double.rules(&[rule]).await?;
        self.api.ask(self.cx, &offer.request()).await
    }

    /// Sees that one of the tries has this status, and the offer where it is 200.
    async fn sees(
        &self,
        tries: &[Offer],
        rule: impl Fn(Offer) -> Rule,
        status: u16,
        did: Message,
    ) -> Result<(), Stop> {
        let mut last = None;
        for offer in tries {
            let answer = self.ask(*offer, rule(*offer)).await?;
            if answer.status == status && (status != 200 || offer.is_in(&answer)) {
                return Ok(());
            }
            last = Some((*offer, answer));
        }
        let (offer, answer) = last.ok_or_else(|| Broken::from(message!("broken-sql-shape")))?;
        Err(self.other(offer, &answer, did, status).await?)
    }

    /// Sees that late answers are not waited for.
    async fn gives_up(&self, tries: &[Offer]) -> Result<(), Stop> {
        let (mut given_up, mut waited) = (0, 0);
        for offer in tries {
            let answer = self.ask(*offer, offer.rule().delayed(LATE)).await?;
            match answer.status {
                504 => given_up += 1,
                _ => waited += 1,
            }
            if given_up == MOST {
                return Ok(());
            }
            if waited == MOST {
                let slow = message!("upstream-slow", millis = LATE.as_millis());
                return Err(self.other(*offer, &answer, slow, 504).await?);
            }
        }
        Err(Broken::from(message!("broken-sql-shape")).into())
    }

    /// The student's fault: what the double did, and what should have come of it.
    async fn other(
        &self,
        offer: Offer,
        answer: &Answer,
        did: Message,
        status: u16,
    ) -> Result<Stop, Broken> {
        let request = offer.request();
        if answer.status == status {
            let evidence = wrong_evidence(&request, answer, offer.missing());
            return Ok(Stop::failed(evidence.with_details(vec![did])));
        }
        let wanted = [status];
        let stop = self.api.status(self.cx, &request, answer, &wanted);
        Ok(match stop.await? {
            Stop::Failed(evidence) => Stop::failed(evidence.with_details(vec![did])),
            broken @ Stop::Broken(_) => broken,
        })
    }
}
