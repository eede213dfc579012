//! A session with a PostgreSQL server of ours, in which every answer is bounded in rows, bytes and
//! time, and no setting of the student's has a say.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

use crate::bench::{Bench, Login};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::Broken;

/// Settings that win over ALTER DATABASE and ALTER ROLE, since a session's startup options come
/// last. `pg_catalog` first: a student's function or view must not stand in front of the system's.
const OURS: &[(&str, &str)] = &[
    ("row_security", "off"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("plan_cache_mode", "force_custom_plan"),
    ("synchronize_seqscans", "off"),
    ("enable_seqscan", "on"),
    ("enable_indexscan", "on"),
    ("enable_indexonlyscan", "on"),
    ("enable_bitmapscan", "on"),
    ("enable_sort", "on"),
    ("enable_incremental_sort", "on"),
    ("enable_hashagg", "on"),
    ("enable_nestloop", "on"),
    ("enable_material", "on"),
    ("seq_page_cost", "1"),
    ("random_page_cost", "1.1"),
    ("cpu_tuple_cost", "0.01"),
    ("cpu_index_tuple_cost", "0.005"),
    ("cpu_operator_cost", "0.0025"),
    ("effective_cache_size", "512MB"),
    ("work_mem", "16MB"),
    ("default_statistics_target", "100"),
    ("constraint_exclusion", "partition"),
    ("timezone", "UTC"),
    ("datestyle", "ISO"),
    ("intervalstyle", "postgres"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
];

/// The search path of sessions that run the workload.
pub const WORKLOAD_PATH: &str = "pg_catalog,public,pg_temp";

/// How long a server of ours may take to let us in, once it is ready.
const CONNECT: Duration = Duration::from_secs(10);
/// What the client waits beyond a statement's own limit: `statement_timeout` can be swallowed.
const GRACE: Duration = Duration::from_secs(3);

/// Names of columns, and rows of text; `NULL` is `None`.
pub type Table = (Vec<String>, Vec<Vec<Option<String>>>);

/// What one answer may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Rows.
    pub rows: usize,
    /// Bytes over all columns of all rows.
    pub bytes: usize,
    /// Time.
    pub time: Duration,
}

impl Bounds {
    /// For one statement of the workload: the slowest without indexes takes 0.6 s.
    pub const QUERY: Self = Self {
        rows: 50_000,
        bytes: 16 << 20,
        time: Duration::from_secs(20),
    };
}

/// Why a statement has no answer.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// The server refused it.
    Refused(Refusal),
    /// It took longer than its limit.
    TimedOut(Duration),
    /// Its answer is larger than its limit.
    TooMuch,
    /// The connection is gone.
    Lost(String),
}

/// An error of the server.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// SQLSTATE, five characters.
    pub code: String,
    /// The server's words.
    pub message: Tainted,
    /// Its detail and hint.
    pub more: Tainted,
    /// The server's own function that says so, as in `_bt_check_unique`; one that a student's
    /// code raises by hand comes from `exec_stmt_raise`.
    pub routine: String,
    /// Where in the statement, in characters from 1.
    pub position: Option<u32>,
}

impl Trouble {
    /// What happened, in the server's or the client's words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Refused(refusal) => format!("{} ({})", refusal.message, refusal.code),
            Self::TimedOut(limit) => format!("no answer within {} s", limit.as_secs()),
            Self::TooMuch => "the answer is too large".to_owned(),
            Self::Lost(why) => why.clone(),
        }
    }

    /// As an error of ours, for statements in which no student has a part.
    #[must_use]
    pub fn broken(self) -> Broken {
        match self {
            Self::Refused(refusal) => Broken::because(
                message!("broken-sql-refused", code = refusal.code),
                format!("{} {}", refusal.message, refusal.more),
            ),
            Self::TimedOut(limit) => {
                message!("broken-sql-timeout", seconds = limit.as_secs()).into()
            }
            Self::TooMuch => message!("broken-sql-too-much").into(),
            Self::Lost(why) => Broken::because(message!("broken-sql-lost"), why),
        }
    }
}

/// Why a server does not let a login in.
#[derive(Debug)]
pub enum NoEntry {
    /// It refuses the login.
    Refused(Refusal),
    /// It is not there, or closes the connection.
    Unreachable(String),
    /// It does not answer.
    Silent,
    /// The lab has no such service.
    Ours(Broken),
}

impl NoEntry {
    /// As an error of ours, for a server of ours.
    #[must_use]
    pub fn broken(self, service: &str) -> Broken {
        match self {
            Self::Refused(refusal) => Broken::because(
                message!("broken-connect", service = service),
                refusal.message,
            ),
            Self::Unreachable(why) => {
                Broken::because(message!("broken-connect", service = service), why)
            }
            Self::Silent => message!("broken-connect-timeout", service = service).into(),
            Self::Ours(broken) => broken,
        }
    }
}

