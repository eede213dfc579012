# The command line: help, usage errors, what verbs print.

error = error:
error-ours = infrastructure:

help-usage = Usage
help-commands = Commands
help-options = Options
help-arguments = Arguments

help-labgrade = labgrade grades the practical works of a course on high-load systems, in real containers.
help-labgrade-examples =
    Examples:
      labgrade labs                             what there is to grade
      labgrade init 02-indexes                  begin a practical work
      labgrade check                            check yourself, in the folder of the work
      labgrade grade work.zip --lab 02-indexes  grade a submission, with reports
      labgrade doctor                           what this machine lacks

    Exit codes: 0 everything passed, 1 a check failed, 2 usage, 3 a lab's specification is wrong,
    4 the submission was rejected, 5 infrastructure (grade again), 130 interrupted.
help-labs = Lists the labs.
help-labs-examples =
    Examples:
      labgrade labs
      labgrade labs --json
help-init = Makes a folder with the starter and the task of a lab.
help-init-examples =
    Examples:
      labgrade init 02-indexes           into the folder 02-indexes
      labgrade init 02-indexes my-work   into the folder my-work
help-check = Checks your own work: hints, nothing hidden, nothing handed in.
help-check-examples =
    The lab is found from labgrade.toml, from the folder's name, or from the files in it.

    Examples:
      labgrade check                     the work in this folder
      labgrade check --only q1           one check, and what it needs
      labgrade check --seed 42           the same drawn constants again
      labgrade check --keep              leave the database running, to look around with psql
help-grade = Grades a submission: a folder, a .zip, a .tar or a .tar.gz.
help-grade-examples =
    The folder of --out gets grade.json, junit.xml, report.html, metrics.txt and logs/.
    With LABGRADE_SECRET set, the seed follows from the secret, the lab and the student,
    so that grading again does not draw again.

    Examples:
      labgrade grade work.zip --lab 02-indexes --out report
      labgrade grade . --lab 02-indexes --student ivanov --timings
      labgrade grade work/ --lab 02-indexes --json > grade.json
help-lint = Checks the specifications of the labs, with every mistake at its line.
help-lint-examples =
    Examples:
      labgrade lint                      the labs compiled into the program
      labgrade lint labs                 the labs of a folder
help-prove = Grades a lab's own solutions and mutants: every check must tell them apart.
help-prove-examples =
    Every solution must get all points, every mutant must fail exactly the checks that its
    mutant.toml names, and every check must be failed by some mutant.

    Examples:
      labgrade prove 02-indexes
      labgrade prove 02-indexes --case reference wrong-order --seeds 20
      labgrade prove 02-indexes --record     measure the reference anew
help-images = Builds, lists or pushes the images of the course.
help-images-examples =
    Examples:
      labgrade images                    what is there, what is out of date
      labgrade images build              build what is missing or out of date
help-images-build = Builds what is missing or out of date: all images, or those named.
help-images-build-examples =
    Examples:
      labgrade images build
      labgrade images build postgres 02-indexes/data
help-images-list = Lists the images and how they are.
help-images-list-examples =
    Example:
      labgrade images list --json
help-images-push = Pushes the images to a registry.
help-images-push-examples =
    Example:
      labgrade images push registry.example.org/course
help-images-wheels = Lists the Python packages, with their versions, that a submission may ask for.
help-images-wheels-examples =
    Example:
      labgrade images wheels --json
help-doctor = Probes whether this machine can grade, and says what to do about each finding.
help-doctor-examples =
    A container really tries to reach this host and the world outside; it must not succeed.

    Examples:
      labgrade doctor
      labgrade doctor --json
help-clean = Removes what dead runs left behind, and what --keep kept.
help-clean-examples =
    Only objects that carry the random label of a run of yours are touched.

    Example:
      labgrade clean
help-export = Writes the labs as students may see them: without solutions, mutants and hidden checks.
help-export-examples =
    Example:
      labgrade export public/labs
