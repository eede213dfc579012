//! What loads and what does not, and how mistakes look.

mod cases;

use std::path::PathBuf;

use miette::{GraphicalReportHandler, GraphicalTheme};

use self::cases::CASES;
use super::*;
use crate::spec::sample;
use crate::text::{Catalogue, Lang};

fn load_text(lab: &str) -> Result<Lab, Vec<SpecMistake>> {
    let root = tempfile::tempdir().expect("folder");
    load(&sample::write(root.path(), lab), sample::ID, &Hidden::With)
}

fn keys(mistakes: &[SpecMistake]) -> Vec<&str> {
    mistakes
        .iter()
        .map(|mistake| mistake.key().unwrap_or("parser"))
        .collect()
}

#[test]
fn the_sample_is_sound() {
    let lab = load_text(sample::LAB).expect("sound");
    assert_eq!(lab.spec.checks.len(), 6);
    assert!(lab.workload.is_some());
}

#[test]
fn every_mistake_is_found_at_its_place() {
    for (edits, expected) in CASES {
        let (text, spans) = sample::broken(edits);
        let mistakes = load_text(&text).expect_err("broken");
        assert_eq!(keys(&mistakes), *expected, "{edits:?}");
        assert!(
            spans.is_empty() || spans.len() == mistakes.len(),
            "{edits:?}"
        );
        for (mistake, span) in mistakes.iter().zip(&spans) {
            let found = mistake.span().expect("a place");
            assert_eq!(found, *span, "{edits:?}: {:?}", &text[found.clone()]);
        }
    }
}

#[test]
fn every_mistake_has_its_words() {
    for lang in [Lang::Ru, Lang::En] {
        let catalogue = Catalogue::new(lang);
        for (edits, _) in CASES {
            let (text, _) = sample::broken(edits);
            for mistake in load_text(&text).expect_err("broken") {
                let drawn = drawn(&mistake, &catalogue);
                assert!(!drawn.contains("[spec-"), "{drawn}");
                assert!(!drawn.contains("{$"), "{drawn}");
            }
        }
    }
}

#[test]
fn files_that_are_missing() {
    let cases: [(&str, &[&str]); 5] = [
        ("task.ru.md", &["spec-task-missing"]),
        ("starter/indexes.sql", &["spec-starter-missing"]),
        ("data/Dockerfile", &["spec-data-no-dockerfile"]),
        ("data/anchors.json", &["spec-workload-file-missing"]),
        ("data/queries.sql", &["spec-workload-file-missing"]),
    ];
    for (path, expected) in cases {
        let root = tempfile::tempdir().expect("folder");
        let shelf = sample::write(root.path(), sample::LAB);
        std::fs::remove_file(root.path().join(sample::ID).join(path)).expect("removed");
        let mistakes = load(&shelf, sample::ID, &Hidden::With).expect_err("broken");
        assert_eq!(keys(&mistakes), expected, "{path}");
    }
}

#[test]
fn workload_files_that_do_not_fit() {
    let cases: [(&str, &str, &[&str]); 6] = [
        ("data/anchors.json", "{}", &["spec-workload-unread"]),
        ("data/queries.sql", "SELECT 1;", &["spec-workload-unread"]),
        (
            "data/queries.sql",
            "-- q1\nSELECT $1;\n-- q2\nSELECT 1;\n-- q3\nSELECT 1;\n",
            &["spec-query-no-anchors"],
        ),
        (
            "data/queries.sql",
            "-- q1\nSELECT 1;\n-- q2\nSELECT $1;\n",
            &["spec-query-no-draws"],
        ),
        (
            "data/draws.sql",
            "-- q1\nSELECT 1;\n-- q7\nSELECT 1;\n",
            &["spec-draw-unknown"],
        ),
        (
            "hidden.toml",
            "[[check]]\nidd = 1\n",
            &["spec-unknown-field"],
        ),
    ];
    for (path, text, expected) in cases {
        let root = tempfile::tempdir().expect("folder");
        let shelf = sample::write(root.path(), sample::LAB);
        sample::put(root.path(), path, text);
        let mistakes = load(&shelf, sample::ID, &Hidden::With).expect_err("broken");
        assert_eq!(keys(&mistakes), expected, "{path}");
    }
}

