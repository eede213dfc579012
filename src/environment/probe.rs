//! What `doctor` finds out: really probed, not read from settings alone.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bollard::models::SystemInfo;
use bollard::query_parameters::{LogsOptionsBuilder, WaitContainerOptionsBuilder};
use futures_util::StreamExt;
use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::Broken;
use tokio::net::TcpListener;

use super::container::{self, Request};
use super::engine::{Engine, LOOK, call};
use super::images::{self, Condition, Recipe};
use super::network;
use super::run::Run;

/// One finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub what: Message,
    /// What to do about it.
    pub remedy: Option<Message>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Good,
    /// Grading works; something is weaker than it could be.
    Warning,
    /// Grading must not be done like this.
    Bad,
}

fn good(what: Message) -> Finding {
    Finding {
        level: Level::Good,
        what,
        remedy: None,
    }
}

fn finding(level: Level, what: Message, remedy: Message) -> Finding {
    Finding {
        level,
        what,
        remedy: Some(remedy),
    }
}

/// Free space under which nothing is admitted, in bytes: 20% of small disks, 4 GiB of large ones.
const SPACE: u64 = 4 << 30;
/// The oldest API that we speak.
const API: (u32, u32) = (1, 41);
/// The first runc without the container escapes of 2024 (CVE-2024-21626).
const RUNC: (u32, u32, u32) = (1, 1, 12);

/// Versions, limits and space of the engine.
///
/// # Errors
/// It does not answer.
pub async fn engine(engine: &Engine) -> Result<Vec<Finding>, Broken> {
    let version = call("ask version", LOOK, engine.docker().version()).await?;
    let info = call("ask info", LOOK, engine.docker().info()).await?;
    let mut findings = Vec::new();

    let api = version.api_version.unwrap_or_default();
    let engine_version = version.version.unwrap_or_default();
    let what = message!("doctor-engine", version = engine_version, api = &api);
    findings.push(match numbers(&api)[..] {
        [major, minor, ..] if (major, minor) >= API => good(what),
        _ => finding(
            Level::Bad,
            what,
            message!("doctor-engine-old", api = format!("{}.{}", API.0, API.1)),
        ),
    });

    let runc = version
        .components
        .unwrap_or_default()
        .into_iter()
        .find(|component| component.name == "runc")
        .map_or_else(String::new, |component| component.version);
    let what = message!("doctor-runc", version = &runc);
    findings.push(match numbers(&runc)[..] {
        [major, minor, patch, ..] if (major, minor, patch) >= RUNC => good(what),
        _ => finding(Level::Warning, what, message!("doctor-runc-old")),
    });
    findings.extend(limits(&info));

    if let Some(root) = &info.docker_root_dir
        && let Ok(stat) = nix::sys::statvfs::statvfs(root.as_str())
    {
        let free = stat.blocks_available() * stat.fragment_size();
        let what = message!("doctor-disk", free = free, path = root);
        findings.push(if free >= SPACE {
            good(what)
        } else {
            finding(Level::Bad, what, message!("doctor-disk-full"))
        });
    }
    Ok(findings)
}

/// What the kernel lets the engine limit.
fn limits(info: &SystemInfo) -> Vec<Finding> {
    let cgroup = info
        .cgroup_version
        .map_or_else(|| "1".to_owned(), |version| version.to_string());
    let mut findings = vec![good(message!("doctor-cgroup", version = cgroup))];
    for (name, there, level) in [
        ("memory", info.memory_limit, Level::Bad),
        ("swap", info.swap_limit, Level::Bad),
        ("cpu", info.cpu_cfs_quota, Level::Bad),
        ("pids", info.pids_limit, Level::Bad),
    ] {
        let what = message!("doctor-limit", name = name);
        if there == Some(true) {
            continue;
        }
        findings.push(finding(level, what, message!("doctor-limit-missing")));
    }
    findings
}

/// Whether the images are there.
///
/// # Errors
/// The engine does not answer.
pub async fn images(engine: &Engine, recipes: &[Recipe]) -> Result<Vec<Finding>, Broken> {
    let mut findings = Vec::new();
    for recipe in recipes {
        let image = recipe.image.as_str();
        findings.push(match images::condition(engine, recipe).await? {
            Condition::Current => good(message!("doctor-image", image = image)),
            Condition::Stale => finding(
                Level::Warning,
                message!("doctor-image-stale", image = image),
                message!("doctor-build"),
            ),
            Condition::Missing => finding(
                Level::Warning,
                message!("doctor-image-missing", image = image),
                message!("doctor-build"),
            ),
        });
    }
    Ok(findings)
}

