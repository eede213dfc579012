//! `run.server-starts`: the server starts with the submitted settings, and lets a login in;
//! otherwise the line of its log that says why not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::File;
use crate::context::Context;
use crate::measure::server::{self, Placed, START, Start};
use crate::measure::tuned::Server;
use crate::message;
use crate::postgres_conf::Conf;
use crate::verdict::{Broken, Evidence, Verdict};

/// Where the role image takes files for the cluster from, and the name that the data image reads.
const STUDENTS: &str = "/labgrade/pgdata/student.conf";

/// The server to start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerStarts {
    /// The server, a held service.
    #[serde(default)]
    pub on: Server,
    /// The database that the grader's auditor logs in to.
    pub database: String,
}

/// Puts the settings into the cluster and lets the server begin.
///
/// # Errors
/// The engine refuses.
pub async fn check(spec: &ServerStarts, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let service = spec.on.service.as_str();
    let bytes = cx.files.read(&spec.on.file)?;
    // The server is given what was judged: each setting on its own line, nothing else.
    let file = File {
        path: STUDENTS.to_owned(),
        bytes: Conf::read(&bytes).canonical().into_bytes(),
        mode: 0o644,
    };
    cx.bench.put(service, &[file]).await?;
    cx.bench.release(service).await?;
    let start = server::answers(cx, service, &spec.database, &spec.on.auditor).await?;
    let evidence = match start {
        Start::Answers => {
            return Ok(Verdict::passed(
                message!("server-answers", service = service).into(),
            ));
        }
        Start::Died(death) => {
            let text = String::from_utf8_lossy(&bytes);
            let placed = Placed {
                file: &spec.on.file,
                inside: "/student.conf",
                text: &text,
                before: 0,
            };
            death.evidence(service, &[placed])
        }
        Start::Refuses(refusal) => Evidence::from(message!(
            "server-refuses",
            service = service,
            error = refusal.message,
            code = refusal.code
        )),
        Start::Deaf => message!("server-deaf", service = service).into(),
        Start::Slow => message!("server-slow", service = service, seconds = START.as_secs()).into(),
    };
    Ok(Verdict::failed(evidence))
}
