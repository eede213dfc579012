#!/bin/bash
set -euo pipefail

if [ -e "$PGDATA/standby.signal" ]; then
    pg_ctl promote --pgdata="$PGDATA" --wait
