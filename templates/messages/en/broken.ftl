# What went wrong on the grader's side: never the student's fault, never costs a point.

broken-no-workload = The lab's specification asks for a workload that it does not have.
broken-file-unread = The grader's own copy of { $file } cannot be read.
broken-page-missing = A measurement that this check builds on was not made ({ $page }): `needs` is missing in the lab's specification.
broken-no-anchors = Nothing was recorded for query { $query }: `labgrade prove` with `--record` does it.
broken-other-data = The lab's anchors were recorded on another data set than the one that runs. Build the lab's images again, or record the anchors anew: `labgrade prove` with `--record`.
broken-answers-differ = With the reference's indexes, query { $query } answers otherwise than without: the reference or the query is wrong.
broken-sql-shape = A query of the grader's got an answer of another form than it must have.
broken-sql-refused = The server refused a query of the grader's (SQLSTATE { $code }).
broken-sql-timeout = A query of the grader's got no answer within { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
broken-sql-too-much = A query of the grader's got a larger answer than is possible on this data.
broken-sql-lost = The connection to the database server was lost.
broken-connect-timeout = The server { $service } did not let the grader in within the time.
broken-connect = The server { $service } did not let the grader in.
broken-panic = The check { $check } crashed: a bug of the grader's.
broken-check-deadline = The check { $check } did not end within { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
broken-deadline = The grading did not end within { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
broken-intake = The submission could not be taken in: an error of the grader's.
