"""What a call gets: the first rule that matches it, or 404."""

import json
import re
from typing import Any

from .http import Request

ACTS = ("answer", "hang", "latch", "close")
KNOWN = {"path", "method", "times", "status", "body", "headers", "delay_ms", "act"}
MOST = 10_000


class Rule:
    """One rule, as the grader sends it; see `parse`."""

    def __init__(self, spec: dict[str, Any]) -> None:
        if not isinstance(spec, dict):
            raise ValueError("a rule is an object")
        if unknown := sorted(set(spec) - KNOWN):
            raise ValueError(f"a rule has no {', '.join(unknown)}")
        try:
            self.path = re.compile(_taken(spec, "path", str, None))
        except re.error as error:
            raise ValueError(f"path: {error}") from None
        self.method = _taken(spec, "method", str, "")
        self.left: int | None = _taken(spec, "times", int, -1)
        self.left = None if self.left < 0 else self.left
        self.status = _taken(spec, "status", int, 200)
        self.act = _taken(spec, "act", str, "answer")
        self.delay = _taken(spec, "delay_ms", int, 0) / 1000
        self.headers = {"content-type": "application/json"}
        for name, value in _taken(spec, "headers", dict, {}).items():
            self.headers[name.lower()] = str(value)
        if self.act not in ACTS:
            raise ValueError(f"act is one of {', '.join(ACTS)}")
        if not 200 <= self.status <= 599:
            raise ValueError("status is between 200 and 599")
        body = spec.get("body", "")
        self._is_text = isinstance(body, str)
        self._body = body if self._is_text else json.dumps(body, ensure_ascii=False)
        self._has_groups = "$" in self._body

    def body(self, matched: re.Match) -> bytes:
        """The body for a call; `$1` is the first group of the path, in JSON as text of a string."""
        if not self._has_groups:
            return self._body.encode()

        def group(number: re.Match) -> str:
            text = matched[int(number[1])] or ""
            return text if self._is_text else json.dumps(text)[1:-1]

        groups = matched.re.groups
        pattern = r"\$(\d)"
        return re.sub(
            pattern, lambda number: group(number) if int(number[1]) <= groups else "", self._body
        ).encode()


def _taken(spec: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = spec.get(name)
    value = default if value is None else value
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name} is no {kind.__name__}")
    return value


def parse(specs: Any) -> list[Rule]:
    """Reads a list of rules. Each is an object of

    - `path`: a regular expression that the whole path matches, the query left out;
    - `method`: any by default;
    - `times`: how many calls it is for, after which it is passed over; any number by default;
    - `act`: `answer`; `latch`, answered when released; `hang`, the same, even while the latch is
      kept open; `close`, the connection closed without an answer;
    - `status` (200), `headers`, and `body`: text, or a value that becomes JSON, in which `$1` to
      `$9` are the groups of the path;
    - `delay_ms`: how long an answer, or a close, is put off.
    """
    if not isinstance(specs, list) or len(specs) > MOST:
        raise ValueError(f"rules are a list of at most {MOST}")
    rules = []
    for number, spec in enumerate(specs):
        try:
            rules.append(Rule(spec))
        except ValueError as error:
            raise ValueError(f"rule {number}: {error}") from None
    return rules


def take(rules: list[Rule], request: Request) -> tuple[Rule, re.Match] | None:
    """The first rule for a request, counted as taken."""
    for rule in rules:
        if rule.left == 0 or (rule.method and rule.method != request.method):
            continue
        matched = rule.path.fullmatch(request.path)
        if matched:
            if rule.left is not None:
                rule.left -= 1
            return rule, matched
    return None
