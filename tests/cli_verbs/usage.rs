//! What a user can ask wrongly: exit code 2, one message with what to do, and nothing done.

use crate::program::{Home, LAB};

#[test]
fn a_wrong_question_gets_one_answer() {
    let grade = |rest: &[&'static str]| [&["grade"], rest].concat();
    let rows: Vec<(Vec<&str>, &[&str])> = vec![
        (
            grade(&["work", "--lab", "02-indexs"]),
            &["no lab “02-indexs”", "Did you mean “02-indexes”?"],
        ),
        (
            grade(&["work", "--lab", "zzz"]),
            &["no lab “zzz”. Labs: ", "02-indexes"],
        ),
        (
            grade(&["work", "--lab", LAB, "--only", "qq1"]),
            &["no check “qq1”", "Did you mean “q1”?", "write-cost"],
        ),
        (
            grade(&["nowhere.zip", "--lab", LAB]),
            &["nowhere.zip does not exist", "a .zip"],
        ),
        (
            grade(&["work", "--lab", LAB, "--out", "work/indexes.sql"]),
            &["work/indexes.sql cannot be written"],
        ),
        (grade(&["work"]), &["--lab <LAB>"]),
        (
            grade(&["work", "--lab", LAB, "--seed", "x"]),
            &["invalid value 'x'"],
        ),
        (vec!["init", "02-index"], &["Did you mean “02-indexes”?"]),
        (
            vec!["check", "nothing"],
            &["--lab (", "02-indexes", "labgrade.toml"],
        ),
        (vec!["check", "strange"], &["strange/labgrade.toml: "]),
        (
            vec!["prove"],
            &["Run this in the project's folder", "--labs DIR"],
        ),
        (
            vec!["--labs", "nowhere", "labs"],
            &["labs cannot be read", "No such file"],
        ),
        (vec!["lint", "nothing"], &["no lab here", "lab.toml"]),
        (vec!["export", "work"], &["work is not empty", "new folder"]),
        (vec!["grde"], &["unrecognized subcommand 'grde'", "'grade'"]),
        (vec!["completions", "powershel"], &["'powershell'"]),
    ];
    for (args, words) in rows {
        let home = Home::new();
        home.write("work/indexes.sql", "");
        home.write("nothing/README", "");
        home.write("strange/labgrade.toml", "lab = ");
        let said = home.run(&args);
        assert_eq!(said.code, Some(2), "{args:?}: {}{}", said.out, said.err);
        assert_eq!(said.out, "", "{args:?}: an answer is not given");
        for word in words {
            assert!(
                said.err.contains(word),
                "{args:?} lacks {word:?}: {}",
                said.err
            );
        }
        assert!(
            !home.path("labgrade-report").exists(),
            "{args:?} made a report"
        );
    }
}

#[test]
fn a_wrong_configuration_names_its_line() {
    let home = Home::new();
    home.write("config.toml", "[images]\nbase = 7\n");
    let said = home.run(&["labs"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("config.toml: TOML parse error at line 2"),
        "{}",
        said.err
    );
}

#[test]
fn an_error_speaks_the_language_that_was_asked_for() {
    let home = Home::new();
    let said = home.run(&["--lang", "ru", "grade", "нет.zip", "--lab", LAB]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("нет.zip не существует"), "{}", said.err);
}
