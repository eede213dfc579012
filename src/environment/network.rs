//! The network of one submission: nothing outside is reachable from it, not even the host.

use std::collections::HashMap;

use bollard::models::{
    EndpointIpamConfig, EndpointSettings, Ipam, IpamConfig, NetworkConnectRequest,
    NetworkCreateRequest, NetworkDisconnectRequest,
};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;

use super::engine::{ACT, call};
use super::journal::Entry;
use super::run::{LABEL, Run};

/// The range from which /28 networks are cut: 4,096 of them. Docker's own pools hold about 31.
const RANGE: [u8; 2] = [10, 219];

/// Makes the network and gives its name.
///
/// `internal` alone leaves the host's services reachable over the bridge's own address; with
/// `inhibit_ipv4` the bridge has none (measured on Docker 20.10).
///
/// # Errors
/// The engine refuses; a range that is taken is not an error, the next one is tried.
pub async fn create(run: &Run) -> Result<String, Broken> {
    let name = run.name("net");
    run.note(&Entry::Network(name.clone()))?;
    let mut refusal = None;
    for _ in 0..32 {
        let slot: u16 = rand::random::<u16>() % 4096;
        let [high, low] = (slot * 16).to_be_bytes();
        let subnet = format!("{}.{}.{high}.{low}/28", RANGE[0], RANGE[1]);
        let request = NetworkCreateRequest {
            name: name.clone(),
            driver: Some("bridge".into()),
            internal: Some(true),
            attachable: Some(false),
            enable_ipv6: Some(false),
            ipam: Some(Ipam {
                config: Some(vec![IpamConfig {
                    subnet: Some(subnet),
                    ..IpamConfig::default()
                }]),
                ..Ipam::default()
            }),
            options: Some(HashMap::from([(
                "com.docker.network.bridge.inhibit_ipv4".to_owned(),
                "true".to_owned(),
            )])),
            labels: Some(HashMap::from([(LABEL.to_owned(), run.id.to_string())])),
            ..NetworkCreateRequest::default()
        };
        let engine = run.engine.clone();
        let made = run.make(async move {
            let creating = engine.docker().create_network(request);
            call("create network", ACT, creating).await
        });
        match made.await {
            Ok(_) => return Ok(name),
            Err(broken) if is_overlap(&broken) => refusal = Some(broken),
            Err(broken) => return Err(broken),
        }
    }
    Err(refusal.unwrap_or_else(|| message!("broken-no-network").into()))
}

fn is_overlap(broken: &Broken) -> bool {
    broken
        .detail
        .as_ref()
        .is_some_and(|detail| detail.as_str().contains("overlaps"))
}

/// Puts a container into the network, too: at an address that it had before, or at any; under a
/// further name, where it has one.
///
/// # Errors
/// The engine refuses.
pub async fn connect(
    run: &Run,
    network: &str,
    container: &str,
    address: Option<String>,
    also_named: Option<String>,
) -> Result<(), Broken> {
    let request = NetworkConnectRequest {
        container: container.to_owned(),
        endpoint_config: Some(EndpointSettings {
            ipam_config: address.map(|address| EndpointIpamConfig {
                ipv4_address: Some(address),
                ..EndpointIpamConfig::default()
            }),
            aliases: also_named.map(|name| vec![name]),
            ..EndpointSettings::default()
        }),
    };
    call(
        "connect network",
        ACT,
        run.engine.docker().connect_network(network, request),
    )
    .await
}

/// Takes a container off the network.
///
/// # Errors
/// The engine refuses.
pub async fn disconnect(run: &Run, network: &str, container: &str) -> Result<(), Broken> {
    let request = NetworkDisconnectRequest {
        container: container.to_owned(),
        force: Some(true),
    };
    call(
        "disconnect network",
        ACT,
        run.engine.docker().disconnect_network(network, request),
    )
    .await
}
