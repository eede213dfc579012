//! Answers whole, in pieces, and wrong.

use super::*;

/// Reads an answer that comes in pieces of `size` bytes; the connection ends behind it.
fn read(text: &str, size: usize) -> Result<Answer, Flaw> {
    let mut answer = Answer::new(false, 100);
    let mut buffer: Vec<u8> = Vec::new();
    for piece in text.as_bytes().chunks(size) {
        buffer.extend_from_slice(piece);
        loop {
            let had_head = answer.has_head();
            let taken = answer.take(&buffer)?;
            buffer.drain(..taken.bytes);
            if taken.complete {
                return Ok(answer);
            }
            if taken.bytes == 0 || had_head {
                break;
            }
        }
    }
    answer.end()?;
    Ok(answer)
}

#[test]
fn bodies_end_where_they_say_so() {
    let cases = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            200,
            "hello",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nConnection: Close\r\n\r\nhi",
            200,
            "hi",
            false,
        ),
        (
            "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
            201,
            "",
            true,
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
        (
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
            304,
            "",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n",
            200,
            "abcde",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\nuntil the end",
            200,
            "until the end",
            false,
        ),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
            200,
            "x",
            false,
        ),
        (
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
            200,
            "x",
            true,
        ),
        (
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\nx",
            500,
            "x",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            200,
            "a",
            false,
        ),
    ];
    for (text, status, body, reusable) in cases {
        for size in [1, 2, 7, 1_000] {
            let answer = read(text, size).expect(text);
            assert_eq!(answer.status, status, "{text}");
            assert_eq!(answer.body, body.as_bytes(), "{text}");
            assert_eq!(answer.reusable, reusable, "{text}");
        }
    }
}

#[test]
fn what_is_no_answer_is_told() {
    let cases = [
        ("hello\r\n\r\n", Flaw::Garbled),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            Flaw::Garbled,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            Flaw::Garbled,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            Flaw::Garbled,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
            Flaw::Garbled,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            Flaw::Garbled,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
            Flaw::Garbled,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            Flaw::Garbled,
        ),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", Flaw::Garbled),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
            Flaw::TooLarge,
        ),
        ("", Flaw::Garbled),
    ];
    for (text, flaw) in cases {
        for size in [1, 1_000] {
            assert_eq!(read(text, size).err(), Some(flaw), "{text}");
        }
    }
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1_100_000));
    assert_eq!(read(&endless, 16_384).err(), Some(Flaw::TooLarge));
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        format!("400\r\n{}\r\n", "x".repeat(1_024)).repeat(1_025)
    );
    assert_eq!(read(&chunked, 16_384).err(), Some(Flaw::TooLarge));
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20);
    assert_eq!(read(&hints, 1_000).err(), Some(Flaw::Garbled));
}

#[test]
fn a_head_only_answer_has_no_body_and_little_is_kept() {
    let mut answer = Answer::new(true, 0);
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assert!(answer.take(text).expect("an answer").complete);
    let mut answer = Answer::new(false, 3);
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let head = answer.take(text).expect("a head").bytes;
    assert!(answer.has_head());
    assert!(answer.take(&text[head..]).expect("a body").complete);
    assert_eq!(answer.body, b"hel");
}
