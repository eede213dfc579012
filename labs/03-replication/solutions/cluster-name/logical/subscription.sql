CREATE SUBSCRIPTION analytics_sub
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=analytics_reader password=${REPLICATION_PASSWORD} connect_timeout=5'
    PUBLICATION analytics
    WITH (binary = true, streaming = true);
