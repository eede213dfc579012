CREATE ROLE ${REPLICATION_USER};
ALTER ROLE ${REPLICATION_USER} WITH LOGIN REPLICATION PASSWORD '${REPLICATION_PASSWORD}' VALID UNTIL 'infinity';
GRANT pg_monitor TO ${REPLICATION_USER};
GRANT SELECT ON orders, products, customers TO ${REPLICATION_USER};
SELECT pg_create_physical_replication_slot('standby_1', true), pg_create_physical_replication_slot('standby_2');
COMMENT ON ROLE ${REPLICATION_USER} IS 'физическая и логическая репликация';
