//! Faults on purpose: each does what it says, is bounded, and leaves nothing, wherever the program
//! dies.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use labgrade::config::Config;
use labgrade::environment::bench::DockerBench;
use labgrade::environment::engine::Engine;
use labgrade::environment::images;
use labgrade::environment::run::Run;
use labgrade::spec::load::{self, Hidden};
use labgrade::spec::shelf::Shelf;
use labgrade_checkers::bench::{Bench, Command, File};
use labgrade_checkers::verdict::Verdict;
use nix::sys::signal::Signal;

use crate::engine::{assert_gone, objects, send, until};
use crate::program::report::Reports;
use crate::program::{Home, labs};

const LAB: &str = "03-replication";
/// A service of that lab that waits, and so holds still.
const HELD: &str = "standby";

async fn bench() -> (Run, DockerBench) {
    let shelf = Shelf::Folder(labs());
    let lab = load::load(&shelf, LAB, &Hidden::With).expect("a sound lab");
    let engine = Engine::connect().await.expect("an engine");
    let images = images::of_lab(&engine, &shelf, &Config::default(), &lab)
        .await
        .expect("its images");
    let run = Run::begin(engine).expect("a run");
    let bench = DockerBench::start(&run, &images, &lab).await;
    (run, bench.expect("a bench"))
}

async fn says(bench: &DockerBench, run: &[&str]) -> String {
    let output = bench.exec(HELD, Command::of(run)).await.expect("an output");
    assert_eq!(output.code, Some(0), "{run:?}: {}", output.text);
    output.text
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let (run, bench) = bench().await;
    let running = async || bench.state(HELD).await.expect("a state").running;
    assert!(running().await);

    bench.kill(HELD).await.expect("killed");
    assert!(!running().await);
    let file = File {
        path: "/labgrade/new/folder/word".into(),
        bytes: b"kept".to_vec(),
        mode: 0o644,
    };
    bench
        .put(HELD, &[file])
        .await
        .expect("put while it is dead");
    bench
        .kill(HELD)
        .await
        .expect("killing the dead is no error");
    bench.start(HELD).await.expect("started");
    assert!(running().await);
    bench
        .start(HELD)
        .await
        .expect("starting what runs is no error");
    assert_eq!(
        says(&bench, &["cat", "/labgrade/new/folder/word"]).await,
        "kept"
    );

    let address = says(&bench, &["hostname", "-I"]).await;
    assert!(address.starts_with("10.219."), "{address}");
    bench.cut_off(HELD).await.expect("cut off");
    assert_eq!(says(&bench, &["hostname", "-I"]).await.trim(), "");
    bench.reconnect(HELD).await.expect("back");
    assert_eq!(says(&bench, &["hostname", "-I"]).await, address);

    bench
        .stop(HELD, Duration::from_secs(1))
        .await
        .expect("stopped");
    assert!(!running().await);
    bench.start(HELD).await.expect("started");

    // Frozen and cut off at the end: neither keeps anything from being removed.
    bench.cut_off(HELD).await.expect("cut off");
    bench.pause(HELD).await.expect("frozen");
    bench.pause("analytics").await.expect("frozen");
    bench.resume("analytics").await.expect("goes on");
    run.end().await.expect("removed");
    assert_eq!(objects(&run.id), Vec::<String>::new());
}