/// An open session.
pub struct Session {
    client: Client,
    /// Ends with the connection; a server that ends it of its own says why.
    connection: tokio::task::JoinHandle<Option<Trouble>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// A session that is wholly ours: which one to open.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// The service of the lab.
    pub service: &'a str,
    /// The database in it.
    pub database: &'a str,
    /// The login: `student`, `probe` or `audit`.
    pub role: &'a str,
    /// The search path.
    pub path: &'a str,
    /// `statement_timeout`.
    pub statement: Duration,
}

impl Session {
    /// Opens a session in which no setting of the student's has a say.
    ///
    /// # Errors
    /// The server does not let us in. Whose fault that is, the caller knows.
    pub async fn open(bench: &dyn Bench, door: Door<'_>) -> Result<Self, Broken> {
        Self::open_or_why(bench, door)
            .await
            .map_err(|no| no.broken(door.service))
    }

    /// Opens the same session, for whoever wants to know why it cannot.
    ///
    /// # Errors
    /// The server does not let us in.
    pub async fn open_or_why(bench: &dyn Bench, door: Door<'_>) -> Result<Self, NoEntry> {
        let mut options = format!(
            "-c search_path={} -c statement_timeout={} -c idle_in_transaction_session_timeout=60000",
            door.path,
            door.statement.as_millis()
        );
        for (name, value) in OURS {
            options.push_str(&format!(" -c {name}={value}"));
        }
        let login = bench
            .login(door.service, door.role)
            .map_err(NoEntry::Ours)?;
        Self::knock(bench, door.service, door.database, &login, &options).await
    }

    /// Opens a session as an application does: with the server's settings, but for `options`, as
    /// in `-c name=value`. Its statements have the client's deadline only.
    ///
    /// # Errors
    /// The server does not let this login in.
    pub async fn knock(
        bench: &dyn Bench,
        service: &str,
        database: &str,
        login: &Login,
        options: &str,
    ) -> Result<Self, NoEntry> {
        let endpoint = bench.endpoint(service).map_err(NoEntry::Ours)?;
        let mut config = Config::new();
        config
            .host(&endpoint.host)
            .port(endpoint.port)
            .dbname(database)
            .user(&login.user)
            .password(&login.password)
            .application_name("labgrade")
            .connect_timeout(CONNECT)
            .options(options);
        let connecting = timeout(CONNECT, config.connect(NoTls)).await;
        let (client, connection) = match connecting {
            Err(_) => return Err(NoEntry::Silent),
            Ok(Err(error)) => {
                return Err(match error.as_db_error() {
                    Some(server) => NoEntry::Refused(refusal(server)),
                    None => NoEntry::Unreachable(chain(&error)),
                });
            }
            Ok(Ok(open)) => open,
        };
        // The task ends with the client; its error reaches the pending statement too.
        let connection = tokio::spawn(async move {
            let error = connection.await.err()?;
            Some(trouble(&error, CONNECT))
        });
        Ok(Self { client, connection })
    }

