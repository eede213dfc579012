//! `labgrade clean`: removes what dead runs left, and what `--keep` kept.

use labgrade_checkers::message;

use super::{Session, say};
use crate::environment::engine::Engine;
use crate::environment::sweep;
use crate::error::{Exit, Failure};

pub(super) async fn run(session: &Session) -> Result<Exit, Failure> {
    let swept = sweep::dead_runs(&Engine::connect().await?, true).await?;
    say(&session.catalogue.render(&message!(
        "clean-done",
        runs = swept.runs,
        objects = swept.objects
    )));
    Ok(Exit::Passed)
}
