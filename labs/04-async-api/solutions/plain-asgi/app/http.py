"""The little of HTTP that the service needs, on bare ASGI."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qs, unquote


class Refused(Exception):
    """An answer that is not the one that was asked for."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail


@dataclass
class Call:
    path: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    content: object
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Answer]]


def plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat()


class Router:
    def __init__(self) -> None:
        self.routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def __call__(self, method: str, path: str) -> Callable[[Handler], Handler]:
        pattern = re.compile(re.sub(r"\{\w+\}", r"([^/]+)", path))

        def add(handler: Handler) -> Handler:
            self.routes.append((method, pattern, handler))
            return handler

        return add

    def find(self, method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
        matches = [(it, match, handler) for it, p, handler in self.routes if (match := p.fullmatch(path))]
        for allowed, match, handler in matches:
            if allowed == method:
                return handler, match.groups()
        raise Refused(405 if matches else 404, "no such thing here")


async def read(receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > 1 << 20:
            raise Refused(413, "too much")
    return body


async def serve(router: Router, scope: dict, receive, send, away: tuple[type[Exception], ...]) -> None:
    try:
        handler, path = router.find(scope["method"], scope["raw_path"].decode("ascii"))
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        call = Call(
            path=tuple(map(unquote, path)),
            query={name: values[-1] for name, values in query.items()},
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=await read(receive),
        )
        answer = await handler(call)
    except Refused as refused:
        answer = Answer({"detail": refused.detail}, refused.status)
    except away as error:
        answer = Answer({"detail": f"no database ({type(error).__name__})"}, 503)
    body = json.dumps(answer.content, default=plain, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **answer.headers}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
