DROP PUBLICATION IF EXISTS analytics;
CREATE PUBLICATION analytics;
ALTER PUBLICATION analytics ADD TABLE public.orders, public.products;
ALTER PUBLICATION analytics ADD TABLE public.customers (id, city);
