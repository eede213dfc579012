CREATE PUBLICATION analytics FOR TABLE orders, products, customers (id, city);
CREATE PUBLICATION contacts FOR TABLE crm.contacts;
