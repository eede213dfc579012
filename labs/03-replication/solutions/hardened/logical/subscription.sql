CREATE SUBSCRIPTION warehouse
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=warehouse password=${REPLICATION_PASSWORD}-warehouse'
    PUBLICATION warehouse;
