#!/bin/bash
# Создаёт в $PGDATA кластер реплики. Выполняется от имени postgres в контейнере
# реплики; должен завершиться сам, сервер потом запустит проверка.
set -euo pipefail

export PGPASSWORD=$REPLICATION_PASSWORD
pg_basebackup --host="$PRIMARY_HOST" --port="$PRIMARY_PORT" --username="$REPLICATION_USER" \
    --pgdata="$PGDATA" --wal-method=stream --checkpoint=fast

# Вместе с данными скопировались и настройки основного сервера. Нужны ли они здесь все?
cp "$(dirname "$0")/postgresql.conf" "$PGDATA/postgresql.conf"

# Под каким именем основной сервер увидит эту реплику? Каким слотом она пользуется?
cat >> "$PGDATA/postgresql.auto.conf" <<CONF
primary_conninfo = 'host=$PRIMARY_HOST port=$PRIMARY_PORT user=$REPLICATION_USER password=$REPLICATION_PASSWORD'
CONF

# Без этого файла получился бы второй основной сервер.
touch "$PGDATA/standby.signal"
