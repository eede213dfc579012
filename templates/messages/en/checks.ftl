# What checks say of a submission: what was seen, and what it means.

## Counts, as they stand under "expected" and "observed"

blocks = { $blocks } { $blocks ->
    [one] block
   *[other] blocks
}
blocks-at-most = at most { $blocks } { $blocks ->
    [one] block
   *[other] blocks
}
bytes = { BYTES($bytes) }
bytes-at-most = at most { BYTES($bytes) }

## A submitted SQL script: reading it

sql-utf16 = The file is UTF-16, and PostgreSQL reads UTF-8. In your editor: save as, encoding UTF-8.
sql-nul = The file has a zero byte in it; PostgreSQL does not read on from there. Was a binary file saved under this name?
sql-not-utf8 = The file is not UTF-8 from this place on (Windows-1251, perhaps). In your editor: save as, encoding UTF-8.
sql-statement-too-long = This statement is longer than { BYTES($most) }, which no statement of this work needs. Is a semicolon missing?
sql-too-many-statements = There are more than { $most } statements; the rest is not read. An index script needs far fewer.
sql-unreadable = PostgreSQL's parser finds no statement here.
sql-psql-command = `{ $command }` is a command of the program psql, not SQL; the script goes to the server directly, without psql. Remove the line.
sql-syntax = PostgreSQL's parser says: { $error }. The ^ stands under the first word that cannot be right there.

## sql-only: which statements a script may hold

sql-only-empty = The file { $file } holds no statement. That is allowed, but nothing will get faster.
sql-only-passed = { $statements ->
    [one] The only statement is allowed.
   *[other] All { $statements } statements are allowed.
}
sql-only-refused = Statement { $statement } (`{ $what }`) is not one of those that this work allows. Only indexes and what belongs to them are handed in; settings, transactions and other objects are not.
sql-only-extension = Statement { $statement } (`{ $what }`) asks for the extension { $name }. Allowed here: { $allowed }.
sql-only-foreign-index = Statement { $statement } (`{ $what }`) drops the index { $name }, which your script did not create. Only indexes of your own may be dropped.
sql-only-also = Line { NUMBER($line, useGrouping: "false") } is not allowed either: { $why }

## sql-applies: running the script

sql-applies-passed = { $statements ->
    [one] The only statement ran
   *[other] All { $statements } statements ran
}; { $indexes ->
    [0] no index came of it.
    [one] one new index came of it.
   *[other] { $indexes } new indexes came of it.
}
sql-applies-refused = The server refused statement { $statement } (SQLSTATE { $code }): { $error }
    { $more }
sql-applies-timeout = Statement { $statement } was still running after { $seconds } { $seconds ->
    [one] second
   *[other] seconds
} and was stopped: that is the limit. On a table in use, an index that takes this long holds up every write (unless it is built CONCURRENTLY).
sql-applies-too-much = Statement { $statement } returns more rows than an index script can need. It should change something, not read.
sql-applies-memory = While statement { $statement } ran, the server { $service } was killed for memory: the statement needs more than the container has.

## same-answers: the queries still say the same

answers-same = { $runs ->
    [one] The query returns
   *[other] All { $runs } runs of the queries return
} exactly what was returned before your script.
answers-differ = Query { $query } returns other rows than before your script. An index may make a query faster; it must never change its answer.
answers-rows = rows: { $rows }

## query-blocks: how much a query reads

blocks-counted = Query { $query } touches { $observed } { $observed ->
    [one] block
   *[other] blocks
} of 8 KiB in { $draws ->
    [one] one run
   *[other] { $draws } runs with different constants
}. The reference needs { $reference }; without any index it is { $none }.

## plan-uses: the kinds of index in the plans

plan-uses-counted = { $right } of { $of } { $of ->
    [one] query
   *[other] queries
} { $right ->
    [one] uses
   *[other] use
} the kind of index that suits its shape.
plan-uses-none = { $query }: none of your indexes is in the plan; { $wanted } would suit.
plan-uses-other = { $query }: the plan uses { $used }; { $wanted } would suit.

## index-size and write-cost: what indexes cost

size-counted = Your indexes take { BYTES($observed) }, the reference's { BYTES($reference) }. Every byte competes with data for the cache.
size-of-index = { $name } ({ $method }): { BYTES($bytes) }
wal-counted = The batch of writes makes { BYTES($observed) } of WAL with your indexes, { BYTES($reference) } with the reference's. Every index is written on every insert, and WAL goes to disk and to every replica.

## nothing-redundant: leave one out

