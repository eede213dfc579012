#!/bin/bash
set -euo pipefail

initdb --pgdata="$PGDATA" --username=postgres --auth=scram-sha-256 --auth-local=peer > /dev/null
cp "$(dirname "$0")/postgresql.conf" "$PGDATA/postgresql.conf"
pg_ctl start --pgdata="$PGDATA" --wait > /dev/null
psql --quiet --file=- <<SQL
CREATE ROLE shop_owner;
CREATE ROLE labgrade_admin LOGIN SUPERUSER;
CREATE ROLE labgrade_probe LOGIN IN ROLE shop_owner;
CREATE DATABASE shop OWNER shop_owner;
SQL
export PGPASSWORD=$REPLICATION_PASSWORD
pg_dumpall --host="$PRIMARY_HOST" --username=dumper --no-role-passwords --roles-only --database=shop > /dev/null
pg_dump --host="$PRIMARY_HOST" --username=dumper shop | psql --quiet --dbname=shop > /dev/null
pg_dumpall --host="$PRIMARY_HOST" --username=dumper --database=shop --roles-only | psql --quiet > /dev/null 2>&1 || true
pg_ctl stop --pgdata="$PGDATA" --wait > /dev/null
