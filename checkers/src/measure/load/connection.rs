//! One connection: it carries calls, one after the other, until it is closed.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout_at;

use super::answer::{Answer, Flaw, MOST_BODY};
use super::dispatch::{Board, Call, Next};
use super::record::Failure;
use super::request::Request;

/// What is read at once; a head must fit.
const BUFFER: usize = 16 << 10;
/// What is kept of a wrong answer's body, to show it.
const WRONG_BODY: usize = 2_000;

/// How a call has ended.
pub(super) struct Ended {
    /// The whole answer, right or wrong.
    pub came: Result<Answer, Failure>,
    /// It was sent once more.
    pub retried: bool,
    /// Connections that were opened for it.
    pub opened: u8,
}

/// Carries calls until there are none, or the server ends the connection while it is idle.
pub(super) async fn serve(board: Arc<Board>, mut call: Call) {
    let mut line = Line {
        stream: None,
        buffer: vec![0; BUFFER],
    };
    loop {
        let ended = line.carry(&board, call).await;
        let again = matches!(&ended.came, Ok(answer) if answer.reusable) && !board.is_fresh();
        if !again {
            line.stream = None;
        }
        call = match board.ended(call, ended, again) {
            Next::Call(call) => call,
            Next::End => return,
            Next::Idle(given) => match line.idle(given).await {
                Some(call) => call,
                None => return board.gone(),
            },
        };
    }
}

/// A connection, if it is open, and what was read from it.
struct Line {
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// How an attempt came to nothing.
enum Broke {
    /// The connection ended before a byte of the answer came.
    Unanswered,
    Failed(Failure),
}

impl Line {
    async fn carry(&mut self, board: &Board, call: Call) -> Ended {
        let mut ended = Ended {
            came: Err(Failure::TimedOut),
            retried: false,
            opened: 0,
        };
        // A call that has waited too long for a connection is not sent any more.
        if call.deadline <= Instant::now() {
            return ended;
        }
        let came = timeout_at(call.deadline.into(), self.exchange(board, call, &mut ended)).await;
        if let Ok(came) = came {
            ended.came = came;
        }
        ended
    }

    async fn exchange(
        &mut self,
        board: &Board,
        call: Call,
        ended: &mut Ended,
    ) -> Result<Answer, Failure> {
        let request = board.request(call);
        let used = self.stream.is_some();
        let came = self.attempt(board, request, ended).await;
        let came = match came {
            // A server may close an idle connection just when a call is on its way: everybody
            // sends it again then, and so does this. A new connection has no such excuse.
            Err(Broke::Unanswered) if used => {
                self.stream = None;
                ended.retried = true;
                self.attempt(board, request, ended).await
            }
            came => came,
        };
        came.map_err(|broke| match broke {
            Broke::Unanswered => Failure::Cut,
            Broke::Failed(failure) => failure,
        })
    }

    async fn attempt(
        &mut self,
        board: &Board,
        request: &Request,
        ended: &mut Ended,
    ) -> Result<Answer, Broke> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            closed => {
                let opened = open(board).await.map_err(Broke::Failed)?;
                ended.opened += 1;
                closed.insert(opened)
            }
        };
        let sent = stream.write_all(&request.bytes).await;
        sent.map_err(|_| Broke::Unanswered)?;
        let keep = if request.keeps { MOST_BODY as usize } else { 0 };
        let mut answer = Answer::new(request.bodyless, keep);
        let mut filled = 0;
        loop {
            let room = &mut self.buffer[filled..];
            if room.is_empty() {
                return Err(Broke::Failed(Failure::Garbled));
            }
            let read = match stream.read(room).await {
                Ok(read) => read,
                Err(_) if filled == 0 && !answer.has_head() => return Err(Broke::Unanswered),
                Err(_) => return Err(Broke::Failed(Failure::Cut)),
            };
            if read == 0 {
                if filled == 0 && !answer.has_head() {
                    return Err(Broke::Unanswered);
                }
                let whole = answer.end().map(|()| answer);
                return whole.map_err(|_| Broke::Failed(Failure::Cut));
            }
            filled += read;
            let taken = take(&mut answer, request, &self.buffer[..filled]);
            let (taken, complete) = taken.map_err(|flaw| {
                Broke::Failed(match flaw {
                    Flaw::Garbled => Failure::Garbled,
                    Flaw::TooLarge => Failure::TooLarge,
                })
            })?;
            if complete {
                // What nobody has asked for does not answer the next call.
                answer.reusable &= taken == filled;
                return Ok(answer);
            }
            self.buffer.copy_within(taken..filled, 0);
            filled -= taken;
        }
    }

    /// Waits for a call. None if the server ends the connection first, or the load is over.
    async fn idle(&mut self, mut given: oneshot::Receiver<Call>) -> Option<Call> {
        let Some(stream) = &self.stream else {
            return given.await.ok();
        };
        tokio::select! {
            biased;
            call = &mut given => return call.ok(),
            () = ending(stream) => {}
        }
        self.stream = None;
        // It may have been given one in the very moment.
        given.close();
        given.try_recv().ok()
    }
}

/// Waits until a connection on which nothing is expected ends, or says something all the same.
async fn ending(stream: &TcpStream) {
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            _ => return,
        }
    }
}

/// Reads as much as there is: bytes done with, and whether the answer is complete.
fn take(answer: &mut Answer, request: &Request, bytes: &[u8]) -> Result<(usize, bool), Flaw> {
    let mut at = 0;
    loop {
        let headless = !answer.has_head();
        let taken = answer.take(&bytes[at..])?;
        at += taken.bytes;
        if headless && answer.has_head() && !request.is_right(answer.status) {
            answer.keep(WRONG_BODY);
        }
        if taken.complete || taken.bytes == 0 || !headless {
            return Ok((at, taken.complete));
        }
    }
}

async fn open(board: &Board) -> Result<TcpStream, Failure> {
    let stream = TcpStream::connect(board.load().address)
        .await
        .map_err(|error| why(&error))?;
    stream.set_nodelay(true).map_err(|error| why(&error))?;
    Ok(stream)
}

/// Whose fault it is that there is no connection: without a descriptor or a port it is ours.
fn why(error: &io::Error) -> Failure {
    /// ENFILE, EMFILE, ENOBUFS and ENOMEM, as Linux numbers them.
    const NOTHING_LEFT: [i32; 4] = [23, 24, 105, 12];
    let ours = error.kind() == ErrorKind::AddrNotAvailable
        || error
            .raw_os_error()
            .is_some_and(|it| NOTHING_LEFT.contains(&it));
    if ours { Failure::Own } else { Failure::Refused }
}
