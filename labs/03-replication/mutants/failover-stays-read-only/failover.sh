#!/bin/bash
set -euo pipefail

pg_ctl promote --pgdata="$PGDATA" --wait --timeout=30

psql -d postgres -c "ALTER ROLE labgrade_probe NOLOGIN"
