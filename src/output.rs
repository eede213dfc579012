//! The folder of reports: each file whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use labgrade_checkers::message::Tainted;

use crate::pipeline::Outcomes;
use crate::report::{html, json, junit, openmetrics};
use crate::text::Catalogue;

/// Makes the folder, and sees that it can be written.
///
/// # Errors
/// It cannot.
pub fn prepare(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder.join("logs"))?;
    tempfile::tempfile_in(folder).map(drop)
}

/// Writes every report of a grade.
///
/// # Errors
/// A file cannot be written; those before it stand.
pub fn write(folder: &Path, outcomes: &Outcomes, catalogue: &Catalogue) -> io::Result<()> {
    let grade = &outcomes.grade;
    // The record first: everything else can be made from it again.
    put(
        &folder.join("grade.json"),
        json::grade_json(grade).as_bytes(),
    )?;
    put(
        &folder.join("junit.xml"),
        &junit::grade_junit(grade, catalogue),
    )?;
    put(
        &folder.join("metrics.txt"),
        openmetrics::grade_metrics(grade, catalogue).as_bytes(),
    )?;
    put(
        &folder.join("report.html"),
        html::grade_html(grade, catalogue).as_bytes(),
    )?;
    for (service, log) in &outcomes.logs {
        let clean = Tainted::bounded(log, 256 << 10);
        put(
            &folder.join("logs").join(format!("{service}.log")),
            clean.as_str().as_bytes(),
        )?;
    }
    Ok(())
}

/// A temporary file beside it, synced and renamed, and the folder synced: whoever reads the name
/// reads all of it, even after a power cut.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .permissions(readable())
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    std::fs::File::open(folder)?.sync_all()
}

/// Temporary files are private by default; a report is for whoever may see the folder.
fn readable() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o644)
}
