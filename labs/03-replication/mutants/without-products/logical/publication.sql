CREATE PUBLICATION analytics FOR TABLE orders, customers (id, city);
