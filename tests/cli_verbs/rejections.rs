//! Submissions that are refused before anything starts: each with one clear message, the exit code
//! 4, and reports that say so. The engine is out of reach here, and is not missed.

use std::fs;
use std::path::PathBuf;

use labgrade::grade::Outcome;

use crate::program::report::Reports;
use crate::program::{Home, pack};

struct Row {
    name: &'static str,
    build: fn(&Home) -> PathBuf,
    /// What the terminal and `junit.xml` both say.
    words: &'static [&'static str],
}

const SQL: &[u8] = b"CREATE INDEX ON stores USING gist (location);\n";

const ROWS: [Row; 13] = [
    Row {
        name: "a zip that was cut off",
        build: |home| {
            let zip = pack::zip("indexes.sql", SQL);
            home.write("work.zip", &zip[..zip.len() - 30])
        },
        words: &["damaged or cut off", "upload it again"],
    },
    Row {
        name: "a tar.gz that was cut off",
        build: |home| {
            let gz = pack::tar_gz("indexes.sql", &noise(40_000));
            home.write("work.tar.gz", &gz[..gz.len() / 2])
        },
        words: &["damaged or cut off", "upload it again"],
    },
    Row {
        name: "a zip with another byte in it",
        build: |home| {
            let mut zip = pack::zip("indexes.sql", &noise(2_000));
            zip[500] ^= 1;
            home.write("work.zip", zip)
        },
        words: &["damaged or cut off at indexes.sql"],
    },
    Row {
        name: "no archive at all",
        build: |home| home.write("work.zip", "это не архив"),
        words: &["not an archive", "that holds indexes.sql"],
    },
    Row {
        name: "another kind of archive",
        build: |home| home.write("work.zip", b"Rar!\x1a\x07\x01\x00 and so on"),
        words: &["is not accepted", "a .zip, a .tar or a .tar.gz"],
    },
    Row {
        name: "an empty file",
        build: |home| home.write("work.zip", ""),
        words: &["there are no files", "indexes.sql"],
    },
    Row {
        name: "an empty folder",
        build: |home| {
            let folder = home.path("work");
            fs::create_dir(&folder).expect("a folder");
            folder
        },
        words: &["there are no files", "indexes.sql"],
    },
    Row {
        name: "a folder that is no submission",
        build: |home| {
            home.write("work/holiday/photo.txt", "the sea");
            home.path("work")
        },
        words: &["indexes.sql is missing", "at exactly this path"],
    },
    Row {
        name: "a file under another name",
        build: |home| home.write("work.zip", pack::zip("indexes.sql.txt", SQL)),
        words: &["indexes.sql is missing", "Is it indexes.sql.txt?"],
    },
    Row {
        name: "a file that climbs out",
        build: |home| home.write("work.zip", pack::zip("../indexes.sql", SQL)),
        words: &["..", "Pack only what lies inside"],
    },
    Row {
        name: "a link",
        build: |home| {
            home.write("work/readme", "");
            let link = home.path("work/indexes.sql");
            std::os::unix::fs::symlink("/etc/passwd", link).expect("a link");
            home.path("work")
        },
        words: &["indexes.sql is a symbolic link"],
    },
    Row {
        name: "a file that is too large",
        build: |home| home.write("indexes.sql", noise(300_000)),
        words: &["indexes.sql: the file is larger than", "this lab allows"],
    },
    Row {
        name: "a bomb",
        build: |home| home.write("work.tar.gz", pack::tar_gz("zeros", &vec![0; 30 << 20])),
        words: &["larger than", "leave it out"],
    },
];

/// Bytes that do not compress, the same each time.
fn noise(bytes: u32) -> Vec<u8> {
    (0..bytes)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 ^ (n.wrapping_mul(n) >> 13) as u8)
        .collect()
}

#[test]
fn a_refused_submission_learns_why() {
    for Row { name, build, words } in ROWS {
        let home = Home::new();
        let submission = build(&home);
        let mut command = home.grading(&submission, &[]);
        command.env("DOCKER_HOST", "unix:///nowhere.sock");
        let said = home.start(command).end();
        let shown = said.out.replace("\n ", "");
        assert_eq!(said.code, Some(4), "{name}: {shown}{}", said.err);

        let reports = Reports::read(&home.path("report"));
        assert!(
            matches!(reports.grade.outcome, Outcome::Rejected { .. }),
            "{name}"
        );
        assert_eq!(reports.grade.earned.in_hundredths(), 0, "{name}");
        let (first, rest) = reports.cases.split_first().expect("a first case");
        assert_eq!(first.result, "failure", "{name}");
        assert!(rest.iter().all(|case| case.result == "skipped"), "{name}");
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            for text in [&said.out, &first.text] {
                assert!(
                    one_line(text).contains(word),
                    "{name} lacks {word:?}: {text}"
                );
            }
        }
        assert_eq!(said.runs, Vec::<String>::new(), "{name}: nothing was run");
        assert_eq!(
            home.temporary(),
            Vec::<String>::new(),
            "{name}: something is left"
        );
        assert!(said.peak_kb < 60_000, "{name} took {} kB", said.peak_kb);
    }
}
