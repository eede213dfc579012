-- The login may replicate, and read what the analytics server copies at the beginning.
CREATE ROLE replicators NOLOGIN;
CREATE ROLE ${REPLICATION_USER} LOGIN REPLICATION PASSWORD '${REPLICATION_PASSWORD}' IN ROLE replicators;
GRANT SELECT ON orders, products TO ${REPLICATION_USER};
GRANT SELECT (id, city) ON customers TO ${REPLICATION_USER};

SELECT pg_create_physical_replication_slot('standby1_slot', true);