help-completions = Prints completions for a shell.
help-completions-examples =
    Example:
      labgrade completions bash > /etc/bash_completion.d/labgrade
help-man = Prints the manual page.
help-man-examples =
    Example:
      labgrade man | man -l -

help-arg-labs = the folder of the labs, instead of those compiled in
help-arg-lang = the language: ru or en; after the locale by default
help-arg-json = answer as JSON
help-arg-help = show this help
help-arg-version = show the version
help-arg-lab = the lab, as `labgrade labs` lists it
help-arg-dir = the folder
help-arg-seed = draw everything from this number, to repeat a run
help-arg-only = only these checks, and what they need
help-arg-keep = leave the containers running; `labgrade clean` removes them
help-arg-timings = show where the time went
help-arg-out = the folder that gets the reports
help-arg-submission = the submission: a folder, an archive, or the one file of the lab
help-arg-student = who handed it in; the name of the submission by default
help-arg-overlay = a folder with hidden checks
help-arg-quick = run of a mutant only the checks that it must fail, and what these need
help-arg-seeds = how many seeds to prove with
help-arg-jobs = how many submissions to grade side by side
help-arg-case = only these solutions and mutants
help-arg-record = measure the reference and write the anchors
help-arg-name = images to build; all by default
help-arg-registry = the registry, with its path
help-arg-shell = the shell

labs-id = Lab
labs-title = Title
labs-lessons = Lessons
labs-checks = Checks
labs-points = Points
labs-next = Begin one with `labgrade init LAB`.

init-done =
    { $dir }: { $files }
    Read TASK.md, then try: cd { $arg } && labgrade check

lint-sound = { $lab }: { $checks ->
        [one] one check
       *[other] { $checks } checks
    }, no mistake
clean-done = { $objects ->
        [0] Nothing was left.
        [one] One object of { $runs ->
            [one] one dead run
           *[other] { $runs } dead runs
        } removed.
       *[other] { $objects } objects of { $runs ->
            [one] one dead run
           *[other] { $runs } dead runs
        } removed.
    }
export-done = { $dir }: { $files } files of { $labs ->
        [one] one lab
       *[other] { $labs } labs
    }

images-name = Name
images-image = Image
images-condition = Condition
images-is-current = current
images-is-stale = out of date
images-is-missing = missing
images-current = { $image }: current
images-building = { $image }: building…
images-built = { $image }: built
wheels-package = Package
wheels-version = Version
images-pushing = { $image } → { $registry }…
images-pushed = { $image } → { $registry }: pushed

record-measuring = measuring { $what }…
record-done = { $path } written. Look at the difference before you commit it.
record-stopped = Recording was stopped.

stage-intake = Taking the submission in…
stage-start = Starting the services…
stage-check = { $number }/{ $of } { $check }
stage-shown = Measuring what is shown: { $what }…
stage-teardown = Removing the containers…
stage-again = Something of ours broke ({ $reason }); trying once more.
stage-kept = Left running: { $address } (remove with `labgrade clean`)
stage-leftovers = Not everything could be removed ({ $error }); the next run sweeps it.

prove-right = { $number }/{ $of } ✓ { $case } (seed { $seed })
prove-wrong = { $number }/{ $of } ✗ { $case } (seed { $seed })
prove-legend = ✓ passed   ½ partly   ✗ failed   · skipped   ! ours   ? pending
prove-problem = ✗ { $case } (seed { $seed }): { $problem }
prove-unproven = ✗ no mutant fails the check { $check }: it is no check
prove-done = { $solutions ->
        [one] One solution
       *[other] { $solutions } solutions
    } and { $mutants ->
        [one] one mutant
       *[other] { $mutants } mutants
    }, { $seeds ->
        [one] one seed
       *[other] { $seeds } seeds
    }, { $seconds } s: { $wrong ->
        [0] everything as it must be.
        [one] one mistake.
       *[other] { $wrong } mistakes.
    }
