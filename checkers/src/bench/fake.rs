//! A bench for tests: services that listen on this machine, of which nothing is known but that they
//! run. Whatever else is asked of it is refused.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;

use super::{Bench, Command, Endpoint, File, Limits, Login, Output, State};
use crate::message;
use crate::verdict::Broken;

/// Services by name.
pub(crate) struct FakeBench(BTreeMap<String, SocketAddr>);

impl FakeBench {
    /// A bench with these services.
    pub fn of<const N: usize>(services: [(&str, SocketAddr); N]) -> Self {
        Self(
            services
                .map(|(name, address)| (name.to_owned(), address))
                .into(),
        )
    }
}

fn unknown() -> Broken {
    message!("broken-no-service", service = "fake").into()
}

#[async_trait]
impl Bench for FakeBench {
    fn endpoint(&self, service: &str) -> Result<Endpoint, Broken> {
        let address = self.0.get(service).ok_or_else(unknown)?;
        Ok(Endpoint {
            host: address.ip().to_string(),
            port: address.port(),
        })
    }

    fn host(&self, _service: &str) -> Result<String, Broken> {
        Err(unknown())
    }

    fn limits(&self, _service: &str) -> Result<Limits, Broken> {
        Err(unknown())
    }

    fn login(&self, _service: &str, _role: &str) -> Result<Login, Broken> {
        Err(unknown())
    }

    async fn state(&self, _service: &str) -> Result<State, Broken> {
        Ok(State {
            running: true,
            out_of_memory: false,
            exit_code: None,
        })
    }

    async fn logs(&self, _service: &str) -> Result<String, Broken> {
        Ok(String::new())
    }

    async fn whole_log(&self, _service: &str) -> Result<String, Broken> {
        Ok(String::new())
    }

    async fn release(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn hold(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn start(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn stop(&self, _service: &str, _grace: Duration) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn kill(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn pause(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn resume(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn cut_off(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn reconnect(&self, _service: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn deploy(
        &self,
        _service: &str,
        _files: &[File],
        _env: &BTreeMap<String, String>,
    ) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn signal(&self, _service: &str, _signal: &str) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn memory(&self, _service: &str) -> Result<u64, Broken> {
        Err(unknown())
    }

    async fn exec(&self, _service: &str, _command: Command<'_>) -> Result<Output, Broken> {
        Err(unknown())
    }

    async fn put(&self, _service: &str, _files: &[File]) -> Result<(), Broken> {
        Err(unknown())
    }

    async fn get(
        &self,
        _service: &str,
        _path: &str,
        _most: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Broken> {
        Err(unknown())
    }
}
