# The server, tried from inside of its own container: see main.rs.
set -eu
export LABGRADE_REDIS_PASSWORD=app LABGRADE_REDIS_ADMIN=grader LABGRADE_REDIS_ADMIN_PASSWORD=grade
labgrade-redis > /tmp/log &

as() {
    user=$1 pass=$2
    shift 2
    REDISCLI_AUTH=$pass redis-cli --user "$user" "$@" 2>&1 < /dev/null
}
app() { as default app "$@"; }
grader() { as grader grade "$@"; }
fail() {
    echo "$*" >&2
    exit 1
}
says() {
    want=$1
    shift
    said=$("$@")
    case $said in *"$want"*) ;; *) fail "$*: $said, and not $want" ;; esac
}

tries=0
until grader ping | grep -q PONG; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || fail "never: $(cat /tmp/log)"
    sleep 0.05
done

# Who may come in.
says NOAUTH redis-cli ping
says WRONGPASS as default grade ping
says WRONGPASS as grader app ping

# What an application needs, and what is only counted.
says OK app set a 1 EX 30
says 1 app get a
says a app keys '*'
says OK app flushall
says used_memory app info memory
says 33554432 app config get maxmemory
says allkeys-lru app config get maxmemory-policy
says OK app client setname x
says addr= app client list
says 2 app eval 'return 1 + 1' 0
says 0 app publish channel word
says OK app multi
says 1 app lpush l 7
says 7 app sort l
says OK app script flush

# What it may not do.
for words in 'config set maxmemory 0' 'config resetstat' shutdown 'acl setuser x on' 'acl list' \
    'debug sleep 0' 'replicaof 127.0.0.1 1' 'module list' 'client kill type normal' \
    'client pause 1' monitor save bgsave bgrewriteaof 'slowlog reset' 'latency reset' \
    'cluster reset' 'failover' 'migrate h 1 k 0 1' 'client no-evict on'; do
    # shellcheck disable=SC2086
    says NOPERM app $words
done
says 'not allowed' app eval 'return redis.call("config", "set", "maxmemory", "0")' 0

# The grader may do all of it, and sees the counts.
says OK grader config set maxmemory 1gb
says OK grader config resetstat
says OK grader debug sleep 0
app keys '*' > /dev/null
says cmdstat_keys:calls=1 grader info commandstats

# Nothing is written to a disk, and the passwords are in no environment.
[ "$(grader config get save)" = save ] || fail 'it saves'
says no grader config get appendonly
if tr '\0' '\n' < "/proc/$!/environ" | grep -q LABGRADE_REDIS_ADMIN; then fail 'passwords in the environment'; fi
