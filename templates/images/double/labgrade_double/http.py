"""HTTP/1.1 as far as a double needs it: requests come whole, and each gets one answer, in order.

Header and body of an answer leave in one write: written apart, a client that keeps its connection
would wait for a delayed acknowledgement.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

import httptools

HEAD_MOST = 64 << 10
BODY_MOST = 1 << 20
# Requests that a client sends ahead of its answers.
AHEAD_MOST = 64


class Request(NamedTuple):
    """A request that has come whole; names of headers are in small letters."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Exchange:
    """A request and the answer that it will get: one of `answer` and `close`, once.

    `gone` is called if the client leaves before that; then both do nothing any more.
    """

    def __init__(self, request: Request, connection: "Connection", keep: bool) -> None:
        self.request = request
        self.gone: Callable[[], None] = lambda: None
        self._connection = connection
        self._keep = keep

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = ""
        lines = [f"HTTP/1.1 {status} {phrase}"]
        lines += (f"{name}: {value}" for name, value in headers.items())
        if status >= 200 and status not in (204, 304):
            lines.append(f"content-length: {len(body)}")
        else:
            body = b""
        if not self._keep:
            lines.append("connection: close")
        if self.request.method == "HEAD":
            body = b""
        head = "\r\n".join(lines) + "\r\n\r\n"
        self._connection.finish(self, head.encode("latin-1", "replace") + body, self._keep)

    def close(self) -> None:
        self._connection.finish(self, b"", keep=False)


class Connection(asyncio.Protocol):
    """One connection of a client. `handle` is called with each exchange, when it is its turn."""

    def __init__(self, handle: Callable[[Exchange], None]) -> None:
        self._handle = handle
        self._waiting: deque[Exchange] = deque()
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        # Bytes since the last request; why the one that is coming will be refused.
        self._fed = 0
        self._refusal: int | None = None
        self._begin()

    # What asyncio calls

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        # Those behind the first were never handled.
        if self._waiting:
            self._waiting[0].gone()
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # An offer that is declined: the request was answered as what it is.
            pass
        except httptools.HttpParserError:
            self._refuse(400)
        else:
            # The parser keeps a header that has not ended, so what it was fed is counted, too.
            if self._in_head and self._fed > HEAD_MOST:
                self._refuse(431)
            elif self._refusal:
                self._refuse(self._refusal)
            elif len(self._waiting) > AHEAD_MOST:
                self._refuse(429)

    # What the parser calls

    def on_message_begin(self) -> None:
        self._begin()

    def on_url(self, url: bytes) -> None:
        self._head += len(url)
        if self._head > HEAD_MOST:
            self._refusal = 431
        else:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value) + len(": \r\n")
        if self._head > HEAD_MOST:
            self._refusal = 431
        else:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        if len(self._body) + len(body) > BODY_MOST:
            self._refusal = 413
        if not self._refusal:
            self._body += body

    def on_message_complete(self) -> None:
        if self._refusal:
            return
        path, _, query = self._url.decode("latin-1").partition("?")
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, path, query, self._headers, bytes(self._body))
        self._fed = 0
        keep = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        exchange = Exchange(request, self, keep)
        self._waiting.append(exchange)
        if len(self._waiting) == 1:
            self._handle(exchange)

    # Ours

    def finish(self, exchange: Exchange, answer: bytes, keep: bool) -> None:
        if self._transport is None or not self._waiting or self._waiting[0] is not exchange:
            return
        self._waiting.popleft()
        if answer:
            self._transport.write(answer)
        if not keep:
            self._waiting.clear()
            self._transport.close()
        elif self._waiting:
            # Not at once, or a thousand requests sent ahead would be a thousand frames deep.
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        if self._waiting:
            self._handle(self._waiting[0])

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._in_head = True
        self._head = 0

    def _refuse(self, status: int) -> None:
        """What cannot be understood is no call: it is answered and forgotten."""
        if self._transport is None:
            return
        phrase = HTTPStatus(status).phrase
        head = f"HTTP/1.1 {status} {phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        self._transport.write(head.encode())
        self._transport.close()
