CREATE PUBLICATION analytics FOR TABLE orders, products, sessions, customers (id, city);
