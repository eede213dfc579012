//! One request, put into bytes before the load begins.

use std::sync::Arc;

use bytes::Bytes;

use crate::measure::http;

/// A request that is ready to be sent, and what a right answer to it is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is written to the connection.
    pub(super) bytes: Bytes,
    /// The statuses of a right answer; none: every one of 200 to 299.
    expects: Arc<[u16]>,
    /// The body of the answer is wanted.
    pub(super) keeps: bool,
    /// No body comes in answer to a HEAD.
    pub(super) bodyless: bool,
}

impl Request {
    /// A request in bytes of HTTP/1.1; `host` goes into the header as it is. None if host, path or
    /// a header hold what would end their line: they could say anything then.
    #[must_use]
    pub fn new(asked: &http::Request, host: &str) -> Option<Self> {
        let path = asked.path();
        let word = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_graphic());
        let line = |text: &str| text.bytes().all(|it| it == b' ' || it.is_ascii_graphic());
        let headers = asked.headers().iter();
        let mut sound = headers
            .clone()
            .all(|(name, value)| word(name) && line(value));
        sound &= word(host) && word(path) && path.starts_with('/');
        if !sound {
            return None;
        }
        let method = asked.method();
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: labgrade\r\nAccept: */*\r\n"
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        match asked.body() {
            Some(body) => text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len())),
            None => text.push_str("\r\n"),
        }
        Some(Self {
            bytes: Bytes::from(text),
            expects: Arc::new([]),
            keeps: false,
            bodyless: method == "HEAD",
        })
    }

    /// The same, with other statuses that are right.
    #[must_use]
    pub fn expecting(mut self, statuses: &[u16]) -> Self {
        self.expects = statuses.into();
        self
    }

    /// The same, whose answer's body is kept whole. A body has up to 1 MiB: few of a load's
    /// requests should be of this kind.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// Whether an answer of this status is right.
    #[must_use]
    pub fn is_right(&self, status: u16) -> bool {
        if self.expects.is_empty() {
            return (200..300).contains(&status);
        }
        self.expects.contains(&status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_its_bytes() {
        let get = http::Request::get("/orders/7?x=1");
        let get = Request::new(&get, "app:8000").expect("a request");
        assert!(
            get.bytes
                .starts_with(b"GET /orders/7?x=1 HTTP/1.1\r\nHost: app:8000\r\n")
        );
        assert!(get.bytes.ends_with(b"\r\n\r\n"));
        let post = http::Request::post("/a")
            .text("[1]")
            .header("Idempotency-Key", "a b");
        let post = Request::new(&post, "app").expect("a request");
        let end = b"Content-Type: application/json\r\nIdempotency-Key: a b\r\n\
            Content-Length: 3\r\n\r\n[1]";
        assert!(post.bytes.ends_with(end), "{:?}", post.bytes);
    }

    #[test]
    fn what_would_end_a_line_is_refused() {
        for (host, path, value) in [
            ("app", "/a b", ""),
            ("app", "/a\r\nX: y", ""),
            ("app", "a", ""),
            ("app\r\n", "/", ""),
            ("", "/", ""),
            ("app", "/ü", ""),
            ("app", "/", "a\r\nX: y"),
        ] {
            let asked = http::Request::get(path).header("X", value);
            assert!(Request::new(&asked, host).is_none(), "{path}");
        }
    }

    #[test]
    fn right_statuses_are_those_of_success_or_those_that_are_named() {
        let get = Request::new(&http::Request::get("/"), "app").expect("a request");
        assert!(get.is_right(204) && !get.is_right(301) && !get.is_right(500));
        let get = get.expecting(&[404]);
        assert!(get.is_right(404) && !get.is_right(200));
    }
}
