//! The base image: bootstrapped from Debian's packages, so that no registry is needed.

use std::process::Stdio;
use std::time::Duration;

use bollard::query_parameters::CreateImageOptionsBuilder;
use futures_util::StreamExt;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::process::Command;

use super::super::engine::{Engine, call};
use super::KEY as LABEL;
use super::build::pieces;
use super::recipes::BASE;

/// What the base is made of. A change here builds everything anew.
pub(super) const KEY: &str = "mmdebstrap-minbase-bookworm-1";
/// Measured: 16 to 28 s on 2 cores.
const LIMIT: Duration = Duration::from_secs(900);

/// Runs mmdebstrap and imports what it makes.
///
/// # Errors
/// mmdebstrap is not there or fails (with its last words), or the engine refuses the import.
pub(super) async fn bootstrap(engine: &Engine) -> Result<(), Broken> {
    let folder =
        tempfile::tempdir().map_err(|error| Broken::because(message!("broken-temp"), error))?;
    let tar = folder.path().join("base.tar");
    let run = Command::new("mmdebstrap")
        .args(["--variant=minbase", "--quiet", "bookworm"])
        .arg(&tar)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Broken::because(message!("broken-no-mmdebstrap"), error))?;
    let done = call("mmdebstrap", LIMIT, run.wait_with_output()).await?;
    if !done.status.success() {
        let words = String::from_utf8_lossy(&done.stderr);
        let last: Vec<&str> = words.lines().rev().take(10).collect();
        return Err(Broken::because(
            message!("broken-mmdebstrap"),
            last.into_iter().rev().collect::<Vec<_>>().join("\n"),
        ));
    }
    let file = std::fs::File::open(&tar)
        .map_err(|error| Broken::because(message!("broken-temp"), error))?;
    let (repo, tag) = BASE.split_once(':').unwrap_or((BASE, "latest"));
    let options = CreateImageOptionsBuilder::new()
        .from_src("-")
        .repo(repo)
        .tag(tag)
        .changes(vec![format!("LABEL {LABEL}={KEY}")])
        .build();
    let mut answers = engine.docker().create_image(
        Some(options),
        Some(bollard::body_stream(pieces(file))),
        None,
    );
    call("import image", LIMIT, async {
        while let Some(answer) = answers.next().await {
            answer?;
        }
        Ok::<_, bollard::errors::Error>(())
    })
    .await
}

/// Pulls an image that the configuration names, unless it is there.
///
/// # Errors
/// The registry does not give it.
pub(super) async fn pull(engine: &Engine, image: &str) -> Result<(), Broken> {
    let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
    let options = CreateImageOptionsBuilder::new()
        .from_image(name)
        .tag(tag)
        .build();
    let mut answers = engine.docker().create_image(Some(options), None, None);
    call("pull image", LIMIT, async {
        while let Some(answer) = answers.next().await {
            answer?;
        }
        Ok::<_, bollard::errors::Error>(())
    })
    .await
}
