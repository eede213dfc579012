## Pages

pages-stable = Read page by page while orders are added, each order comes once, newest first.
pages-endless = After { $pages } pages there is still a cursor for a next one, though all orders have been seen long ago.
pages-not-newest = Order { $id } is on the first pages of everybody's orders, and is not among the newest.
pages-gap = { $gone } of { $there } orders that were there from the start are on no page.
pages-repeat = Order { $id } comes twice.
pages-disorder = Order { $one } stands before order { $other }, which is newer.
pages-ties = Orders { $one } and { $other } have the same time, and stand the other way round than others that have: by id, too, the order must be one.
pages-length = The page holds { $seen } orders where { $wanted } are due.

## The service's own schema

openapi-complete = The schema documents all { $operations } operations with their parameters and answers.
openapi-version = This is no OpenAPI schema of version 3.
openapi-incomplete = The schema leaves things out that a client must know.
openapi-no-operation = { $operation }: not there
openapi-no-path-parameter = { $operation }: the parameter in the path is not described
openapi-no-parameter = { $operation }: the parameter `{ $parameter }` is not described
openapi-no-body = { $operation }: what is sent to it is not described
openapi-no-answer = { $operation }: the answer { $status } is not described

## Whole orders

atomic = Of { $buyers } buyers at once { $sold } got the last pieces, and orders that fail leave nothing.
atomic-accepted = An order that cannot be had as a whole was accepted.
atomic-stock = The order was refused, and a product's stock has changed all the same: there were { $wanted } pieces, now there are { $left }.
atomic-rows = The order was refused, and rows of it are in the database all the same.
atomic-expected = as many orders as the { $stock } pieces allow, and stock less by what was sold
atomic-observed = { $said } answers 201, { $sold } pieces in orders, { $left } in stock
atomic-oversold = { $over } pieces more were sold than there were.
atomic-said = { $said } buyers were told that they have their piece, and { $sold } pieces are in orders.
atomic-unequal = Stock does not equal what there was without what was sold.
atomic-beside = Of the product that was bought along { $sold } pieces were sold, or taken from stock, and of the scarce one { $wanted }: an order is whole or not at all.

## One key, one order

idempotent = { $requests } requests with one key at once, later ones and one after a restart are one order; a request that failed leaves its key free.
idempotent-other = Requests with the same key at the same time were answered with different orders.
idempotent-twice = { $requests } requests with the same key at once made { $orders } orders.
idempotent-expected = 1 order, and { $taken } pieces taken from stock
idempotent-observed = { $orders } orders, and { $taken } pieces
idempotent-again = The same request with the same key again must give the first order and change nothing, and does not.
idempotent-keyless = A request without a key was answered with an order that was there before.
idempotent-mixed = Another key, or none, is another order; this one was answered with an order that was there before.
idempotent-burnt = The first request with this key failed, so the key is free; but the next one with it makes no order.