/// Really tries to get out: a container in a submission's network knocks at listeners on this host
/// and at a foreign address, looks up a foreign name, and reads its own limits.
///
/// # Errors
/// The probe itself does not run.
pub async fn isolation(run: &Run, image: &str) -> Result<Vec<Finding>, Broken> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))
        .await
        .map_err(|error| Broken::because(message!("broken-canary"), error))?;
    let port = listener
        .local_addr()
        .map_err(|error| Broken::because(message!("broken-canary"), error))?
        .port();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&knocks);
    let watch = tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let network = network::create(run).await?;
    let told = probe_container(run, image, &network, port).await;
    watch.abort();
    let told = told?;
    let line = |name: &str| {
        told.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .unwrap_or("?")
            .to_owned()
    };

    let mut findings = Vec::new();
    let reached = knocks.load(Ordering::SeqCst);
    findings.push(if reached == 0 && line("knocked") != "?" {
        good(message!("doctor-isolated", tried = line("knocked")))
    } else {
        finding(
            Level::Bad,
            message!("doctor-not-isolated", reached = reached),
            message!("doctor-not-isolated-remedy"),
        )
    });
    findings.push(if line("name") == "no" {
        good(message!("doctor-names"))
    } else {
        finding(
            Level::Bad,
            message!("doctor-names-leak"),
            message!("doctor-names-remedy"),
        )
    });
    let memory = line("memory");
    findings.push(if memory == MEMORY.to_string() {
        good(message!("doctor-memory-read-back", bytes = MEMORY))
    } else {
        finding(
            Level::Bad,
            message!("doctor-memory-differs", bytes = memory),
            message!("doctor-limit-missing"),
        )
    });
    let root = line("root");
    findings.push(
        if root == "read-only" && line("user") == "65534" && line("caps") == "0000000000000000" {
            good(message!("doctor-hardened"))
        } else {
            finding(
                Level::Bad,
                message!("doctor-not-hardened", root = root),
                message!("doctor-limit-missing"),
            )
        },
    );
    Ok(findings)
}

/// The probe's memory, in bytes, as it should read it.
const MEMORY: i64 = 64 << 20;

/// What the container does; it prints `name=value` lines.
const SCRIPT: &str = r#"
n=0
for host in $HOSTS; do
  n=$((n + 1))
  timeout 1 bash -c "exec 3<>/dev/tcp/$host/$PORT" 2>/dev/null
done
timeout 1 bash -c 'exec 3<>/dev/tcp/192.0.2.80/80' 2>/dev/null
echo "knocked=$n"
if timeout 3 getent hosts deb.debian.org >/dev/null; then echo name=yes; else echo name=no; fi
for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
  [ -r "$file" ] && echo "memory=$(cat "$file")"
done
if touch /probe 2>/dev/null; then echo root=writable; else echo root=read-only; fi
echo "user=$(id -u)"
echo "caps=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)"
"#;

async fn probe_container(
    run: &Run,
    image: &str,
    network: &str,
    port: u16,
) -> Result<String, Broken> {
    let inspected = call(
        "inspect network",
        LOOK,
        run.engine.docker().inspect_network(network, None),
    )
    .await?;
    // The address that the bridge would have, Docker's own bridge, and this host's address.
    let mut hosts: Vec<String> = inspected
        .ipam
        .and_then(|ipam| ipam.config)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|config| config.gateway)
        .collect();
    hosts.push("172.17.0.1".to_owned());
    hosts.extend(own_address().map(|address| address.to_string()));
    let request = Request {
        name: "probe",
        image,
        network,
        memory: MEMORY,
        nano_cpus: 500_000_000,
        user: Some("65534:65534"),
        read_only: true,
        workshop: None,
        env: vec![
            ("HOSTS".into(), hosts.join(" ")),
            ("PORT".into(), port.to_string()),
        ],
        files: Vec::new(),
        command: vec!["bash".into(), "-c".into(), SCRIPT.into()],
        publish: Vec::new(),
    };
    let probe = container::start(run, &request).await?;
    let options = WaitContainerOptionsBuilder::new()
        .condition("not-running")
        .build();
    let mut ended = run.engine.docker().wait_container(&probe.id, Some(options));
    call("wait for probe", Duration::from_secs(30), async {
        // An exit code other than 0 comes as an error; the lines say more.
        let _ = ended.next().await;
        Ok::<_, Broken>(())
    })
    .await?;
    let options = LogsOptionsBuilder::new()
        .stdout(true)
        .stderr(true)
        .tail("100")
        .build();
    let mut logs = run.engine.docker().logs(&probe.id, Some(options));
    call("read log", LOOK, async {
        let mut text = String::new();
        while let Some(piece) = logs.next().await {
            text.push_str(&piece?.to_string());
        }
        Ok::<_, bollard::errors::Error>(text)
    })
    .await
}

/// The address from which this host would send; nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The leading numbers of a version: `1.1.5+ds1` is 1, 1, 5.
fn numbers(version: &str) -> Vec<u32> {
    version
        .trim_start_matches('v')
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|part| part.parse().ok())
        .collect()
}
