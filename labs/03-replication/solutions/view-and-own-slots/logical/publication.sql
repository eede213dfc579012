CREATE PUBLICATION sales FOR TABLE public.orders WITH (publish_via_partition_root = true);
CREATE PUBLICATION goods FOR TABLE public.products, public.customers (id, city);
SELECT pg_create_logical_replication_slot('sales', 'pgoutput');
SELECT pg_create_logical_replication_slot('goods', 'pgoutput');
