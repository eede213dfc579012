"""Служба доставки: чужой сервис, который бывает медленным или недоступным."""

import asyncio
import os

import httpx
from fastapi import HTTPException

DEADLINE_SECONDS = 1.0


def open_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=os.environ["UPSTREAM_URL"],
        # Весь вызов ограничен ниже; без этого предела httpx считал бы каждую паузу отдельно.
        timeout=DEADLINE_SECONDS,
        limits=httpx.Limits(max_connections=500, max_keepalive_connections=100),
        trust_env=False,
    )


async def quote(client: httpx.AsyncClient, order_id: int) -> dict:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            answer = await client.get(f"/quote/{order_id}")
        answer.raise_for_status()
        offer = answer.json()
        return {"order_id": order_id, "price": offer["price"], "days": offer["days"]}
    except (TimeoutError, httpx.TimeoutException):
        raise HTTPException(504, "the delivery service is late") from None
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        raise HTTPException(502, "the delivery service failed") from None
