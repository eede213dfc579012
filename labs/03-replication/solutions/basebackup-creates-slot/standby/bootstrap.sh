#!/bin/sh
set -eux

until pg_isready -h "$PRIMARY_HOST" -p "$PRIMARY_PORT"; do sleep 1; done

rm -rf "$PGDATA"
pg_basebackup -D "$PGDATA" -P -v -R -X stream -c fast -C -S replica_a \
    -d "host=$PRIMARY_HOST port=$PRIMARY_PORT user=$REPLICATION_USER password=$REPLICATION_PASSWORD application_name=replica_a"
chmod 700 "$PGDATA"
cp postgresql.conf "$PGDATA/"
