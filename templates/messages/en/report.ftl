# Words of the reports.

unit-b = B
unit-kb = kB
unit-mb = MB
unit-gb = GB
unit-us = µs
unit-ms = ms
unit-s = s
unit-min = min

## Why a check was not run

skipped-needs = It builds on { $check }, which did not pass.
skipped-when = It counts once { $at_least } of { $of } checks have earned at least { $share }% of their points; { $enough } { $enough ->
    [one] has
   *[other] have
}.
skipped-not-reached = The grading ended before it.

## Verdicts and outcomes

report-verdict-passed = passed
report-verdict-partial = in part
report-verdict-failed = failed
report-verdict-skipped = not run
report-verdict-broken = our fault
report-verdict-pending = awaits a person

report-outcome-graded = Graded
report-outcome-graded-means = Every check has a verdict.
report-outcome-rejected = The submission was not accepted
report-outcome-rejected-means = Nothing was run. Correct this and hand in again.
report-outcome-regrade = There is no grade yet: something on our side broke
report-outcome-regrade-means = This is not your fault and costs no points. The submission will be graded again.
report-outcome-interrupted = Stopped before the end
report-outcome-interrupted-what = The grading was interrupted from outside.
report-outcome-interrupted-means = This is not a grade. What was known by then is kept; start it again.

## A check

report-score = { $earned } of { $max } points
report-points = { $earned } of { $max }
report-share = { $share }% of the points.
report-gate = condition
report-expected = Expected
report-observed = Observed
report-hint = What to try
report-repeat = To repeat
report-lesson = Lesson
report-hidden = This check is hidden: its data is the course's own, so only the verdict is shown.
report-step-done = done by the grader
report-step-seen = seen
report-costliest = Most blocks are touched by { $node }: { $blocks } of { $of }.

## What is only shown

report-shown = Measured, not scored
report-shown-note = How long something takes depends on the machine and on what else it is doing. So these figures earn nothing and cost nothing; they are here to be understood.
report-shown-broken = It could not be measured this time. That is our matter: your grade does not depend on it.
report-shown-none = not measured
report-shown-hint = What it says

## Terminal

report-next = Next:
report-reports = Reports:
report-all-passed = Everything passed. It can be handed in.
report-time-intake = intake
report-time-start = start
report-time-checks = checks
report-time-teardown = teardown
report-time-total = in all
report-time-waiting = waiting
report-waiting-part = { $time }, { $share }% of the checks' time

## JUnit

report-junit-submission = submission: accepted and graded

## OpenMetrics

metrics-score = Points earned.
metrics-score-max = Points that can be earned.
metrics-points = Points earned, by check.
metrics-blocks = Shared blocks of 8 KiB that the query touched over all its runs.
metrics-bytes = Bytes that the check counted.
metrics-latency = Seconds within which that part of the answers came.
metrics-duration = Duration of the whole grading.
metrics-check-duration = Duration of each check.

## The page

report-date-format = %Y-%m-%d, %H:%M UTC
report-of-points = of { $max } points
report-checks = Checks
report-bar = Checks as parts of the score
report-notes = Noted while taking the submission in
report-what-refused = In the words of what refused:
report-more-lines = further lines left out
report-query = The query, with the constants of this run
report-plan = Its plan
report-plan-hot = most blocks here
report-plan-rows = { $rows ->
    [one] 1 row
   *[other] { $rows } rows
}
report-plan-removed = { $rows } read and thrown away
report-plan-method = index
report-chart-blocks = Blocks per query
report-chart-blocks-note = Each query's blocks over all its runs. The scale is logarithmic: every line is ten times the one before. Further left is better.
report-chart-blocks-zero = without indexes
report-chart-blocks-row = { $label }: yours { $observed }, reference { $reference }, without indexes { $zero } blocks
report-chart-bytes = What the indexes cost
report-chart-bytes-note = Bytes on disk, and bytes of WAL for the same batch of writes. The scale is logarithmic. Further left is better.
report-chart-bytes-zero = no points from here on
report-chart-bytes-row = { $label }: yours { $observed }, reference { $reference }, no points from { $zero } on
report-chart-reference = reference
report-chart-yours = yours
report-course = What was done and what was seen, in seconds from the first of it
report-lag = How far { $service } was behind
report-lag-most = At most { $most } behind ({ $at }); { $last } when last looked at ({ $until }).
report-lag-none = It was never measured.
report-lag-note = dashed lines: done by the grader
report-ratio = The median of { $pairs ->
    [one] one pair
   *[other] { $pairs } pairs
} is { $median }; the 95% confidence interval reaches from { $low } to { $high }.
report-ratio-pair = one pair
report-ratio-median = median
report-ratio-interval = 95% confidence interval
report-ratio-equal = 1: no difference
report-latency = How long an answer took: the part of the answers, and the time within which it came
report-latency-note = Both scales are logarithmic: from 90% on there are ten times fewer answers beyond each mark, and they are the slowest.
report-latency-both = { $share } of the answers came within { $yours }, those of the yardstick within { $yardstick }.
report-latency-one = { $share } of the answers came within { $yours }.
report-latency-none = No latency was measured.
report-latency-yours = your service
report-latency-yardstick = yardstick
report-latency-judged = judged: { $share }
report-load = Answers and errors a second
report-load-answers = answers
report-load-failed = errors
report-load-clean = In { $time }: { $done } answers, and not one error.
report-load-errors = In { $time }: { $done } answers and { $errors } errors, all of them between { $from } and { $until }.
report-load-none = The load brought nothing.
report-again = The same run again
report-about = How this was graded
report-seed = Seed
report-digest = Digest of the submission
report-versions = Versions
report-times = Time
