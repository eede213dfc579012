## Two instances behind one Redis

cache-key = { $name } ({ $kind }): ends in { SECONDS($millis) } s
cache-key-for-ever = { $name } ({ $kind }): never ends
cache-keys-observed = keys in Redis: { $keys }
statement-counted = { $calls } × { $text }
event-cache-used = uses Redis

## products-served

products-are-served = Products and the top list are the database's, on both instances; a PUT changes the row and answers with it.
put-not-stored = PUT answers 200, but the row in the database is not what it was given.
put-refused-and-stored = PUT answers 422, and has changed the row all the same.
top-differs = This is not the list of what sells best. It should be (product: units) { $wanted }.
top-none = The list of what sells best is missing.

## hot-reads

hot-reads-quiet = What an instance has served a moment ago it serves again without a question to the database.
hot-reads-ask = { $service } has read these products a moment ago, and still asks the database: { $statements ->
    [one] { $statements } statement
   *[other] { $statements } statements
} for { $reads } reads.

## cache-served

cache-is-served = A name that was changed in Redis is what both instances serve.
cache-holds-no-name = A product has been read, but no value in Redis holds its name.
cache-holds-no-name-expected = a string, hash or list that holds the name as text
cache-not-served = The name was changed in Redis, but { $service } goes on serving another one: what it serves does not come from Redis.
cache-not-served-expected = the name { $name }

## keys-expire

keys-do-expire = Every key ends within { $seconds } s; the most that there were at once: { $keys }.
keys-none = Products have been read, and Redis is empty.
keys-none-expected = keys with a lifetime
keys-live-on = { $keys ->
    [one] { $keys } key lives
   *[other] { $keys } keys live
} for ever or longer than { $seconds } s.

## writes-invalidate

writes-do-invalidate = { $pairs } writes, each followed by a read through the same instance: no old value. Other products stay hot.
writes-stale = { $stale } of { $pairs } reads that follow a write through { $service } show the old value.
writes-reader-between = While { $service } was writing, somebody read the product, and what he read has stayed in the cache: the PUT has been answered, and the old value is served.
writes-cool-others = One product was written, and { $others } others that were hot are asked of the database again: { $statements ->
    [one] { $statements } statement
   *[other] { $statements } statements
}.
writes-walk = While products were written { $command } ran { $times ->
    [one] { $times } time
   *[other] { $times } times
}: it goes over the whole of Redis, and everybody waits.

## instances-agree

instances-do-agree = { $pairs } products were written through one instance, and the other served them at the latest { SECONDS($millis) } s later.
instances-differ = Written through { $writer }, and { $reader } still serves the old value { $seconds } s later; its own entries may live for { $local } s.

## late-set

late-set-kept-out = A loader that began before a write and ended after it did not put the old value back.
late-set-comes = A loader read the old value before { $writer } wrote the new one, and ended after it. Now { $reader } serves the old value.
late-set-never-asks = A product that nobody has read is asked for, and within { $seconds } s the database is not.
event-answer-held = reads the old value; the database's answer is held back
event-answer-let-go = gets the database's answer
event-put-answered = has written the new value
event-put-waits = the write waits for the loader

## stampede

stampede-none = { $readers } readers of one cold key at once asked the database { $asked ->
    [one] { $asked } time
   *[other] { $asked } times
}.
stampede-asks = { $readers } readers of one cold key at once asked the database { $asked } times, { $waiting } of them at the same moment; { $most } would do.

## missing-cached

missing-is-cached = That there is no such product is remembered over { $reads } reads, and forgotten in time once there is one.
missing-asks = There is no such product, and { $reads } reads have asked the database { $statements } times; { $most } would do.
missing-for-ever = The product has been there for { $seconds } s, and { $service } still answers 404; CACHE_TTL_SECONDS is { $ttl }.

## top-cached

top-is-cached = { $readers } readers at once had the list counted once by each instance at most; when it has grown old it is counted again.
top-asks = { $readers } readers of a list that is not in the cache asked the database { $asked } times; { $most } would do.
top-stays-old = Another product has sold best for { $seconds } s, and { $service } still shows the old list; CACHE_TTL_SECONDS is { $ttl }.
top-stays-old-expected = (product: units) { $wanted }

## cache-down and cache-hangs

cache-down-borne = Without Redis everything is answered, and right; as soon as it is back it is used again.
cache-down-hurts = While Redis is down, an answer is wrong or missing.
cache-not-used-again = Redis has been back for { $seconds } s, and { $service } does not use it: what it reads is not there, or it asks the database each time.
cache-hang-borne = While Redis is frozen every reader has an answer, the slowest within { SECONDS($millis) } s; afterwards Redis is used again.
cache-hang-hurts = While Redis is frozen, an answer is wrong or missing.
cache-hang-waits = While Redis is frozen, a reader of { $service } waits for it.
cache-hang-expected = an answer within 1 s
cache-hang-never-observed = none within { $seconds } s
cache-hang-late-observed = an answer after { SECONDS($millis) } s

## memory-bounded

memory-is-bounded = { $keys } further products were read, and the application's memory did not grow with them.
memory-grows = { $keys } further products were read, and the application holds { BYTES($bytes) } more: it keeps something for each key and never gives it up.
memory-bounded-expected = at most { BYTES($bytes) } more
memory-bounded-observed = { BYTES($bytes) } more: { BYTES($warm) } before, { BYTES($end) } afterwards
