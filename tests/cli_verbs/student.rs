//! What a student starts with, and what students may see.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::program::{Home, LAB, labs, of_lab};

/// All files below a folder with their contents.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below");
                let bytes = fs::read(&path).expect("a file");
                files.insert(name.display().to_string(), bytes);
            }
        }
    }
    files
}

#[test]
fn init_makes_the_starter_and_its_task() {
    for lang in ["en", "ru"] {
        let home = Home::new();
        let said = home.run(&["--lang", lang, "init", LAB]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(said.out.contains("labgrade check"), "{}", said.out);
        let mut wanted = tree(&of_lab("starter"));
        let task = fs::read(of_lab(&format!("task.{lang}.md"))).expect("a task");
        wanted.insert("TASK.md".to_owned(), task);
        wanted.insert(
            "labgrade.toml".to_owned(),
            format!("lab = \"{LAB}\"\n").into(),
        );
        assert!(
            tree(&home.path(LAB)) == wanted,
            "the folder differs from the starter"
        );
    }
}

#[test]
fn init_overwrites_nothing() {
    for file in ["indexes.sql", "TASK.md", "labgrade.toml"] {
        let home = Home::new();
        home.write(&format!("mine/{file}"), "a week of work");
        let before = tree(&home.path("mine"));
        let said = home.run(&["init", LAB, "mine"]);
        assert_eq!(said.code, Some(2), "{file}");
        assert!(
            said.err.contains(&format!("mine/{file} is there already")),
            "{}",
            said.err
        );
        assert!(tree(&home.path("mine")) == before, "{file}");
    }
}

#[test]
fn an_export_holds_what_students_may_see() {
    let home = Home::new();
    let source = home.path("labs");
    for (name, bytes) in tree(&labs()) {
        home.write(&format!("labs/{name}"), bytes);
    }
    home.write(&format!("labs/{LAB}/hidden.toml"), "# the course's own\n");
    let source = source.to_str().expect("UTF-8");
    for from in [&[][..], &["--labs", source]] {
        let public = format!("public-{}", from.len());
        let said = home.run(&[from, &["export", &public]].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        let files = tree(&home.path(&public));
        for name in [
            "lab.toml",
            "task.ru.md",
            "starter/indexes.sql",
            "data/queries.sql",
        ] {
            assert!(
                files.contains_key(&format!("{LAB}/{name}")),
                "{name} is missing"
            );
        }
        let private = [
            "/solutions/",
            "/mutants/",
            "/demo/",
            "/hidden.toml",
            "/README.md",
        ];
        let leaked: Vec<&String> = files
            .keys()
            .filter(|name| private.iter().any(|part| name.contains(part)))
            .collect();
        assert_eq!(leaked, Vec::<&String>::new(), "{from:?}");
        let said = home.run(&["lint", &public]);
        assert_eq!(
            said.code,
            Some(0),
            "an exported lab loads again: {}",
            said.err
        );
    }
}
