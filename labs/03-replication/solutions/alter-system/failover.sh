#!/usr/bin/env bash
set -e
pg_ctl promote -D "$PGDATA" -W
until [ "$(psql -d postgres -Atc 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.2; done
# The copied postgresql.auto.conf still names a standby to wait for.
psql -d postgres -c 'ALTER SYSTEM RESET synchronous_standby_names' -c 'SELECT pg_reload_conf()'
