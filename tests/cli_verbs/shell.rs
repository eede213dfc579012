//! Completions and the manual page.

use std::process::{Command, Stdio};

use crate::program::Home;

#[test]
fn completions_know_every_verb() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let said = home.run(&["completions", shell]);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{shell}");
        for word in ["labgrade", "prove", "doctor", "--seed", "overlay"] {
            let word = word.trim_start_matches('-');
            assert!(said.out.contains(word), "{shell} lacks {word}");
        }
        let path = home.write(&format!("completions.{shell}"), &said.out);
        // Where the shell is installed, it must be able to read them.
        if let Ok(status) = Command::new(shell).arg("-n").arg(path).status() {
            assert!(status.success(), "{shell}");
        }
    }
}

#[test]
fn the_manual_page_is_one() {
    let said = Home::new().run(&["man"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert!(said.out.contains("\n.TH labgrade 1"), "{}", said.out);
    assert!(said.out.contains(".SH SYNOPSIS"), "{}", said.out);
    assert!(said.out.contains("Exit codes"), "{}", said.out);
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let home = Home::new();
    for args in [
        &["man"][..],
        &["completions", "bash"],
        &["labs"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = home
            .command(args)
            .stdout(Stdio::from(writer))
            .output()
            .expect("the program runs");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), err.as_ref()),
            (Some(0), ""),
            "{args:?}"
        );
    }
}
