#!/usr/bin/env bash
set -e
pg_ctl promote -D "$PGDATA" -W
until [ "$(psql -d postgres -Atc 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.2; done
