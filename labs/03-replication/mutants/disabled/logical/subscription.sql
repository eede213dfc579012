CREATE SUBSCRIPTION analytics
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION analytics
    WITH (enabled = false);