#[test]
fn anchors_need_not_be_there_to_be_recorded() {
    let root = tempfile::tempdir().expect("folder");
    let shelf = sample::write(root.path(), sample::LAB);
    for path in ["data/anchors.json", "task.ru.md", "starter/indexes.sql"] {
        std::fs::remove_file(root.path().join(sample::ID).join(path)).expect("removed");
    }
    let lab = load_to_record(&shelf, sample::ID).expect("sound");
    assert!(lab.workload.expect("workload").anchors.queries.is_empty());
}

const HIDDEN: &str = r#"[[check]]
id = "secret"
points = 10
needs = ["same-answers"]
lesson = "11-12"
title = { ru = "Тайна", en = "Secret" }
hint = { ru = "Подумайте.", en = "Think." }
run.query-blocks = { query = "q1", full_at = 1.3 }
"#;

#[test]
fn hidden_checks() {
    let root = tempfile::tempdir().expect("folder");
    let (lab, _) = sample::broken(&[("points = 10", "points = 0\nhidden = true")]);
    let shelf = sample::write(root.path(), &lab);
    let ids = |hidden: &Hidden| {
        let lab = load(&shelf, sample::ID, hidden).expect("sound");
        let checks = lab.spec.checks.iter();
        let last = checks
            .map(|check| (check.id.get_ref().clone(), check.hidden))
            .next_back();
        (last.expect("checks"), lab.digest)
    };
    sample::put(root.path(), "hidden.toml", HIDDEN);
    let (last, with) = ids(&Hidden::With);
    assert_eq!(last, ("secret".to_owned(), true));
    let (last, without) = ids(&Hidden::Without);
    assert_eq!(last, ("q2".to_owned(), false));
    assert_ne!(with, without);

    let overlay = tempfile::tempdir().expect("folder");
    let (last, _) = ids(&Hidden::Overlay(overlay.path().to_owned()));
    assert_eq!(
        last.0, "secret",
        "the lab's own, where the overlay has none"
    );
    std::fs::write(
        overlay.path().join("hidden.toml"),
        HIDDEN.replace("secret", "other"),
    )
    .expect("file");
    let (last, _) = ids(&Hidden::Overlay(overlay.path().to_owned()));
    assert_eq!(last.0, "other");
    let own = overlay.path().join(sample::ID);
    std::fs::create_dir(&own).expect("folder");
    std::fs::write(own.join("hidden.toml"), HIDDEN.replace("secret", "third")).expect("file");
    let (last, _) = ids(&Hidden::Overlay(overlay.path().to_owned()));
    assert_eq!(last.0, "third");
    let gone = Hidden::Overlay(PathBuf::from("/nonexistent"));
    let mistakes = load(&shelf, sample::ID, &gone).expect_err("not there");
    assert_eq!(keys(&mistakes), ["spec-overlay-missing"]);

    sample::put(
        root.path(),
        "hidden.toml",
        &HIDDEN.replace("\"11-12\"", "\"1\""),
    );
    let mistakes = load(&shelf, sample::ID, &Hidden::With).expect_err("broken");
    let (file, line, column) = mistakes[0].position().expect("a place");
    assert!(file.ends_with("hidden.toml"), "{file}");
    assert_eq!((line, column), (5, 10));
}

#[test]
fn the_digest_covers_what_has_a_say() {
    let root = tempfile::tempdir().expect("folder");
    let shelf = sample::write(root.path(), sample::LAB);
    let digest = || {
        load(&shelf, sample::ID, &Hidden::With)
            .expect("sound")
            .digest
    };
    let before = digest();
    assert!(
        before.starts_with("sha256:") && before.len() == 71,
        "{before}"
    );
    sample::put(root.path(), "task.ru.md", "Другое задание");
    assert_eq!(before, digest());
    sample::put(root.path(), "data/more.sql", "SELECT 1;");
    assert_ne!(before, digest());
}

#[test]
fn labs_that_are_not_there() {
    let root = tempfile::tempdir().expect("folder");
    let shelf = sample::write(root.path(), sample::LAB);
    for id in ["90-sampel", "../90-sample", ""] {
        let mistakes = load(&shelf, id, &Hidden::With).expect_err("no such lab");
        assert_eq!(keys(&mistakes), ["spec-lab-unknown"]);
    }
    let nowhere = Shelf::Folder(PathBuf::from("/nonexistent"));
    let mistakes = load(&nowhere, sample::ID, &Hidden::With).expect_err("no labs");
    assert_eq!(keys(&mistakes), ["spec-file-unread"]);
}

