//! `run.observable`: what an administrator would want to know is there: statements are counted,
//! and slow statements, waits for locks and large temporary files are in the log.
//!
//! Each of these things is made to happen, with a word of the seed in it; the server's own log and
//! counters must show it.

mod log;

use std::time::{Duration, Instant};

use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::Login;
use crate::context::Context;
use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::measure::server;
use crate::measure::settings::Settings;
use crate::measure::tuned::{STEADY, Server};
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};
use crate::wait;
use log::Log;

/// What is slow, long and large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Observable {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// Every statement that takes longer must be in the log, with its time.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub slow: Duration,
    /// Every wait for a lock that takes longer must be in the log.
    #[serde(with = "humantime_serde")]
    #[schemars(with = "String")]
    pub lock_wait: Duration,
    /// Every temporary file that is larger must be in the log, in MiB.
    pub temp_file_mib: u32,
    /// A table that the application may read, and columns of it.
    pub table: String,
    /// Columns, of which the statements to be counted are made.
    pub columns: Vec<String>,
}

/// Slow statements side by side: a share of them in the log is not enough.
const SLOW: usize = 6;
/// By how much they are slower than slow.
const SLOWER: Duration = Duration::from_millis(200);
/// Until what has been written to a log can be read there: 0.1 s were measured.
const READABLE: Duration = Duration::from_secs(15);

/// Makes it all happen, and looks.
///
/// # Errors
/// Nobody can tell why the server does not answer, or the engine does not say.
pub async fn check(spec: &Observable, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &Observable, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let on = &spec.on;
    let settings = on.settings(cx).await?;
    let word = format!(
        "labgrade{:016x}",
        cx.seed.stream("observable").random::<u64>()
    );
    let (counted, slow, locked, file) = tokio::join!(
        counted(spec, cx, &word),
        slow(spec, cx, &word),
        locked(spec, cx, &settings),
        temporary(spec, cx),
    );
    let (counted, (), locked, file) = (counted?, slow?, locked?, file?);
    let log = Log::read(&after_all(on, cx, &settings, &word).await?);

    let slow = seen_slow(spec, &settings, &log, &word);
    let timing = settings.is_on("track_io_timing");
    // The prefix of a log's lines is the submission's: what is not set cannot have been written.
    let least = i64::from(spec.temp_file_mib) << 20;
    let is_set = settings
        .int("log_temp_files")
        .is_some_and(|it| (0..=least).contains(&it));
    let file = is_set && log.has_temporary_file(file, u64::from(spec.temp_file_mib) << 20);
    let seconds = spec.slow.as_secs();
    let findings: [(bool, Message, Message); 5] = [
        (
            counted,
            message!("observable-counted"),
            message!("observable-not-counted"),
        ),
        (
            slow,
            message!("observable-slow", seconds = seconds),
            message!("observable-not-slow", seconds = seconds),
        ),
        (
            locked,
            message!("observable-locked"),
            message!("observable-not-locked", seconds = spec.lock_wait.as_secs()),
        ),
        (
            file,
            message!("observable-file"),
            message!("observable-not-file", mib = spec.temp_file_mib),
        ),
        (
            timing,
            message!("observable-timing"),
            message!("observable-not-timing"),
        ),
    ];
    let there = findings.iter().filter(|(is, ..)| *is).count();
    let of = findings.len();
    let (right, wrong): (Vec<_>, Vec<_>) = findings.into_iter().partition(|(is, ..)| *is);
    let wrong = wrong.into_iter().map(|(_, _, not)| not);
    let details = wrong
        .chain(right.into_iter().map(|(_, is, _)| is))
        .collect();
    let message = message!("observable-of", there = there, of = of);
    let evidence = Evidence::from(message).with_details(details);
    Ok(if there == of {
        Verdict::passed(evidence)
    } else {
        Verdict::failed(evidence)
    })
}

/// Whether pg_stat_statements counts the calls of a statement that nobody has sent before.
async fn counted(spec: &Observable, cx: &Context<'_>, word: &str) -> Result<bool, Stop> {
    let on = &spec.on;
    let mut random = cx.seed.stream("observable-statement");
    let calls: i64 = random.random_range(3..=9);
    // Its columns make it another statement than any before; its constants would not.
    let columns: Vec<&str> = (0..6)
        .filter_map(|_| rand::seq::IndexedRandom::choose(spec.columns.as_slice(), &mut random))
        .map(String::as_str)
        .collect();
    let sql = format!(
        "SELECT {}, 1 AS {word}c FROM public.{} LIMIT 1",
        columns.join(", "),
        spec.table
    );
    let session = on.application(cx, STEADY).await?;
    for _ in 0..calls {
        on.ask(cx, &session, &sql, Bounds::QUERY.time).await?;
    }
    let auditor = on.auditor(cx).await?;
    let count = format!(
        "SELECT coalesce(sum(s.calls), 0)::bigint FROM public.pg_stat_statements AS s \
         JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid \
         WHERE r.rolname = '{}' AND s.query LIKE '%{word}c%'",
        on.application
    );
    let began = Instant::now();
    match auditor.rows(&count, Bounds::QUERY).await {
        Ok(rows) => {
            let seen = rows.first().and_then(|row| row.first()).cloned().flatten();
            Ok(seen == Some(calls.to_string()))
        }
        // The library is not loaded.
        Err(Trouble::Refused(refusal)) if refusal.code == "55000" => Ok(false),
        Err(trouble) => Err(on.trouble(cx, began, trouble).await),
    }
}

