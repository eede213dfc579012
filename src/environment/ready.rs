//! Readiness is the real protocol answering, never a line of a log.

use std::time::Duration;

use labgrade_checkers::bench::{Bench, State};
use labgrade_checkers::measure::http::Request;
use labgrade_checkers::measure::postgres::{Door, Session};
use labgrade_checkers::measure::redis::Redis;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::time::{Instant, sleep};

use crate::spec::{Ready, ServiceSpec};

/// How long a service of ours may take; 0.5 s were measured, 4 s with both cores busy.
const LIMIT: Duration = Duration::from_secs(60);
/// Between two tries.
const AGAIN: Duration = Duration::from_millis(25);
/// For one answer over HTTP.
const ANSWER: Duration = Duration::from_secs(5);
/// A dead service is noticed this soon.
const LOOK_AT_STATE: Duration = Duration::from_millis(500);

/// Waits until the service answers.
///
/// # Errors
/// It has died (with the end of its log), or does not answer in time (with its last refusal).
pub async fn wait(bench: &dyn Bench, service: &str, spec: &ServiceSpec) -> Result<(), Broken> {
    let begin = Instant::now();
    let mut look_at_state = begin + LOOK_AT_STATE;
    loop {
        let asked = match spec.ready {
            Ready::Postgres => postgres(bench, service, spec).await,
            Ready::Http => http(bench, service).await,
            Ready::Redis => redis(bench, service, spec).await,
        };
        let Err(refusal) = asked else {
            return Ok(());
        };
        if begin.elapsed() > LIMIT {
            return Err(Broken::because(
                message!(
                    "broken-not-ready",
                    service = service,
                    seconds = LIMIT.as_secs()
                ),
                refusal,
            ));
        }
        if Instant::now() > look_at_state {
            look_at_state = Instant::now() + LOOK_AT_STATE;
            if let State { running: false, .. } = bench.state(service).await? {
                let log = bench.logs(service).await?;
                return Err(Broken::because(
                    message!("broken-service-died", service = service),
                    log,
                ));
            }
        }
        sleep(AGAIN).await;
    }
}

async fn http(bench: &dyn Bench, service: &str) -> Result<(), Broken> {
    match Request::get("/health").ask(bench, service, ANSWER).await? {
        Ok(answer) if answer.status < 500 => Ok(()),
        Ok(answer) => Err(Broken::because(message!("broken-http"), answer.status)),
        Err(none) => Err(Broken::because(message!("broken-http"), none.words())),
    }
}

async fn redis(bench: &dyn Bench, service: &str, spec: &ServiceSpec) -> Result<(), Broken> {
    let login = spec.logins.first().map_or("labgrade", String::as_str);
    Redis::open(bench, service, login).await?.ping().await
}

async fn postgres(bench: &dyn Bench, service: &str, spec: &ServiceSpec) -> Result<(), Broken> {
    let door = Door {
        service,
        // Every data set has it, and the last of the service's logins may enter it.
        database: "labgrade",
        role: spec.logins.last().map_or("audit", String::as_str),
        path: "pg_catalog,pg_temp",
        statement: Duration::from_secs(5),
    };
    Session::open(bench, door).await?.execute("SELECT 1").await
}
