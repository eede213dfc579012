"""Заказы магазина. Заготовка: отвечает на /health и читает заказ, остальное — ваша работа."""

import os

import asyncpg
from fastapi import FastAPI, HTTPException

app = FastAPI(title="Заказы магазина")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/orders/{order_id}")
async def read_order(order_id: int):
    # Работает, но каждому запросу — своё подключение: посмотрите, что будет под нагрузкой.
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        order = await connection.fetchrow(
            "SELECT id, customer_id, status, total, created_at FROM orders WHERE id = $1", order_id
        )
        if order is None:
            raise HTTPException(404, "нет такого заказа")
        lines = await connection.fetch(
            "SELECT product_id, qty, price FROM order_items WHERE order_id = $1 ORDER BY product_id",
            order_id,
        )
    finally:
        await connection.close()
    return {
        **order,
        "total": float(order["total"]),
        "items": [{**line, "price": float(line["price"])} for line in lines],
    }
