//! One request, put into bytes before the load begins, and the command with which it can be sent
//! again by hand.

use std::sync::Arc;

use bytes::Bytes;

/// A request that is ready to be sent, and what a right answer to it is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is written to the connection.
    pub(super) bytes: Bytes,
    /// The statuses of a right answer; none: every one of 200 to 299.
    pub(super) expects: Arc<[u16]>,
    /// The body of the answer is wanted.
    pub(super) keeps: bool,
    /// No body comes in answer to a HEAD.
    pub(super) bodyless: bool,
    text: Arc<Text>,
}

#[derive(Debug)]
struct Text {
    method: String,
    host: String,
    path: String,
    body: Option<String>,
}

impl Request {
    /// A request of HTTP/1.1. `host` goes into the header as it is, `path` begins with a slash, and
    /// a body is JSON. None if method, host or path hold what would end their line: they could say
    /// anything then.
    #[must_use]
    pub fn new(method: &str, host: &str, path: &str, body: Option<&str>) -> Option<Self> {
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_graphic());
        if !plain(method) || !plain(host) || !plain(path) || !path.starts_with('/') {
            return None;
        }
        let mut bytes = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: labgrade\r\nAccept: */*\r\n"
        );
        if let Some(body) = body {
            let length = body.len();
            bytes.push_str(&format!(
                "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            ));
        } else {
            bytes.push_str("\r\n");
        }
        Some(Self {
            bytes: Bytes::from(bytes),
            expects: Arc::new([]),
            keeps: false,
            bodyless: method == "HEAD",
            text: Arc::new(Text {
                method: method.to_owned(),
                host: host.to_owned(),
                path: path.to_owned(),
                body: body.map(str::to_owned),
            }),
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

    /// Method and path, as in `GET /orders/7`.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.text.method, self.text.path)
    }

    /// The command with which it can be sent by hand.
    #[must_use]
    pub fn curl(&self) -> String {
        let Text {
            method,
            host,
            path,
            body,
        } = &*self.text;
        let address = quoted(&format!("http://{host}{path}"));
        match body {
            None if method == "GET" => format!("curl -i {address}"),
            None => format!("curl -i -X {method} {address}"),
            Some(body) => format!(
                "curl -i -X {method} {address} -H 'Content-Type: application/json' -d {}",
                quoted(body)
            ),
        }
    }
}

/// One word for a shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_its_bytes_and_its_command() {
        let get = Request::new("GET", "app:8000", "/orders/7?x=1", None).expect("a request");
        assert!(
            get.bytes
                .starts_with(b"GET /orders/7?x=1 HTTP/1.1\r\nHost: app:8000\r\n")
        );
        assert!(get.bytes.ends_with(b"\r\n\r\n"));
        assert_eq!(get.curl(), "curl -i 'http://app:8000/orders/7?x=1'");
        assert_eq!(get.line(), "GET /orders/7?x=1");
        let post = Request::new("POST", "app", "/a", Some(r#"{"it": "it's"}"#)).expect("a request");
        assert!(
            post.bytes
                .ends_with(b"Content-Length: 14\r\n\r\n{\"it\": \"it's\"}")
        );
        assert_eq!(
            post.curl(),
            r#"curl -i -X POST 'http://app/a' -H 'Content-Type: application/json' -d '{"it": "it'\''s"}'"#
        );
    }

    #[test]
    fn what_would_end_a_line_is_refused() {
        for (method, host, path) in [
            ("GET", "app", "/a b"),
            ("GET", "app", "/a\r\nX: y"),
            ("GET", "app", "a"),
            ("GET", "app\r\n", "/"),
            ("", "app", "/"),
            ("GET", "app", "/ü"),
        ] {
            assert!(Request::new(method, host, path, None).is_none(), "{path}");
        }
    }

    #[test]
    fn right_statuses_are_those_of_success_or_those_that_are_named() {
        let get = Request::new("GET", "app", "/", None).expect("a request");
        assert!(get.is_right(204) && !get.is_right(301) && !get.is_right(500));
        let get = get.expecting(&[404]);
        assert!(get.is_right(404) && !get.is_right(200));
    }
}
