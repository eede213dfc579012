CREATE PUBLICATION analytics FOR TABLE orders, products;
