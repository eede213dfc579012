//! Builds one image with the engine's classic builder.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::time::Duration;

use bollard::query_parameters::{BuildImageOptionsBuilder, RemoveImageOptionsBuilder};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::io::AsyncReadExt;

use super::super::engine::{Engine, LOOK, call};
use super::wheels::{self, Wheel};
use super::{KEY, Recipe};

/// Measured: the largest, a data set of two million rows with its anchors, takes about a minute.
const LIMIT: Duration = Duration::from_secs(1_800);
/// Lines of a build's log that are kept for its error.
const LOG_LINES: usize = 60;

/// Builds a recipe on the image of its base.
///
/// # Errors
/// The build fails; its last lines come with it. Or the wheels that it needs cannot be had.
pub(super) async fn build(engine: &Engine, recipe: &Recipe, base: &str) -> Result<(), Broken> {
    let wheels = wheels::of(&recipe.context).await?;
    let context = context(recipe, &wheels)
        .map_err(|error| Broken::because(message!("broken-temp"), error))?;
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
    let body = bollard::body_stream(pieces(context));
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

/// The build context as a tar of our own: fixed owners, times and modes. In a temporary file, since
/// wheels are a hundred megabytes.
fn context(recipe: &Recipe, wheels: &[Wheel]) -> io::Result<File> {
    let mut tar = tar::Builder::new(tempfile::tempfile()?);
    for (path, bytes) in &recipe.context {
        // A script says so in its first line; the modes of embedded files are not known.
        let mode = if bytes.starts_with(b"#!") {
            0o755
        } else {
            0o644
        };
        append(&mut tar, path, bytes.len() as u64, mode, bytes.as_slice())?;
    }
    for Wheel { path, file } in wheels {
        let bytes = File::open(file)?;
        append(&mut tar, path, bytes.metadata()?.len(), 0o644, bytes)?;
    }
    let mut file = tar.into_inner()?;
    file.rewind()?;
    Ok(file)
}

fn append(
    tar: &mut tar::Builder<impl Write>,
    path: &str,
    size: u64,
    mode: u32,
    bytes: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(0);
    tar.append_data(&mut header, path, bytes)
}

/// A file in pieces, so that it never stands in memory whole. One that cannot be read any further
/// ends there, and the engine refuses what it was given of it.
pub(super) fn pieces(file: File) -> impl Stream<Item = Bytes> {
    futures_util::stream::unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; 1 << 20];
        match file.read(&mut piece).await {
            Ok(0) | Err(_) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((piece.into(), file))
            }
        }
    })
}
