#!/bin/sh
# Builds the ready cluster at $PGDATA. Runs once, in the image's RUN.
set -eu
here=$(dirname "$0")
sock=/tmp

initdb -D "$PGDATA" --username=postgres --locale=C.UTF-8 --encoding=UTF8 \
    --auth-local=peer --auth-host=scram-sha-256 --no-instructions > /dev/null
cp "$here/pg_hba.conf" "$PGDATA/pg_hba.conf"

sql() { psql -X -q -v ON_ERROR_STOP=1 -h "$sock" -U postgres "$@"; }

# Nothing may run beside the load: the same bytes in each build.
pg_ctl -D "$PGDATA" -w -l /tmp/build.log start -o "-c listen_addresses='' \
    -c unix_socket_directories=$sock -c autovacuum=off -c fsync=off -c wal_level=minimal \
    -c max_wal_senders=0 -c default_statistics_target=10000 -c max_parallel_workers_per_gather=0 \
    -c synchronize_seqscans=off -c shared_preload_libraries=pg_stat_statements" > /dev/null

sql -d postgres -f "$here/roles.sql"
# One transaction: what is loaded into a table that it created is not in the WAL.
sql -d shop --single-transaction -o /dev/null \
    -c 'GRANT USAGE, CREATE ON SCHEMA public TO shop_owner' \
    -c 'SET ROLE shop_owner' -f "$here/schema.sql" -c 'RESET ROLE' \
    -c 'CREATE SCHEMA seed' -f "$here/data.sql" \
    -c 'SET client_min_messages = warning' -c 'DROP SCHEMA seed CASCADE' -f "$here/rights.sql"
# With every row in the sample the statistics, and with them the plans, are the same in each build.
sql -d shop -c 'VACUUM (FULL, FREEZE) pg_catalog.pg_proc' -c 'VACUUM (ANALYZE, FREEZE)'

digest=$(sql -d shop -At -f "$here/digest.sql")
sql -d labgrade -c "INSERT INTO dataset VALUES ('1', '$digest')" -c 'VACUUM (ANALYZE, FREEZE)'
sql -d postgres -c 'VACUUM (FREEZE)' -c CHECKPOINT

pg_ctl -D "$PGDATA" -w -m fast stop > /dev/null
# The WAL of the load is of no use any more, nor are the statements of the build.
pg_resetwal -D "$PGDATA" > /dev/null
rm -f /tmp/build.log "$PGDATA"/pg_stat/*
cat "$here/postgresql.conf" >> "$PGDATA/postgresql.conf"
echo "dataset 1 $digest"
du -sh "$PGDATA" "$PGDATA/pg_wal"