    /// Runs one statement, or several, and gives all rows as text; `NULL` is `None`.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn rows(
        &self,
        sql: &str,
        bounds: Bounds,
    ) -> Result<Vec<Vec<Option<String>>>, Trouble> {
        self.table(sql, bounds).await.map(|(_, rows)| rows)
    }

    /// The same with the names of the columns; of several statements, those of the last.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn table(&self, sql: &str, bounds: Bounds) -> Result<Table, Trouble> {
        let deadline = Instant::now() + bounds.time + GRACE;
        let late = |_| Trouble::TimedOut(bounds.time);
        let stream = timeout_at(deadline, self.client.simple_query_raw(sql))
            .await
            .map_err(late)?
            .map_err(|error| trouble(&error, bounds.time))?;
        let mut stream = std::pin::pin!(stream);
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        let mut bytes = 0;
        while let Some(answer) = timeout_at(deadline, stream.next()).await.map_err(late)? {
            let row = match answer.map_err(|error| trouble(&error, bounds.time))? {
                SimpleQueryMessage::Row(row) => row,
                SimpleQueryMessage::RowDescription(described) => {
                    columns = described.iter().map(|it| it.name().to_owned()).collect();
                    continue;
                }
                _ => continue,
            };
            let row: Vec<Option<String>> = (0..row.len())
                .map(|column| row.get(column).map(str::to_owned))
                .collect();
            bytes += row.iter().flatten().map(String::len).sum::<usize>();
            if rows.len() == bounds.rows || bytes > bounds.bytes {
                return Err(Trouble::TooMuch);
            }
            rows.push(row);
        }
        Ok((columns, rows))
    }

    /// Waits until the server ends this session, which does nothing; none if it does not within
    /// `limit`. What the server said last comes with it.
    pub async fn ending(mut self, limit: Duration) -> Option<Trouble> {
        match timeout(limit, &mut self.connection).await {
            Ok(Ok(trouble)) => trouble.or_else(|| Some(Trouble::Lost(String::new()))),
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// The only value of the only row.
    ///
    /// # Errors
    /// Every trouble is ours here, and so is another shape of the answer.
    pub async fn value(&self, sql: &str) -> Result<String, Broken> {
        let rows = self
            .rows(sql, Bounds::QUERY)
            .await
            .map_err(Trouble::broken)?;
        match rows.as_slice() {
            [row] if row.len() == 1 => row[0]
                .clone()
                .ok_or_else(|| Broken::because(message!("broken-sql-shape"), sql)),
            _ => Err(Broken::because(message!("broken-sql-shape"), sql)),
        }
    }

    /// Runs statements of ours.
    ///
    /// # Errors
    /// Every trouble is ours here.
    pub async fn execute(&self, sql: &str) -> Result<(), Broken> {
        self.rows(sql, Bounds::QUERY)
            .await
            .map(drop)
            .map_err(Trouble::broken)
    }
}

/// A statement of ours that runs without the submission has no answer with it.
pub enum Fault {
    /// The submission's: what it came to, in words.
    Students(Message),
    /// Ours, or nobody can tell.
    Ours(Broken),
}

/// Tells whose fault it is that a known statement, alone on the server, has no answer. Without the
/// submission it runs in a fraction of its limits, so an error of the server, a process killed for
/// memory, and slowness on a machine that is not slow are the submission's.
///
/// # Errors
/// The engine or the server does not say.
pub async fn fault(bench: &dyn Bench, door: Door<'_>, trouble: Trouble) -> Result<Fault, Broken> {
    Ok(match trouble {
        Trouble::Refused(refusal) if !refusal.is_ours() => Fault::Students(message!(
            "fault-refused",
            error = refusal.message,
            more = refusal.more,
            code = refusal.code
        )),
        Trouble::Lost(_) if killed_for_memory(bench, door.service).await? => {
            Fault::Students(message!("fault-memory"))
        }
        Trouble::TimedOut(limit) if is_quick(bench, door).await => {
            Fault::Students(message!("fault-timeout", seconds = limit.as_secs()))
        }
        trouble => Fault::Ours(trouble.broken()),
    })
}

/// Whether a process of the server was killed for memory: the kernel's note, or the server's.
///
/// # Errors
/// The engine does not say.
pub async fn killed_for_memory(bench: &dyn Bench, service: &str) -> Result<bool, Broken> {
    // The socket closes before the server has written down why: on a busy machine, well before.
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let log = bench.logs(service).await?;
        if log.contains("was terminated by signal 9") || bench.state(service).await?.out_of_memory {
            return Ok(true);
        }
        if Instant::now() > deadline {
            return Ok(false);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Whether the machine is as quick as it should be: a fixed amount of the server's work, which
/// takes 0.2 s (1 s with both cores busy), within a quarter of a query's limit.
async fn is_quick(bench: &dyn Bench, door: Door<'_>) -> bool {
    const WORK: &str = "SELECT pg_catalog.count(*) FROM pg_catalog.generate_series(1, 1000000)";
    let began = Instant::now();
    let Ok(session) = Session::open(bench, door).await else {
        return false;
    };
    session.rows(WORK, Bounds::QUERY).await.is_ok() && began.elapsed() < Bounds::QUERY.time / 4
}

impl Refusal {
    /// Connections, a full disk, operators, I/O and corruption are not made by a schema.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        ["08", "53100", "53300", "57", "58", "XX001", "XX002"]
            .iter()
            .any(|class| self.code.starts_with(class))
    }
}

/// Sorts the client's errors.
fn trouble(error: &tokio_postgres::Error, limit: Duration) -> Trouble {
    let Some(server) = error.as_db_error() else {
        return Trouble::Lost(chain(error));
    };
    let code = server.code().code();
    match code {
        "57014" => Trouble::TimedOut(limit),
        // Shutdown, crash of another process: the server is going away.
        "57P01" | "57P02" | "57P03" => Trouble::Lost(server.message().to_owned()),
        _ => Trouble::Refused(refusal(server)),
    }
}

fn refusal(server: &tokio_postgres::error::DbError) -> Refusal {
    let more = [server.detail(), server.hint()];
    let more: Vec<&str> = more.into_iter().flatten().collect();
    Refusal {
        code: server.code().code().to_owned(),
        message: Tainted::bounded(server.message(), 1_000),
        more: Tainted::bounded(&more.join(" "), 1_000),
        routine: server.routine().unwrap_or_default().to_owned(),
        position: match server.position() {
            Some(tokio_postgres::error::ErrorPosition::Original(at)) => Some(*at),
            _ => None,
        },
    }
}

/// An error with its causes; tokio-postgres says only "db error" on top.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}
