//! The latch: requests that are all sent while something is held, and what is seen of them
//! meanwhile.
//!
//! Hold a resource (a table, a test double that does not answer), [`fire`], look with [`highest`]
//! until the number of those who wait is stable, release, and see with [`Volley::all`] that every
//! request ends. No time decides.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::context::Context;
use crate::measure::http::{Answer, NoAnswer, Request};
use crate::message;
use crate::verdict::Broken;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);
/// A number that has not risen for so long is taken for the highest.
const STABLE: Duration = Duration::from_millis(1_500);

/// Requests under way.
pub struct Volley {
    tasks: JoinSet<(usize, Result<Answer, NoAnswer>)>,
    answers: Vec<Option<Result<Answer, NoAnswer>>>,
}

/// Sends all requests at once, each on a connection of its own; each may take `limit`.
///
/// # Errors
/// The lab has no such service.
pub fn fire(
    cx: &Context<'_>,
    service: &str,
    requests: &[Request],
    limit: Duration,
) -> Result<Volley, Broken> {
    let endpoint = cx.bench.endpoint(service)?;
    let mut tasks = JoinSet::new();
    for (index, request) in requests.iter().cloned().enumerate() {
        let endpoint = endpoint.clone();
        tasks.spawn(async move { (index, request.ask_at(&endpoint, limit).await) });
    }
    Ok(Volley {
        answers: requests.iter().map(|_| None).collect(),
        tasks,
    })
}

impl Volley {
    /// How many have ended so far.
    ///
    /// # Errors
    /// One of ours has panicked.
    pub fn ended(&mut self) -> Result<usize, Broken> {
        while let Some(done) = self.tasks.try_join_next() {
            self.note(done)?;
        }
        Ok(self.answers.iter().flatten().count())
    }

    /// What has come of each so far, in the order of the requests.
    ///
    /// # Errors
    /// One of ours has panicked.
    pub fn so_far(&mut self) -> Result<&[Option<Result<Answer, NoAnswer>>], Broken> {
        self.ended()?;
        Ok(&self.answers)
    }

    /// Waits until all have ended, and gives what they came to, in the order of the requests.
    ///
    /// # Errors
    /// One of ours has panicked.
    pub async fn all(mut self) -> Result<Vec<Result<Answer, NoAnswer>>, Broken> {
        while let Some(done) = self.tasks.join_next().await {
            self.note(done)?;
        }
        Ok(self.answers.into_iter().flatten().collect())
    }

    fn note(
        &mut self,
        done: Result<(usize, Result<Answer, NoAnswer>), tokio::task::JoinError>,
    ) -> Result<(), Broken> {
        let (index, answer) =
            done.map_err(|error| Broken::because(message!("broken-volley"), error))?;
        self.answers[index] = Some(answer);
        Ok(())
    }
}

/// Looks until the number is `enough`, or has not risen for 1.5 s, or `limit` is over; gives the
/// highest.
///
/// # Errors
/// As of the look.
pub async fn highest(
    cx: &Context<'_>,
    limit: Duration,
    enough: usize,
    look: impl AsyncFnMut() -> Result<usize, Broken>,
) -> Result<usize, Broken> {
    stable(cx, STABLE, limit, enough, look).await
}

/// The same with another time after which a number counts as the highest.
///
/// # Errors
/// As of the look.
pub async fn stable(
    cx: &Context<'_>,
    stable: Duration,
    limit: Duration,
    enough: usize,
    mut look: impl AsyncFnMut() -> Result<usize, Broken>,
) -> Result<usize, Broken> {
    let began = Instant::now();
    let (mut most, mut risen) = (0, Instant::now());
    loop {
        let seen = look().await?;
        if seen > most {
            (most, risen) = (seen, Instant::now());
        }
        if most >= enough || risen.elapsed() > stable || began.elapsed() > limit {
            return Ok(most);
        }
        sleep(LOOK).await;
        cx.timeline.wait(LOOK);
    }
}
