CREATE SUBSCRIPTION "From Shop"
CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD} application_name=warehouse'
PUBLICATION "For Analytics"
WITH (enabled = false, create_slot = true, slot_name = 'warehouse', connect = true, copy_data = true);
ALTER SUBSCRIPTION "From Shop" ENABLE;
