#!/bin/sh
psql -d postgres -c "SELECT pg_promote()"
