#!/bin/sh
set -ex
here=$(cd "$(dirname "$0")" && pwd)
PGPASSWORD=$REPLICATION_PASSWORD pg_basebackup -h "$PRIMARY_HOST" -p "$PRIMARY_PORT" -U "$REPLICATION_USER" \
    -D "$PGDATA" -S standby_1 -c fast -r 200M --no-password --label standby-1
cat "$here/postgresql.conf" > "$PGDATA/postgresql.conf"
cp "$here/pg_hba.conf" "$PGDATA/pg_hba.conf"
printf "primary_conninfo = 'host=%s port=%s user=%s password=%s application_name=standby-1 connect_timeout=3 sslmode=prefer'\n" \
    "$PRIMARY_HOST" "$PRIMARY_PORT" "$REPLICATION_USER" "$REPLICATION_PASSWORD" >> "$PGDATA/postgresql.auto.conf"
touch "$PGDATA/standby.signal"
# Left running: it can be looked at.
pg_ctl start -w -D "$PGDATA" -l "$PGDATA/try.log"
psql -d shop -c 'SELECT count(*) FROM orders'
