-- The application's role: rows of the shop's tables. What an identity needs comes with INSERT.
GRANT SELECT, INSERT, UPDATE, DELETE ON customers, products, orders, order_items, idempotency_keys
    TO app, yardstick;
-- Statements are for the grader to count.
REVOKE ALL ON pg_stat_statements, pg_stat_statements_info FROM PUBLIC;
REVOKE ALL ON FUNCTION pg_stat_statements(boolean), pg_stat_statements_info() FROM PUBLIC;
GRANT SELECT ON pg_stat_statements, pg_stat_statements_info TO audit;
GRANT EXECUTE ON FUNCTION pg_stat_statements(boolean), pg_stat_statements_info(), pg_stat_statements_reset(oid, oid, bigint) TO audit;
