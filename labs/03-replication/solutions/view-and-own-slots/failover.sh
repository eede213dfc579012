#!/bin/bash
touch /tmp/promote
for i in {1..100}; do
    grep -q 'in production' <(pg_controldata "$PGDATA") && exit 0
    sleep 0.2
done
exit 1
