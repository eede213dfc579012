"""The shop's tables for SQLAlchemy Core: the columns that the service uses."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Numeric, Table, Text, func

metadata = MetaData()

customers = Table("customers", metadata, Column("id", BigInteger, primary_key=True))

products = Table(
    "products",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("price", Numeric(12, 2)),
    Column("stock", Integer),
)

orders = Table(
    "orders",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("customer_id", BigInteger),
    Column("status", Text, server_default="new"),
    Column("total", Numeric(14, 2)),
    Column("created_at", DateTime(timezone=True), server_default=func.now()),
)

order_items = Table(
    "order_items",
    metadata,
    Column("order_id", BigInteger, primary_key=True),
    Column("product_id", BigInteger, primary_key=True),
    Column("qty", Integer),
    Column("price", Numeric(12, 2)),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("order_id", BigInteger),
)
