CREATE PUBLICATION analytics FOR TABLE orders, products, customers (id, city);
