-- Один GIN на два запроса: метод ищет по любому из своих столбцов.

create extension if not exists pg_trgm;
create index products_search on products using gin (tags, to_tsvector('russian', name || ' ' || description));

create index orders_customer_newest on orders (customer_id, created_at desc);
create index orders_pending on orders (created_at, customer_id, id) where status = 'pending';

-- Первый вариант был с ошибкой; индекс свой, его можно удалить.
create index customers_email on customers (email);
drop index customers_email;
create index customers_email on customers (lower(email)) include (id, full_name);

create index events_minmax on events using brin (occurred_at timestamptz_minmax_multi_ops) with (pages_per_range = 64);
create index sessions_token on sessions using hash (token);
create index stores_gist on stores using gist (location) with (fillfactor = 95);
create index customers_trgm on customers using gin (full_name gin_trgm_ops);
create index items_product_qty on order_items (product_id, qty);
analyze;
