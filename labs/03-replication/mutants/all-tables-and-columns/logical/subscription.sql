CREATE TABLE order_items (order_id bigint, product_id bigint, qty integer NOT NULL, price numeric(12, 2) NOT NULL, PRIMARY KEY (order_id, product_id));
CREATE TABLE events (id bigint PRIMARY KEY, occurred_at timestamptz NOT NULL, kind text NOT NULL, payload jsonb NOT NULL);
CREATE TABLE sessions (id bigint PRIMARY KEY, token text NOT NULL, customer_id bigint NOT NULL, expires_at timestamptz NOT NULL);
CREATE TABLE stores (id bigint PRIMARY KEY, name text NOT NULL, location point NOT NULL);
ALTER TABLE customers ADD email text, ADD full_name text, ADD attributes jsonb, ADD created_at timestamptz;

CREATE SUBSCRIPTION analytics
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION analytics;
