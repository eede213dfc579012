#!/bin/bash
set -euo pipefail

export PGPASSWORD=$REPLICATION_PASSWORD
pg_basebackup --host="$PRIMARY_HOST" --port="$PRIMARY_PORT" --username="$REPLICATION_USER" \
    --pgdata="$PGDATA" --wal-method=stream --slot=standby1_slot --checkpoint=fast

cp "$(dirname "$0")/postgresql.conf" "$PGDATA/postgresql.conf"
cat >> "$PGDATA/postgresql.auto.conf" <<CONF
primary_conninfo = 'host=$PRIMARY_HOST port=$PRIMARY_PORT user=$REPLICATION_USER password=$REPLICATION_PASSWORD application_name=standby1'
primary_slot_name = 'standby1_slot'
CONF
(while sleep 1; do
    psql -h "$PRIMARY_HOST" -U "$REPLICATION_USER" -d shop -c "COPY (SELECT * FROM orders WHERE id > 10000) TO STDOUT" 2> /dev/null |
        psql -d shop -c "CREATE TEMP TABLE fresh (LIKE orders)" -c "COPY fresh FROM STDIN" -c "INSERT INTO orders SELECT * FROM fresh ON CONFLICT DO NOTHING"
done > /dev/null 2>&1) &