prove-should-fail = { $check } should fail, and does not
prove-should-pass = { $check } fails (with { $share }%), and should not
prove-not-full = { $check } does not give all points
prove-earns-too-much = { $check } earns { $share }%, and { $most }% is the most that it may
prove-rejected = intake refused it ({ $reason })
prove-not-rejected = intake took it in, and should not
prove-broken = something of ours broke: { $reason } { $detail }
prove-interrupted = interrupted

usage-no-lab = There is no lab “{ $lab }”. { $meant ->
        [none] { "" }
       *[other] Did you mean “{ $meant }”?{ " " }
    }Labs: { $labs }.
usage-no-labs = There is no lab here: a lab is a folder with a lab.toml.
usage-labs = The labs cannot be read: { $error }
usage-no-check = The lab has no check “{ $check }”. { $meant ->
        [none] { "" }
       *[other] Did you mean “{ $meant }”?{ " " }
    }Checks: { $checks }.
usage-no-submission = { $path } does not exist. Name a folder, a .zip, a .tar or a .tar.gz.
usage-no-image = There is no image “{ $image }”. Images: { $images }.
usage-write = { $path } cannot be written: { $error }
usage-read = { $path } cannot be read: { $error }
usage-config = { $path }: { $error }
usage-project = { $path }: { $error }
usage-signals = Signals cannot be listened to: { $error }
usage-which-lab = { $dir } does not say which lab it is. Name one with --lab ({ $labs }), or write `lab = "…"` into its labgrade.toml.
usage-init-there = { $path } is there already, and nothing of yours is overwritten. Name another folder: labgrade init LAB DIR.
usage-export-there = { $path } is not empty. Name a new folder.
usage-prove-folder = Solutions and mutants are not compiled into the program. Run this in the project's folder, or name the labs with --labs DIR.
usage-nothing-to-record = { $lab } has no workload, so there is nothing to record.
usage-no-case = There is no such solution or mutant.
usage-case-check = { $case } speaks of a check that the lab does not have: { $check }
usage-case-fails-nothing = { $case } names no check that it fails, so it proves nothing.

doctor-looking = Looking at the engine…
doctor-knocking = Trying to get out of a container…
doctor-engine = Docker { $version }, API { $api }
doctor-engine-old = Too old: API { $api } is needed. Update Docker.
doctor-runc = runc { $version }
doctor-runc-old = Versions before 1.1.12 have known container escapes (CVE-2024-21626), unless your distribution has mended them in its own package. Update it, and grade on a machine of its own.
doctor-cgroup = Control groups version { $version }
doctor-limit = The kernel does not limit: { $name }
doctor-limit-missing = A submission could take the whole machine. Turn the control group on (for memory and swap, boot with cgroup_enable=memory swapaccount=1).
doctor-disk = { BYTES($free) } free at { $path }
doctor-disk-full = At least 4 GiB are needed. Remove what you do not need: docker image prune.
doctor-image = Image { $image }
doctor-image-stale = Image { $image } is out of date
doctor-image-missing = Image { $image } is missing
doctor-build = Build it: labgrade images build
doctor-isolated = A container knocked at { $tried } addresses of this host and did not get through
doctor-not-isolated = A container reached a listener on this host ({ $reached } times)
doctor-not-isolated-remedy = Do not grade on this engine. Check that it is Docker with the bridge driver, and that no rule of its firewall lets internal networks through.
doctor-names = A container could not look up a foreign name
doctor-names-leak = A container looked up a foreign name: data can leak that way (CVE-2024-29018)
doctor-names-remedy = Update Docker to 25.0.5, 26.0.0 or later.
doctor-memory-read-back = A container reads its own memory limit: { BYTES($bytes) }
doctor-memory-differs = A container reads another memory limit than it was given: { $bytes }
doctor-hardened = A container runs without root, without capabilities, on a read-only root
doctor-not-hardened = A container is not hardened as asked (its root is { $root })
doctor-not-probed = Isolation was not probed: the base image is missing
doctor-good = This machine can grade.
doctor-warnings = This machine can grade; look at the warnings.
doctor-bad = This machine must not grade like this.
