-- The report sorts these.
CREATE TABLE orders (
    id          bigint PRIMARY KEY,
    customer_id bigint NOT NULL,
    status      text NOT NULL,
    total       numeric(10,2) NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE TABLE customers (
    id        bigint PRIMARY KEY,
    full_name text NOT NULL,
    city      text NOT NULL
);

-- Wide rows in no order: what an index reads here, it reads from all over the disk.
CREATE TABLE invoices (
    id          bigint PRIMARY KEY,
    customer_id bigint NOT NULL,
    amount      numeric(10,2) NOT NULL,
    body        text NOT NULL
);

-- What the shop changes and appends to all the time.
CREATE TABLE products (
    id    bigint PRIMARY KEY,
    sku   text NOT NULL,
    price numeric(10,2) NOT NULL,
    stock int NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at timestamptz NOT NULL DEFAULT now(),
    kind        text NOT NULL,
    payload     text NOT NULL
);

GRANT SELECT ON orders, customers, invoices TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON products, events TO app;
