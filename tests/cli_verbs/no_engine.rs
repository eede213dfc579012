//! An engine that is not there, and one that never answers.

use std::os::unix::net::UnixListener;
use std::time::Duration;

use labgrade::grade::Outcome;

use crate::program::report::Reports;
use crate::program::{Home, of_lab};

/// With both attempts, had there been two.
const LONGEST: Duration = Duration::from_secs(40);

fn grade_without_engine(home: &Home, words: &str) {
    let mut command = home.grading(&of_lab("solutions/reference"), &[]);
    command.env(
        "DOCKER_HOST",
        format!("unix://{}", home.path("docker.sock").display()),
    );
    let said = home.start(command).end();
    assert_eq!(said.code, Some(5), "{}{}", said.out, said.err);
    assert!(said.took < LONGEST, "it took {:?}", said.took);
    let reports = Reports::read(&home.path("report"));
    assert!(matches!(reports.grade.outcome, Outcome::Regrade { .. }));
    let (first, rest) = reports.cases.split_first().expect("a first case");
    assert_eq!(first.result, "error", "{}", first.text);
    assert!(rest.iter().all(|case| case.result == "skipped"));
    assert_eq!(reports.check("q1").0.attempts, 0);
    for text in [&said.out, &first.text] {
        assert!(text.contains(words), "{text}");
        assert!(text.contains("not your fault"), "{text}");
    }
    assert_eq!(home.temporary(), Vec::<String>::new());
    assert_eq!(home.journals(), Vec::<String>::new());
}

#[test]
fn a_missing_engine_is_not_the_students_fault() {
    grade_without_engine(&Home::new(), "Docker cannot be reached");
}

#[test]
fn a_silent_engine_is_waited_for_only_so_long() {
    let home = Home::new();
    let listener = UnixListener::bind(home.path("docker.sock")).expect("a socket");
    // Accepts, keeps the connection, and never says a word.
    std::thread::spawn(move || {
        let silent: Vec<_> = listener.incoming().take(100).collect();
        drop(silent);
    });
    grade_without_engine(&home, "Docker did not answer within 10 seconds");
}

#[test]
fn other_verbs_say_it_too() {
    let home = Home::new();
    for verb in [&["doctor"][..], &["clean"], &["images", "list"]] {
        let mut command = home.command(verb);
        command.env("DOCKER_HOST", "unix:///nowhere.sock");
        let said = home.start(command).end();
        assert_eq!(said.code, Some(5), "{verb:?}: {}", said.err);
        assert!(
            said.err
                .contains("infrastructure: Docker cannot be reached"),
            "{}",
            said.err
        );
    }
}
