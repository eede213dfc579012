## The order desk

desk-slow = The answers of this check have taken more than { $seconds } s in all.
desk-slow-expected = some seconds at most
desk-slow-observed = { $seconds } s
event-rows-held = products' rows are held
event-rows-wanted = { $waiting } requests wait for them
event-rows-freed = the rows are let go
event-rows-answered = all are answered

## New orders

orders-created = Orders are answered, stored and taken from stock as the contract says; what cannot be had is refused.
orders-location = The header `Location` should lead to /orders/{ $id }.
orders-answer = The answer is not the order that was asked for.
orders-time = The time of the new order is { $seconds } s off.
orders-not-stored = The order that was answered is not in the database.
orders-stored = What is stored is not the order that was asked for.
orders-stock = Stock is { $left } after the order, and should be { $due }.

## Orders that are there

orders-read = { $orders } orders that were put into the database are served as they are stored, also after a change.
orders-not-as-stored = The order that is served is not the one that is stored.
orders-list = The customer has { $due } orders, and his list has { $seen }, or others.

## Bad input

input-refused = { $requests } bad requests were refused with a reason, and nothing was written; what is within the limits was not refused.
input-good-refused = A request with nothing wrong in it is refused.
input-not-refused = { $wrong } of { $requests } bad requests are not refused as they should be.
input-expected = a status 4xx with a reason in `detail`, and nothing is written
input-accepted = { $request }: accepted with { $status }
input-crashed = { $request }: { $status }, an error of the service's own
input-status = { $request }: { $status } in place of { $wanted }
input-no-reason = { $request }: { $status } without a reason, `detail` is missing or empty
input-written = { $request }: refused, and something of it is in the database

## SQL in text

injection-safe = { $texts } requests with quotes and SQL in every place changed nothing, and became part of no statement.
injection-rows = The answer holds order { $id }, for which nobody has asked: the text was taken for SQL.
injection-changed = Order { $id } was changed by a text that was taken for SQL.
injection-statement = The word { $word } was sent as text, and arrived at the server as a part of a statement.
injection-error = A text with quotes or SQL brings about an error of the service's own, and letters in the same place do not.
injection-error-expected = the same as for letters in that place: { $status }
injection-nothing = The service takes neither a cursor nor an order with an `Idempotency-Key`: there is no text on which anything could be seen.

## What of ours is in the way

broken-log-silent = The database's log does not show an error of ours.
