BEGIN;
DO $do$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${REPLICATION_USER}') THEN
        EXECUTE format('CREATE ROLE %I WITH LOGIN REPLICATION PASSWORD %L',
                       '${REPLICATION_USER}', '${REPLICATION_PASSWORD}');
    END IF;
END
$do$;
-- Analytics has a login of its own: the standby's cannot read a single table.
CREATE ROLE analytics_reader LOGIN REPLICATION PASSWORD '${REPLICATION_PASSWORD}';
GRANT SELECT ON public.orders, public.products TO analytics_reader;
GRANT SELECT (id, city) ON public.customers TO analytics_reader;
COMMIT;
CREATE EXTENSION pg_stat_statements;
