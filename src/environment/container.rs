//! Starts a container, in one way only: hardened when it is created, and read back.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::{
    ContainerInspectResponse, HostConfig, HostConfigLogConfig, PortBinding, ResourcesUlimits,
    RestartPolicy, RestartPolicyNameEnum,
};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use testcontainers::CopyTargetOptions;
use testcontainers::core::IntoContainerPort;
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt};

use super::engine::{ACT, LOOK, call};
use super::journal::Entry;
use super::run::{LABEL, Run};

/// Processes and threads of one container.
const PIDS: i64 = 256;
/// Open files of one process.
const FILES: i64 = 4096;
/// Bytes of a container's log that the engine keeps: two files of 1 MiB.
pub const LOG_KEPT: usize = 2 << 20;
/// A name server that is not there: engines before 25 forward foreign names even from internal
/// networks (CVE-2024-29018), which would let data out. Names of the bench itself still resolve.
const NO_NAMES: &str = "192.0.2.1";
/// The name of a container that was killed is a foreign one until it is back. By default a resolver
/// asks for it for 10 to 20 s; an asynchronous program does so in its few threads, which then are
/// taken, and is not well for as long after everything is back. So it is asked for 1 s, and once.
const GIVE_UP_SOON: [&str; 2] = ["timeout:1", "attempts:1"];

/// What to start.
pub struct Request<'a> {
    /// The thing's name within the run, as in `db`.
    pub name: &'a str,
    /// The image, `name:tag`.
    pub image: &'a str,
    /// The network it lives in.
    pub network: &'a str,
    /// Bytes of memory; no swap.
    pub memory: i64,
    /// Processors, in billionths.
    pub nano_cpus: i64,
    /// The user of its first process, if not the image's own; never root.
    pub user: Option<&'a str>,
    /// Its root cannot be written; only `/tmp` and `/run` can, in memory.
    pub read_only: bool,
    /// A folder in memory, where programs may run, that the image's user of that number owns.
    pub workshop: Option<(&'static str, u32)>,
    /// Environment variables.
    pub env: Vec<(String, String)>,
    /// Files put into it before it starts, with their modes.
    pub files: Vec<(String, Vec<u8>, u32)>,
    /// Its command, if not the image's own.
    pub command: Vec<String>,
    /// Ports to publish on the loopback address: the gateway's alone.
    pub publish: Vec<u16>,
}

/// A container that runs.
#[derive(Debug, Clone)]
pub struct Container {
    /// The engine's id.
    pub id: String,
    /// The engine-wide name, which is also its name in the network.
    pub name: String,
}

/// Starts a container, and sees that it is as hard as it was asked to be.
///
/// # Errors
/// The engine refuses or is late, or what it made differs from what was asked.
pub async fn start(run: &Run, request: &Request<'_>) -> Result<Container, Broken> {
    let name = run.name(request.name);
    run.note(&Entry::Container(name.clone()))?;
    let (image, tag) = request
        .image
        .rsplit_once(':')
        .unwrap_or((request.image, "latest"));
    let wanted = host_config(request);
    let modifier = wanted.clone();
    let mut image = GenericImage::new(image, tag);
    for port in &request.publish {
        // The engine binds only ports that the container exposes.
        image = image.with_exposed_port(port.tcp());
    }
    let mut container = image
        .with_container_name(&name)
        .with_label(LABEL, run.id.to_string())
        .with_network(request.network)
        .with_startup_timeout(ACT)
        // Runs last of all, so nothing that testcontainers sets is left.
        .with_host_config_modifier(move |config| *config = modifier.clone());
    for (key, value) in &request.env {
        container = container.with_env_var(key, value);
    }
    for (path, bytes, mode) in &request.files {
        container =
            container.with_copy_to(CopyTargetOptions::new(path).with_mode(*mode), bytes.clone());
    }
    if let Some(user) = request.user {
        container = container.with_user(user);
    }
    if !request.command.is_empty() {
        container = container.with_cmd(&request.command);
    }
    let limit = ACT + Duration::from_secs(5);
    let starting = run.make(async move {
        let started = call("start container", limit, container.start()).await?;
        let id = started.id().to_owned();
        // The run removes it, by its label: in testcontainers' own guard an error at the end of a
        // process would go unseen.
        std::mem::forget(started);
        Ok(id)
    });
    let id = starting.await?;

    let made = inspect(run, &id).await?;
    let user = made
        .config
        .as_ref()
        .and_then(|config| config.user.clone())
        .unwrap_or_default();
    if matches!(user.split(':').next(), None | Some("" | "0" | "root")) {
        return Err(Broken::from(message!(
            "broken-runs-as-root",
            container = request.name
        )));
    }
    match differences(&wanted, &made) {
        differences if differences.is_empty() => Ok(Container { id, name }),
        differences => Err(Broken::because(
            message!("broken-not-hardened", container = request.name),
            differences.join(", "),
        )),
    }
}

/// What the engine knows of a container.
///
/// # Errors
/// It does not answer, or knows none.
pub async fn inspect(run: &Run, id: &str) -> Result<ContainerInspectResponse, Broken> {
    call(
        "inspect container",
        LOOK,
        run.engine.docker().inspect_container(id, None),
    )
    .await
}

