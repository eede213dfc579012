//! A server for tests, on a thread of its own: it does what it is told, so a whole load against it
//! has a known result.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Writes this.
    Raw(String),
    /// Writes this and closes the connection.
    Last(String),
    /// Closes the connection without a word.
    Close,
    /// Says nothing, ever.
    Silence,
}

/// An answer with a body of JSON.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    let length = body.len();
    Reply::Raw(format!(
        "HTTP/1.1 {status} So\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

/// One request as the server sees it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub path: String,
    /// The number of the request on its connection, from 0.
    pub on_connection: usize,
    /// The number of the request in all, from 0.
    pub number: usize,
}

type Handler = Arc<dyn Fn(Asked) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync>;

/// A server; it ends with the test's process.
pub(crate) struct Server {
    pub address: SocketAddr,
    open: Arc<AtomicUsize>,
    opened: Arc<AtomicUsize>,
    /// How much later than it should have it answered, as it saw itself.
    lags: Arc<Mutex<Vec<Duration>>>,
}

impl Server {
    /// Starts one that answers what `handler` says. A handler that blocks its thread freezes the
    /// whole server.
    pub fn start<F>(handler: impl Fn(Asked) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |asked| Box::pin(handler(asked)));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let open = Arc::new(AtomicUsize::new(0));
        let opened = Arc::new(AtomicUsize::new(0));
        let counts = (Arc::clone(&open), Arc::clone(&opened));
        std::thread::spawn(move || {
            super::priority::raise();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(accept(listener, handler, counts));
        });
        Self {
            address,
            open,
            opened,
            lags: Arc::default(),
        }
    }

    /// One that answers after the number of milliseconds in its path, as in `/250`.
    pub fn sleeping() -> Self {
        let lags: Arc<Mutex<Vec<Duration>>> = Arc::default();
        let noted = Arc::clone(&lags);
        let server = Self::start(move |asked| {
            let noted = Arc::clone(&noted);
            async move {
                let until = Instant::now() + millis(&asked.path);
                if until > Instant::now() {
                    tokio::time::sleep_until(until.into()).await;
                }
                noted.lock().expect("a lock").push(until.elapsed());
                json(200, "{}")
            }
        });
        Self { lags, ..server }
    }

    /// One that stands still for so long when the request of this number comes, and then answers
    /// all that have come meanwhile, so many.
    pub fn freezing(number: usize, still: Duration, meanwhile: usize) -> Self {
        let lags: Arc<Mutex<Vec<Duration>>> = Arc::default();
        let noted = Arc::clone(&lags);
        let until: Arc<Mutex<Option<Instant>>> = Arc::default();
        let server = Self::start(move |asked| {
            let mut until = until.lock().expect("a lock");
            if asked.number == number {
                let end = Instant::now() + still;
                std::thread::sleep(still);
                *until = Some(end);
            }
            if let Some(until) = *until
                && asked.number <= number + meanwhile
            {
                noted.lock().expect("a lock").push(until.elapsed());
            }
            async { json(200, "{}") }
        });
        Self { lags, ..server }
    }

    /// How late it was at most, as far as it saw itself: where that is much, its behaviour is not
    /// the one that is known.
    pub fn lag(&self, part: f64) -> Duration {
        let mut lags = self.lags.lock().expect("a lock").clone();
        lags.sort();
        let last = lags.len().saturating_sub(1);
        lags.get((part * last as f64).ceil() as usize)
            .copied()
            .unwrap_or_default()
    }

    /// Connections that are open.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// Connections that there have been.
    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

async fn accept(
    listener: std::net::TcpListener,
    handler: Handler,
    (open, opened): (Arc<AtomicUsize>, Arc<AtomicUsize>),
) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    let number = Arc::new(AtomicUsize::new(0));
    while let Ok((stream, _)) = listener.accept().await {
        let (handler, number, open) =
            (Arc::clone(&handler), Arc::clone(&number), Arc::clone(&open));
        open.fetch_add(1, Ordering::SeqCst);
        opened.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            serve(stream, &handler, &number).await;
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Requests one after the other, until either side ends the connection.
async fn serve(mut stream: TcpStream, handler: &Handler, number: &AtomicUsize) {
    // A connection that is gone again is no matter of a test's.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    for on_connection in 0.. {
        let Some(path) = request(&mut stream, &mut buffer).await else {
            return;
        };
        let asked = Asked {
            path,
            on_connection,
            number: number.fetch_add(1, Ordering::SeqCst),
        };
        let (text, last) = match handler(asked).await {
            Reply::Raw(text) => (text, false),
            Reply::Last(text) => (text, true),
            Reply::Close => return,
            Reply::Silence => {
                // Until the client goes away.
                while stream.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {}
                return;
            }
        };
        if stream.write_all(text.as_bytes()).await.is_err() || last {
            return;
        }
    }
}

fn millis(path: &str) -> Duration {
    Duration::from_millis(path.trim_start_matches('/').parse().unwrap_or(0))
}

/// The path of the next request, whose body is read as well; none at the end.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<String> {
    loop {
        let text = String::from_utf8_lossy(buffer).into_owned();
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "))
                .map_or(0, |length| length.parse().unwrap_or(0));
            if rest.len() >= length {
                buffer.drain(..head.len() + 4 + length);
                let path = head.split(' ').nth(1)?.to_owned();
                return Some(path);
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}
