SET ROLE shop_owner;
CREATE PUBLICATION warehouse FOR TABLE orders, products, customers (id, city);
