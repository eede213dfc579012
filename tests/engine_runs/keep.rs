//! `--keep`, and `clean` after it.

use crate::engine::{assert_gone, objects, running};
use crate::program::Home;

#[test]
fn what_is_kept_stays_until_it_is_cleaned() {
    let home = Home::new();
    home.write("indexes.sql", "ANALYZE stores;");
    let grade = |more: &[&str]| {
        let command = home.grading(&home.path("indexes.sql"), more);
        home.start(command).end()
    };
    let kept = grade(&["--only", "applies", "--keep"]);
    assert_eq!(kept.code, Some(0), "{}{}", kept.out, kept.err);
    assert!(kept.err.contains("postgresql://student:"), "{}", kept.err);
    let [run] = kept.runs.as_slice() else {
        panic!("one run was begun: {:?}", kept.runs);
    };
    assert_eq!(running(run), 2, "{:?}", objects(run));

    // A later grade sweeps what dead runs left, and lets this alone.
    let later = grade(&["--only", "only-index-ddl"]);
    assert_eq!(later.code, Some(0), "{}{}", later.out, later.err);
    assert_eq!(running(run), 2, "{:?}", objects(run));
    assert_eq!(home.journals(), [run.as_str()]);

    let cleaned = home.run(&["clean"]);
    assert_eq!(cleaned.code, Some(0), "{}", cleaned.err);
    assert_eq!(cleaned.out.trim(), "3 objects of one dead run removed.");
    assert_gone(&home, &kept);
    assert_gone(&home, &later);
    let again = home.run(&["clean"]);
    assert_eq!(again.out.trim(), "Nothing was left.");
}