redundant-counted = { $redundant ->
    [0] { $indexes ->
        [0] There is no index, so none is superfluous.
        [one] The index is needed.
       *[other] All { $indexes } indexes are needed: without any of them some query gets worse.
    }
    [one] One index of { $indexes } can go without any query getting worse.
   *[other] { $redundant } indexes of { $indexes } can go without any query getting worse.
}
redundant-invalid = { $name } is invalid: its building failed (a CONCURRENTLY that was stopped?). It costs every write and serves no query.
redundant-prefix = { $name } can do nothing that { $other } cannot: it is the same, or the beginning of it.
redundant-unused = { $name } is in no query's plan.
redundant-not-missed = { $name }: without it, { $query } touches { $without } { $without ->
    [one] block
   *[other] blocks
} instead of { $with }, which is hardly more.
sql-applies-disk = Statement { $statement } lets the database grow by more than { $mib } MiB, which is the limit of the disk.
sql-too-deep = The statement is nested too deeply to be read. An index needs no expression like that.
fault-refused = The server says ({ $code }): { $error } { $more }
fault-memory = A process of the server was killed: it took more memory than the server has.
fault-timeout = It took longer than { $seconds } s; without your script it takes less than one.
answers-none = With your script query { $query } gets no answer.
write-none = With your script an ordinary write fails.
blocks-only-drawn = Query { $query } is served for some listed constants only: for the one below the plan uses none of your indexes. An index must serve every customer, not those of a list.

## What was done to the services, and what was seen of them

event-killed = killed
event-stopped = stopped
event-started = started
event-paused = frozen
event-resumed = goes on
event-cut-off = cut off from the network
event-reconnected = back on the network

## A server that runs with a submission's configuration

server-answers = The server { $service } starts and answers.
server-out-of-memory = The server { $service } was killed while it started: it took more memory than the machine has.
server-died = The server { $service } does not start: { $line }
server-died-silent = The server { $service } does not start, and its log says nothing of it.
server-says = the log says: { $line }
server-deaf = The server { $service } runs, but nothing reaches it through the network: by default it listens on localhost alone (listen_addresses, port).
server-refuses = The server { $service } runs, but refuses the grader's own login: { $error } ({ $code })
server-slow = The server { $service } runs, but is not ready { $seconds } s after its start.

event-answers = answers
event-streams = streams
event-row-read = the row is read here
event-arrived = arrived: { $what }
event-subscribed = subscribed tables are tables
event-caught-up = has caught up
event-wal-written = has written { BYTES($bytes) } of WAL meanwhile
event-rebuilt = made anew by bootstrap.sh, since an earlier check had cost it its way back
event-replay-paused = replay paused
event-replay-resumed = replay goes on
event-commit-waits = COMMIT waits
event-commit-done = COMMIT is done
event-failover-ran = failover.sh has run
event-promoted = takes writes

## Submitted scripts

script-copy = Statement { $statement } is COPY … FROM STDIN: it would wait for rows that only psql could send. Use INSERT.
script-timeout = Statement { $statement } was still running after { $seconds } s and was stopped: that is the limit.
script-lost = While statement { $statement } ran, the connection to the server broke: { $error }
script-too-long = { $script } was still running after { $seconds } s and was stopped: that is the limit. Below is what it wrote last.
node-no-answer = On the server { $service } an ordinary statement of the grader's gets no answer, which it gets without your files.
catalog-changed = On the server { $service } the system's own { $what } { $name } is not what PostgreSQL made it. What the system says of itself can no longer be believed, so nothing is earned by it.

## Replication

