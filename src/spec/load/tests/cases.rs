//! A broken `lab.toml` for every mistake.

/// What the parser says, where a case is about its words.
pub const PARSER: &str = "parser";

/// Edits of the sample with the marked places, and the keys at these places.
pub type Case = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

/// Every mistake that an edit of the sample can make.
pub const CASES: &[Case] = &[
    // Syntax and types.
    (&[("cpus = 2", "cpus = ‹›\n")], &[PARSER]),
    (
        &[("deadline = \"240s\"", "deadline = ‹\"soon\"›")],
        &[PARSER],
    ),
    (&[("points = 60", "points = ‹\"60\"›")], &[PARSER]),
    (&[("points = 60", "points = ‹-1›")], &[PARSER]),
    (
        &[("memory = \"1GiB\"", "memory = ‹\"1 gigantic\"›")],
        &[PARSER],
    ),
    (
        &[("ready = \"postgres\"", "ready = ‹\"postgre\"›")],
        &["spec-unknown-variant"],
    ),
    (&[("points = 60", "‹point› = 60")], &["spec-unknown-field"]),
    (&[("cpus = 2", "‹cpu› = 2")], &["spec-unknown-field"]),
    (
        &[("per_query = 1", "‹per-query› = 1")],
        &["spec-unknown-field"],
    ),
    (
        &[("deadline = \"240s\"", "deadline = \"240s\"\n‹limit› = 1")],
        &["spec-unknown-field"],
    ),
    (
        &[("run.query-blocks", "run.‹query-block›")],
        &["spec-unknown-variant"],
    ),
    (
        &[("{ query = \"q1\", full_at", "{ query = \"q1\", ‹fullat›")],
        &["spec-unknown-field"],
    ),
    (
        &[("run.same-answers = {}", "run.same-answers = { ‹x› = 1 }")],
        &["spec-unknown-field"],
    ),
    (
        &[("{ at_least = 1,", "{ ‹least› = 1,")],
        &["spec-unknown-field"],
    ),
    (
        &[("[\"create-index\"]", "[‹\"create-indexes\"›]")],
        &["spec-unknown-variant"],
    ),
    (
        &[(
            "[[check]]\nid = \"q1\"\npoints = 60\n",
            "‹[[check]]›\nid = \"q1\"\n",
        )],
        &["spec-missing-field"],
    ),
    (&[("summary =", "#")], &["spec-missing-field"]),
    (
        &[(
            "{ ru = \"Заказы\", en = \"Orders\" }",
            "‹{ ru = \"Заказы\" }›",
        )],
        &["spec-missing-field"],
    ),
    (
        &[("{ query = \"q1\", full_at = 1.3 }", "‹{ query = \"q1\" }›")],
        &["spec-missing-field"],
    ),
    // Several at once.
    (
        &[
            ("points = 60", "‹point› = 60"),
            ("cpus = 2", "‹cpu› = 2"),
            ("[lessons]", "[‹lesons›]"),
        ],
        &[
            "spec-unknown-field",
            "spec-unknown-field",
            "spec-unknown-field",
        ],
    ),
    (
        &[
            ("points = 30", "points = 31"),
            ("\"Orders\"", "‹\" \"›"),
            ("points = 10", "points = ‹10›"),
        ],
        &["spec-text-empty", "spec-points-sum"],
    ),
    // The lab.
    (
        &[("\"90-sample\"", "‹\"91-sample\"›")],
        &["spec-id-not-folder"],
    ),
    (&[("\"240s\"", "‹\"0s\"›")], &["spec-deadline-zero"]),
    (
        &[("\"Образец\"", "‹\"Sample\"›")],
        &["spec-text-not-russian"],
    ),
    (&[("en = \"Indexes\"", "en = ‹\"\"›")], &["spec-text-empty"]),
    (
        &[("ru = \"Тип индекса.\"", "ru = ‹\"\\t\"›")],
        &["spec-text-empty"],
    ),
    // Services.
    (&[("cpus = 2", "cpus = ‹0›")], &["spec-cpus"]),
    (&[("cpus = 2", "cpus = ‹nan›")], &["spec-cpus"]),
    (&[("\"1GiB\"", "‹\"1GB\"›"), ("GB", "kB")], &["spec-memory"]),
    (&[("5432", "‹0›")], &["spec-port"]),
    (
        &[("data = \"data\"", "data = ‹\"starter\"›")],
        &["spec-data-no-dockerfile"],
    ),
    (
        &[("data = \"data\"", "data = \"data\"\nimage = ‹\"postgres\"›")],
        &["spec-service-two-sources"],
    ),
    (
        &[("[services.db]\ndata = \"data\"", "‹[services.db]›")],
        &["spec-service-no-source"],
    ),
    // The submission.
    (
        &[
            ("[{ path = \"indexes.sql\", max_bytes = 262144 }]", "‹[]›"),
            ("\"indexes.sql\"", "‹\"indexes.sql\"›"),
            (
                "{ file = \"indexes.sql\", st",
                "{ file = ‹\"indexes.sql\"›, st",
            ),
        ],
        &[
            "spec-submission-empty",
            "spec-file-not-submitted",
            "spec-file-not-submitted",
        ],
    ),
    (
        &[(
            "{ file = \"indexes.sql\", st",
            "{ file = ‹\"index.sql\"›, st",
        )],
        &["spec-file-not-submitted"],
    ),
    (
        &[("max_bytes = 262144", "max_bytes = ‹0›")],
        &["spec-submission-no-bytes"],
    ),
    (
        &[(
            "max_bytes = 262144 }",
            "max_bytes = 9 }, { path = ‹\"indexes.sql\"›, max_bytes = 9 }",
        )],
        &["spec-submission-twice"],
    ),
    // The workload.
    (
        &[("service = \"db\"", "service = ‹\"bd\"›")],
        &["spec-service-unknown"],
    ),
    (
        &[("per_query = 1", "per_query = ‹0›")],
        &["spec-per-query-zero"],
    ),
    (
        &[("\"data/writes.sql\"", "‹\"data/write.sql\"›")],
        &["spec-workload-file-missing"],
    ),
    (
        &[("\"data/anchors.json\"", "‹\"data/anchor.json\"›")],
        &["spec-workload-file-missing"],
    ),
    (
        &[("\"data/anchors.json\"", "‹\"data/Dockerfile\"›")],
        &["spec-workload-unread"],
    ),
    (
        &[("query = \"q1\"", "query = ‹\"q11\"›")],
        &["spec-query-unknown"],
    ),
    (
        &[("{ q2 = [\"gin\"] }", "{ q3 = ‹[\"gin\"]› }")],
        &["spec-query-unknown"],
    ),
    // Checks.
    (&[("id = \"size\"", "id = ‹\"q2\"›")], &["spec-check-twice"]),
    (
        &[("id = \"size\"", "id = ‹\"Size!\"›")],
        &["spec-id-format"],
    ),
    (
        &[(
            "points = 60\nneeds = [\"same-answers\"]\nlesson = \"11-12\"",
            "points = 60\nneeds = [\"same-answers\"]\nlesson = ‹\"11-13\"›",
        )],
        &["spec-lesson-unknown"],
    ),
    (
        &[(
            "points = 10\nneeds = [\"applies\"]",
            "points = 10\nneeds = [\"applies\", ‹\"aplies\"›]",
        )],
        &["spec-check-unknown"],
    ),
    (
        &[(
            "points = 10\nneeds = [\"applies\"]",
            "points = 10\nneeds = [\"applies\"]\nafter = [‹\"q3\"›]",
        )],
        &["spec-check-unknown"],
    ),
    (
        &[(
            "points = 10\nneeds = [\"applies\"]",
            "points = 10\nneeds = [\"applies\", ‹\"size\"›]",
        )],
        &["spec-need-itself"],
    ),
    (
        &[("needs = [\"only-ddl\"]", "needs = [\"only-ddl\", ‹\"q2\"›]")],
        &["spec-need-cycle"],
    ),
    (
        &[(
            "points = 60\nneeds = [\"same-answers\"]",
            "points = 60\nneeds = [\"same-answers\", ‹\"size\"›]",
        )],
        &["spec-need-later"],
    ),
    (
        &[
            ("id = \"q1\"", "id = \"q1\"\nhidden = true"),
            (
                "points = 30\nneeds = [\"same-answers\"]",
                "points = 30\nneeds = [\"same-answers\", ‹\"q1\"›]",
            ),
            ("[\"q1\", \"q2\"]", "[\"q2\"]"),
        ],
        &["spec-need-hidden"],
    ),
    (
        &[(
            "points = 30\nneeds = [\"same-answers\"]",
            "points = 30\nneeds = ‹[\"applies\"]›",
        )],
        &["spec-need-unmeasured"],
    ),
    (
        &[("of = [\"q1\", \"q2\"]", "of = [\"q1\", ‹\"q3\"›]")],
        &["spec-check-unknown"],
    ),
    (
        &[("of = [\"q1\", \"q2\"]", "of = [\"q1\", ‹\"q1\"›]")],
        &["spec-when-twice"],
    ),
    (
        &[("of = [\"q1\", \"q2\"]", "of = [\"q1\", ‹\"applies\"›]")],
        &["spec-when-gate"],
    ),
    (
        &[("of = [\"q1\", \"q2\"]", "of = [\"q1\", ‹\"size\"›]")],
        &["spec-when-later"],
    ),
    (
        &[
            ("id = \"q1\"", "id = \"q1\"\nhidden = true"),
            ("of = [\"q1\", \"q2\"]", "of = [‹\"q1\"›, \"q2\"]"),
        ],
        &["spec-when-hidden"],
    ),
    (
        &[("at_least = 1", "at_least = ‹3›")],
        &["spec-when-too-many"],
    ),
    (&[("share = 50", "share = ‹101›")], &["spec-when-share"]),
    (&[("points = 10", "points = ‹9›")], &["spec-points-sum"]),
    (&[("points = 10", "points = ‹11›")], &["spec-points-sum"]),
    (
        &[("id = \"size\"", "id = \"size\"\ndeadline = ‹\"0s\"›")],
        &["spec-deadline-zero"],
    ),
    // Numbers of the machine.
    (
        &[("link_mbit = 100", "Link = ‹100›")],
        &["spec-machine-format"],
    ),
    (
        &[("link_mbit = 100", "7up = ‹100›\n\"\" = ‹1›")],
        &["spec-machine-format", "spec-machine-format"],
    ),
    (
        &[("link_mbit = 100", "memory = ‹100›\ncpus = ‹2›")],
        &["spec-machine-taken", "spec-machine-taken"],
    ),
    (&[("disk = \"4GiB\"", "disk = ‹\"much\"›")], &[PARSER]),
    // What is only shown.
    (
        &[("id = \"write-figure\"", "id = ‹\"Write\"›")],
        &["spec-id-format"],
    ),
    (
        &[("id = \"write-figure\"", "id = ‹\"size\"›")],
        &["spec-shown-twice"],
    ),
    (
        &[(
            "[[shown]]\nid = \"write-figure\"",
            "[[shown]]\nid = \"twice\"\ntitle = { ru = \"Т\", en = \"T\" }\nhint = { ru = \"Т\", en = \"T\" }\nrun.sql-only = { file = \"indexes.sql\", allow = [] }\n[[shown]]\nid = ‹\"twice\"›",
        )],
        &["spec-shown-twice"],
    ),
    (
        &[(
            "id = \"write-figure\"\nneeds = [\"applies\"]",
            "id = \"write-figure\"\nneeds = [\"applies\", ‹\"aplies\"›, ‹\"write-figure\"›]",
        )],
        &["spec-check-unknown", "spec-check-unknown"],
    ),
    (
        &[
            ("id = \"q1\"", "id = \"q1\"\nhidden = true"),
            (
                "id = \"write-figure\"\nneeds = [\"applies\"]",
                "id = \"write-figure\"\nneeds = [\"applies\", ‹\"q1\"›]",
            ),
            ("[\"q1\", \"q2\"]", "[\"q2\"]"),
        ],
        &["spec-shown-need-hidden"],
    ),
    (
        &[(
            "id = \"write-figure\"\nneeds = [\"applies\"]",
            "id = \"write-figure\"\nneeds = ‹[\"only-ddl\"]›",
        )],
        &["spec-shown-unmeasured"],
    ),
    (
        &[("\"Цена записи\"", "‹\"Writes\"›")],
        &["spec-text-not-russian"],
    ),
    (
        &[("\"For your information only.\"", "‹\"\"›")],
        &["spec-text-empty"],
    ),
    (
        &[(
            "id = \"write-figure\"",
            "id = \"write-figure\"\ndeadline = ‹\"0s\"›",
        )],
        &["spec-deadline-zero"],
    ),
    (
        &[
            (
                "run.write-cost = { full_at = 1.5, none_at = 4.0 }",
                "run.query-blocks = { query = ‹\"q3\"›, full_at = 1.3 }",
            ),
            (
                "id = \"write-figure\"\nneeds = [\"applies\"]",
                "id = \"write-figure\"\nneeds = [\"same-answers\"]",
            ),
        ],
        &["spec-query-unknown"],
    ),
    (
        &[(
            "[[shown]]\nid = \"write-figure\"",
            "[[shown]]\n‹idd› = \"write-figure\"",
        )],
        &["spec-unknown-field"],
    ),
    // Each piece for itself.
    (
        &[
            ("points = 60", "‹point› = 60"),
            ("disk = \"4GiB\"", "disk = ‹true›"),
            (
                "[[shown]]\nid = \"write-figure\"",
                "[[shown]]\nid = \"write-figure\"\n‹points› = 3",
            ),
        ],
        &["spec-unknown-field", PARSER, "spec-unknown-field"],
    ),
    // A submission that takes all the time it is given must not look like ours.
    (
        &[("id = \"applies\"", "id = \"applies\"\ndeadline = ‹\"50s\"›")],
        &["spec-deadline-short"],
    ),
    // Formulas and services of checks that look at a server with a submission's settings.
    (
        &[
            (
                "needs = [\"applies\"]\nwhen",
                "needs = ‹[\"applies\"]›\nwhen",
            ),
            (
                "run.index-size = { full_at = 1.5, none_at = 4.0 }",
                "run.settings-hold = ‹{ on = { file = \"indexes.sql\" }, rules = [{ value = \"fsyncs\", least = \"1\" }] }›",
            ),
        ],
        &["spec-need-unmeasured", "spec-formula"],
    ),
    (
        &[
            (
                "needs = [\"applies\"]\nwhen",
                "needs = ‹[\"applies\"]›\nwhen",
            ),
            (
                "run.index-size = { full_at = 1.5, none_at = 4.0 }",
                "run.settings-applied = ‹{ on = { file = \"indexes.sql\", service = \"dbb\" } }›",
            ),
        ],
        &["spec-need-unmeasured", "spec-service-unknown"],
    ),
    // What runs in a service beside its image.
    (
        &[(
            "cpus = 2",
            "cpus = 2\nproject = ‹{ command = [\"x\"] }›\nenv = { URL = ‹\"a:${password.audi}@b\"› }",
        )],
        &["spec-project-on-data", "spec-env-no-login"],
    ),
    (
        &[
            ("data = \"data\"\nready", "image = \"python\"\nready"),
            (
                "cpus = 2",
                "cpus = 2\nproject = { command = ‹[]›, folder = ‹\"nowhere\"› }",
            ),
        ],
        &["spec-project-no-command", "spec-project-no-folder"],
    ),
];
