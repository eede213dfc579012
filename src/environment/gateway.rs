//! The gateway: HAProxy in TCP mode, the only way from the grader to a submission's services.
//!
//! It lives in the submission's network, which nothing leaves, and in the engine's default one,
//! where its ports are published on the loopback address. It costs about 70 µs a request.

use std::collections::BTreeMap;

use labgrade_checkers::bench::Endpoint;
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::container::{self, Request};
use super::network;
use super::run::Run;

/// The first port inside of the gateway; one for each port that the grader reaches.
const FIRST_PORT: u16 = 10_000;

/// A port of a service that the grader wants to reach.
#[derive(Debug, Clone)]
pub struct Way {
    /// The service's name in the lab.
    pub service: String,
    /// Its container's name in the network.
    pub host: String,
    /// The port on which it listens.
    pub port: u16,
}

/// The address on which ports are published: loopback where the engine is local. A remote one (as
/// in Docker-in-Docker) can only be reached on its own address.
#[must_use]
pub fn published_on() -> String {
    if engine_host().is_some() {
        "0.0.0.0".into()
    } else {
        "127.0.0.1".into()
    }
}

/// The host of a remote engine, out of `DOCKER_HOST`.
fn engine_host() -> Option<String> {
    let address = std::env::var("DOCKER_HOST").ok()?;
    let rest = address
        .strip_prefix("tcp://")
        .or_else(|| address.strip_prefix("https://"))?;
    let host = rest.split(['/', ':']).next()?;
    (!host.is_empty() && host != "localhost" && host != "127.0.0.1").then(|| host.to_owned())
}

/// Starts the gateway, and gives for each service where the grader reaches it. The services need
/// not run yet: their names are looked up again and again.
///
/// # Errors
/// The engine refuses, or publishes no port.
pub async fn start(
    run: &Run,
    network: &str,
    image: &str,
    ways: &[Way],
) -> Result<BTreeMap<String, Endpoint>, Broken> {
    let ports: Vec<u16> = (FIRST_PORT..).take(ways.len()).collect();
    let request = Request {
        name: "gateway",
        image,
        network: "bridge",
        memory: 128 << 20,
        nano_cpus: 2_000_000_000,
        user: None,
        read_only: true,
        workshop: None,
        env: vec![("LABGRADE_HAPROXY".into(), configuration(ways))],
        files: Vec::new(),
        command: Vec::new(),
        publish: ports.clone(),
    };
    let gateway = container::start(run, &request).await?;
    network::connect(run, network, &gateway.id, None, None).await?;
    let made = container::inspect(run, &gateway.id).await?;
    let published = made
        .network_settings
        .and_then(|settings| settings.ports)
        .unwrap_or_default();
    let host = engine_host().unwrap_or_else(|| "127.0.0.1".into());
    ways.iter()
        .zip(ports)
        .map(|(way, port)| {
            let bound = published
                .get(&format!("{port}/tcp"))
                .cloned()
                .flatten()
                .unwrap_or_default();
            let port = bound
                .iter()
                .find_map(|binding| binding.host_port.as_ref()?.parse().ok())
                .ok_or_else(|| Broken::from(message!("broken-no-port", service = &way.service)))?;
            Ok((
                way.service.clone(),
                Endpoint {
                    host: host.clone(),
                    port,
                },
            ))
        })
        .collect()
}

/// HAProxy's configuration. A connection takes two open files, of the 4,096 of a container. Names are asked for every 200 ms at most, so a service that starts late
/// or again is found soon.
fn configuration(ways: &[Way]) -> String {
    let mut text = String::from(
        "global\n  maxconn 1900\n\
         defaults\n  mode tcp\n  timeout connect 3s\n  timeout client 1h\n  timeout server 1h\n  retries 0\n\
         resolvers engine\n  nameserver engine 127.0.0.11:53\n  resolve_retries 1\n  timeout resolve 200ms\n  \
         timeout retry 200ms\n  hold valid 200ms\n  hold nx 200ms\n  hold refused 200ms\n  hold timeout 200ms\n  \
         hold other 200ms\n  hold obsolete 5s\n",
    );
    for (way, port) in ways.iter().zip(FIRST_PORT..) {
        text.push_str(&format!(
            "listen way-{port}\n  bind :{port}\n  server {port} {}:{} resolvers engine resolve-prefer ipv4 init-addr none\n",
            way.host, way.port,
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_has_its_port() {
        let way = |service: &str, port| Way {
            service: service.into(),
            host: format!("labgrade-1-{service}"),
            port,
        };
        let text = configuration(&[way("db", 5432), way("app", 8000)]);
        assert!(
            text.contains("bind :10000\n  server 10000 labgrade-1-db:5432 "),
            "{text}"
        );
        assert!(
            text.contains("bind :10001\n  server 10001 labgrade-1-app:8000 "),
            "{text}"
        );
    }
}
