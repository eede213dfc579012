//! `run.primary-starts`: the primary starts with the submitted configuration, and the submitted
//! script runs there as superuser.

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::File;
use crate::context::Context;
use crate::measure::replication::catalog::Catalog;
use crate::measure::replication::node::{ALONE, Node};
use crate::measure::replication::{ADMIN, PROBE, Replication, Servers, standby};
use crate::measure::script::{self, Variables};
use crate::measure::server::{self, Placed, Start};
use crate::message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrimaryStarts {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
    /// Replaces the cluster's `postgresql.conf`.
    pub conf: String,
    /// Replaces the cluster's `pg_hba.conf`, behind the grader's own lines.
    pub hba: String,
    /// Runs in the database, as superuser.
    pub init: String,
}

/// What stands in front of a `pg_hba.conf` of the submission.
pub(crate) fn hba_head() -> String {
    format!("# the grader's own logins\nhost all {ADMIN},{PROBE} all scram-sha-256\n")
}

/// The head, where the image looks for it.
pub(crate) fn hba_file() -> File {
    File {
        path: "/labgrade/pg_hba.head".into(),
        bytes: hba_head().into_bytes(),
        mode: 0o644,
    }
}

/// Starts the primary and runs the script.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &PrimaryStarts, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(starts(spec, cx).await)
}

async fn starts(spec: &PrimaryStarts, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let variables = variables(&spec.servers, cx)?;
    let init = script::read(&spec.init, &cx.files.read(&spec.init)?, &variables)?;
    let (conf, hba) = (cx.files.read(&spec.conf)?, cx.files.read(&spec.hba)?);
    let place = |name: &str, bytes: &[u8]| File {
        path: format!("/labgrade/pgdata/{name}"),
        bytes: bytes.to_vec(),
        mode: 0o644,
    };
    let files = [
        place("postgresql.conf", &conf),
        place("pg_hba.conf", &hba),
        hba_file(),
    ];
    let service = &spec.servers.primary;
    cx.bench.put(service, &files).await?;
    cx.bench.release(service).await?;
    cx.timeline.done(service, message!("event-started"));
    let start = server::answers(cx, service, &spec.servers.database, ADMIN).await?;
    if let Start::Died(death) = &start {
        let (conf, hba) = (
            String::from_utf8_lossy(&conf),
            String::from_utf8_lossy(&hba),
        );
        let placed = [
            Placed {
                file: &spec.conf,
                inside: "/postgresql.conf",
                text: &conf,
                before: 0,
            },
            Placed {
                file: &spec.hba,
                inside: "/pg_hba.conf",
                text: &hba,
                before: u32::try_from(hba_head().lines().count()).unwrap_or(0),
            },
        ];
        return Err(Stop::failed(death.evidence(service, &placed)));
    }
    if let Some(evidence) = standby::failed_start(service, &start) {
        return Err(Stop::failed(evidence));
    }
    cx.timeline.seen(service, message!("event-answers"));

    let node = spec.servers.primary(cx);
    let catalog = catalog(node).await?;
    let session = node.plain(ALONE).await?;
    script::run(&session, &init, &variables).await?;
    // Who is superuser may shut the grader out; that is seen here and not in the middle of a check.
    node.admin().await?;
    node.probe(ALONE).await?;
    let _ = cx.notebook.replication.set(Replication {
        variables,
        catalog,
        standby: Default::default(),
        hopeless: Default::default(),
    });
    let message = message!("primary-starts", statements = init.statements.len());
    Ok(Verdict::passed(Evidence::from(message)))
}

async fn catalog(node: Node<'_>) -> Result<Catalog, Stop> {
    let session = node.admin().await?;
    match Catalog::read(&session).await {
        Ok(catalog) => Ok(catalog),
        // Nothing of the submission has run there yet.
        Err(trouble) => Err(trouble.broken().into()),
    }
}

/// What the submission's scripts are given. The login is random, so that no script can know it: 8
/// letters and 128 bits.
fn variables(servers: &Servers, cx: &Context<'_>) -> Result<Variables, Broken> {
    let mut random = rand::rng();
    let user: String = (0..8)
        .map(|_| char::from(random.random_range(b'a'..=b'z')))
        .collect();
    let values = [
        ("PRIMARY_HOST", cx.bench.host(&servers.primary)?),
        ("PRIMARY_PORT", "5432".to_owned()),
        ("PRIMARY_DATABASE", servers.database.clone()),
        ("REPLICATION_USER", format!("replica_{user}")),
        (
            "REPLICATION_PASSWORD",
            format!("{:032x}", random.random::<u128>()),
        ),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value));
    Ok(Variables(values.to_vec()))
}
