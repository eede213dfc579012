CREATE PUBLICATION "For Analytics" FOR TABLE public.orders, public.products, public.customers (id, city)
    WITH (publish = 'insert,update,delete');
