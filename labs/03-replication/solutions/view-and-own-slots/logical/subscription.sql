CREATE SUBSCRIPTION sales
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION sales WITH (create_slot = false, copy_data = false, slot_name = 'sales');
CREATE SUBSCRIPTION goods
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION goods WITH (create_slot = false, copy_data = false, slot_name = 'goods', synchronous_commit = 'off');
CREATE INDEX ON orders (customer_id);
