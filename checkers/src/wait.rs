//! Waiting for an observed state, never for a time: look, and look again until it is so or a
//! deadline is over.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::context::Context;
use crate::verdict::Broken;

/// Between the first two looks; doubled up to [`SELDOM`].
const SOON: Duration = Duration::from_millis(10);
/// Between two looks at most: what was waited for is seen this late.
const SELDOM: Duration = Duration::from_millis(40);

/// Looks until there is something to see, and gives it; none once `limit` is over. The last look
/// begins after the limit, so that a machine that was busy meanwhile has its chance.
///
/// # Errors
/// As of the look.
pub async fn until<T>(
    cx: &Context<'_>,
    limit: Duration,
    look: impl AsyncFnMut() -> Result<Option<T>, Broken>,
) -> Result<Option<T>, Broken> {
    poll(limit, look, |pause| cx.timeline.wait(pause)).await
}

/// The same while a service is at work, as on its start: that is no time in which nothing is done.
///
/// # Errors
/// As of the look.
pub async fn while_it_works<T>(
    limit: Duration,
    look: impl AsyncFnMut() -> Result<Option<T>, Broken>,
) -> Result<Option<T>, Broken> {
    poll(limit, look, |_| ()).await
}

async fn poll<T>(
    limit: Duration,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Broken>,
    slept: impl Fn(Duration),
) -> Result<Option<T>, Broken> {
    let began = Instant::now();
    let mut pause = SOON;
    let mut last = false;
    loop {
        if let Some(seen) = look().await? {
            return Ok(Some(seen));
        }
        if last {
            return Ok(None);
        }
        sleep(pause).await;
        slept(pause);
        pause = (pause * 2).min(SELDOM);
        last = began.elapsed() > limit;
    }
}
