//! The load generator: calls leave at instants that are fixed beforehand, whatever the server does,
//! and a call's latency counts from its instant. A server that stands still for a second is thus
//! seen by everyone who would have called within it, and not by one caller alone (coordinated
//! omission, as Gil Tene calls it).
//!
//! It runs on a thread of its own with a runtime of its own, so that the grader's other work does
//! not disturb it. It notes how late it was itself ([`Record::kept_schedule`]): a machine that is too
//! busy, or a rate beyond its own limit, is ours and never the server's fault. Nothing is judged
//! here, and nothing is compared: see [`super::paired`].

mod alarm;
mod answer;
mod connection;
mod dispatch;
#[cfg(test)]
pub(crate) mod fake;
mod priority;
mod record;
mod request;
mod schedule;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::oneshot;

pub use record::{Failures, Kept, LATE, Record};
pub use request::Request;
pub use schedule::{Arrivals, Schedule};

/// When calls leave.
#[derive(Debug, Clone, PartialEq)]
pub enum Pace {
    /// By a plan: an open loop.
    Open(Schedule),
    /// Each connection sends as soon as it has its answer, for so long. It shows the limit of the
    /// slower one of the two ends; it is no measure of latency, and no check uses it.
    FlatOut(Duration),
}

/// How calls share connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connections {
    /// A call takes the idle connection that was used last; if there is none, a new one is opened.
    Kept,
    /// Each call opens one, and closes it.
    Fresh,
}

/// A load.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where the server listens.
    pub address: SocketAddr,
    /// When calls leave.
    pub pace: Pace,
    /// How they share connections.
    pub connections: Connections,
    /// The most connections at once, at least one. A call that finds none waits, and its latency
    /// counts on.
    pub most_connections: usize,
    /// How long a call may take, counted from its instant. The load ends this long after its last
    /// instant at the latest.
    pub limit: Duration,
    /// What is sent, in this order, and again from the front.
    pub requests: Vec<Request>,
}

/// Runs a load to its end. To drop the future ends it.
///
/// # Errors
/// The thread, its runtime or its timer could not be made, or there is no request: ours. What a
/// server does is never an error here, but part of the record.
pub async fn run(load: Load) -> io::Result<Record> {
    let (mut tell, told) = oneshot::channel();
    let work = move || {
        priority::raise();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => {
                // Nobody to tell: the caller has gone away.
                let _ = tell.send(Err(error));
                return;
            }
        };
        let done = runtime.block_on(async {
            tokio::select! {
                done = dispatch::run(load) => Some(done),
                () = tell.closed() => None,
            }
        });
        if let Some(done) = done {
            let _ = tell.send(done);
        }
    };
    std::thread::Builder::new()
        .name("load".to_owned())
        .spawn(work)?;
    match told.await {
        Ok(done) => done,
        Err(_) => Err(io::Error::other("the thread of the load has died")),
    }
}
