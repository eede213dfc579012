CREATE PUBLICATION analytics FOR TABLE orders, products, customers (id, city);

ALTER ROLE labgrade_admin NOLOGIN;
