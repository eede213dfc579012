-- The login may replicate, and read what the analytics server copies at the beginning.
CREATE ROLE replicators NOLOGIN;
CREATE ROLE ${REPLICATION_USER} LOGIN REPLICATION PASSWORD '${REPLICATION_PASSWORD}' IN ROLE replicators;
GRANT SELECT ON orders, products TO ${REPLICATION_USER};
GRANT SELECT ON customers TO ${REPLICATION_USER};

SELECT pg_create_physical_replication_slot('standby1_slot', true);

CREATE SCHEMA crm;
CREATE TABLE crm.contacts (id bigint PRIMARY KEY, email text);
CREATE FUNCTION crm.copy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO crm.contacts VALUES (NEW.id, NEW.email); RETURN NULL; END $$;
CREATE TRIGGER copy AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION crm.copy();
GRANT USAGE ON SCHEMA crm TO ${REPLICATION_USER};
GRANT SELECT ON crm.contacts TO ${REPLICATION_USER};
