//! A session with a Redis server of the bench, with a deadline on every command.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue};

use crate::bench::Bench;
use crate::message;
use crate::verdict::Broken;

/// For one command of ours.
const COMMAND: Duration = Duration::from_secs(5);
/// For letting us in.
const CONNECT: Duration = Duration::from_secs(10);

/// A session.
pub struct Redis {
    connection: MultiplexedConnection,
}

impl Redis {
    /// Opens a session with a login of the grader's.
    ///
    /// # Errors
    /// The server does not let us in.
    pub async fn open(bench: &dyn Bench, service: &str, login: &str) -> Result<Self, Broken> {
        let refused = |error| Broken::because(message!("broken-connect", service = service), error);
        let (at, login) = (bench.endpoint(service)?, bench.login(service, login)?);
        let url = format!(
            "redis://{}:{}@{}:{}/",
            login.user, login.password, at.host, at.port
        );
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(COMMAND));
        let client = Client::open(url).map_err(refused)?;
        let connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(refused)?;
        Ok(Self { connection })
    }

    /// Runs a command.
    ///
    /// # Errors
    /// The server refuses it, is late, or answers something else.
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Broken> {
        let mut connection = self.connection.clone();
        command
            .query_async(&mut connection)
            .await
            .map_err(|error| Broken::because(message!("broken-redis"), error))
    }

    /// Sees that the server answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Broken> {
        self.ask::<String>(&redis::cmd("PING")).await.map(drop)
    }
}
