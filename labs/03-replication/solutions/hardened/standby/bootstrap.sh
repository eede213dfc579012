#!/bin/bash
set -euo pipefail
umask 077
passfile=/var/lib/postgresql/standby.pgpass
printf '%s:%s:replication:%s:%s\n' "$PRIMARY_HOST" "$PRIMARY_PORT" "$REPLICATION_USER" "$REPLICATION_PASSWORD" > "$passfile"
PGPASSFILE=$passfile pg_basebackup -w -h "$PRIMARY_HOST" -p "$PRIMARY_PORT" -U "$REPLICATION_USER" \
    -D "$PGDATA" -X stream -S standby -c fast
install -m 600 "$(dirname "$0")/postgresql.conf" "$PGDATA/postgresql.conf"
rm -f "$PGDATA/postgresql.auto.conf"
mkdir "$PGDATA/conf.d"
cat > "$PGDATA/conf.d/primary.conf" <<EOF_CONF
primary_conninfo = 'host=$PRIMARY_HOST port=$PRIMARY_PORT user=$REPLICATION_USER passfile=''$passfile'' application_name=standby'
EOF_CONF
touch "$PGDATA/standby.signal"
