CREATE PUBLICATION analytics ON TABLES orders, products, customers (id, city);
