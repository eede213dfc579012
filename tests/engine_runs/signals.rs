//! Signals at any time: the program ends soon, tells what it knows, and leaves nothing behind.

use std::fs;
use std::time::{Duration, Instant};

use labgrade::grade::Outcome;
use labgrade_checkers::verdict::Verdict;
use nix::sys::signal::Signal;

use crate::engine::{objects, running, send, until};
use crate::program::report::Reports;
use crate::program::{Home, Running};

/// Runs until it is stopped: the limit of a statement is 30 s.
const SLOW: &str = "CREATE INDEX ON orders (length(repeat(id::text || status, 4000000)));";

/// A grade whose services run and whose script is being applied.
fn in_mid_grade(home: &Home) -> (Running<'_>, String) {
    home.write("indexes.sql", SLOW);
    let program = home.start(home.grading(&home.path("indexes.sql"), &[]));
    until("the script is applied", &program, || {
        program.said().contains(" applies\n")
    });
    let run = home.journals().pop().expect("the run has its journal");
    until("both containers run", &program, || running(&run) == 2);
    (program, run)
}

#[test]
fn an_interrupted_grade_keeps_what_it_knows() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let home = Home::new();
        let (program, run) = in_mid_grade(&home);
        let sent = Instant::now();
        send(&program, signal);
        let said = program.end();
        assert_eq!(said.code, Some(130), "{signal}: {}{}", said.out, said.err);
        assert!(
            sent.elapsed() < Duration::from_secs(20),
            "{signal}: {:?}",
            sent.elapsed()
        );
        assert!(said.runs.contains(&run) || said.runs.is_empty());
        assert_eq!(objects(&run), Vec::<String>::new(), "{signal}");
        assert_eq!(home.journals(), Vec::<String>::new(), "{signal}");
        assert_eq!(home.temporary(), Vec::<String>::new(), "{signal}");

        let reports = Reports::read(&home.path("report"));
        assert_eq!(reports.grade.outcome, Outcome::Interrupted);
        assert_eq!(
            reports.cases[0].result, "error",
            "{}",
            reports.cases[0].text
        );
        let verdict = |id: &str| reports.check(id).0.verdict.clone();
        assert!(matches!(verdict("only-index-ddl"), Verdict::Passed { .. }));
        assert!(matches!(verdict("applies"), Verdict::Skipped { .. }));
        assert!(said.out.contains("Stopped before the end"), "{}", said.out);
    }
}

/// The worst moments: the engine has been told to make something and has not answered yet.
#[test]
fn a_grade_interrupted_while_it_starts_leaves_nothing() {
    for thing in ["-net", "-gateway", "-db", "Starting the services"] {
        let home = Home::new();
        home.write("indexes.sql", SLOW);
        let program = home.start(home.grading(&home.path("indexes.sql"), &[]));
        let state = home.path("state/runs");
        until("the thing is about to be made", &program, || {
            home.journals().iter().any(|run| {
                let journal = fs::read_to_string(state.join(format!("{run}.jsonl")));
                journal.is_ok_and(|text| text.contains(thing))
            }) || program.said().contains(thing)
        });
        let run = home.journals().pop().expect("the run has its journal");
        send(&program, Signal::SIGINT);
        let said = program.end();
        assert_eq!(said.code, Some(130), "{thing}: {}{}", said.out, said.err);
        // The engine may still be at work on what it was told: it must not come to anything.
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) {
            assert_eq!(objects(&run), Vec::<String>::new(), "{thing}");
        }
        assert_eq!(home.journals(), Vec::<String>::new(), "{thing}");
    }
}

#[test]
fn what_a_killed_grade_left_the_next_one_removes() {
    let home = Home::new();
    let (program, run) = in_mid_grade(&home);
    send(&program, Signal::SIGKILL);
    let killed = program.end();
    assert_eq!(killed.code, None);
    assert_eq!(running(&run), 2, "nobody could remove them yet");
    assert_eq!(home.journals(), [run.as_str()]);

    home.write("indexes.sql", "ANALYZE stores;");
    let next = home.start(home.grading(&home.path("indexes.sql"), &["--only", "only-index-ddl"]));
    let next = next.end();
    assert_eq!(next.code, Some(0), "{}{}", next.out, next.err);
    for run in next.runs.iter().chain([&run]) {
        assert_eq!(objects(run), Vec::<String>::new());
    }
    assert_eq!(home.journals(), Vec::<String>::new());
}

#[test]
fn the_second_signal_does_not_wait() {
    let home = Home::new();
    let (program, run) = in_mid_grade(&home);
    let sent = Instant::now();
    send(&program, Signal::SIGINT);
    until("the first has been heard", &program, || {
        program.said().contains("Removing")
    });
    // It may have ended by itself meanwhile.
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        send(&program, Signal::SIGINT)
    }));
    let said = program.end();
    assert!(
        sent.elapsed() < Duration::from_secs(7),
        "it took {:?}",
        sent.elapsed()
    );
    assert_eq!(said.code, Some(130), "{}{}", said.out, said.err);
    let cleaned = home.run(&["clean"]);
    assert_eq!(cleaned.code, Some(0), "{}", cleaned.err);
    assert_eq!(objects(&run), Vec::<String>::new());
    assert_eq!(home.journals(), Vec::<String>::new());
}
