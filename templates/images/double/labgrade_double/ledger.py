"""What was called, and how it ended: the grader's evidence. Bounded, whatever is sent."""

import time
from collections import deque
from typing import Any

from .http import Request

CALLS_KEPT = 10_000
BODY_KEPT = 4 << 10
HEADERS_KEPT = 20
VALUE_KEPT = 200

# A call is one of these at a time: before its delay is over or while it waits, and after.
LIVE = ("delayed", "waiting")
ENDS = ("answered", "closed", "gone")


class Call:
    """One call: times are milliseconds since the double started."""

    def __init__(self, n: int, at: float, request: Request, count: int) -> None:
        self.n = n
        self.at = at
        self.ended: float | None = None
        self.request = request
        self.state = "delayed"
        # Which count it belongs to: what was received before a reset is in no total after it.
        self.count = count

    def shown(self) -> dict[str, Any]:
        headers = list(self.request.headers.items())[:HEADERS_KEPT]
        return {
            "n": self.n,
            "at_ms": round(self.at, 3),
            "ended_ms": None if self.ended is None else round(self.ended, 3),
            "method": self.request.method,
            "path": self.request.path,
            "query": self.request.query,
            "headers": {name: value[:VALUE_KEPT] for name, value in headers},
            "body": self.request.body.decode("utf-8", "replace"),
            "state": self.state,
        }


class Ledger:
    """All calls since the last reset."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._n = 0
        self._count = 0
        self._live = dict.fromkeys(LIVE, 0)
        self.reset()

    def reset(self) -> None:
        """Forgets calls and totals; those that are still live stay live."""
        self._count += 1
        self._calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._received = 0
        self._most_waiting = self._live["waiting"]
        self._ended = dict.fromkeys(ENDS, 0)

    def receive(self, request: Request) -> Call:
        self._n += 1
        self._received += 1
        request = request._replace(body=request.body[:BODY_KEPT])
        call = Call(self._n, self._now(), request, self._count)
        self._calls.append(call)
        self._live["delayed"] += 1
        return call

    def turn(self, call: Call, state: str) -> None:
        """A call is now in another state; one that has ended stays so."""
        if call.state in ENDS:
            return
        self._live[call.state] -= 1
        call.state = state
        if state in LIVE:
            self._live[state] += 1
            self._most_waiting = max(self._most_waiting, self._live["waiting"])
            return
        call.ended = self._now()
        if call.count == self._count:
            self._ended[state] += 1

    def state(self) -> dict[str, int]:
        return {
            "received": self._received,
            "in_flight": sum(self._live.values()),
            "waiting": self._live["waiting"],
            "most_waiting": self._most_waiting,
            **self._ended,
        }

    def calls(self, first: int, most: int) -> list[dict[str, Any]]:
        """At most so many calls, from the one with the number `first` on."""
        found = []
        for call in self._calls:
            if call.n >= first:
                found.append(call.shown())
                if len(found) == most:
                    break
        return found

    def _now(self) -> float:
        return (time.monotonic() - self._began) * 1000