/// The hardening of every container, whoever's it is.
fn host_config(request: &Request<'_>) -> HostConfig {
    let ulimit = |name: &str, most: i64| ResourcesUlimits {
        name: Some(name.to_owned()),
        soft: Some(most),
        hard: Some(most),
    };
    let tmpfs = |size: &str| format!("rw,nosuid,nodev,noexec,size={size},mode=1777");
    HostConfig {
        network_mode: Some(request.network.to_owned()),
        memory: Some(request.memory),
        memory_swap: Some(request.memory),
        nano_cpus: Some(request.nano_cpus),
        pids_limit: Some(PIDS),
        ulimits: Some(vec![ulimit("nofile", FILES), ulimit("core", 0)]),
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        privileged: Some(false),
        readonly_rootfs: Some(request.read_only),
        tmpfs: request.read_only.then(|| {
            let workshop = request.workshop.map(|(path, user)| {
                let options =
                    format!("rw,nosuid,nodev,exec,size=64m,mode=0755,uid={user},gid={user}");
                (path.to_owned(), options)
            });
            [
                ("/tmp".to_owned(), tmpfs("64m")),
                ("/run".to_owned(), tmpfs("8m")),
            ]
            .into_iter()
            .chain(workshop)
            .collect()
        }),
        init: Some(true),
        ipc_mode: Some("private".to_owned()),
        shm_size: Some(64 << 20),
        dns: Some(vec![NO_NAMES.to_owned()]),
        dns_options: Some(GIVE_UP_SOON.map(str::to_owned).to_vec()),
        // 3 s of `yes` wrote 303 MB with the default driver, 492 kB so.
        log_config: Some(HostConfigLogConfig {
            typ: Some("local".to_owned()),
            config: Some(HashMap::from([
                ("max-size".to_owned(), "1m".to_owned()),
                ("max-file".to_owned(), "2".to_owned()),
            ])),
        }),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        publish_all_ports: Some(false),
        port_bindings: Some(
            request
                .publish
                .iter()
                .map(|port| {
                    let binding = PortBinding {
                        host_ip: Some(super::gateway::published_on()),
                        host_port: None,
                    };
                    (format!("{port}/tcp"), Some(vec![binding]))
                })
                .collect(),
        ),
        ..HostConfig::default()
    }
}

/// Names what the engine made otherwise: older engines drop what they cannot do, with a warning
/// that nobody reads.
fn differences(wanted: &HostConfig, made: &ContainerInspectResponse) -> Vec<String> {
    let Some(made) = &made.host_config else {
        return vec!["HostConfig".to_owned()];
    };
    let caps = |config: &HostConfig| config.cap_drop.clone().unwrap_or_default();
    let ulimits = |config: &HostConfig| {
        let mut list: Vec<_> = config
            .ulimits
            .iter()
            .flatten()
            .map(|ulimit| (ulimit.name.clone(), ulimit.soft, ulimit.hard))
            .collect();
        list.sort();
        list
    };
    let log = |config: &HostConfig| {
        config
            .log_config
            .as_ref()
            .map(|log| (log.typ.clone(), log.config.clone()))
    };
    let published = |config: &HostConfig| -> Vec<String> {
        let mut ports: Vec<_> = config
            .port_bindings
            .iter()
            .flatten()
            .map(|(port, _)| port.clone())
            .collect();
        ports.sort();
        ports
    };
    let empty = |list: &Option<Vec<String>>| list.as_ref().is_none_or(Vec::is_empty);
    let private = |mode: &Option<String>| mode.as_deref().unwrap_or("").is_empty();
    let checks = [
        ("Memory", wanted.memory == made.memory),
        ("MemorySwap", wanted.memory_swap == made.memory_swap),
        ("NanoCpus", wanted.nano_cpus == made.nano_cpus),
        ("PidsLimit", wanted.pids_limit == made.pids_limit),
        ("Ulimits", ulimits(wanted) == ulimits(made)),
        ("CapDrop", caps(wanted) == caps(made)),
        ("CapAdd", empty(&made.cap_add)),
        ("SecurityOpt", wanted.security_opt == made.security_opt),
        ("Privileged", made.privileged == Some(false)),
        (
            "ReadonlyRootfs",
            wanted.readonly_rootfs == made.readonly_rootfs,
        ),
        (
            "Tmpfs",
            wanted.tmpfs.clone().unwrap_or_default() == made.tmpfs.clone().unwrap_or_default(),
        ),
        ("Init", made.init == Some(true)),
        ("IpcMode", wanted.ipc_mode == made.ipc_mode),
        ("PidMode", private(&made.pid_mode)),
        ("UTSMode", private(&made.uts_mode)),
        ("NetworkMode", wanted.network_mode == made.network_mode),
        ("Dns", wanted.dns == made.dns),
        ("DnsOptions", wanted.dns_options == made.dns_options),
        ("LogConfig", log(wanted) == log(made)),
        ("Binds", empty(&made.binds)),
        ("Mounts", made.mounts.as_ref().is_none_or(Vec::is_empty)),
        ("Devices", made.devices.as_ref().is_none_or(Vec::is_empty)),
        ("PublishAllPorts", made.publish_all_ports == Some(false)),
        ("PortBindings", published(wanted) == published(made)),
        (
            "RestartPolicy",
            made.restart_policy
                .as_ref()
                .is_some_and(|policy| policy.name == Some(RestartPolicyNameEnum::NO)),
        ),
    ];
    checks
        .into_iter()
        .filter(|(_, same)| !same)
        .map(|(name, _)| name.to_owned())
        .collect()
}
