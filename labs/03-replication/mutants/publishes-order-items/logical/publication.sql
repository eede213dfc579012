CREATE PUBLICATION analytics FOR TABLE orders, products, order_items, customers (id, city);
