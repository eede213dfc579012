//! The images that hold programs of ours, each tried from inside: a script beside this file runs in
//! a container of the image, as hardened as a grade's, and without a network.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn a_double_answers_by_its_rules_and_holds_back_an_answer() {
    inside("labgrade/double:1", "python3", "double.py");
}

#[test]
fn requirements_are_installed_or_refused_with_their_line() {
    inside("labgrade/python-app:3.11", "python3", "requirements.py");
}

#[test]
fn a_redis_lets_the_application_do_what_applications_do() {
    inside("labgrade/redis:7", "sh", "redis.sh");
}

/// Runs a script with an interpreter of the image; it fails if one of its own tests does.
fn inside(image: &str, interpreter: &str, script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine_images");
    let text = std::fs::read(path.join(script)).expect("the script");
    let mut docker = Command::new("docker")
        .args(["run", "--rm", "--interactive", "--network=none", "--init"])
        .args(["--read-only", "--cap-drop=ALL", "--pids-limit=256"])
        .args(["--security-opt=no-new-privileges", "--memory=256m"])
        .args(["--tmpfs=/tmp:rw,nosuid,nodev,noexec,size=64m,mode=1777"])
        .args(["--tmpfs=/srv:rw,nosuid,nodev,exec,size=64m,mode=1777"])
        .args([
            "--env=LABGRADE_TOKEN=secret",
            "--entrypoint",
            interpreter,
            image,
            "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docker's own client");
    let mut input = docker.stdin.take().expect("its input");
    input.write_all(&text).expect("the script is read");
    drop(input);
    let said = docker.wait_with_output().expect("it ends");
    assert!(
        said.status.success(),
        "{script} in {image}:\n{}{}",
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
}
