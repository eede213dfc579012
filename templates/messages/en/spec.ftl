# Mistakes in a lab's specification, for its author.

spec-here = here
spec-meant = did you mean `{ $name }`?
spec-known-names = known here: { $names }

spec-unknown-field = there is no field `{ $name }` here
spec-unknown-variant = there is no `{ $name }` here
spec-missing-field = the field `{ $name }` is missing
spec-missing-field-top = it belongs at the top of the file, before the first table
spec-missing-field-table = { $table } needs it
spec-missing-field-language = every text is written in both languages, ru and en

spec-lab-unknown = there is no lab `{ $name }`
spec-file-unread = { $path } cannot be read: { $error }
spec-overlay-missing = the folder of hidden checks is not there: { $path }

spec-id-format = `{ $name }` cannot be a name
spec-id-format-help = lower-case letters, digits and hyphens only
spec-id-not-folder = the lab is called `{ $name }`, but its folder `{ $folder }`
spec-deadline-zero = a deadline of zero lets nothing run
spec-task-missing = the lab has no { $path }
spec-starter-missing = the lab has no starter: the folder starter/ is missing or empty

spec-service-unknown = there is no service `{ $name }`
spec-service-no-source = nothing says what the service `{ $name }` runs
spec-service-two-sources = the service `{ $name }` has both `image` and `data`
spec-service-source-help = give either `image`, a role image, or `data`, a folder with a Dockerfile
spec-data-no-dockerfile = there is no { $path }
spec-project-on-data = the service `{ $name }` has a data set, and cannot run a project
spec-project-on-data-help = a project runs on a role image: give `image`, and put the data set into a service of its own
spec-project-no-command = nothing says what runs the project
spec-project-no-folder = there are no files in { $path }
spec-env-no-login = no service has a login `{ $login }`
spec-cpus = a service needs more than 0 processors
spec-memory = this is less than { BYTES($least) }: no server starts with it
spec-port = no service listens on port 0

spec-submission-empty = nothing is handed in
spec-submission-twice = { $path } is listed twice
spec-submission-no-bytes = { $path } may have no bytes at all
spec-file-not-submitted = { $path } is not among the files that are handed in

spec-text-empty = the text is empty ({ $language })
spec-text-not-russian = the Russian text has no Cyrillic letter

spec-no-workload = the check needs queries, but the lab has none
spec-no-workload-help = add a table [workload]
spec-per-query-zero = at least one constant must be drawn for each query
spec-workload-file-missing = there is no { $path }
spec-workload-unread = the workload cannot be read: { $error }
spec-query-unknown = there is no query `{ $query }` in the workload
spec-query-no-anchors = nothing has been recorded for the query `{ $query }`
spec-query-no-draws = the query `{ $query }` has a constant, but nothing to draw it from
spec-draw-unknown = constants are drawn for `{ $query }`, which is not a query
spec-record = record the anchors: labgrade prove { $lab } --record

spec-check-twice = there are two checks `{ $name }`
spec-check-unknown = there is no check `{ $name }`
spec-lesson-unknown = there is no lesson `{ $name }` in [lessons]
spec-need-itself = the check `{ $name }` needs itself, so it can never run
spec-need-cycle = these checks need each other, so none can run: { $path }
spec-need-later = the check `{ $name }` stands further down, so it has not run yet
spec-need-hidden = a visible check needs the hidden check `{ $name }`, so a self-check could never run it
spec-need-unmeasured = the check `{ $name }` reads what run.{ $kind } measures, but needs no such check
spec-need-unmeasured-help = add a check of the kind { $kind } to its `needs`
spec-order-help = checks run in the order of the file: a check needs only those above it
spec-hidden-help = a visible check depends on visible ones only
spec-when-later = the check `{ $name }` has not run yet when this one is judged
spec-when-hidden = the check `{ $name }` is hidden, so in a self-check it earns nothing
spec-when-gate = the check `{ $name }` is a gate: it has no points to earn
spec-when-twice = the check `{ $name }` is listed twice
spec-when-too-many = { $wanted } of { $listed } listed checks cannot be: the check would never count
spec-when-share = a share is at most 100 hundredths

spec-shown-twice = the name `{ $name }` is already that of a check or of another shown figure
spec-shown-need-hidden = this needs the hidden check `{ $name }`, so a self-check could never show it
spec-shown-need-hidden-help = what is shown depends on visible checks only
spec-shown-unmeasured = `{ $name }` reads what run.{ $kind } measures, but needs no such check

spec-machine-format = `{ $name }` cannot be the name of a number
spec-machine-format-help = a lower-case letter first, then lower-case letters, digits and underscores
spec-machine-taken = the name `{ $name }` is taken
spec-machine-taken-help = in a formula, `memory` and `cpus` are those of the service that it is about

spec-points-sum = the points add up to { $sum }, not to 100
spec-points-few = { $difference ->
    [one] { $difference } point is missing
   *[other] { $difference } points are missing
}
spec-points-many = { $difference ->
    [one] { $difference } point is too many
   *[other] { $difference } points are too many
}
spec-deadline-short = the check gives the submission { $seconds } s, so its own deadline must be longer
spec-formula = The rule about `{ $formula }` cannot be computed: { $error }
