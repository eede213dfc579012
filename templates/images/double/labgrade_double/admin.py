"""The grader's side. Without the token there is nothing here.

    PUT    /rules          a list of rules, see `rules.parse`; those before are forgotten
    GET    /state          {received, in_flight, waiting, most_waiting, answered, closed, gone}
    GET    /calls?from=N   at most 500 calls, from number N on
    DELETE /calls          forgets calls and totals; the numbers go on
    POST   /release        {"keep": false}: lets go what waits, {"released": n}
    PUT    /hold           {"needle": "text"}: the proxy waits for that text
    GET    /hold           {armed, held, connections}
    POST   /hold/release   lets go what is held, {"released": true or false}
    GET    /health
"""

import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from . import rules
from .double import Double
from .http import Exchange, Request
from .proxy import Proxy

CALLS_MOST = 500


class Admin:
    """Answers the grader."""

    def __init__(self, token: str, double: Double, proxy: Proxy | None) -> None:
        self._secret = f"Bearer {token}".encode()
        self._double = double
        self._routes: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "/health"): lambda _: {"status": "ok"},
            ("PUT", "/rules"): self._put_rules,
            ("GET", "/state"): lambda _: double.ledger.state(),
            ("GET", "/calls"): self._get_calls,
            ("DELETE", "/calls"): self._delete_calls,
            ("POST", "/release"): self._release,
        }
        if proxy is not None:
            self._routes |= {
                ("PUT", "/hold"): lambda request: proxy.arm(_needle(request)),
                ("GET", "/hold"): lambda _: proxy.state(),
                ("POST", "/hold/release"): lambda _: {"released": proxy.release()},
            }

    def handle(self, exchange: Exchange) -> None:
        request = exchange.request
        given = request.headers.get("authorization", "").encode("latin-1")
        route = self._routes.get((request.method, request.path))
        if route is None or not hmac.compare_digest(given, self._secret):
            exchange.answer(404, b"", {})
            return
        try:
            status, told = 200, route(request)
        except ValueError as error:
            status, told = 422, {"detail": str(error)}
        body = json.dumps(told, ensure_ascii=False).encode()
        exchange.answer(status, body, {"content-type": "application/json"})

    def _put_rules(self, request: Request) -> dict[str, int]:
        new = rules.parse(json.loads(request.body))
        self._double.set_rules(new)
        return {"rules": len(new)}

    def _get_calls(self, request: Request) -> list[dict[str, Any]]:
        first = int(parse_qs(request.query).get("from", ["0"])[0])
        return self._double.ledger.calls(first, CALLS_MOST)

    def _delete_calls(self, _: Request) -> dict[str, int]:
        self._double.ledger.reset()
        return self._double.ledger.state()

    def _release(self, request: Request) -> dict[str, int]:
        asked = json.loads(request.body) if request.body else {}
        if not isinstance(asked, dict) or set(asked) - {"keep"}:
            raise ValueError("a release may say keep, and nothing else")
        return {"released": self._double.release(asked.get("keep") is True)}


def _needle(request: Request) -> bytes:
    asked = json.loads(request.body)
    needle = asked.get("needle") if isinstance(asked, dict) else None
    if not isinstance(needle, str) or not needle:
        raise ValueError("needle is a text that is not empty")
    return needle.encode()
