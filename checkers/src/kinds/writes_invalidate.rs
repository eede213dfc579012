//! `run.writes-invalidate`: a read that follows a write through the same instance shows what was
//! written; other products stay hot, and no write walks over or empties the whole of Redis.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::keys::Keeper;
use crate::measure::cache::{
    Cached, asked, change, changed, drawn, fresh, get, put, read, shows, statement_lines,
};
use crate::measure::shop::{Product, Shop};
use crate::measure::statements::{Counter, calls};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// Products that are written.
const WRITTEN: usize = 8;
/// Products that are not, and stay hot.
const UNTOUCHED: usize = 8;
/// How long Redis keeps those waiting who would change it, in some of the pairs: an invalidation
/// that is still under way when the PUT is answered comes after the read then. Half of what any
/// sensible limit on a call of Redis is, so that nobody who waits for it gives up.
const HELD: Duration = Duration::from_millis(50);
/// Commands of Redis that are for nobody who serves requests.
const WHOLE: [&str; 3] = ["keys", "flushall", "flushdb"];

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WritesInvalidate {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
    /// How many writes are each followed by a read.
    #[serde(default = "pairs")]
    pub pairs: usize,
}

fn pairs() -> usize {
    100
}

/// Writes and reads, and looks at what else that does.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &WritesInvalidate, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(invalidate(spec, cx).await)
}

async fn invalidate(spec: &WritesInvalidate, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let keeper = Keeper::open(cx, &spec.cached).await?;
    let mut random = cx.seed.stream("writes-invalidate");
    let before = keeper.commands().await?;
    let api = &instances[random.random_range(0..2)];
    let mut products = fresh(&shop, &mut random, WRITTEN).await?;
    pairs_are_right(spec, cx, api, &keeper, &mut products, &mut random).await?;
    others_stay(spec, cx, api, &shop, &products, &mut random).await?;
    let ran = risen(&before, &keeper.commands().await?);
    if let Some((command, times)) = ran.first() {
        let message = message!(
            "writes-walk",
            command = command.to_uppercase(),
            times = *times
        );
        return Err(Stop::failed(message));
    }
    Ok(Verdict::passed(
        message!("writes-do-invalidate", pairs = spec.pairs).into(),
    ))
}

async fn pairs_are_right(
    spec: &WritesInvalidate,
    cx: &Context<'_>,
    api: &Api,
    keeper: &Keeper,
    products: &mut [Product],
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    for product in products.iter() {
        shows(cx, api, product).await?;
    }
    let (pairs, mut stale, mut first) = (spec.pairs, 0_usize, None);
    for pair in 0..pairs {
        let chosen = random.random_range(0..products.len());
        let product = &mut products[chosen];
        match pair % 10 {
            // The same once more, and twice in a row: a write is a write.
            3 => change(cx, api, product).await?,
            7 => change(cx, api, &changed(product, random)).await?,
            0 | 5 => {
                // Hot; whether it is right is seen below.
                read(cx, api, product.id).await?;
                keeper.hold_writes(HELD).await?;
            }
            _ => {}
        }
        *product = changed(product, random);
        change(cx, api, product).await?;
        let (shown, answer) = read(cx, api, product.id).await?;
        if let Some(differs) = product.differs(&shown) {
            stale += 1;
            first.get_or_insert((product.clone(), answer, differs));
        }
    }
    let Some((product, answer, differs)) = first else {
        return Ok(());
    };
    let message = message!(
        "writes-stale",
        stale = stale,
        pairs = pairs,
        service = &api.service
    );
    let both = format!("{}\n{}", put(&product).curl(), get(product.id).curl());
    let evidence = wrong_evidence(&get(product.id), &answer, message)
        .with_details(vec![differs])
        .repeat_with(&both);
    Err(Stop::failed(evidence))
}

async fn others_stay(
    spec: &WritesInvalidate,
    cx: &Context<'_>,
    api: &Api,
    shop: &Shop,
    products: &[Product],
    random: &mut ChaCha12Rng,
) -> Result<(), Stop> {
    let others = drawn(shop, random, UNTOUCHED).await?;
    let written = products
        .choose(random)
        .ok_or_else(|| Broken::from(message!("broken-sql-shape")))?;
    let counter = Counter::new(&shop.session, &spec.on);
    let read_all = async || {
        for product in &others {
            shows(cx, api, product).await?;
        }
        Ok(())
    };
    let write = async || {
        read_all().await?;
        change(cx, api, written).await
    };
    let seen = asked(cx, &counter, write, read_all).await?;
    if seen.is_empty() {
        return Ok(());
    }
    let message = message!(
        "writes-cool-others",
        others = others.len(),
        statements = calls(&seen)
    );
    let evidence = Evidence::from(message).with_details(statement_lines(&seen));
    Err(Stop::failed(evidence))
}

/// Which of the commands that are for nobody ran between two looks.
fn risen(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
) -> Vec<(&'static str, u64)> {
    let count = |of: &BTreeMap<String, u64>, name| of.get(name).copied().unwrap_or_default();
    WHOLE
        .into_iter()
        .map(|name| (name, count(after, name).saturating_sub(count(before, name))))
        .filter(|(_, times)| *times > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ran_meanwhile_counts() {
        let of = |pairs: &[(&str, u64)]| {
            pairs
                .iter()
                .map(|(name, calls)| ((*name).to_owned(), *calls))
                .collect()
        };
        let before: BTreeMap<String, u64> = of(&[("get", 5), ("keys", 2)]);
        for (after, ran) in [
            (
                of(&[("get", 500), ("keys", 2), ("scan", 9), ("del", 3)]),
                vec![],
            ),
            (of(&[("get", 9), ("keys", 3)]), vec![("keys", 1)]),
            (of(&[("keys", 2), ("flushdb", 4)]), vec![("flushdb", 4)]),
        ] {
            assert_eq!(risen(&before, &after), ran);
        }
    }
}
