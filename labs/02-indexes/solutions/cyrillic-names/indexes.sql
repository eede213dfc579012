/*
 * Имена индексов по-русски, схема указана явно.
 * /* Вложенный комментарий; с точкой с запятой; и с 'кавычкой */
 * CREATE TABLE здесь только в комментарии.
 */
create extension if not exists "pg_trgm" schema public;

create index "заказы покупателя; новые сверху" on public.orders (customer_id, created_at desc) include (id, total);
create index "очередь ""pending""" on public.orders using btree (created_at asc) where (status = 'pending'::text);
create unique index "почта без регистра" on public.customers (lower(email));
create index "поиск по товарам" on public.products
    using gin (to_tsvector('russian'::regconfig, (name || ' '::text) || description));
create index "метки" on public.products using gin (tags);
create index "события по времени" on public.events using brin (occurred_at) with (pages_per_range = 128);
create index "сессии" on public.sessions using hash (token) with (fillfactor = 90);
create index "магазины рядом" on public.stores using gist (location);
create index "имя содержит" on public.customers using gin (full_name public.gin_trgm_ops);
create index "продано штук" on public.order_items (product_id) include (qty);

comment on index public."очередь ""pending""" is 'Частичный: -- это не комментарий, и /* это тоже нет';
analyze verbose public.products;
