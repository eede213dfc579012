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
broken-teardown = Not everything that the grading started could be taken down.

## The container engine

broken-no-engine = Docker cannot be reached. Is it running, and may this user use it? `labgrade doctor` looks into it.
broken-engine-silent = Docker did not answer within { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
broken-engine-refused = Docker refused the call `{ $call }`.
broken-engine-late = Docker did not finish the call `{ $call }` within { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}.
broken-journal = The journal of the run, by which everything is found again that must be taken down, cannot be written or read.
broken-temp = A temporary file cannot be written. Is the disk full?

## Images

broken-no-role = The lab's specification names the image role { $role }, which does not exist.
broken-roles = The list of image roles (`images/roles.toml`) cannot be read.
broken-lab-unread = The files of the lab { $lab } cannot be read.
broken-image-missing = The image { $image } is not there: `labgrade images build` makes it.
broken-image-stale = The image { $image } was made from another version of its files: `labgrade images build` makes it anew.
broken-build = The image { $image } cannot be built.
broken-no-mmdebstrap = The base image is bootstrapped with mmdebstrap, which cannot be started here. Install the package `mmdebstrap`.
broken-lock = The lock { $lock } of an image cannot be read at line { $line }: a line is `name==version --hash=sha256:…`.
broken-no-pip = Python packages are fetched with pip, which cannot be started here as `python3 -m pip`. Install the package `python3-pip`.
broken-pip = pip does not fetch the Python packages that the image needs.
broken-wheel-missing = pip has fetched no package { $package } whose digest is the one of the lock.
broken-mmdebstrap = mmdebstrap failed: without it there is no base image.

## A lab that starts

broken-no-network = No free address range was found for the lab's network. `labgrade clean` takes away what dead runs have left.
broken-runs-as-root = The image of { $container } runs as root, which no container of a lab may.
broken-not-hardened = The container { $container } did not get the restrictions that were asked for, so nothing was run in it.
broken-no-port = The gateway published no port for the service { $service }.
broken-not-ready = The service { $service } did not answer within { $seconds } { $seconds ->
    [one] second
   *[other] seconds
} of its start.
broken-service-died = The service { $service } ended while it was starting.
broken-no-service = A check asks for the service { $service }, which the lab does not have.
broken-no-login = A check asks for the login { $role } of the service { $service }, which it does not have.
broken-canary = The listener that the isolation is tried on cannot be opened.
broken-no-address = The container { $container } has no address in the lab's network.
broken-not-stopped = The container { $container } does not end although it was told to.
broken-not-released = The container { $container } could not be told to begin.
broken-writers-undecided = The writers neither waited for the standby nor went on within { $seconds } s.
broken-not-started = The container { $container } does not start again although it was told to.

## A server that runs with a submission's settings

broken-formula = The lab's formula { $formula } cannot be computed.
broken-no-draws = The lab's query has no constants to draw from.
broken-no-sort = The plan of the lab's report has no sort in it.
broken-no-scan = The plan of the lab's query does not read the table { $table }.
broken-checkpointer = The server's checkpointer does not count what it was given.
broken-not-at-rest = The server's own processes are never at rest.
broken-no-return = After the crash the server runs, and does not let the grader in.
broken-no-clients = There are no clients to let in.
broken-not-waiting = Of { $clients } clients only { $waiting } are seen waiting.
broken-no-pairs = Too few pairs could be measured.
