//! Who sends which call when: the plan's instants come up one after the other, and each call goes
//! to an idle connection, to a new one, or waits for one.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::alarm::Alarm;
use super::connection;
use super::record::{Failure, Kept, Record};
use super::request::Request;
use super::{Connections, Load, Pace, Schedule};

/// A call that is due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    /// The instant that the plan names.
    pub due: Instant,
    /// When it is given up.
    pub deadline: Instant,
    /// Which request.
    pub request: usize,
}

/// What a connection does next.
pub(super) enum Next {
    /// Another call.
    Call(Call),
    /// Waits to be given one.
    Idle(oneshot::Receiver<Call>),
    /// Nothing: it is closed, or the load is over.
    End,
}

/// What the dispatcher and the connections share. Everything runs on one thread, so the lock is
/// never waited for.
pub(super) struct Board {
    load: Load,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    /// Idle connections; the one that was used last is at the end.
    idle: Vec<oneshot::Sender<Call>>,
    /// Calls without a connection, as they came. As many as the plan has within the time limit, at
    /// most: older ones have been given up.
    waiting: VecDeque<Call>,
    /// Connections that are open, or being opened.
    open: usize,
    /// The number of the next call.
    number: usize,
    /// The plan is done: whoever becomes idle ends.
    ending: bool,
    record: Record,
}

/// Runs a load on this thread's runtime.
pub(super) async fn run(load: Load) -> io::Result<Record> {
    if load.requests.is_empty() {
        return Err(io::Error::other("a load without a request"));
    }
    let pace = load.pace.clone();
    let board = Arc::new(Board {
        began: Instant::now(),
        state: Mutex::new(State {
            idle: Vec::new(),
            waiting: VecDeque::new(),
            open: 0,
            number: 0,
            ending: false,
            record: Record::new(load.limit),
        }),
        load,
    });
    let mut connections = JoinSet::new();
    match pace {
        Pace::Open(schedule) => keep_to(&schedule, &board, &mut connections).await?,
        Pace::FlatOut(_) => {
            for _ in 0..board.load.most_connections.max(1) {
                let call = board.state().next(&board);
                board.open(call, &mut connections);
            }
        }
    }
    {
        let mut state = board.state();
        state.ending = true;
        // Whoever waits to be given a call sees that none will come.
        state.idle.clear();
    }
    while let Some(ended) = connections.join_next().await {
        ended.map_err(io::Error::other)?;
    }
    let record = &mut board.state().record;
    Ok(std::mem::replace(record, Record::new(Duration::ZERO)))
}

/// Sends the calls of a plan, each at its instant or as soon as this thread gets there.
async fn keep_to(
    schedule: &Schedule,
    board: &Arc<Board>,
    connections: &mut JoinSet<()>,
) -> io::Result<()> {
    let alarm = Alarm::new()?;
    for at in schedule.instants() {
        let due = board.began + at;
        // Connections have their turn between two calls, also where the plan is behind.
        if Instant::now() < due {
            alarm.wait(due).await?;
        } else {
            tokio::task::yield_now().await;
        }
        board.send(due, connections);
        // Those that have ended are not kept until the end.
        while connections.try_join_next().is_some() {}
    }
    Ok(())
}

impl Board {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address, and whether each call has a connection of its own.
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// The request of a call.
    pub fn request(&self, call: Call) -> &Request {
        &self.load.requests[call.request]
    }

    /// A call is due: an idle connection takes it, or a new one, or it waits.
    fn send(self: &Arc<Self>, due: Instant, connections: &mut JoinSet<()>) {
        let call = {
            let mut state = self.state();
            state.record.send(due.elapsed());
            let mut call = state.call(due, &self.load);
            loop {
                let Some(idle) = state.idle.pop() else {
                    break;
                };
                // The server may have closed that one meanwhile.
                match idle.send(call) {
                    Ok(()) => return,
                    Err(back) => call = back,
                }
            }
            if state.open >= self.load.most_connections.max(1) {
                state.waiting.push_back(call);
                return;
            }
            call
        };
        self.open(call, connections);
    }

    fn open(self: &Arc<Self>, call: Call, connections: &mut JoinSet<()>) {
        self.state().open += 1;
        connections.spawn(connection::serve(Arc::clone(self), call));
    }

    /// Notes how a call has ended, and says what the connection does next. `open` says whether it
    /// can carry another call.
    pub fn ended(&self, call: Call, ended: connection::Ended, open: bool) -> Next {
        let now = Instant::now();
        let mut state = self.state();
        let record = &mut state.record;
        record.retried += u64::from(ended.retried);
        record.connections += u64::from(ended.opened);
        let kept = |status, body| Kept {
            request: call.request,
            status,
            body,
        };
        let came = match ended.came {
            Ok(answer) if self.request(call).is_right(answer.status) => {
                if self.request(call).keeps {
                    record.kept.push(kept(answer.status, answer.body));
                }
                Ok(now - call.due)
            }
            Ok(answer) => {
                let status = answer.status;
                if record.wrong.is_none() {
                    record.wrong = Some(kept(status, answer.body));
                }
                Err(Failure::Wrong(status))
            }
            Err(failure) => Err(failure),
        };
        record.end(now - self.began, came);
        if let Pace::FlatOut(lasts) = self.load.pace {
            if now - self.began < lasts {
                return Next::Call(state.next(self));
            }
        } else if let Some(call) = state.waiting.pop_front() {
            return Next::Call(call);
        } else if open && !state.ending {
            // Those that have been closed by the server meanwhile lie at the front.
            if state.idle.len() >= self.load.most_connections {
                state.idle.retain(|idle| !idle.is_closed());
            }
            let (give, given) = oneshot::channel();
            state.idle.push(give);
            return Next::Idle(given);
        }
        state.open -= 1;
        Next::End
    }

    /// An idle connection is gone.
    pub fn gone(&self) {
        self.state().open -= 1;
    }

    /// Whether connections are used for one call only.
    pub fn is_fresh(&self) -> bool {
        self.load.connections == Connections::Fresh
    }
}

impl State {
    fn call(&mut self, due: Instant, load: &Load) -> Call {
        let request = self.number % load.requests.len();
        self.number += 1;
        Call {
            due,
            deadline: due + load.limit,
            request,
        }
    }

    /// The next call where there is no plan: now.
    fn next(&mut self, board: &Board) -> Call {
        self.record.send(Duration::ZERO);
        self.call(Instant::now(), &board.load)
    }
}
