#!/bin/sh
# Builds both clusters. Runs once, in the image's RUN.
set -eu
here=$(dirname "$0")
sock=/tmp

sql() { psql -X -q -v ON_ERROR_STOP=1 -h "$sock" -U postgres "$@"; }

# cluster FOLDER FILE...: makes a cluster, its roles and databases, and runs the files in the shop.
cluster() {
    folder=$1
    shift
    initdb -D "$folder" --username=postgres --locale=C.UTF-8 --encoding=UTF8 \
        --auth-local=peer --auth-host=scram-sha-256 --no-instructions > /dev/null
    cp "$here/pg_hba.conf" "$folder/pg_hba.conf"
    pg_ctl -D "$folder" -w -l /tmp/build.log start \
        -o "-c listen_addresses='' -c unix_socket_directories=$sock -c fsync=off" > /dev/null
    sql -d postgres -f "$here/roles.sql"
    for file in "$@"; do sql -d shop --single-transaction -f "$here/$file"; done
    sql -d shop -c 'VACUUM (ANALYZE, FREEZE)'
    sql -d postgres -c 'VACUUM (FREEZE)' -c CHECKPOINT
    pg_ctl -D "$folder" -w -m fast stop > /dev/null
    # The WAL of the load is of no use any more.
    pg_resetwal -D "$folder" > /dev/null
    rm -f /tmp/build.log
}

cluster "$PGDATA" schema.sql data.sql
cluster /var/lib/labgrade/analytics analytics.sql
cat "$here/analytics.conf" >> /var/lib/labgrade/analytics/postgresql.conf
du -sh "$PGDATA" /var/lib/labgrade/analytics
