//! A lab that runs in containers: what [`Bench`] promises to checks.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::{join, try_join_all};
use labgrade_checkers::bench::{Bench, Command, Endpoint, File, Limits, Login, Output, State};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::container::{self, Container};
use super::gateway::{self, Way};
use super::images::Images;
use super::inside::{LOG_BYTES, LOG_LINES};
use super::run::Run;
use super::service::{self, Surroundings};
use super::{faults, inside, network, ready};
use crate::spec::{Lab, Ready, ServiceSpec};

/// The services of one submission, up and answering.
pub struct DockerBench {
    run: Run,
    network: String,
    containers: BTreeMap<String, Container>,
    /// The variables of each service's project.
    variables: BTreeMap<String, BTreeMap<String, String>>,
    /// The names by which services call each other, if they do.
    by_name: bool,
    limits: BTreeMap<String, Limits>,
    endpoints: BTreeMap<String, Endpoint>,
    passwords: BTreeMap<String, String>,
    /// The addresses of services that are cut off.
    addresses: Mutex<BTreeMap<String, String>>,
}

impl DockerBench {
    /// Starts everything side by side, and waits until every service answers. Whoever calls this
    /// ends the run, whatever comes of it.
    ///
    /// # Errors
    /// Something of ours does not start.
    pub async fn start(run: &Run, images: &Images, lab: &Lab) -> Result<Self, Broken> {
        let network = network::create(run).await?;
        let logins = lab
            .spec
            .services
            .values()
            .flat_map(|service| &service.logins);
        let passwords: BTreeMap<String, String> = logins
            .map(|login| (login.clone(), format!("{:032x}", rand::random::<u128>())))
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
        let around = Surroundings {
            run,
            network: &network,
            passwords: &passwords,
            by_name: lab.spec.services.values().any(|it| it.project.is_some()),
        };
        let services = try_join_all(lab.spec.services.iter().map(|(name, service)| {
            let around = &around;
            async move {
                let image = images.of_service(lab.spec.id.get_ref(), service)?;
                let container = service::start(around, &image, name, service).await?;
                Ok::<_, Broken>((name.clone(), container))
            }
        }));
        let (endpoints, containers) = join(gateway, services).await;
        let limits = lab.spec.services.iter().map(|(name, service)| {
            let limits = Limits {
                memory: service.memory.as_u64(),
                cpus: service.cpus,
            };
            (name.clone(), limits)
        });
        let bench = Self {
            run: run.clone(),
            limits: limits.collect(),
            endpoints: endpoints?,
            containers: containers?.into_iter().collect(),
            variables: lab
                .spec
                .services
                .iter()
                .map(|(name, spec)| (name.clone(), service::variables(spec, &passwords)))
                .collect(),
            by_name: around.by_name,
            addresses: Mutex::default(),
            passwords: passwords.clone(),
            network: network.clone(),
        };
        let ours = lab
            .spec
            .services
            .iter()
            .filter(|(_, service)| !service.is_a_checks_matter());
        try_join_all(ours.map(|(name, service)| bench.ready(lab, name, service))).await?;
        Ok(bench)
    }

    /// Puts the lab's own project in, where the service has one, and waits until it answers.
    async fn ready(&self, lab: &Lab, name: &str, service: &ServiceSpec) -> Result<(), Broken> {
        if let Some(files) = lab.projects.get(name) {
            self.deploy(name, files, &BTreeMap::new()).await?;
        }
        ready::wait(self, name, service).await
    }

    fn container(&self, service: &str) -> Result<&Container, Broken> {
        self.containers
            .get(service)
            .ok_or_else(|| message!("broken-no-service", service = service).into())
    }

    /// How a person reaches the services that were kept: as the first of each one's logins.
    #[must_use]
    pub fn connection_strings(&self, lab: &Lab) -> Vec<String> {
        let services = lab.spec.services.iter();
        services
            .filter_map(|(name, service)| {
                let endpoint = self.endpoints.get(name)?;
                let at = format!("{}:{}/", endpoint.host, endpoint.port);
                let (scheme, login) = match service.ready {
                    Ready::Http => return Some(format!("{name}: http://{at}")),
                    Ready::Postgres => ("postgresql", service.logins.first()?),
                    Ready::Redis => ("redis", service.logins.first()?),
                };
                let password = self.passwords.get(login)?;
                Some(format!("{name}: {scheme}://{login}:{password}@{at}"))
            })
            .collect()
    }

