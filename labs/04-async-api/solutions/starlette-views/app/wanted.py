"""What is wanted of the service, read by hand: each reader gives a value, or refuses with 422."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timezone

import orjson
from starlette.exceptions import HTTPException

BIGGEST = 2**63 - 1


def refuse(detail: str) -> HTTPException:
    return HTTPException(422, detail)


def integer(value: object, name: str, least: int = 1, most: int = BIGGEST) -> int:
    if type(value) is not int or not least <= value <= most:
        raise refuse(f"{name} has to be an integer from {least} to {most}")
    return value


def number(text: str | None, name: str, default: int | None, most: int = BIGGEST) -> int | None:
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise refuse(f"{name} has to be a number")
    return integer(int(text), name, most=most)


def new_order(body: bytes) -> tuple[int, dict[int, int]]:
    """The customer, and quantities by product."""
    try:
        new = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise refuse(f"no JSON: {error}") from None
    if not isinstance(new, dict):
        raise refuse("an object is wanted")
    lines, items = {}, new.get("items")
    if not isinstance(items, list) or not items:
        raise refuse("items are missing")
    for item in items:
        if not isinstance(item, dict):
            raise refuse("an item is an object")
        product = integer(item.get("product_id"), "product_id")
        if product in lines:
            raise refuse(f"product {product} comes twice")
        lines[product] = integer(item.get("qty"), "qty", most=1000)
    return integer(new.get("customer_id"), "customer_id"), lines


def key(header: str | None) -> str | None:
    if header is not None and not 1 <= len(header) <= 200:
        raise refuse("an Idempotency-Key has 1 to 200 characters")
    return header


# Nobody but the service makes cursors. The secret is the same after a restart, and in each instance.
SECRET = hashlib.sha256(os.environ["DATABASE_URL"].encode()).digest()


def sign(place: bytes) -> bytes:
    return hmac.digest(SECRET, place, "sha256")[:12]


def to_cursor(created_at: datetime, order_id: int) -> str:
    place = orjson.dumps([created_at, order_id])
    return urlsafe_b64encode(sign(place) + place).decode()


def from_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        signed = urlsafe_b64decode(cursor.encode())
        if not hmac.compare_digest(sign(signed[12:]), signed[:12]):
            raise ValueError
        created_at, order_id = orjson.loads(signed[12:])
        return datetime.fromisoformat(created_at).astimezone(timezone.utc), order_id
    except ValueError:
        raise refuse("not a cursor of ours") from None
