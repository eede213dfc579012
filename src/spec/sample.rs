//! A small sound lab for the tests of this folder, and a way to break it.

use std::ops::Range;
use std::path::Path;

use crate::spec::shelf::Shelf;

/// The id of the sample.
pub const ID: &str = "90-sample";

/// Its `lab.toml`.
pub const LAB: &str = r#"#:schema ../../templates/schemas/lab.schema.json
id = "90-sample"
title = { ru = "Образец", en = "Sample" }
summary = { ru = "Для тестов.", en = "For tests." }
deadline = "240s"

[lessons]
"11-12" = { ru = "Индексы", en = "Indexes" }

[submission]
files = [{ path = "indexes.sql", max_bytes = 262144 }]

[services.db]
data = "data"
ready = "postgres"
port = 5432
memory = "1GiB"
cpus = 2

[workload]
service = "db"
database = "shop"
queries = "data/queries.sql"
draws = "data/draws.sql"
writes = "data/writes.sql"
anchors = "data/anchors.json"
per_query = 1

[[check]]
id = "only-ddl"
points = 0
lesson = "11-12"
title = { ru = "Только индексы", en = "Only indexes" }
hint = { ru = "Уберите лишнее.", en = "Remove the rest." }
run.sql-only = { file = "indexes.sql", allow = ["create-index"] }

[[check]]
id = "applies"
points = 0
needs = ["only-ddl"]
lesson = "11-12"
title = { ru = "Выполняется", en = "Applies" }
hint = { ru = "Проверьте в psql.", en = "Try it in psql." }
run.sql-applies = { file = "indexes.sql", statement = "30s", total = "50s" }

[[check]]
id = "same-answers"
points = 0
needs = ["applies"]
lesson = "11-12"
title = { ru = "Те же ответы", en = "Same answers" }
hint = { ru = "Индекс не меняет ответа.", en = "An index changes no answer." }
run.same-answers = {}

[[check]]
id = "q1"
points = 60
needs = ["same-answers"]
lesson = "11-12"
title = { ru = "Заказы", en = "Orders" }
hint = { ru = "Порядок столбцов.", en = "The order of columns." }
run.query-blocks = { query = "q1", full_at = 1.3 }

[[check]]
id = "q2"
points = 30
needs = ["same-answers"]
lesson = "11-12"
title = { ru = "Теги", en = "Tags" }
hint = { ru = "Тип индекса.", en = "The type of the index." }
run.plan-uses = { methods = { q2 = ["gin"] } }

[[check]]
id = "size"
points = 10
needs = ["applies"]
when = { at_least = 1, share = 50, of = ["q1", "q2"] }
lesson = "11-12"
title = { ru = "Размер", en = "Size" }
hint = { ru = "Меньше индексов.", en = "Fewer indexes." }
run.index-size = { full_at = 1.5, none_at = 4.0 }

[machine]
link_mbit = 100
disk = "4GiB"

[[shown]]
id = "write-figure"
needs = ["applies"]
title = { ru = "Цена записи", en = "The cost of a write" }
hint = { ru = "Только для сведения.", en = "For your information only." }
run.write-cost = { full_at = 1.5, none_at = 4.0 }
"#;

const QUERIES: &str = "-- q1\nSELECT $1;\n-- q2\nSELECT 2;\n";
const DRAWS: &str = "-- q1\nSELECT 'a'::text;\n";
const WRITES: &str = "INSERT INTO t VALUES (1);\n";
const ANCHORS: &str = r#"{ "dataset": "x", "index_bytes": 1, "write_wal": 1, "queries": {
  "q1": [{ "params": ["'a'::text"], "answer": "", "none": 9, "reference": 1 }],
  "q2": [{ "params": [], "answer": "", "none": 9, "reference": 1 }] } }"#;

/// Writes the sample with another `lab.toml` into a folder of labs.
pub fn write(root: &Path, lab: &str) -> Shelf {
    for (path, text) in [
        ("lab.toml", lab),
        ("task.ru.md", "Задание"),
        ("task.en.md", "Task"),
        ("starter/indexes.sql", ""),
        ("data/Dockerfile", "FROM labgrade/postgres:15"),
        ("data/queries.sql", QUERIES),
        ("data/draws.sql", DRAWS),
        ("data/writes.sql", WRITES),
        ("data/anchors.json", ANCHORS),
    ] {
        put(root, path, text);
    }
    Shelf::Folder(root.to_owned())
}

/// Writes one more file of the sample.
pub fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(ID).join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    std::fs::write(path, text).expect("file");
}

/// Replaces the first occurrence of each text by another. Where the other one holds `‹…›`, that is
/// where the mistake must be shown: the marks are taken out, and their places come back.
pub fn broken(edits: &[(&str, &str)]) -> (String, Vec<Range<usize>>) {
    let mut text = LAB.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the sample has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    let mut spans = Vec::new();
    while let Some(start) = text.find('‹') {
        text.remove(start);
        let end = text.find('›').expect("the closing mark");
        text.remove(end);
        spans.push(start..end);
    }
    (text, spans)
}
