## latency-ratio

latency-ratio = { $quantile }% of the answers of your service came within { MICROS($yours) }, those of the yardstick within { MICROS($yardstick) }.
latency-ratio-expected = at most { $percent }% of the yardstick's time
latency-ratio-observed = { $percent }% of it (the true figure lies between { $low } and { $high }%)
latency-ratio-measured = Measured in { $pairs } pairs of short slices, { $calls } requests to each in all, { $rate } a second. The generator sent 99% of them within { MICROS($late) } of their instant.
latency-ratio-failed = { $calls } of them got no answer from your service, and count as the longest time.
latency-unanswered = At { $rate } requests a second your service left { $unanswered } of { $calls } without an answer, twice. The yardstick answered on the same machine at the same time.
latency-unanswered-expected = every answer within { SECONDS($limit) }
latency-unanswered-observed = too late: { $late }, refused: { $refused }, cut off: { $cut }, no HTTP or too large: { $garbled }

## What of ours is in the way

broken-mix-empty = The lab's load has no requests to send.
broken-mix-column = The lab's text { $text } names a column that its draws do not have, or there is no row to draw.
broken-mix-request = The lab's request { $text } is none.
broken-load = The load generator could not be started.
broken-load-late = In { $pairs } pairs of measurements the load generator could not keep its schedule (it was { $late } ms late in the last one), or the yardstick did not answer: this machine is too busy to measure a latency.
broken-latency-open = { $pairs } pairs of measurements do not tell whether the latency is within { $limit }% of the yardstick's: the true figure lies between { $low } and { $high }%.
broken-yardstick = The yardstick { $service }, a service of ours, gave a wrong answer.
