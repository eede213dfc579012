#!/bin/bash
set -euo pipefail

pg_ctl promote --pgdata="$PGDATA" --wait --timeout=30
