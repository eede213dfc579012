//! One service of a lab: its container, and the project that runs in it.

use std::collections::BTreeMap;

use labgrade_checkers::bench::File;
use labgrade_checkers::verdict::Broken;

use super::container::{self, Container, Request};
use super::inside::HOLD;
use super::network;
use super::run::Run;
use crate::spec::{Ready, ServiceSpec};

/// The folder in memory where a project is put and runs, and the number of the image's user, as in
/// `templates/images/python`.
const WORKSHOP: (&str, u32) = ("/srv", 1000);

/// What all services of a run share.
pub(super) struct Surroundings<'a> {
    pub(super) run: &'a Run,
    pub(super) network: &'a str,
    pub(super) passwords: &'a BTreeMap<String, String>,
    /// Services call each other by the names that they have in the lab.
    pub(super) by_name: bool,
}

/// Starts a service; a project comes later.
///
/// # Errors
/// The engine refuses.
pub(super) async fn start(
    around: &Surroundings<'_>,
    image: &str,
    name: &str,
    service: &ServiceSpec,
) -> Result<Container, Broken> {
    let (run, network) = (around.run, around.network);
    let project = service.project.as_ref();
    let request = Request {
        name,
        image,
        network,
        memory: i64::try_from(service.memory.as_u64()).unwrap_or(i64::MAX),
        nano_cpus: nano(service.cpus),
        user: None,
        // A data set lies in a layer of the image and is copied up only where it is written.
        read_only: service.ready != Ready::Postgres,
        workshop: project.map(|_| WORKSHOP),
        // A project gets its variables with its files.
        env: match project {
            Some(_) => Vec::new(),
            None => variables(service, around.passwords).into_iter().collect(),
        },
        files: files(service, around.passwords),
        command: project.map_or_else(Vec::new, |project| project.command.clone()),
        publish: Vec::new(),
    };
    let container = container::start(run, &request).await?;
    if around.by_name {
        // The engine takes further names only when a container joins a network, and testcontainers
        // gives none.
        network::disconnect(run, network, &container.id).await?;
        network::connect(run, network, &container.id, None, Some(name.to_owned())).await?;
    }
    Ok(container)
}

fn files(
    service: &ServiceSpec,
    passwords: &BTreeMap<String, String>,
) -> Vec<(String, Vec<u8>, u32)> {
    let mut files = Vec::new();
    // Read by the image before the server starts; hexadecimal digits need no quoting. A role image
    // has no cluster, so it has no logins either.
    if service.ready == Ready::Postgres && service.data.is_some() {
        let sql: String = service
            .logins
            .iter()
            .map(|login| format!("ALTER ROLE {login} PASSWORD '{}';\n", passwords[login]))
            .collect();
        files.push(("/labgrade/logins.sql".to_owned(), sql.into_bytes(), 0o644));
    }
    if service.held {
        files.push((HOLD.to_owned(), Vec::new(), 0o644));
    }
    files
}

/// A service's variables, with the passwords of this run.
pub(super) fn variables(
    service: &ServiceSpec,
    passwords: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let variables = service.env.iter();
    variables
        .map(|(name, value)| (name.clone(), with_passwords(value, passwords)))
        .collect()
}

/// Fills `${password.NAME}` in.
fn with_passwords(value: &str, passwords: &BTreeMap<String, String>) -> String {
    passwords
        .iter()
        .fold(value.to_owned(), |text, (login, password)| {
            text.replace(&format!("${{password.{login}}}"), password)
        })
}

/// What is put into the workshop: the project, and its variables.
pub(super) fn packed(
    files: &[File],
    env: &BTreeMap<String, String>,
) -> Result<Vec<File>, serde_json::Error> {
    let variables = File {
        path: "labgrade/env.json".to_owned(),
        bytes: serde_json::to_vec(env)?,
        mode: 0o644,
    };
    let below = files.iter().map(|file| File {
        path: format!("project/{}", file.path.trim_start_matches('/')),
        ..file.clone()
    });
    Ok(below.chain([variables]).collect())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a handful of processors in billionths fits"
)]
fn nano(cpus: f64) -> i64 {
    (cpus * 1e9).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_filled_in_and_nothing_else() {
        let passwords = BTreeMap::from([("app".to_owned(), "secret".to_owned())]);
        assert_eq!(
            with_passwords("postgresql://app:${password.app}@db/${shop}", &passwords),
            "postgresql://app:secret@db/${shop}"
        );
    }
}
