//! The two grades that everybody sees first: the reference's and the demonstration's.

use labgrade::grade::Outcome;
use labgrade_checkers::verdict::Verdict;

use crate::engine::assert_gone;
use crate::program::report::Reports;
use crate::program::{Home, of_lab};

/// Most memory of the grader, in kB; 22,400 were measured.
const MOST_KB: u64 = 60_000;

#[test]
fn the_reference_gets_everything() {
    let home = Home::new();
    let command = home.grading(&of_lab("solutions/reference"), &["--timings"]);
    let said = home.start(command).end();
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("100 of 100 points"), "{}", said.out);

    let reports = Reports::read(&home.path("report"));
    let grade = &reports.grade;
    assert_eq!(grade.outcome, Outcome::Graded);
    assert_eq!(grade.earned, grade.max);
    assert!(grade.passed() && grade.checks.len() == 17);
    assert!(
        grade.checks.iter().all(|check| check.attempts == 1),
        "{}",
        said.err
    );
    assert!(grade.digest.starts_with("sha256:"), "{}", grade.digest);
    assert!(grade.timings.start > 0 && grade.timings.checks > 0 && grade.timings.teardown > 0);
    assert!(reports.cases.iter().all(|case| case.result == "passed"));
    let log = std::fs::read_to_string(home.path("report/logs/db.log")).expect("the server's log");
    assert!(log.contains(" UTC ["), "{log}");

    println!("peak memory: {} kB in {:?}", said.peak_kb, said.took);
    assert!(
        said.peak_kb > 0 && said.peak_kb <= MOST_KB,
        "{} kB",
        said.peak_kb
    );
    assert_gone(&home, &said);
}

#[test]
fn the_demonstration_shows_failures() {
    let home = Home::new();
    let command = home.grading(&of_lab("demo"), &["--student", "demo", "--json"]);
    let said = home.start(command).end();
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let reports = Reports::read(&home.path("report"));
    let shown: labgrade::grade::Grade = serde_json::from_str(&said.out).expect("a grade alone");
    assert_eq!(
        shown, reports.grade,
        "--json prints what stands in grade.json"
    );
    assert_eq!(shown.student, "demo");
    assert!(shown.earned > Default::default() && shown.earned < shown.max);
    for (id, result) in [("q1", "failure"), ("q2", "passed"), ("q7", "passed")] {
        let (check, case) = reports.check(id);
        assert_eq!(case.result, result, "{id}: {:?}", check.verdict);
    }
    assert_gone(&home, &said);
}

#[test]
fn only_one_check_and_its_gates() {
    let home = Home::new();
    home.write(
        "indexes.sql",
        "CREATE INDEX ON orders (customer_id, created_at DESC);",
    );
    let command = home.grading(&home.path("indexes.sql"), &["--only", "q1"]);
    let said = home.start(command).end();
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let grade = Reports::read(&home.path("report")).grade;
    let ids: Vec<&str> = grade.checks.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(ids, ["only-index-ddl", "applies", "same-answers", "q1"]);
    assert!(
        grade
            .checks
            .iter()
            .all(|check| matches!(check.verdict, Verdict::Passed { .. }))
    );
    assert_eq!(grade.max.to_string(), "7");
    assert_gone(&home, &said);
}
