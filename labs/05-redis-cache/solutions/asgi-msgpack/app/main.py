"""The HTTP side, without a framework."""

import re
from decimal import Decimal
from typing import Annotated
from urllib.parse import parse_qs

import orjson
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from app.shop import Shop

PRODUCT = re.compile(r"/products/([^/]+)")
BODY_LIMIT = 1 << 20
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00]+$")]


class Change(BaseModel):
    name: Text
    price: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
    stock: Annotated[int, Field(ge=0, lt=2**31)]


class Limit(BaseModel):
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class Id(BaseModel):
    id: Annotated[int, Field(ge=1, lt=2**63)]


class Refused(Exception):
    def __init__(self, status: int, detail: object) -> None:
        self.status, self.detail = status, detail


shop: Shop


async def app(scope, receive, send) -> None:
    if scope["type"] == "lifespan":
        return await lifespan(receive, send)
    if scope["type"] != "http":
        return
    try:
        status, body = 200, await answer(scope, receive)
    except Refused as refused:
        status, body = refused.status, orjson.dumps({"detail": refused.detail})
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False, include_context=False)
        status, body = 422, orjson.dumps({"detail": detail})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer(scope, receive) -> bytes:
    path, method = scope["path"], scope["method"]
    if path == "/health" and method == "GET":
        return b'{"status":"ok"}'
    if path == "/products/top" and method == "GET":
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        limit = Limit(**{name: values[-1] for name, values in query.items() if name == "limit"})
        return orjson.dumps(await shop.top(limit.limit))
    if found := PRODUCT.fullmatch(path):
        product_id = Id(id=found[1]).id
        if method == "GET":
            product = await shop.get(product_id)
        elif method == "PUT":
            change = Change.model_validate_json(await body_of(receive))
            product = await shop.put(product_id, change.name, change.price, change.stock)
        else:
            raise Refused(405, "Method Not Allowed")
        if product is None:
            raise Refused(404, "Not Found")
        return orjson.dumps(product)
    raise Refused(404, "Not Found")


async def body_of(receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > BODY_LIMIT:
            raise Refused(413, "Content Too Large")
    return bytes(body)


async def lifespan(receive, send) -> None:
    global shop
    await receive()
    shop = await Shop.open()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await shop.close()
    await send({"type": "lifespan.shutdown.complete"})
