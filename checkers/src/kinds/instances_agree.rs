//! `run.instances-agree`: what is written through one instance is served by the other within the
//! local lifetime.

use std::time::{Duration, Instant};

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::{Cached, change, changed, fresh, get, read, shows};
use crate::measure::shop::{Product, Shop};
use crate::message;
use crate::verdict::{Broken, Stop, Verdict};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstancesAgree {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
    /// How many products are written.
    #[serde(default = "pairs")]
    pub pairs: usize,
}

fn pairs() -> usize {
    12
}

/// A product that was changed through one instance, and is awaited at the other.
struct Pair {
    wanted: Product,
    writer: usize,
    written: Instant,
}

/// Writes through one instance and reads through the other, both ways.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &InstancesAgree, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(agree(spec, cx).await)
}

async fn agree(spec: &InstancesAgree, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("instances-agree");
    let limit = spec.cached.agreed();
    let mut pairs = Vec::new();
    for (index, product) in fresh(&shop, &mut random, spec.pairs)
        .await?
        .iter()
        .enumerate()
    {
        // Both have it, as their own entry too where they keep such.
        for _ in 0..2 {
            for api in &instances {
                shows(cx, api, product).await?;
            }
        }
        // Each way at least once, whatever is drawn.
        let writer = if index < 2 {
            index
        } else {
            random.random_range(0..2)
        };
        let wanted = changed(product, &mut random);
        change(cx, &instances[writer], &wanted).await?;
        pairs.push(Pair {
            wanted,
            writer,
            written: Instant::now(),
        });
    }
    let mut slowest = Duration::ZERO;
    while !pairs.is_empty() {
        let mut left = Vec::new();
        for pair in pairs {
            let reader = &instances[1 - pair.writer];
            let asked = pair.written.elapsed();
            let (shown, answer) = read(cx, reader, pair.wanted.id).await?;
            let Some(differs) = pair.wanted.differs(&shown) else {
                slowest = slowest.max(asked);
                continue;
            };
            if asked > limit {
                let message = message!(
                    "instances-differ",
                    writer = &instances[pair.writer].service,
                    reader = &reader.service,
                    seconds = limit.as_secs(),
                    local = spec.cached.local_ttl
                );
                let evidence = wrong_evidence(&get(pair.wanted.id), &answer, message);
                return Err(Stop::failed(evidence.with_details(vec![differs])));
            }
            left.push(pair);
        }
        pairs = left;
        if !pairs.is_empty() {
            tokio::time::sleep(LOOK).await;
            cx.timeline.wait(LOOK);
        }
    }
    let message = message!(
        "instances-do-agree",
        pairs = spec.pairs,
        millis = slowest.as_millis()
    );
    Ok(Verdict::passed(message.into()))
}
