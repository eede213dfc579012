"""Does what the rules say with each call of a submission."""

import asyncio
from collections.abc import Callable
from functools import partial

from . import rules
from .http import Exchange
from .ledger import Call, Ledger
from .rules import Rule

NO_RULE = b'{"detail": "the double has no rule for this"}'


class Double:
    """The rules, the ledger, and the calls in the latch."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self._rules: list[Rule] = []
        self._latched: dict[int, Callable[[], None]] = {}
        self._open = False

    def set_rules(self, new: list[Rule]) -> None:
        """Replaces all rules, and shuts the latch; what is in it stays there."""
        self._rules = new
        self._open = False

    def release(self, keep: bool) -> int:
        """Lets everything in the latch go, and says how many. With `keep` the latch stays open."""
        self._open = keep
        latched, self._latched = self._latched, {}
        for go in latched.values():
            go()
        return len(latched)

    def handle(self, exchange: Exchange) -> None:
        call = self.ledger.receive(exchange.request)
        exchange.gone = partial(self._gone, call)
        taken = rules.take(self._rules, exchange.request)
        if taken is None:
            self._answer(exchange, call, 404, NO_RULE, {"content-type": "application/json"})
            return
        rule, matched = taken
        if rule.act == "close":
            end = partial(self._close, exchange, call)
        else:
            body = rule.body(matched)
            end = partial(self._answer, exchange, call, rule.status, body, rule.headers)
        if rule.act == "hang" or (rule.act == "latch" and not self._open):
            self.ledger.turn(call, "waiting")
            self._latched[call.n] = partial(self._after, rule.delay, call, end)
        else:
            self._after(rule.delay, call, end)

    def _after(self, delay: float, call: Call, end: Callable[[], None]) -> None:
        self.ledger.turn(call, "delayed")
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, end)
        else:
            end()

    def _answer(
        self, exchange: Exchange, call: Call, status: int, body: bytes, headers: dict[str, str]
    ) -> None:
        # First the ledger: when the client has its answer, the grader may ask.
        self.ledger.turn(call, "answered")
        exchange.answer(status, body, headers)

    def _close(self, exchange: Exchange, call: Call) -> None:
        self.ledger.turn(call, "closed")
        exchange.close()

    def _gone(self, call: Call) -> None:
        self.ledger.turn(call, "gone")
        self._latched.pop(call.n, None)
