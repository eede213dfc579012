//! `lint`: silence about sound labs, a caret under every mistake.

use std::fs;

use crate::program::{Home, LAB, labs, of_lab};

#[test]
fn the_labs_are_sound() {
    let home = Home::new();
    let folder = labs();
    for args in [&["lint"][..], &["lint", folder.to_str().expect("UTF-8")]] {
        let said = home.run(args);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(
            said.out.contains("02-indexes: 17 checks, no mistake"),
            "{}",
            said.out
        );
    }
}

#[test]
fn every_mistake_is_shown_at_its_line() {
    let text = fs::read_to_string(of_lab("lab.toml")).expect("the lab");
    let rows: [(&str, &str, &str, &[&str]); 4] = [
        (
            "id = \"write-cost\"\npoints = 8",
            "id = \"write-cost\"\npoints = 9",
            "points = 9",
            &["add up to", "too many"],
        ),
        (
            "needs = [\"applies\"]",
            "needs = [\"aplies\"]",
            "needs = [\"aplies\"]",
            &["no check `aplies`", "did you mean `applies`?"],
        ),
        (
            "ready = \"postgres\"",
            "redy = \"postgres\"",
            "redy = ",
            &["no field `redy`", "ready"],
        ),
        (
            "deadline = \"240s\"",
            "deadline = 240s",
            "deadline = 240s",
            &[],
        ),
    ];
    for (right, wrong, line, words) in rows {
        assert!(text.contains(right), "the lab has changed: {right}");
        let home = Home::new();
        for file in [
            "queries.sql",
            "draws.sql",
            "writes.sql",
            "anchors.json",
            "Dockerfile",
        ] {
            let path = format!("data/{file}");
            home.write(
                &format!("labs/{LAB}/{path}"),
                fs::read(of_lab(&path)).expect("data"),
            );
        }
        for file in ["task.ru.md", "task.en.md", "starter/indexes.sql"] {
            home.write(&format!("labs/{LAB}/{file}"), "…");
        }
        let broken = text.replacen(right, wrong, 1);
        home.write(&format!("labs/{LAB}/lab.toml"), &broken);
        let said = home.run(&["lint", "labs"]);
        assert_eq!(said.code, Some(3), "{wrong}: {}{}", said.out, said.err);
        let number = 1 + broken
            .lines()
            .position(|text| text.contains(line))
            .expect("a line");
        let (place, caret) = (format!("lab.toml:{number}:"), "┬");
        for word in [place.as_str(), caret].iter().chain(words) {
            assert!(
                said.err.contains(word),
                "{wrong} lacks {word:?}: {}",
                said.err
            );
        }
        let graded = home.run(&["--labs", "labs", "grade", "labs", "--lab", LAB]);
        assert_eq!(
            graded.code,
            Some(3),
            "nothing is graded with it: {}",
            graded.err
        );
    }
}
