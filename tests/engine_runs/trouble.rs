//! Scripts that do not work, each for a reason that the student is told.

use std::fs;

use labgrade_checkers::verdict::Verdict;

use crate::engine::assert_gone;
use crate::program::report::Reports;
use crate::program::{Home, Said, labs, of_lab};

/// Grades a script, which must fail one gate, and gives that gate's text.
fn failing(home: &Home, gate: &str, more: &[&str]) -> (Said, String) {
    let command = home.grading(&home.path("indexes.sql"), more);
    let said = home.start(command).end();
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let reports = Reports::read(&home.path("report"));
    let (check, case) = reports.check(gate);
    assert!(
        matches!(check.verdict, Verdict::Failed { .. }),
        "{:?}",
        check.verdict
    );
    assert_eq!(case.result, "failure");
    let after = reports
        .grade
        .checks
        .iter()
        .skip_while(|check| check.id != gate)
        .skip(1);
    for check in after {
        assert!(
            matches!(check.verdict, Verdict::Skipped { .. }),
            "{}",
            check.id
        );
    }
    let text = case.text.clone();
    assert_gone(home, &said);
    (said, text)
}

#[test]
fn a_syntax_error_is_shown_where_it_stands() {
    let home = Home::new();
    let script = fs::read(of_lab("mutants/syntax-error/indexes.sql")).expect("a mutant");
    home.write("indexes.sql", script);
    let (said, text) = failing(&home, "only-index-ddl", &[]);
    let line = "    7 | CREATE INDEX sessions_token ON sessions USING hash token;";
    let caret = format!("\n{}^", " ".repeat(line.find("token;").expect("the word")));
    for wanted in [
        "indexes.sql:7:52",
        line,
        caret.as_str(),
        "syntax error at or near \"token\"",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in {text}");
    }
    assert!(
        said.out.contains("syntax error at or near \"token\""),
        "{}",
        said.out
    );
}

#[test]
fn another_encoding_is_named() {
    let home = Home::new();
    // "-- индекс" in Windows-1251.
    home.write("indexes.sql", b"-- \xe8\xed\xe4\xe5\xea\xf1\nANALYZE;\n");
    let (_, text) = failing(&home, "only-index-ddl", &[]);
    assert!(text.contains("save as, encoding UTF-8"), "{text}");
}

#[test]
fn a_statement_that_never_ends_is_stopped() {
    let home = Home::new();
    // The lab with a shorter limit, and of the mutant only the statement that takes for ever.
    let lab = home.path("labs/02-indexes");
    copy(&labs().join("02-indexes"), &lab);
    let text = fs::read_to_string(lab.join("lab.toml")).expect("the lab");
    let short = text.replace("statement = \"30s\"", "statement = \"2s\"");
    assert_ne!(text, short, "the lab has changed");
    fs::write(lab.join("lab.toml"), short).expect("the lab");
    let mutant = fs::read_to_string(of_lab("mutants/never-ends/indexes.sql")).expect("a mutant");
    home.write("indexes.sql", mutant.lines().last().expect("a statement"));

    let folder = home.path("labs");
    let (said, text) = failing(
        &home,
        "applies",
        &["--labs", folder.to_str().expect("UTF-8")],
    );
    assert!(
        text.contains("Statement 1 was still running after 2 seconds and was stopped"),
        "{text}"
    );
    assert!(text.contains("orders_slow"), "{text}");
    assert!(said.took.as_secs() < 30, "it took {:?}", said.took);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a file");
        }
    }
}
