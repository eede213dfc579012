//! `run.standby-starts`: the submitted script makes a standby's cluster, and a server starts on it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::{Command, Output};
use crate::context::Context;
use crate::kinds::primary_starts::hba_file;
use crate::measure::replication::standby::{self, Recipe};
use crate::measure::replication::{ADMIN, Replication, Servers};
use crate::measure::server;
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Excerpt, Verdict};

/// The script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StandbyStarts {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
    /// The submitted folder that lies beside the script, and that it stands in.
    pub folder: String,
    /// The script's name in it.
    pub script: String,
    /// How long the script may take.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub limit: Duration,
    /// Scripts that are put there for later.
    #[serde(default)]
    pub beside: Vec<String>,
}

/// Runs the script and starts the server.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &StandbyStarts, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let service = &spec.servers.standby;
    let recipe = Recipe {
        folder: spec.folder.clone(),
        script: spec.script.clone(),
        limit: spec.limit,
    };
    recipe.put(cx, &spec.servers, &spec.beside).await?;
    cx.bench.put(service, &[hba_file()]).await?;
    let output = recipe.run(cx, &spec.servers).await?;
    let named = format!("{}/{}", spec.folder, spec.script);
    if output.code.is_none() {
        let message = message!(
            "script-too-long",
            script = &named,
            seconds = spec.limit.as_secs()
        );
        return Ok(failed(message, &output));
    }
    let made = Command::of(&["test", "-s", standby::VERSION]);
    let made = cx.bench.exec(service, made).await?;
    if !made.succeeded() {
        let message = message!(
            "standby-no-cluster",
            script = &named,
            code = output.code.unwrap_or_default()
        );
        return Ok(failed(message, &output));
    }
    cx.bench.release(service).await?;
    cx.timeline.done(service, message!("event-started"));
    let start = server::answers(cx, service, &spec.servers.database, ADMIN).await?;
    if let Some(evidence) = standby::failed_start(service, &start) {
        return Ok(Verdict::failed(match output.code {
            Some(0) => evidence,
            _ => evidence.at(excerpt(&output)),
        }));
    }
    cx.timeline.seen(service, message!("event-answers"));
    *Replication::of(cx)?
        .standby
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(recipe);
    Ok(Verdict::passed(
        message!("server-answers", service = service).into(),
    ))
}

fn failed(message: Message, output: &Output) -> Verdict {
    Verdict::failed(Evidence::from(message).at(excerpt(output)))
}

/// The end of what a script wrote.
pub(crate) fn excerpt(output: &Output) -> Excerpt {
    let lines: Vec<&str> = output.text.lines().collect();
    let from = lines.len().saturating_sub(15);
    Excerpt {
        file: None,
        line: None,
        column: None,
        text: Tainted::new(&lines[from..].join("\n")),
    }
}