    fn addresses(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.addresses
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Bench for DockerBench {
    fn endpoint(&self, service: &str) -> Result<Endpoint, Broken> {
        self.endpoints
            .get(service)
            .cloned()
            .ok_or_else(|| message!("broken-no-service", service = service).into())
    }

    fn host(&self, service: &str) -> Result<String, Broken> {
        self.container(service)
            .map(|container| container.name.clone())
    }

    fn limits(&self, service: &str) -> Result<Limits, Broken> {
        self.limits
            .get(service)
            .copied()
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
        let container = self.container(service)?;
        inside::log(&self.run, container, Some(LOG_LINES), LOG_BYTES).await
    }

    async fn whole_log(&self, service: &str) -> Result<String, Broken> {
        let container = self.container(service)?;
        inside::log(&self.run, container, None, container::LOG_KEPT).await
    }

    async fn release(&self, service: &str) -> Result<(), Broken> {
        inside::release(&self.run, self.container(service)?).await
    }

    async fn hold(&self, service: &str) -> Result<(), Broken> {
        let container = self.container(service)?;
        faults::kill(&self.run, container).await?;
        inside::hold(&self.run, container).await?;
        faults::start(&self.run, container).await
    }

    async fn start(&self, service: &str) -> Result<(), Broken> {
        faults::start(&self.run, self.container(service)?).await
    }

    async fn stop(&self, service: &str, grace: Duration) -> Result<(), Broken> {
        faults::stop(&self.run, self.container(service)?, grace).await
    }

    async fn kill(&self, service: &str) -> Result<(), Broken> {
        faults::kill(&self.run, self.container(service)?).await
    }

    async fn pause(&self, service: &str) -> Result<(), Broken> {
        faults::pause(&self.run, self.container(service)?).await
    }

    async fn resume(&self, service: &str) -> Result<(), Broken> {
        faults::resume(&self.run, self.container(service)?).await
    }

    async fn cut_off(&self, service: &str) -> Result<(), Broken> {
        let container = self.container(service)?;
        let address = faults::cut_off(&self.run, &self.network, container).await?;
        self.addresses().insert(service.to_owned(), address);
        Ok(())
    }

    async fn reconnect(&self, service: &str) -> Result<(), Broken> {
        let container = self.container(service)?;
        let address = self.addresses().remove(service);
        let name = self.by_name.then(|| service.to_owned());
        network::connect(&self.run, &self.network, &container.id, address, name).await
    }

    async fn deploy(
        &self,
        service: &str,
        files: &[File],
        env: &BTreeMap<String, String>,
    ) -> Result<(), Broken> {
        let mut variables = self.variables.get(service).cloned().unwrap_or_default();
        variables.extend(env.clone());
        let packed = service::packed(files, &variables)
            .map_err(|error| Broken::because(message!("broken-temp"), error))?;
        inside::unpack(&self.run, self.container(service)?, &packed).await
    }

    async fn signal(&self, service: &str, signal: &str) -> Result<(), Broken> {
        faults::signal(&self.run, self.container(service)?, signal).await
    }

    async fn memory(&self, service: &str) -> Result<u64, Broken> {
        inside::memory(&self.run, self.container(service)?).await
    }

    async fn exec(&self, service: &str, command: Command<'_>) -> Result<Output, Broken> {
        inside::exec(&self.run, self.container(service)?, command).await
    }

    async fn put(&self, service: &str, files: &[File]) -> Result<(), Broken> {
        inside::put(&self.run, self.container(service)?, files).await
    }

    async fn get(
        &self,
        service: &str,
        path: &str,
        most: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Broken> {
        inside::get(&self.run, self.container(service)?, path, most).await
    }
}
