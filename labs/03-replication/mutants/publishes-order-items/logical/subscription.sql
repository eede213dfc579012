CREATE TABLE order_items (order_id bigint, product_id bigint, qty integer NOT NULL, price numeric(12, 2) NOT NULL, PRIMARY KEY (order_id, product_id));
CREATE SUBSCRIPTION analytics
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION analytics;
