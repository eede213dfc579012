CREATE PUBLICATION analytics FOR TABLE customers (id, city), orders, products;
