//! Looks at the engine through Docker's own client, and at a program while it lives.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::program::{Home, Running, Said};

/// How long something that must come may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Containers and networks with the label of a run.
pub fn objects(run: &str) -> Vec<String> {
    let label = format!("label=labgrade.run={run}");
    [
        docker(&[
            "ps",
            "-a",
            "--filter",
            &label,
            "--format",
            "{{.Names}} {{.State}}",
        ]),
        docker(&[
            "network",
            "ls",
            "--filter",
            &label,
            "--format",
            "{{.Name}} network",
        ]),
    ]
    .concat()
}

/// The containers of a run that run.
pub fn running(run: &str) -> usize {
    let label = format!("label=labgrade.run={run}");
    docker(&["ps", "--filter", &label, "--format", "{{.Names}}"]).len()
}

fn docker(args: &[&str]) -> Vec<String> {
    let output = Command::new("docker")
        .args(args)
        .output()
        .expect("docker's own client");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(str::to_owned).collect()
}

/// Nothing of these runs is left: not in the engine, not in the journals, not in temporary folders.
pub fn assert_gone(home: &Home, said: &Said) {
    assert!(!said.runs.is_empty(), "no run was seen: {}", said.err);
    for run in &said.runs {
        assert_eq!(
            objects(run),
            Vec::<String>::new(),
            "of run {run}: {}",
            said.err
        );
    }
    assert_eq!(home.journals(), Vec::<String>::new());
    assert_eq!(home.temporary(), Vec::<String>::new());
}

/// Waits until something is so.
pub fn until(what: &str, program: &Running<'_>, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(
            began.elapsed() < LIMIT,
            "never: {what}; it said: {}",
            program.said()
        );
        sleep(Duration::from_millis(2));
    }
}

/// Sends a signal.
pub fn send(program: &Running<'_>, signal: Signal) {
    let pid = i32::try_from(program.child.id()).expect("a process number");
    kill(Pid::from_raw(pid), signal).expect("it lives");
}
