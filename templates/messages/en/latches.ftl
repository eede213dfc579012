## What is locked, and who waits

event-locked = locked by the grader
event-unlocked = released
event-waiting = wait at once: { $waiting }
event-healthy = /health answers 200
event-unready = /ready answers 503
event-recovered = everything works again
event-told-to-stop = SIGTERM
event-shut = lets nobody in any more
event-answered = the request is answered
event-ended = has ended

latch-left-open = A transaction that the application left open kept a table of its own for { $seconds } s, though no request was under way.
latch-left-open-expected = after its answer a request leaves no transaction behind
latch-left-open-observed = a session is `{ $state }`; its last statement: { $query }
latch-wrong-order = The order is not the one that is in the database.
latch-from-memory = { $answers ->
        [one] { $answers } request was
       *[other] { $answers } requests were
    } answered with an order while nobody could read the table of orders: the answer is not the database's.
latch-held = the table was locked for { $millis } ms

## statements-per-page

page-no-page = The answer is no page: `items` with orders, each with its `id` and its lines in `items`.
page-orders-differ = The page should hold all { $wanted } orders of the customer: it shows { $shown }, and { $there } of these are the customer's.
page-lines-differ = On the page the lines of order { $order } are not those that are in the database.
page-statements = A page takes { $many ->
        [one] { $many } SQL statement
       *[other] { $many } SQL statements
    }, however long it is.
page-statements-grow = The number of SQL statements grows with the page: { $more } more for the long one.
page-statements-expected = on the long page at most { $growth } statements more than on the short one
page-statements-observed = { $few } on a page of { $short } orders, { $many } on a page of { $long }
page-statement = ran { $calls } times: { $text }
page-without-statements = The page is right, and the database was not asked for it.

## event-loop-free

loop-free = While { $requests } requests waited, { $waiting } of them in the database at once, `/health` answered.
loop-silent = While { $requests } requests waited for the database, `/health` did not answer: they hold up everybody else.
loop-unwell = While { $requests } requests waited for the database, `/health` did not answer 200.
loop-few-wait = Of { $requests } requests only { $waiting } waited in the database at once: the others queued for them.
loop-expected = `/health` answers 200, and at least { $least } requests wait in the database at once
loop-observed = waiting at once: { $waiting }; `/health`: { $health }

## pool-bounded

pool-bounded = { $requests } requests waited on { $connected ->
        [one] { $connected } connection
       *[other] { $connected } connections
    } to the database, and all were answered afterwards.
pool-unbounded = The application has { $connected } connections to the database; at most { $most } are allowed.
pool-fails = Of { $requests } requests { $failed } failed with 5xx, though the table was released in time.
pool-silent = Of { $requests } requests { $silent } got no answer after the table had been released.
pool-wrong = Of { $requests } requests { $wrong } got a wrong answer after the table had been released.
pool-expected = at most { $most } connections while the table is locked; then the right answers to all { $requests } requests
pool-observed = connections: { $connected }, waiting in the database at once: { $waiting }, right answers: { $right }

## upstream-awaited and upstream-faults

delivery-other-offer = The answer does not show what the delivery service has offered: order { $order }, price { $price }, days { $days }.
upstream-awaited = Of { $requests } requests { $waiting } waited for the delivery service at once.
upstream-few-wait = Of { $requests } requests at most { $waiting } waited for the delivery service at once; the others were not let through to it.
upstream-awaited-expected = at least { $least } at once, in one of several rounds
upstream-awaited-observed = the most in each round: { $rounds }
upstream-none-answered = { $waiting } requests waited for the delivery service; it answered within the second, and none of them got its offer.
upstream-faults = Failures of the delivery service become 502, its silence 504, and afterwards its offers are shown again.
upstream-well = The delivery service answered at once.
upstream-well-again = After its failures the delivery service answered at once again.
upstream-unknown = There is no such order; the delivery service would have answered with an offer.
upstream-answers = The delivery service answered { $status }.
upstream-closes = The delivery service closed the connection without an answer.
upstream-hangs = The delivery service did not answer.
upstream-slow = The delivery service answered after { $millis } ms; it is late after 1,000 ms.

## database-outage

outage-survived = While the database was down `/ready` said so and no request hung; when it was back everything worked again by itself.
outage-ready = The database is down, and `/ready` does not say 503 within { $seconds } s.
outage-ready-expected = 503
outage-health = The database is down, and `/health` does not answer 200.
outage-health-expected = 200: the process lives and needs no database to say so
outage-routes-expected = 5xx, or the right answer, within 10 s
outage-lies = The database is down, and the answer is neither 5xx nor right.
outage-silent = The database is down, and a request gets no answer within { $seconds } s.
outage-no-return = The database is back, and the service does not work again within { $seconds } s.
outage-no-return-expected = what worked before works again, without a restart
outage-order-lost = While the database was down the service said that it had made order { $order }; it is not in the database.

## graceful-stop

stop-graceful = The request that was under way was answered, and then the service ended by itself.
stop-expected = the request is answered 200 with its order; then the process ends by itself within { $seconds } s, with exit code 0 or 143
stop-observed = answer: { $end }; exit code { $code }
stop-observed-running = answer: { $end }; the process still runs
stop-not-waiting = The request did not wait in the database while the table of orders was locked.
stop-cut-off = The service was told to stop (SIGTERM) while a request was under way, and the request was cut off.
stop-wrong = The service was told to stop (SIGTERM) while a request was under way, and the request ended with status { $status } and not with its order.
stop-never = The service was told to stop (SIGTERM), and still runs { $seconds } s after its last answer.
stop-code = The service ended with exit code { $code } after SIGTERM.

## What of ours is in the way

broken-not-locked = The grader could not lock the table of orders within { $seconds } s, and the application does not hold it.
broken-latch-late = The grader did not release the table of orders within { $seconds } s.
