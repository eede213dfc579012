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
touch "$PGDATA/standby.signal"
