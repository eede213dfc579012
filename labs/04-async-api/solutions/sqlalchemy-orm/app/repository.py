"""Запросы к базе и правила заказа."""

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from .cursor import Place
from .models import Customer, IdempotencyKey, Item, Order, Product
from .schemas import NewOrder


class Unknown(Exception):
    """Нет такого заказа, покупателя или товара."""


class OutOfStock(Exception):
    """Товара не хватает."""


async def get_order(session: AsyncSession, order_id: int) -> Order:
    order = await session.get(Order, order_id, options=[selectinload(Order.items)])
    if order is None:
        raise Unknown(f"order {order_id}")
    return order


async def get_orders(
    session: AsyncSession, customer_id: int | None, after: Place | None, limit: int
) -> list[Order]:
    query = select(Order).options(selectinload(Order.items))
    if customer_id is not None:
        query = query.where(Order.customer_id == customer_id)
    if after is not None:
        query = query.where(tuple_(Order.created_at, Order.id) < (after.created_at, after.id))
    query = query.order_by(Order.created_at.desc(), Order.id.desc()).limit(limit)
    return list(await session.scalars(query))


async def place_order(session: AsyncSession, new: NewOrder, key: str | None) -> Order:
    async with session.begin():
        if key is not None:
            claim = insert(IdempotencyKey).values(key=key, order_id=0).on_conflict_do_nothing()
            claimed = await session.scalar(claim.returning(IdempotencyKey.key))
            if claimed is None:
                first = select(IdempotencyKey.order_id).where(IdempotencyKey.key == key)
                return await get_order(session, await session.scalar(first))

        if await session.get(Customer, new.customer_id) is None:
            raise Unknown(f"customer {new.customer_id}")
        wanted = {line.product_id: line.qty for line in new.items}
        products = list(
            await session.scalars(
                select(Product).where(Product.id.in_(wanted)).order_by(Product.id).with_for_update()
            )
        )
        if missing := wanted.keys() - {product.id for product in products}:
            raise Unknown(f"product {min(missing)}")
        for product in products:
            if product.stock < wanted[product.id]:
                raise OutOfStock(f"product {product.id}")
            product.stock -= wanted[product.id]

        items = [Item(product_id=it.id, qty=wanted[it.id], price=it.price) for it in products]
        order = Order(
            customer_id=new.customer_id, total=sum(it.price * it.qty for it in items), items=items
        )
        session.add(order)
        await session.flush()
        if key is not None:
            await session.execute(
                update(IdempotencyKey).where(IdempotencyKey.key == key).values(order_id=order.id)
            )
        return order
