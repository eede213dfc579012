//! Help in both languages, as it stands in a terminal of 100 columns.

use crate::program::Home;

#[test]
fn help_says_the_same_as_last_time() {
    let home = Home::new();
    for lang in ["en", "ru"] {
        for verb in ["labgrade", "check", "grade", "prove"] {
            let args: &[&str] = match verb {
                "labgrade" => &["--lang", lang, "--help"],
                verb => &["--lang", lang, verb, "--help"],
            };
            let said = home.run(args);
            assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{args:?}");
            insta::assert_snapshot!(format!("{verb}-{lang}"), said.out);
        }
    }
}

#[test]
fn the_program_knows_its_version() {
    let said = Home::new().run(&["--version"]);
    assert_eq!(
        said.out.trim(),
        concat!("labgrade ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn every_verb_has_help() {
    let home = Home::new();
    let verbs = "labs init check grade lint prove images doctor clean export completions man";
    for verb in verbs.split(' ') {
        let said = home.run(&[verb, "--help"]);
        assert_eq!(said.code, Some(0), "{verb}");
        assert!(
            said.out.contains(&format!("Usage: labgrade {verb}")),
            "{}",
            said.out
        );
    }
}
