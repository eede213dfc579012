#!/bin/bash
set -euo pipefail

PGPASSWORD=$REPLICATION_PASSWORD psql -h "$PRIMARY_HOST" -U "$REPLICATION_USER" -d shop -c "SELECT pg_promote()"
