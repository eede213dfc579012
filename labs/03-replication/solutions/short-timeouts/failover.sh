#!/bin/sh
set -ex
psql -h /var/run/postgresql -U postgres -d postgres -v ON_ERROR_STOP=1 <<SQL
SELECT pg_promote(true, 30);
CHECKPOINT;
SQL
