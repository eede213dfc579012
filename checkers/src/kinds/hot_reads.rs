//! `run.hot-reads`: a product that an instance has served a moment ago is served again without a
//! question to the database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::api::Api;
use crate::measure::cache::{Cached, asked, drawn, fresh, get, shows, statement_lines};
use crate::measure::shop::Shop;
use crate::measure::statements::{Counter, calls};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// How often each product is read again.
const AGAIN: usize = 2;

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HotReads {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// The instances and what is between them.
    #[serde(default)]
    pub cached: Cached,
}

/// Reads products, reads them again, and counts statements.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &HotReads, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(hot(spec, cx).await)
}

async fn hot(spec: &HotReads, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let instances = spec.cached.ensure(cx, &spec.on).await?;
    let shop = Shop::open(cx, &spec.on).await?;
    let counter = Counter::new(&shop.session, &spec.on);
    let mut random = cx.seed.stream("hot-reads");
    for api in &instances {
        let mut products = fresh(&shop, &mut random, 4).await?;
        products.extend(drawn(&shop, &mut random, 4).await?);
        let first = async || {
            for product in &products {
                shows(cx, api, product).await?;
            }
            Ok(())
        };
        let again = async || {
            for product in &products {
                for _ in 0..AGAIN {
                    shows(cx, api, product).await?;
                }
            }
            Ok(())
        };
        let seen = asked(cx, &counter, first, again).await?;
        if !seen.is_empty() {
            let reads = products.len() * AGAIN;
            let message = message!(
                "hot-reads-ask",
                service = &api.service,
                reads = reads,
                statements = calls(&seen)
            );
            let evidence = Evidence::from(message)
                .repeat_with(&get(products[0].id).curl())
                .with_details(statement_lines(&seen));
            return Err(Stop::failed(evidence));
        }
    }
    Ok(Verdict::passed(message!("hot-reads-quiet").into()))
}
