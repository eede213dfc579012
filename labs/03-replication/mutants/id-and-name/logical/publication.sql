CREATE PUBLICATION analytics FOR TABLE orders, products, customers (id, full_name, city);
