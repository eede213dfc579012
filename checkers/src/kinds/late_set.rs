//! `run.late-set`: a loader that began before a write does not put the old value back.
//!
//! No lock shows that, since a SELECT that waits for one sees the new row afterwards: a proxy holds
//! the answer that carries the old value, on its way to the loader.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha12Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::{Api, wrong_evidence};
use crate::measure::cache::{Cached, changed, fresh, get, put, read, until};
use crate::measure::double::Double;
use crate::measure::http::Answer;
use crate::measure::shop::{Product, Shop};
use crate::measure::volley::{Volley, fire};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;

/// How long the loader may take until it asks the database.
const ASKS: Duration = Duration::from_secs(15);
/// How long a write may be waited for while the loader is held: one that waits for the loader is
/// right, and has its answer afterwards.
const WRITTEN: Duration = Duration::from_secs(3);
/// How much longer the loader is held once the write has its answer: whoever only deletes once more
/// a little later has done so by then.
const SLOW: Duration = Duration::from_secs(2);
/// How long both may take after the loader has its rows.
const ENDED: Duration = Duration::from_secs(30);

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LateSet {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// A product whose loader was overtaken by a write.
struct Overtaken<'a> {
    wanted: Product,
    writer: &'a Api,
    /// When write and loader had ended.
    ended: Instant,
}

/// Holds a loader, writes, and lets it go.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &LateSet, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(late(spec, cx).await)
}

async fn late(spec: &LateSet, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let proxy = Double::named(cx, &spec.cached.proxy, &spec.on.director)?;
    let began = cx.timeline.mark();
    let done = both_ways(spec, cx, &instances, &proxy).await;
    // Whatever came of it, nothing of ours is in the way afterwards.
    proxy.let_go().await?;
    match done {
        Ok(()) => {
            let evidence = Evidence::from(message!("late-set-kept-out"));
            Ok(Verdict::passed(evidence.timeline(cx, began)))
        }
        Err(Stop::Failed(evidence)) => Err(Stop::failed(evidence.timeline(cx, began))),
        Err(broken) => Err(broken),
    }
}

async fn both_ways(
    spec: &LateSet,
    cx: &Context<'_>,
    instances: &[Api; 2],
    proxy: &Double,
) -> Result<(), Stop> {
    let shop = Shop::open(cx, &spec.on).await?;
    let mut random = cx.seed.stream("late-set");
    proxy.let_go().await?;
    // First the other instance writes, and then the same; local entries end meanwhile.
    let [one, two] = instances;
    let mut cases = Vec::new();
    for (loader, writer) in [(one, two), (two, two)] {
        let product = &fresh(&shop, &mut random, 1).await?[0];
        cases.push(overtake(cx, proxy, loader, writer, product, &mut random).await?);
    }
    for case in &cases {
        for reader in instances {
            stays(spec, cx, case, reader).await?;
        }
    }
    Ok(())
}

async fn overtake<'a>(
    cx: &Context<'_>,
    proxy: &Double,
    loader: &Api,
    writer: &'a Api,
    product: &Product,
    random: &mut ChaCha12Rng,
) -> Result<Overtaken<'a>, Stop> {
    let wanted = changed(product, random);
    let limit = ASKS + WRITTEN + SLOW + ENDED;
    proxy.hold(&product.name).await?;
    let mut loading = fire(cx, &loader.service, &[get(product.id)], limit)?;
    let held = wait::until(cx, ASKS, async || {
        let held = proxy.held().await?.held;
        Ok((held || loading.ended()? > 0).then_some(held))
    });
    if held.await? != Some(true) {
        proxy.let_go().await?;
        return Err(not_held(cx, loader, loading, product).await?);
    }
    let at = &loader.service;
    cx.timeline.seen(at, message!("event-answer-held"));
    let mut writing = fire(cx, &writer.service, &[put(&wanted)], limit)?;
    let written = wait::until(cx, WRITTEN, async || {
        Ok((writing.ended()? > 0).then_some(()))
    });
    let written = match written.await? {
        Some(()) => message!("event-put-answered"),
        None => message!("event-put-waits"),
    };
    cx.timeline.seen(&writer.service, written);
    if writing.ended()? > 0 {
        // As long as it is held: a loader may give up.
        let gone = wait::until(cx, SLOW, async || {
            Ok((!proxy.held().await?.held).then_some(()))
        });
        gone.await?;
    }
    proxy.let_go().await?;
    cx.timeline.done(at, message!("event-answer-let-go"));
    // What the loader itself answers is its affair: the old value, the new one, or that it gave up.
    loading.all().await?;
    let request = put(&wanted);
    match writing.all().await?.pop() {
        Some(Ok(answer)) if answer.status == 200 => {}
        Some(Ok(answer)) => return Err(writer.status(cx, &request, &answer, &[200]).await?),
        Some(Err(none)) => return Err(writer.silent(cx, &request, &none).await?),
        None => return Err(Broken::from(message!("broken-volley")).into()),
    }
    Ok(Overtaken {
        wanted,
        writer,
        ended: Instant::now(),
    })
}

/// Why the loader was not held: it has answered something else, or nothing at all.
async fn not_held(
    cx: &Context<'_>,
    loader: &Api,
    mut loading: Volley,
    product: &Product,
) -> Result<Stop, Broken> {
    let request = get(product.id);
    if loading.ended()? == 0 {
        let message = message!("late-set-never-asks", seconds = ASKS.as_secs());
        let evidence = Evidence::from(message).repeat_with(&request.curl());
        return Ok(Stop::failed(evidence));
    }
    match loading.all().await?.pop() {
        // It knows the row, and nothing but the proxy leads there.
        Some(Ok(answer)) if answer.status == 200 => {
            Err(Broken::because(message!("broken-double"), answer.shown()))
        }
        Some(Ok(answer)) => loader.status(cx, &request, &answer, &[200]).await,
        Some(Err(none)) => loader.silent(cx, &request, &none).await,
        None => Err(Broken::from(message!("broken-volley"))),
    }
}

/// Sees that an instance serves what was written once every local entry from before has ended.
async fn stays(
    spec: &LateSet,
    cx: &Context<'_>,
    case: &Overtaken<'_>,
    reader: &Api,
) -> Result<(), Stop> {
    let (least, most) = (spec.cached.local(), spec.cached.agreed());
    let mut last: Option<Answer> = None;
    let new = until(cx, most, async || {
        let asked = case.ended.elapsed();
        let (shown, answer) = read(cx, reader, case.wanted.id).await?;
        let new = case.wanted.differs(&shown).is_none();
        last = Some(answer);
        Ok((new && asked > least).then_some(()))
    });
    let (None, Some(answer)) = (new.await?, last) else {
        return Ok(());
    };
    let message = message!(
        "late-set-comes",
        writer = &case.writer.service,
        reader = &reader.service
    );
    let evidence = wrong_evidence(&get(case.wanted.id), &answer, message);
    Err(Stop::failed(evidence))
}
