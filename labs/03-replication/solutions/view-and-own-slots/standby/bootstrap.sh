#!/bin/bash
set -e
export PGPASSWORD=$REPLICATION_PASSWORD
mkdir -p /tmp/base
rm -rf /tmp/base/* "${PGDATA:?}"/*
pg_basebackup -h $PRIMARY_HOST -p $PRIMARY_PORT -U $REPLICATION_USER -D /tmp/base -Ft -X fetch -c fast
tar -xf /tmp/base/base.tar -C "$PGDATA"
rm -rf /tmp/base
sed -e "s/@HOST@/$PRIMARY_HOST/" -e "s/@PORT@/$PRIMARY_PORT/" \
    -e "s/@USER@/$REPLICATION_USER/" -e "s/@PASSWORD@/$REPLICATION_PASSWORD/" \
    standby/postgresql.conf > "$PGDATA/postgresql.conf"
: > "$PGDATA/standby.signal"