fn drawn(mistake: &SpecMistake, catalogue: &Catalogue) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(90)
        .render_report(&mut text, &mistake.diagnostic(catalogue))
        .expect("drawn");
    text
}

/// All mistakes of a broken sample as a terminal shows them.
fn shown(edits: &[(&str, &str)], lang: Lang) -> String {
    let root = tempfile::tempdir().expect("folder");
    let (text, _) = sample::broken(edits);
    let shelf = sample::write(root.path(), &text);
    let mistakes = load(&shelf, sample::ID, &Hidden::With).expect_err("broken");
    let catalogue = Catalogue::new(lang);
    let text: String = mistakes
        .iter()
        .map(|mistake| drawn(mistake, &catalogue))
        .collect();
    let text = text.replace(&root.path().display().to_string(), "labs");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[test]
fn how_mistakes_look() {
    insta::assert_snapshot!(shown(&[("points = 60", "point = 60")], Lang::En), @r#"
     × there is no field `point` here
       ╭─[labs/90-sample/lab.toml:57:1]
    56 │ id = "q1"
    57 │ point = 60
       · ──┬──
       ·   ╰── did you mean `points`?
    58 │ needs = ["same-answers"]
       ╰────
     help: known here: id, points, lesson, title, hint, needs, when, deadline, exclusive,
           hidden, run
    "#);
    // Not a kind of check: their list grows with every lab.
    let ready = ("ready = \"postgres\"", "ready = \"postgre\"");
    insta::assert_snapshot!(shown(&[ready], Lang::Ru), @r#"
     × `postgre` здесь не бывает
       ╭─[labs/90-sample/lab.toml:15:9]
    14 │ data = "data"
    15 │ ready = "postgre"
       ·         ────┬────
       ·             ╰── может быть, `postgres`?
    16 │ port = 5432
       ╰────
     help: здесь известны: postgres
    "#);
    let cycle = ("needs = [\"only-ddl\"]", "needs = [\"only-ddl\", \"q2\"]");
    insta::assert_snapshot!(shown(&[cycle], Lang::En), @r#"
     × these checks need each other, so none can run: applies → q2 → same-answers → applies
       ╭─[labs/90-sample/lab.toml:40:22]
    39 │ points = 0
    40 │ needs = ["only-ddl", "q2"]
       ·                      ──┬─
       ·                        ╰── here
    41 │ lesson = "11-12"
       ╰────
     help: checks run in the order of the file: a check needs only those above it
    "#);
    let two = [
        ("points = 30", "points = 28"),
        ("lesson = \"11-12\"", "lesson = \"11-21\""),
    ];
    insta::assert_snapshot!(shown(&two, Lang::Ru), @r#"
     × занятия `11-21` нет в [lessons]
       ╭─[labs/90-sample/lab.toml:32:10]
    31 │ points = 0
    32 │ lesson = "11-21"
       ·          ───┬───
       ·             ╰── может быть, `11-12`?
    33 │ title = { ru = "Только индексы", en = "Only indexes" }
       ╰────
     × сумма баллов — 98, а должно быть 100
       ╭─[labs/90-sample/lab.toml:75:10]
    74 │ id = "size"
    75 │ points = 10
       ·          ─┬
       ·           ╰── здесь
    76 │ needs = ["applies"]
       ╰────
     help: не хватает 2 баллов
    "#);
    insta::assert_snapshot!(shown(&[("cpus = 2", "cpus = two")], Lang::Ru), @r#"
     × invalid boolean, expected `true`
       ╭─[labs/90-sample/lab.toml:18:8]
    17 │ memory = "1GiB"
    18 │ cpus = two
       ·        ─┬─
       ·         ╰── здесь
    19 │
       ╰────
    "#);
    let without_points = ("id = \"q1\"\npoints = 60\n", "id = \"q1\"\n");
    insta::assert_snapshot!(shown(&[without_points], Lang::En), @r#"
     × the field `points` is missing
       ╭─[labs/90-sample/lab.toml:55:1]
    54 │
    55 │ [[check]]
       · ────┬────
       ·     ╰── here
    56 │ id = "q1"
       ╰────
     help: [[check]] needs it
    "#);
}
