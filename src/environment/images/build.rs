//! Builds one image with the engine's classic builder.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use bollard::query_parameters::{BuildImageOptionsBuilder, RemoveImageOptionsBuilder};
use futures_util::StreamExt;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::super::engine::{Engine, LOOK, call};
use super::{KEY, Recipe};

/// Measured: the largest, a data set of two million rows with its anchors, takes about a minute.
const LIMIT: Duration = Duration::from_secs(1_800);
/// Lines of a build's log that are kept for its error.
const LOG_LINES: usize = 60;

/// Builds a recipe on the image of its base.
///
/// # Errors
/// The build fails; its last lines come with it.
pub(super) async fn build(engine: &Engine, recipe: &Recipe, base: &str) -> Result<(), Broken> {
    let context =
        context(recipe).map_err(|error| Broken::because(message!("broken-temp"), error))?;
    let docker = engine.docker();
    let before = docker
        .inspect_image(&recipe.image)
        .await
        .ok()
        .and_then(|image| image.id);
    let options = BuildImageOptionsBuilder::new()
        .t(&recipe.image)
        .buildargs(&HashMap::from([("BASE", base)]))
        .labels(&HashMap::from([(KEY, recipe.key.as_str())]))
        .rm(true)
        .forcerm(true)
        .nocache(before.is_some())
        .build();
    let body = bollard::body_full(context.into());
    let mut answers = docker.build_image(options, None, Some(body));
    let mut log: VecDeque<String> = VecDeque::new();
    let built = call("build image", LIMIT, async {
        while let Some(answer) = answers.next().await {
            let answer = answer.map_err(|error| error.to_string())?;
            if let Some(error) = answer.error_detail.and_then(|detail| detail.message) {
                return Err(error);
            }
            for line in answer
                .stream
                .iter()
                .flat_map(|text| text.lines())
                .filter(|line| !line.trim().is_empty())
            {
                log.push_back(line.to_owned());
                if log.len() > LOG_LINES {
                    log.pop_front();
                }
            }
        }
        Ok(())
    })
    .await;
    if let Err(broken) = built {
        let words = broken
            .detail
            .map_or_else(String::new, |detail| detail.to_string());
        let log: Vec<String> = log.into();
        return Err(Broken::because(
            message!("broken-build", image = &recipe.image),
            format!("{}\n{words}", log.join("\n")),
        ));
    }
    // What the name stood for before is of no use any more; a run that still uses it keeps it.
    if let Some(old) = before {
        let options = RemoveImageOptionsBuilder::new().build();
        let _ = call(
            "remove image",
            LOOK,
            docker.remove_image(&old, Some(options), None),
        )
        .await;
    }
    Ok(())
}

/// The build context as a tar of our own: fixed owners, times and modes.
fn context(recipe: &Recipe) -> std::io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in &recipe.context {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // A script says so in its first line; the modes of embedded files are not known.
        header.set_mode(if bytes.starts_with(b"#!") {
            0o755
        } else {
            0o644
        });
        header.set_mtime(0);
        tar.append_data(&mut header, path, bytes.as_slice())?;
    }
    tar.into_inner()
}
