//! Questions over HTTP, each on a connection of its own, and answers bounded in time and bytes.
//!
//! A connection that was idle may be closed by a server just when it is used again, and that would
//! look like a fault of the submission: so none is kept, unless it is asked for. No proxy, no redirects, no decompression:
//! what is judged is what the service said.

use std::sync::LazyLock;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::bench::{Bench, Endpoint};
use crate::message::Tainted;
use crate::verdict::Broken;

/// The most bytes of one answer.
const BYTES: usize = 1 << 20;
/// Characters of an answer that are shown.
const SHOWN: usize = 2_000;

/// Idle connections of [`KEEPING`].
const KEPT: usize = 16;

static CLIENT: LazyLock<Client> = LazyLock::new(|| client(0));
static KEEPING: LazyLock<Client> = LazyLock::new(|| client(KEPT));

fn client(idle: usize) -> Client {
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .http1_only()
        .pool_max_idle_per_host(idle)
        .build()
        .expect("a client without TLS, proxies or files has nothing that could fail")
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most 1 MiB.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nobody listens, or the connection was closed.
    Closed(String),
    /// Nothing, or not all of it, in time.
    TimedOut(Duration),
    /// More than 1 MiB.
    TooLarge,
}

impl NoAnswer {
    /// What happened, in a few words for an excerpt.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Closed(why) => why.clone(),
            Self::TimedOut(limit) => format!("no answer within {} s", limit.as_secs_f64()),
            Self::TooLarge => "the answer is larger than 1 MiB".to_owned(),
        }
    }
}

impl Answer {
    /// The body as JSON, if it is.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A header's value, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Status and body, to be shown.
    #[must_use]
    pub fn shown(&self) -> Tainted {
        let body = String::from_utf8_lossy(&self.body);
        Tainted::bounded(&format!("{} {body}", self.status), SHOWN)
    }
}

impl Request {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// GET; the path with its query, percent-encoded.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// POST.
    #[must_use]
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// PUT.
    #[must_use]
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    /// DELETE.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.text(body.to_string())
    }

    /// With a body that says that it is JSON, whatever it is.
    #[must_use]
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", "application/json")
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Method, path and body on one line, to be named among others.
    #[must_use]
    pub fn line(&self) -> Tainted {
        let body = self.body.as_deref().unwrap_or_default();
        Tainted::bounded(&format!("{} {} {body}", self.method, self.path), 160)
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path with its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Headers beside those that every request has.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// The same as a line that a student can run, the service being on port 8000 of his machine.
    #[must_use]
    pub fn curl(&self) -> String {
        let mut line = "curl -i".to_owned();
        if self.method != Method::GET {
            line.push_str(&format!(" -X {}", self.method));
        }
        line.push_str(&format!(
            " {}",
            quoted(&format!("http://localhost:8000{}", self.path))
        ));
        for (name, value) in &self.headers {
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        if let Some(body) = &self.body {
            line.push_str(&format!(" -d {}", quoted(body)));
        }
        line
    }

    /// Asks a service, and waits for the whole answer until `limit` is over.
    ///
    /// # Errors
    /// The lab has no such service. That it does not answer is no error here.
    pub async fn ask(
        &self,
        bench: &dyn Bench,
        service: &str,
        limit: Duration,
    ) -> Result<Result<Answer, NoAnswer>, Broken> {
        let endpoint = bench.endpoint(service)?;
        Ok(self.ask_at(&endpoint, limit).await)
    }

    /// The same of an address.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn ask_at(&self, endpoint: &Endpoint, limit: Duration) -> Result<Answer, NoAnswer> {
        self.ask_through(&CLIENT, endpoint, limit).await
    }

    /// The same on a connection that is kept, for thousands of questions in a row. One that was
    /// idle may be closed just then: whoever asks like this asks [`Request::ask_at`] again.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn ask_kept(&self, endpoint: &Endpoint, limit: Duration) -> Result<Answer, NoAnswer> {
        self.ask_through(&KEEPING, endpoint, limit).await
    }

    async fn ask_through(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        limit: Duration,
    ) -> Result<Answer, NoAnswer> {
        let deadline = Instant::now() + limit;
        let late = |_| NoAnswer::TimedOut(limit);
        let closed = |error: reqwest::Error| NoAnswer::Closed(chain(&error));
        let url = format!("http://{}:{}{}", endpoint.host, endpoint.port, self.path);
        let mut request = client.request(self.method.clone(), url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let answer = timeout_at(deadline, request.send())
            .await
            .map_err(late)?
            .map_err(closed)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut pieces = answer.bytes_stream();
        let mut body = Vec::new();
        while let Some(piece) = timeout_at(deadline, pieces.next()).await.map_err(late)? {
            body.extend_from_slice(&piece.map_err(closed)?);
            if body.len() > BYTES {
                return Err(NoAnswer::TooLarge);
            }
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

/// A text as a part of a path or a query: all but letters, digits and `-._~` is percent-encoded.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut done = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                done.push(char::from(byte));
            }
            byte => done.push_str(&format!("%{byte:02X}")),
        }
    }
    done
}

/// A word as a POSIX shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// An error with its causes: the client says only "error sending request" on top.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that says these words to whoever asks, and then `after`.
    async fn server(words: &'static [u8], close: bool) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(words).await;
                if !close {
                    std::future::pending::<()>().await;
                }
            }
        });
        Endpoint {
            host: "127.0.0.1".into(),
            port,
        }
    }

    #[tokio::test]
    async fn an_answer_comes_whole_or_not_at_all() {
        const LIMIT: Duration = Duration::from_millis(300);
        let whole = server(
            b"HTTP/1.1 418 Teapot\r\nX-A: b\r\nContent-Length: 2\r\n\r\n[]",
            true,
        );
        let request = Request::get("/a?b=c");
        let answer = request.ask_at(&whole.await, LIMIT).await.expect("answers");
        assert_eq!((answer.status, answer.header("x-a")), (418, Some("b")));
        assert_eq!(answer.json(), Some(serde_json::json!([])));

        // A part of it, and then nothing: a limit between two pieces alone would never end it.
        let drips = server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", false).await;
        let answer = request.ask_at(&drips, LIMIT).await;
        assert_eq!(answer.expect_err("no answer"), NoAnswer::TimedOut(LIMIT));

        let cut = server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[", true).await;
        let answer = request.ask_at(&cut, LIMIT).await;
        assert!(matches!(answer, Err(NoAnswer::Closed(_))), "{answer:?}");

        // A redirection is an answer, and nobody follows it.
        let away = server(
            b"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            true,
        );
        let answer = request.ask_at(&away.await, LIMIT).await.expect("answers");
        assert_eq!(answer.status, 307);
    }

    #[test]
    fn a_part_of_an_address_is_encoded() {
        assert_eq!(encoded("aZ9-._~"), "aZ9-._~");
        assert_eq!(encoded("a+b=/ '%ж"), "a%2Bb%3D%2F%20%27%25%D0%B6");
    }

    #[test]
    fn a_line_for_curl_is_quoted() {
        let request = Request::post("/orders")
            .json(&serde_json::json!({"name": "O'Neil $HOME"}))
            .header("Idempotency-Key", "a b");
        assert_eq!(
            request.curl(),
            r#"curl -i -X POST 'http://localhost:8000/orders' -H 'Content-Type: application/json' -H 'Idempotency-Key: a b' -d '{"name":"O'\''Neil $HOME"}'"#
        );
    }
}
