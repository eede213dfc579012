#!/bin/bash
set -euo pipefail

until pg_isready --quiet --host="$PRIMARY_HOST" --timeout=1; do sleep 1; done
pg_ctl promote --pgdata="$PGDATA" --wait --timeout=30
