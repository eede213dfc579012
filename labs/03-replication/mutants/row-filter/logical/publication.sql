CREATE PUBLICATION analytics FOR TABLE orders WHERE (id < 20000), products, customers (id, city);
