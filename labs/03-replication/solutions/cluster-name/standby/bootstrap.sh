# No first line that names an interpreter: bash runs it.
slot=standby_eu_1
passfile=$HOME/.pgpass
echo "*:*:*:$REPLICATION_USER:$REPLICATION_PASSWORD" > "$passfile"
chmod 600 "$passfile"

conn="host=$PRIMARY_HOST port=$PRIMARY_PORT user=$REPLICATION_USER passfile=$passfile"
# A walsender knows this command; a slot of an earlier attempt is as good.
psql "$conn replication=true" -c "CREATE_REPLICATION_SLOT $slot PHYSICAL RESERVE_WAL" || true
pg_basebackup -d "$conn" -D "$PGDATA" -S "$slot" -X stream -c fast || exit 1

{
    cat "$(dirname "$0")/postgresql.conf"
    echo "primary_conninfo = '$conn'"
    echo "primary_slot_name = '$slot'"
} > "$PGDATA/postgresql.conf"
touch "$PGDATA/standby.signal"