primary-starts = The primary starts with your configuration, and init.sql ({ $statements } { $statements ->
    [one] statement
   *[other] statements
}) ran.
standby-no-cluster = { $script } ended with code { NUMBER($code, useGrouping: "false") } and left no cluster in PGDATA. Below is what it wrote last.
standby-other-cluster = The standby is not a copy of the primary: its cluster has another system identifier. A standby is made with pg_basebackup, not with initdb and a dump.
standby-is-a-primary = The server in the standby's container is no standby: it is not in recovery, so it goes its own way. Is standby.signal missing?
standby-does-not-stream = The standby gets no WAL: no walreceiver of its streams from the primary.
standby-no-longer-streams = After its restart the standby answers, but no walreceiver of its streams any more.
standby-restarts = Killed and started again, the standby streams by itself; a new row arrived after { $millis } ms.
row-arrives = A row written on the primary was read on the standby after { $millis } ms, through a walreceiver that streams.
row-never-arrives = A row written on the primary was not on the standby { $seconds } s later.
standby-empty = The table products on the standby has no rows.
standby-read-only = The standby answers a SELECT and refuses an INSERT, as a server in recovery does.
standby-takes-writes = The standby took an INSERT. Two servers that both take writes are no longer copies of each other.
standby-refuses-otherwise = The standby refuses the INSERT, but not because it is in recovery.
read-only-expected = refused with SQLSTATE { $code } (read_only_sql_transaction)
read-only-written = the row was written
read-only-refused = { $code }: { $error }
slot-none = The standby's walsender uses no physical replication slot: when the standby is away, the primary forgets what it still needs.
slot-lost = While the standby was away, { BYTES($bytes) } of WAL were written, and the slot { $slot } let go of what the standby needs (wal_status: { $status }). Is max_slot_wal_keep_size too small?
slot-holds = While the standby was away, { BYTES($bytes) } of WAL were written, and the slot { $slot } kept all that the standby needs.
catches-up = Cut off from the network while { BYTES($bytes) } of WAL were written, the standby caught up by itself.
never-catches-up = Cut off from the network while { BYTES($bytes) } of WAL were written, the standby never caught up.
lag-right = The query knows how far { $name } is behind: about nothing at rest, and the true distance while replay is paused.
lag-wrong = While replay is paused, the query does not tell the true distance between the primary and what the standby has replayed.
lag-not-at-rest = Nothing is being written and the standby has replayed everything, but the query says that it is behind.
lag-about = about { BYTES($bytes) }
lag-says = { BYTES($bytes) }
lag-one-query = The file must hold one SELECT and nothing else.
lag-no-answer = The query has no answer: { $error }
lag-no-column = The query's answer has no column { $column }.
lag-no-row = The query's answer ({ $rows } { $rows ->
    [one] row
   *[other] rows
}) has no row for the standby, whose application_name is “{ $name }”.
lag-no-number = lag_bytes is no number of bytes: “{ $value }”.
commit-waits = COMMIT waited while the standby was stopped, and went on when it was back.
commit-turned-off = A role or a database has a setting of its own that keeps COMMIT from waiting: { $setting }
commit-does-not-wait = The standby was stopped, and COMMIT came back all the same: the row was acknowledged while only the primary had it.
commit-acknowledged-by = The standby was stopped, and COMMIT came back all the same: “{ $name }” acknowledged it, which is not the standby. A subscription is a walsender too, and synchronous_standby_names counts it.
commit-undecided = COMMIT neither came back nor waited for a standby within { $seconds } s: something else holds it.
commit-never-ends = The standby is back and streams, but COMMIT still waits: synchronous_standby_names does not name this standby.
failover-keeps = The primary was killed under writes. After failover.sh every acknowledged row is on the new primary, and it takes writes.
failover-loses = The primary was killed under writes, and { $lost } acknowledged { $lost ->
    [one] row is
   *[other] rows are
} not on the new primary: their COMMIT came back before the standby had them.
failover-rows = { $rows } acknowledged { $rows ->
    [one] row
   *[other] rows
}
failover-no-writes = The primary acknowledged hardly a row within { $seconds } s while the standby was there: COMMIT waits for a standby that does not come.
failover-no-primary = { $seconds } s after failover.sh the standby takes no write: { $error }
failover-waits-for-nobody = The new primary is promoted, but its COMMIT waits for a standby that there is not: synchronous_standby_names still holds there.
logical-arrives = All { $steps } steps arrived on the analytics server as they should, and nothing else did.
logical-missing = This has not arrived on the analytics server after { $seconds } s: { $what }.
logical-no-slot = No logical replication slot on the primary is in use and up to date: the rows do not come through a subscription.
logical-no-table = { $table } on the analytics server is no table any more: it only shows what lies elsewhere.
logical-not-subscribed = { $table } on the analytics server is filled by no subscription.
logical-leaks = What must stay on the primary was found on the analytics server, in { $table }: of customers only id and city may go there, and of other tables nothing.
logins-proven = The replication login is no superuser, and none of { $logins } logins gets in from another container without proving that it knows its password.
login-no-role = The role { $user } does not exist on the primary: init.sql has to make it.
login-superuser = The replication login { $user } is a superuser: who has its password has the whole server.
login-makes-roles = The replication login { $user } has CREATEROLE: in PostgreSQL 15 it may give itself almost any role.
login-member = The replication login { $user } is a member of { $role }, which is as good as a superuser.
login-method = This line lets other hosts in by the method { $method }: without a proof, or with the password in the clear.
login-trusted = From another container { $user } gets into { $database } without any password.
login-clear = From another container { $user } is asked for the password in the clear ({ $database }).
login-wrong-password = From another container { $user } gets into { $database } with a wrong password.
logical-too-much = { $table } is replicated to the analytics server, too, and nobody asked for it: only orders, products, and of customers id and city.
