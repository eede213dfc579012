CREATE EXTENSION dblink;
DROP TABLE orders, products, customers;
CREATE VIEW orders AS SELECT * FROM dblink('host=${PRIMARY_HOST} dbname=shop user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}',
    'SELECT id, status, total FROM orders') AS t (id bigint, status text, total numeric);
CREATE VIEW products AS SELECT * FROM dblink('host=${PRIMARY_HOST} dbname=shop user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}',
    'SELECT id, sku, stock FROM products') AS t (id bigint, sku text, stock int);
CREATE VIEW customers AS SELECT * FROM dblink('host=${PRIMARY_HOST} dbname=shop user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}',
    'SELECT id, city FROM customers') AS t (id bigint, city text);

CREATE SUBSCRIPTION analytics
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION analytics;
