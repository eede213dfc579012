//! A lab that runs in containers: what [`Bench`] promises to checks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt;
use futures_util::future::{join, try_join_all};
use labgrade_checkers::bench::{Bench, Endpoint, Login, State};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::container::{self, Container, Request};
use super::engine::{LOOK, call};
use super::gateway::{self, Way};
use super::images::Images;
use super::run::Run;
use super::{network, ready};
use crate::spec::{Lab, Ready, ServiceSpec};

/// Bytes kept of a log's end.
const LOG_BYTES: usize = 64 << 10;
/// The logins of a PostgreSQL server of ours.
const LOGINS: [&str; 3] = ["student", "probe", "audit"];

/// The services of one submission, up and answering.
pub struct DockerBench {
    run: Run,
    containers: BTreeMap<String, Container>,
    endpoints: BTreeMap<String, Endpoint>,
    passwords: BTreeMap<String, String>,
}

impl DockerBench {
    /// Starts everything side by side, and waits until every service answers. Whoever calls this
    /// ends the run, whatever comes of it.
    ///
    /// # Errors
    /// Something of ours does not start.
    pub async fn start(run: &Run, images: &Images, lab: &Lab) -> Result<Self, Broken> {
        let network = network::create(run).await?;
        let passwords: BTreeMap<String, String> = LOGINS
            .iter()
            .map(|&login| (login.to_owned(), format!("{:032x}", rand::random::<u128>())))
            .collect();
        let ways: Vec<Way> = lab
            .spec
            .services
            .iter()
            .map(|(name, service)| Way {
                service: name.clone(),
                host: run.name(name),
                port: service.port,
            })
            .collect();
        let gateway_image = images.role("gateway")?;
        let gateway = gateway::start(run, &network, &gateway_image, &ways);
        let services = try_join_all(lab.spec.services.iter().map(|(name, service)| {
            let (network, passwords) = (&network, &passwords);
            async move {
                let image = images.of_service(lab.spec.id.get_ref(), service)?;
                start_service(run, network, &image, name, service, passwords).await
            }
        }));
        let (endpoints, containers) = join(gateway, services).await;
        let bench = Self {
            run: run.clone(),
            endpoints: endpoints?,
            containers: containers?.into_iter().collect(),
            passwords,
        };
        try_join_all(
            lab.spec
                .services
                .iter()
                .map(|(name, service)| ready::wait(&bench, name, service.ready)),
        )
        .await?;
        Ok(bench)
    }

    fn container(&self, service: &str) -> Result<&Container, Broken> {
        self.containers
            .get(service)
            .ok_or_else(|| message!("broken-no-service", service = service).into())
    }

    /// How a person reaches a database that was kept, with psql.
    #[must_use]
    pub fn connection_strings(&self) -> Vec<String> {
        let password = self.passwords.get("student").map_or("", String::as_str);
        self.endpoints
            .values()
            .map(|endpoint| {
                format!(
                    "postgresql://student:{password}@{}:{}/",
                    endpoint.host, endpoint.port
                )
            })
            .collect()
    }
}

async fn start_service(
    run: &Run,
    network: &str,
    image: &str,
    name: &str,
    service: &ServiceSpec,
    passwords: &BTreeMap<String, String>,
) -> Result<(String, Container), Broken> {
    let files = match service.ready {
        // Read by the image before the server starts; hexadecimal digits need no quoting.
        Ready::Postgres => {
            let sql: String = passwords
                .iter()
                .map(|(login, password)| format!("ALTER ROLE {login} PASSWORD '{password}';\n"))
                .collect();
            vec![("/labgrade/logins.sql".to_owned(), sql.into_bytes(), 0o644)]
        }
    };
    let request = Request {
        name,
        image,
        network,
        memory: i64::try_from(service.memory.as_u64()).unwrap_or(i64::MAX),
        nano_cpus: nano(service.cpus),
        user: None,
        // A data set lies in a layer of the image and is copied up only where it is written.
        read_only: false,
        env: service.env.clone().into_iter().collect(),
        files,
        command: Vec::new(),
        publish: Vec::new(),
    };
    Ok((name.to_owned(), container::start(run, &request).await?))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a handful of processors in billionths fits"
)]
fn nano(cpus: f64) -> i64 {
    (cpus * 1e9).round() as i64
}

#[async_trait]
impl Bench for DockerBench {
    fn endpoint(&self, service: &str) -> Result<Endpoint, Broken> {
        self.endpoints
            .get(service)
            .cloned()
            .ok_or_else(|| message!("broken-no-service", service = service).into())
    }

    fn login(&self, service: &str, role: &str) -> Result<Login, Broken> {
        let password = self.passwords.get(role).cloned();
        password
            .map(|password| Login {
                user: role.to_owned(),
                password,
            })
            .ok_or_else(|| message!("broken-no-login", service = service, role = role).into())
    }

    async fn state(&self, service: &str) -> Result<State, Broken> {
        let made = container::inspect(&self.run, &self.container(service)?.id).await?;
        let state = made.state.unwrap_or_default();
        Ok(State {
            running: state.running.unwrap_or(false),
            out_of_memory: state.oom_killed.unwrap_or(false),
            exit_code: state.exit_code,
        })
    }

    async fn logs(&self, service: &str) -> Result<String, Broken> {
        let id = &self.container(service)?.id;
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .tail("400")
            .build();
        let mut stream = self.run.engine.docker().logs(id, Some(options));
        call("read log", LOOK, async {
            let mut log = Vec::new();
            while let Some(piece) = stream.next().await {
                match piece? {
                    LogOutput::StdOut { message }
                    | LogOutput::StdErr { message }
                    | LogOutput::Console { message } => {
                        log.extend_from_slice(&message);
                    }
                    LogOutput::StdIn { .. } => {}
                }
                let surplus = log.len().saturating_sub(LOG_BYTES);
                log.drain(..surplus);
            }
            Ok::<_, bollard::errors::Error>(String::from_utf8_lossy(&log).into_owned())
        })
        .await
    }
}
