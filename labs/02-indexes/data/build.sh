#!/bin/sh
# Builds the ready cluster at $PGDATA. Runs once, in the image's RUN.
set -eu
here=$(dirname "$0")
sock=/tmp

initdb -D "$PGDATA" --username=postgres --locale=C.UTF-8 --encoding=UTF8 \
    --auth-local=peer --auth-host=scram-sha-256 --wal-segsize=4 --no-instructions > /dev/null
cp "$here/pg_hba.conf" "$PGDATA/pg_hba.conf"
cat "$here/postgresql.conf" >> "$PGDATA/postgresql.conf"

sql() { psql -X -q -v ON_ERROR_STOP=1 -h "$sock" -U postgres "$@"; }

pg_ctl -D "$PGDATA" -w -l /tmp/build.log start \
    -o "-c listen_addresses='' -c unix_socket_directories=$sock" > /dev/null

sql -d postgres -f "$here/roles.sql"
# One transaction: what is loaded into a table that it created is not in the WAL.
sql -d shop --single-transaction -o /dev/null \
    -c 'SET ROLE shop_owner' -f "$here/schema.sql" -c 'RESET ROLE' \
    -c 'CREATE SCHEMA seed' -f "$here/words.sql" -f "$here/data.sql" \
    -c 'SET client_min_messages = warning' -c 'DROP SCHEMA seed CASCADE'
# With every row in the sample the statistics of the image, and with them the plans, are the same in
# each build. A student's own ANALYZE then samples as anywhere: over all rows it took 16 s.
sql -d shop -c 'VACUUM (FULL, FREEZE) pg_catalog.pg_proc' -c 'VACUUM (ANALYZE, FREEZE)' \
    -c 'ALTER TABLE customers ALTER id SET STATISTICS -1' \
    -c 'ALTER TABLE products ALTER id SET STATISTICS -1' \
    -c 'ALTER TABLE orders ALTER id SET STATISTICS -1' \
    -c 'ALTER TABLE order_items ALTER order_id SET STATISTICS -1' \
    -c 'ALTER TABLE events ALTER id SET STATISTICS -1' \
    -c 'ALTER TABLE sessions ALTER id SET STATISTICS -1' \
    -c 'ALTER TABLE stores ALTER id SET STATISTICS -1'

digest=$(sql -d shop -At -f "$here/digest.sql")
sql -d labgrade -c "INSERT INTO dataset VALUES ('1', '$digest')" -c 'VACUUM (ANALYZE, FREEZE)'
sql -d postgres -c 'VACUUM (FREEZE)' -c CHECKPOINT

pg_ctl -D "$PGDATA" -w -m fast stop > /dev/null
# The WAL of the load is of no use any more.
pg_resetwal -D "$PGDATA" > /dev/null
rm -f /tmp/build.log
echo "dataset 1 $digest"
du -sh "$PGDATA" "$PGDATA/pg_wal"
