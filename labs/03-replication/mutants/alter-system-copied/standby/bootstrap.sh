#!/usr/bin/env bash
set -o errexit -o nounset
cd "$(dirname "${BASH_SOURCE[0]}")"

export PGPASSWORD="$REPLICATION_PASSWORD" PGHOST="$PRIMARY_HOST" PGPORT="$PRIMARY_PORT" PGUSER="$REPLICATION_USER"
export PGAPPNAME=replica
pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --slot replica --checkpoint fast --format plain
unset PGPASSWORD PGHOST PGPORT PGUSER PGAPPNAME

# Ours comes after what was copied, and so it wins.
cp postgresql.conf "$PGDATA/standby.conf"
echo "include 'standby.conf'" >> "$PGDATA/postgresql.conf"

# Does it start? If not, better now than later.
pg_ctl start -w -D "$PGDATA" -l /tmp/try.log -o "-c listen_addresses=''"
psql -d shop -Atc 'SELECT pg_is_in_recovery()' | grep -qx t
for _ in $(seq 50); do
    psql -d shop -Atc 'SELECT status FROM pg_stat_wal_receiver' | grep -q streaming && break
    sleep 0.1
done
pg_ctl stop -m fast -D "$PGDATA"