#[tokio::test]
async fn programs_and_files_inside_are_bounded() {
    let (run, bench) = bench().await;
    let limited = |run| Command {
        limit: Duration::from_secs(1),
        ..Command::of(run)
    };
    let exec = async |command| bench.exec(HELD, command).await.expect("an output");

    let began = Instant::now();
    let hanging = exec(limited(&["sleep", "600"])).await;
    assert_eq!(hanging.code, None);
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );

    let endless = exec(limited(&["sh", "-c", "yes безконца"])).await;
    assert_eq!(endless.code, None);
    assert!(endless.text.len() <= 66_000, "{}", endless.text.len());

    // Whatever is left running holds the streams open.
    let began = Instant::now();
    let left = exec(Command::of(&["sh", "-c", "sleep 600 & echo done; exit 3"])).await;
    assert_eq!((left.code, left.text.as_str()), (Some(3), "done\n"));
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );

    let env = [("WORD".to_owned(), "a b; $HOME".to_owned())];
    let told = exec(Command {
        env: &env,
        folder: Some("/tmp"),
        ..Command::of(&["sh", "-c", "echo \"$WORD\"; pwd"])
    });
    assert_eq!(told.await.text, "a b; $HOME\n/tmp\n");

    let missing = bench.get(HELD, "/nowhere", 100).await.expect("an answer");
    assert!(missing.is_empty());
    says(&bench, &["sh", "-c", "mkdir /tmp/f; head -c 3000 /dev/zero > /tmp/f/a; ln -s /etc/passwd /tmp/f/b; mkfifo /tmp/f/c"]).await;
    let files = bench.get(HELD, "/tmp/f", 2_000).await.expect("files");
    let sizes: Vec<(&str, usize)> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.len()))
        .collect();
    assert_eq!(sizes, [("f/a", 2_000)]);
    run.end().await.expect("removed");
    assert_eq!(objects(&run.id), Vec::<String>::new());
}

/// Grades a submission of the lab.
fn grading(home: &Home, submission: &Path) -> std::process::Command {
    let submission = submission.to_str().expect("paths of tests are UTF-8");
    home.command(&[
        "grade", submission, "--lab", LAB, "--seed", "7", "--out", "report",
    ])
}

#[test]
fn a_program_that_dies_in_the_middle_of_a_fault_leaves_nothing() {
    let reference = labs().join(LAB).join("solutions/reference");
    for fault in ["\"kill\"", "\"stop\"", "\"cut off\""] {
        let home = Home::new();
        let program = home.start(grading(&home, &reference));
        let state = home.path("state/runs");
        until("the fault is noted", &program, || {
            home.journals().iter().any(|run| {
                let journal = fs::read_to_string(state.join(format!("{run}.jsonl")));
                journal.is_ok_and(|text| text.contains(fault))
            })
        });
        let run = home.journals().pop().expect("the run has its journal");
        send(&program, Signal::SIGKILL);
        assert_eq!(program.end().code, None);
        assert!(!objects(&run).is_empty(), "nobody could remove them yet");
        let cleaned = home.run(&["clean"]);
        assert_eq!(cleaned.code, Some(0), "{}", cleaned.err);
        assert_eq!(objects(&run), Vec::<String>::new(), "{fault}");
        assert_eq!(home.journals(), Vec::<String>::new(), "{fault}");
    }
}

#[test]
fn a_server_that_does_not_start_is_reported_soon_with_the_line_that_says_why() {
    let reference = labs().join(LAB).join("solutions/reference");
    let home = Home::new();
    for file in [
        "primary/pg_hba.conf",
        "primary/init.sql",
        "standby/bootstrap.sh",
        "standby/postgresql.conf",
        "logical/publication.sql",
        "logical/subscription.sql",
        "failover.sh",
        "lag.sql",
    ] {
        let bytes = fs::read(reference.join(file)).expect("a file of the reference");
        home.write(&format!("work/{file}"), bytes);
    }
    home.write(
        "work/primary/postgresql.conf",
        "# свой сервер\nlisten_addresses = '*'\nmax_wal_senderz = 10\n",
    );
    let said = home.start(grading(&home, &home.path("work"))).end();
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let reports = Reports::read(&home.path("report"));
    let (check, case) = reports.check("primary-boots");
    assert!(matches!(check.verdict, Verdict::Failed { .. }));
    // From the release of the server to the verdict, its death between them.
    assert!(check.millis < 5_000, "{} ms", check.millis);
    for wanted in [
        "primary/postgresql.conf:3",
        "max_wal_senderz = 10",
        "unrecognized configuration parameter",
    ] {
        assert!(
            case.text.contains(wanted),
            "{wanted:?} is not in {}",
            case.text
        );
    }
    assert_gone(&home, &said);
}
