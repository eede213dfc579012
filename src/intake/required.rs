//! What the lab asks for: where the submission's root is, what is missing and what may be meant.

use std::path::Path;

use super::name::key;
use super::{File, Missing, Rejection, Required, Rule, Rules};
use labgrade_checkers::message::Tainted;

/// How much alike two names must be to be offered, from 0 to 1. `index.sql` for `indexes.sql` has
/// 0.82, `main.py` for `app.py` 0.43.
const ALIKE: f64 = 0.7;

/// The one file that the lab asks for under the name of a file that was given alone.
pub(super) fn lone<'a>(path: &Path, rules: &'a Rules) -> Option<&'a Required> {
    let name = path.file_name()?.to_str()?;
    let mut asked = rules
        .required
        .iter()
        .filter(|file| last(&file.path) == name);
    let first = asked.next()?;
    asked.next().is_none().then_some(first)
}

/// Takes the wrapping folder off the paths and returns it: nothing that the lab asks for is at the
/// top, everything lies in one folder, and in it something that the lab asks for.
pub(super) fn unwrap(files: &mut [File], rules: &Rules) -> Option<String> {
    let mut wrapping = 0;
    loop {
        let is_there = |file: &File| {
            let path = &file.path[wrapping..];
            rules.required.iter().any(|asked| asked.path == path)
        };
        if files.iter().any(is_there) {
            break;
        }
        let first = &files.first()?.path;
        let end = wrapping + first[wrapping..].find('/')? + 1;
        if !files
            .iter()
            .all(|file| file.path.starts_with(&first[..end]))
        {
            return None;
        }
        wrapping = end;
    }
    let folder = files.first()?.path[..wrapping]
        .strip_suffix('/')?
        .to_owned();
    for file in files {
        file.path.drain(..wrapping);
    }
    Some(folder)
}

/// Holds the files against the lab.
pub(super) fn check(files: &[File], rules: &Rules) -> Result<(), Rejection> {
    if files.is_empty() {
        return Err(Rejection::new(Rule::Empty).expected(&paths(rules)));
    }
    for file in files {
        let asked = rules.required.iter().find(|asked| asked.path == file.path);
        let (rule, limit) = match asked {
            Some(asked) => (Rule::RequiredFileTooLarge, asked.max_bytes),
            None => (Rule::FileTooLarge, rules.largest_file),
        };
        if file.bytes > limit {
            return Err(Rejection::new(rule).entry(&file.path).limit(limit));
        }
    }
    let missing: Vec<Missing> = rules
        .required
        .iter()
        .filter(|asked| !files.iter().any(|file| file.path == asked.path))
        .map(|asked| Missing {
            path: Tainted::new(&asked.path),
            similar: similar(&asked.path, files, rules).map(|path| Tainted::bounded(path, 300)),
        })
        .collect();
    let Some(first) = missing.first() else {
        return Ok(());
    };
    let names: Vec<&str> = missing.iter().map(|file| file.path.as_str()).collect();
    let mut rejection = Rejection::new(Rule::MissingFile)
        .entry(first.path.as_str())
        .expected(&names.join(", "));
    rejection.missing = missing;
    Err(rejection)
}

/// The paths that a lab asks for, in one line.
pub(super) fn paths(rules: &Rules) -> String {
    let paths: Vec<&str> = rules
        .required
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    paths.join(", ")
}

/// The file that may be meant: the same but for case, in another folder, or spelled alike; never
/// one that the lab asks for itself.
fn similar<'a>(asked: &str, files: &'a [File], rules: &Rules) -> Option<&'a str> {
    let there = || {
        files
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| !rules.required.iter().any(|asked| asked.path == **path))
    };
    let by_case = || there().find(|path| key(path) == key(asked));
    let elsewhere = || there().find(|path| key(last(path)) == key(last(asked)));
    // Windows hides the endings that it knows, so files are handed in as `indexes.sql.txt`.
    let hidden_ending = || there().find(|path| key(last(path)) == key(last(asked)) + ".txt");
    let alike = || {
        there()
            .map(|path| {
                (
                    strsim::normalized_damerau_levenshtein(last(path), last(asked)),
                    path,
                )
            })
            .filter(|(alike, _)| *alike >= ALIKE)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, path)| path)
    };
    by_case()
        .or_else(elsewhere)
        .or_else(hidden_ending)
        .or_else(alike)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Vec<File> {
        let file = |path: &&str| File {
            path: (*path).to_owned(),
            bytes: 1,
        };
        paths.iter().map(file).collect()
    }

    fn rules(paths: &[&str]) -> Rules {
        let asked = |path: &&str| Required {
            path: (*path).to_owned(),
            max_bytes: 10,
        };
        Rules {
            required: paths.iter().map(asked).collect(),
            ..Rules::default()
        }
    }

    #[test]
    fn only_a_folder_around_everything_is_taken_off() {
        type Case = (&'static [&'static str], Option<&'static str>);
        let cases: [Case; 8] = [
            (&["app/main.py"], None),
            (&["lab/app/main.py", "lab/notes.md"], Some("lab")),
            (&["app/app/main.py"], Some("app")),
            (&["lab/lab/app/main.py"], Some("lab/lab")),
            (&["lab/app/main.py", "notes.md"], None),
            (&["lab/app/main.py", "other/notes.md"], None),
            (&["lab/main.py"], None),
            (&[], None),
        ];
        for (paths, wrapping) in cases {
            let mut there = files(paths);
            let found = unwrap(&mut there, &rules(&["app/main.py", "requirements.txt"]));
            assert_eq!(found.as_deref(), wrapping, "{paths:?}");
        }
    }

    #[test]
    fn a_missing_file_comes_with_what_may_be_meant() {
        let cases = [
            ("Indexes.SQL", Some("Indexes.SQL")),
            ("sql/indexes.sql", Some("sql/indexes.sql")),
            ("indexes.sql.txt", Some("indexes.sql.txt")),
            ("index.sql", Some("index.sql")),
            ("report.md", None),
            ("main.sql", None),
        ];
        for (there, similar) in cases {
            let rejection = check(&files(&[there]), &rules(&["indexes.sql"])).expect_err("missing");
            assert_eq!(rejection.rule, Rule::MissingFile);
            let [missing] = rejection.missing.as_slice() else {
                panic!("one file is missing");
            };
            assert_eq!(
                missing.similar.as_ref().map(Tainted::as_str),
                similar,
                "{there}"
            );
        }
        let rejection = check(&files(&["b"]), &rules(&["a", "b", "c"])).expect_err("missing");
        assert_eq!(rejection.message().key, "intake-missing-several");
        assert_eq!(rejection.details().len(), 2);
    }

    #[test]
    fn a_lone_file_must_be_asked_for_once() {
        let asked = rules(&["a/main.py", "b/main.py", "c/run.sh"]);
        let found = |path: &str| lone(Path::new(path), &asked).map(|file| file.path.as_str());
        assert_eq!(found("/tmp/run.sh"), Some("c/run.sh"));
        assert_eq!(found("/tmp/main.py"), None);
        assert_eq!(found("/tmp/other"), None);
    }
}
