CREATE EXTENSION postgres_fdw;
CREATE SERVER shop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${PRIMARY_HOST}', port '${PRIMARY_PORT}', dbname '${PRIMARY_DATABASE}');
CREATE USER MAPPING FOR PUBLIC SERVER shop OPTIONS (user '${REPLICATION_USER}', password '${REPLICATION_PASSWORD}');

DROP TABLE orders, products, customers;
IMPORT FOREIGN SCHEMA public LIMIT TO (orders, products) FROM SERVER shop INTO public;
CREATE FOREIGN TABLE customers (id bigint, city text) SERVER shop;
