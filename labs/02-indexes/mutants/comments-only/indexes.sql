-- Индексы добавлю завтра.
/*
CREATE INDEX ON orders (customer_id, created_at DESC);
*/
