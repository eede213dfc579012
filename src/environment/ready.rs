//! Readiness is the real protocol answering, never a line of a log.

use std::time::Duration;

use labgrade_checkers::bench::{Bench, State};
use labgrade_checkers::measure::postgres::{Door, Session};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::time::{Instant, sleep};

use crate::spec::{Ready, ServiceSpec};

/// How long a service of ours may take; 0.5 s were measured, 4 s with both cores busy.
const LIMIT: Duration = Duration::from_secs(60);
/// Between two tries.
const AGAIN: Duration = Duration::from_millis(25);
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
        let refusal = match spec.ready {
            Ready::Postgres => match postgres(bench, service, spec).await {
                Ok(()) => return Ok(()),
                Err(broken) => broken,
            },
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
