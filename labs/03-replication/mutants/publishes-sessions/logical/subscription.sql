CREATE TABLE sessions (id bigint PRIMARY KEY, token text NOT NULL, customer_id bigint NOT NULL, expires_at timestamptz NOT NULL);
CREATE SUBSCRIPTION analytics
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION analytics;
