//! One submission in every form in which it can be handed in, awkwardly written at that: a BOM,
//! Windows' line ends, Cyrillic names.

use labgrade::grade::CheckResult;

use crate::engine::assert_gone;
use crate::program::report::Reports;
use crate::program::{Home, pack};

const SQL: &str = "\u{feff}-- Магазины рядом\r\n\
    CREATE INDEX \"магазины_рядом\"\r\n    ON stores USING gist (location);\r\n\
    COMMENT ON INDEX \"магазины_рядом\" IS 'q8: ближайшие';\r\n";

/// A form's name, and what writes the submission down and gives its name.
type Form = (&'static str, fn(&Home) -> &'static str);

#[test]
fn a_submission_is_the_same_in_every_form() {
    let forms: [Form; 5] = [
        ("folder", |home| {
            home.write("folder/indexes.sql", SQL);
            "folder"
        }),
        ("lone file", |home| {
            home.write("indexes.sql", SQL);
            "indexes.sql"
        }),
        ("zip", |home| {
            home.write("work.zip", pack::zip("indexes.sql", SQL.as_bytes()));
            "work.zip"
        }),
        // In a wrapping folder, and under a name that lies.
        ("tar", |home| {
            home.write("work.zip", pack::tar("работа/indexes.sql", SQL.as_bytes()));
            "work.zip"
        }),
        ("tar.gz", |home| {
            home.write("work.tar.gz", pack::tar_gz("indexes.sql", SQL.as_bytes()));
            "work.tar.gz"
        }),
    ];
    let mut first: Option<(String, Vec<CheckResult>)> = None;
    for (name, build) in forms {
        let home = Home::new();
        let submission = home.path(build(&home));
        let command = home.grading(&submission, &["--only", "q1,q8", "--student", "anna"]);
        let said = home.start(command).end();
        assert_eq!(said.code, Some(1), "{name}: {}{}", said.out, said.err);
        let reports = Reports::read(&home.path("report"));
        assert_eq!(reports.check("q8").1.result, "passed", "{name}");
        assert_eq!(reports.check("q1").1.result, "failure", "{name}");
        let mut checks = reports.grade.checks;
        checks.iter_mut().for_each(|check| check.millis = 0);
        let this = (reports.grade.digest, checks);
        match &first {
            None => first = Some(this),
            Some(first) => assert_eq!(*first, this, "{name}"),
        }
        assert_gone(&home, &said);
    }
}
