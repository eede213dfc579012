//! The first words of PostgreSQL's protocol, spoken by hand: how a server asks a login for its
//! password, before any is told. That is what `pg_hba.conf` comes to, whatever it says.

use std::time::Duration;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bench::Bench;
use crate::message;
use crate::verdict::Broken;

/// For one greeting: `authentication_timeout` is a minute by default, an answer takes milliseconds.
const LIMIT: Duration = Duration::from_secs(10);
/// The most that is read of an answer; an error is a few hundred bytes.
const MOST: usize = 16 << 10;

/// How a server greets a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Greeting {
    /// Lets it in without asking anything.
    Trusts,
    /// Asks for the password as it is: whoever listens on the way knows it.
    AsksInTheClear,
    /// Asks for a proof that does not give the password away.
    AsksForProof,
    /// Refuses, by SQLSTATE.
    Refuses(String),
    /// Asks for something else, as GSSAPI.
    Other,
}

/// Greets a server as a login; `replication` asks for a walsender instead of a database.
///
/// # Errors
/// The server cannot be reached, or does not speak PostgreSQL's protocol.
pub async fn greet(
    bench: &dyn Bench,
    service: &str,
    user: &str,
    database: &str,
    replication: bool,
) -> Result<Greeting, Broken> {
    let endpoint = bench.endpoint(service)?;
    let broken = |why: String| Broken::because(message!("broken-connect", service = service), why);
    let work = async {
        let mut stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await?;
        let mut request = BytesMut::new();
        let mut parameters = vec![("user", user), ("database", database)];
        if replication {
            parameters.push(("replication", "true"));
        }
        frontend::startup_message(parameters, &mut request)?;
        stream.write_all(&request).await?;
        let mut answer = BytesMut::new();
        loop {
            if let Some(message) = Message::parse(&mut answer)? {
                return Ok(understood(&message));
            }
            if answer.len() > MOST || stream.read_buf(&mut answer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    };
    match timeout(LIMIT, work).await {
        Ok(Ok(greeting)) => Ok(greeting),
        Ok(Err(error)) => Err(broken(std::io::Error::to_string(&error))),
        Err(_) => Err(message!("broken-connect-timeout", service = service).into()),
    }
}

fn understood(message: &Message) -> Greeting {
    match message {
        Message::AuthenticationOk => Greeting::Trusts,
        Message::AuthenticationCleartextPassword => Greeting::AsksInTheClear,
        Message::AuthenticationSasl(_) | Message::AuthenticationMd5Password(_) => {
            Greeting::AsksForProof
        }
        Message::ErrorResponse(body) => {
            use fallible_iterator::FallibleIterator;
            let mut fields = body.fields();
            let mut code = String::new();
            while let Ok(Some(field)) = fields.next() {
                if field.type_() == b'C' {
                    code = String::from_utf8_lossy(field.value_bytes()).into_owned();
                }
            }
            Greeting::Refuses(code)
        }
        _ => Greeting::Other,
    }
}
