CREATE SUBSCRIPTION analytics CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}' PUBLICATION analytics
    WITH (two_phase = true, disable_on_error = true);