/// Runs slow statements side by side, each with its word.
async fn slow(spec: &Observable, cx: &Context<'_>, word: &str) -> Result<(), Stop> {
    let seconds = (spec.slow + SLOWER).as_secs_f64();
    let all = (0..SLOW).map(|number| async move {
        let session = spec.on.application(cx, STEADY).await?;
        let sql = format!("SELECT pg_catalog.pg_sleep({seconds}) AS {word}s{number}e");
        spec.on.ask(cx, &session, &sql, Bounds::QUERY.time).await
    });
    futures_util::future::try_join_all(all).await.map(drop)
}

/// Whether every slow statement is in the log with its time, and the settings leave none out.
fn seen_slow(spec: &Observable, settings: &Settings, log: &Log, word: &str) -> bool {
    let words: Vec<String> = (0..SLOW)
        .map(|number| format!("{word}s{number}e"))
        .collect();
    leaves_none_out(spec, settings) && log.has_durations(&words, spec.slow)
}

/// A share of the statements, or a higher threshold than was asked for, can look right by chance.
fn leaves_none_out(spec: &Observable, settings: &Settings) -> bool {
    let most = i64::try_from(spec.slow.as_millis()).unwrap_or(i64::MAX);
    let within = |name: &str| {
        settings
            .int(name)
            .is_some_and(|it| (0..=most).contains(&it))
    };
    let all = |name: &str| settings.real(name).is_some_and(|rate| rate >= 1.0);
    settings.is_on("log_duration")
        || within("log_min_duration_statement")
        || (within("log_min_duration_sample") && all("log_statement_sample_rate"))
        || all("log_transaction_sample_rate")
        || (within("auto_explain.log_min_duration") && all("auto_explain.sample_rate"))
}

/// Whether a wait for a lock gets into the log. The wait lasts until it is there.
async fn locked(spec: &Observable, cx: &Context<'_>, settings: &Settings) -> Result<bool, Stop> {
    let on = &spec.on;
    let after = settings.int("deadlock_timeout").unwrap_or(i64::MAX);
    let after = Duration::from_millis(u64::try_from(after).unwrap_or(u64::MAX));
    if !settings.is_on("log_lock_waits") || after > spec.lock_wait || !writes_log(settings) {
        return Ok(false);
    }
    let limit = Bounds::QUERY.time;
    let key = cx
        .seed
        .stream("observable-lock")
        .random_range(1..i64::from(i32::MAX));
    let lock = format!("SELECT pg_catalog.pg_advisory_lock({key})");
    let (holder, waiter) = (
        on.application(cx, STEADY).await?,
        on.application(cx, STEADY).await?,
    );
    on.ask(cx, &holder, &lock, limit).await?;
    let pid = on
        .number(cx, &waiter, "SELECT pg_catalog.pg_backend_pid()")
        .await?;
    let watch = async {
        let seen = wait::until(cx, after + READABLE, async || {
            let log = server::written_log(cx, &on.service).await?;
            Ok(Log::read(&log).has_lock_wait(pid).then_some(()))
        })
        .await;
        on.ask(cx, &holder, &lock.replace("_lock(", "_unlock("), limit)
            .await?;
        Ok::<_, Stop>(seen?.is_some())
    };
    let (waited, seen) = tokio::join!(on.ask(cx, &waiter, &lock, after + READABLE + limit), watch);
    waited?;
    seen
}

/// Makes a temporary file that is large enough, and gives the process that made it.
async fn temporary(spec: &Observable, cx: &Context<'_>) -> Result<i64, Stop> {
    let on = &spec.on;
    // A superuser: no limit of the submission's keeps this file from being made.
    let options = format!("{STEADY} -c temp_file_limit=-1 -c work_mem=4MB -c enable_sort=on");
    let session: Session = on.administrator(cx, &options).await?;
    let pid = on
        .number(cx, &session, "SELECT pg_catalog.pg_backend_pid()")
        .await?;
    // A row of the sort is a little more than 1 KiB.
    let rows = u64::from(spec.temp_file_mib) * 1_024 + 1_024;
    let sql = format!(
        "SELECT pg_catalog.count(*) FROM (SELECT pg_catalog.repeat('x', 1024) || n AS line \
         FROM pg_catalog.generate_series(1, {rows}) AS n ORDER BY 1 OFFSET 0) AS lines"
    );
    on.ask(cx, &session, &sql, Bounds::QUERY.time).await?;
    Ok(pid)
}

/// Whether the settings let the server write such lines anywhere that can be read.
fn writes_log(settings: &Settings) -> bool {
    let destination = settings.shown("log_destination");
    let quiet = ["fatal", "panic"].contains(&settings.shown("log_min_messages"));
    !quiet
        && ["stderr", "csvlog", "jsonlog"]
            .iter()
            .any(|it| destination.contains(it))
}

/// The log once everything that was written before is in it: a login that is refused stands behind
/// it, in every log that has lines of this kind at all.
async fn after_all(
    on: &Server,
    cx: &Context<'_>,
    settings: &Settings,
    word: &str,
) -> Result<String, Broken> {
    if !writes_log(settings) {
        return Ok(String::new());
    }
    let nobody = Login {
        user: format!("{word}nobody"),
        password: String::new(),
    };
    let _ = Session::knock(cx.bench, &on.service, &on.database, &nobody, "").await;
    let log = wait::until(cx, READABLE, async || {
        let log = server::written_log(cx, &on.service).await?;
        Ok(log.contains(&nobody.user).then_some(log))
    })
    .await?;
    match log {
        Some(log) => Ok(log),
        None => server::written_log(cx, &on.service).await,
    }
}
