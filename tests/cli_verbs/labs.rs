//! `labs`, for people and for programs.

use serde_json::Value;

use crate::program::Home;

#[test]
fn the_table_names_every_lab() {
    let said = Home::new().run(&["labs"]);
    assert_eq!(said.code, Some(0));
    for word in [
        "01-tuning",
        "PostgreSQL for a high load",
        "02-indexes",
        "Optimal indexes",
        "11-12, 13-14",
        "17",
        "100",
        "labgrade init",
    ] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }
}

#[test]
fn json_is_the_answer_alone() {
    let said = Home::new().run(&["labs", "--json"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let labs: Value = serde_json::from_str(&said.out).expect("it is JSON");
    let labs = labs.as_array().expect("a list");
    let lab = labs.iter().find(|lab| lab["id"] == "02-indexes");
    let lab = lab.expect("the lab");
    assert_eq!(lab["points"], 100);
    assert_eq!(lab["checks"], 17);
}
