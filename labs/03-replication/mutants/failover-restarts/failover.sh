#!/bin/bash
set -euo pipefail

rm "$PGDATA/standby.signal"
pg_ctl restart --pgdata="$PGDATA" --wait
