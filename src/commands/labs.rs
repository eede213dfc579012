//! `labgrade labs`: what there is to grade.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::{Session, say, say_json};
use crate::error::{Exit, Failure};
use crate::spec::load::Hidden;

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    lessons: Vec<String>,
    checks: usize,
    points: u32,
}

pub(super) fn run(session: &Session) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for id in session.labs()? {
        let spec = session.lab(&id, &Hidden::Without)?.spec;
        rows.push(Row {
            title: session.catalogue.text(&spec.title).to_owned(),
            lessons: spec.lessons.keys().cloned().collect(),
            checks: spec.checks.len(),
            points: spec.checks.iter().map(|check| check.points.get_ref()).sum(),
            id,
        });
    }
    if session.json {
        say_json(&rows);
        return Ok(Exit::Passed);
    }
    let head = [
        "labs-id",
        "labs-title",
        "labs-lessons",
        "labs-checks",
        "labs-points",
    ];
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head.map(|key| session.catalogue.get(key)));
    for row in rows {
        table.add_row([
            row.id,
            row.title,
            row.lessons.join(", "),
            row.checks.to_string(),
            row.points.to_string(),
        ]);
    }
    say(&table.to_string());
    say(&session.catalogue.get("labs-next"));
    Ok(Exit::Passed)
}
