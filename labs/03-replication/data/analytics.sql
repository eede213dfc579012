-- What waits for the subscription: of customers nothing that names a person.
SET ROLE shop_owner;
CREATE TABLE orders (
    id          bigint PRIMARY KEY,
    customer_id bigint         NOT NULL,
    status      text           NOT NULL DEFAULT 'new',
    total       numeric(14, 2) NOT NULL,
    created_at  timestamptz    NOT NULL DEFAULT now()
);
CREATE TABLE products (
    id          bigint PRIMARY KEY,
    sku         text           NOT NULL,
    name        text           NOT NULL,
    description text           NOT NULL,
    price       numeric(12, 2) NOT NULL CHECK (price >= 0),
    stock       integer        NOT NULL CHECK (stock >= 0),
    tags        text[]         NOT NULL DEFAULT '{}',
    updated_at  timestamptz    NOT NULL DEFAULT now()
);
CREATE TABLE customers (
    id          bigint PRIMARY KEY,
    city        text NOT NULL
);
