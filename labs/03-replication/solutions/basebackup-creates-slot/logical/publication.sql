CREATE PUBLICATION shop_orders FOR TABLE orders;
CREATE PUBLICATION shop_products FOR TABLE ONLY products WITH (publish = 'insert, update, delete, truncate');
CREATE PUBLICATION shop_customers FOR TABLE customers (city, id);
