//! Loads an address with labgrade's own generator and prints what a benchmark compares: requests a
//! second, requests per second of processor time that this process used, and quantiles.
//!
//! `cargo run --release --example load -- 127.0.0.1:8080 --path / --seconds 5`

use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use labgrade_checkers::measure::http;
use labgrade_checkers::measure::load::{Arrivals, Connections, Load, Pace, Request, Schedule, run};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// Loads an address.
#[derive(Parser)]
struct Args {
    /// Where the server listens.
    address: SocketAddr,
    /// What is asked for.
    #[arg(long, default_value = "/")]
    path: String,
    /// Calls a second; as many as go without it.
    #[arg(long)]
    rate: Option<f64>,
    /// Exponential distances between calls.
    #[arg(long)]
    poisson: bool,
    /// How long.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Connections, at most.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// A connection for each call.
    #[arg(long)]
    fresh: bool,
    /// As one object of JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let lasts = Duration::try_from_secs_f64(args.seconds)?;
    let pace = match args.rate {
        Some(rate) => Pace::Open(Schedule {
            rate,
            lasts,
            arrivals: if args.poisson {
                Arrivals::Poisson
            } else {
                Arrivals::Constant
            },
            seed: 1,
        }),
        None => Pace::FlatOut(lasts),
    };
    let host = args.address.to_string();
    let asked = http::Request::get(args.path);
    let request = Request::new(&asked, &host).ok_or("no such path")?;
    let before = processor_micros()?;
    let record = run(Load {
        address: args.address,
        pace,
        connections: if args.fresh {
            Connections::Fresh
        } else {
            Connections::Kept
        },
        most_connections: args.connections,
        limit: Duration::from_secs(10),
        requests: vec![request],
    })
    .await?;
    let processor = (processor_micros()? - before) as f64 / 1e6;
    let done = record.done() as f64;
    let micros = |part| record.quantile(part).unwrap_or_default().as_micros();
    let figures = serde_json::json!({
        "done": record.done(),
        "failed": record.failures.all(),
        "per_second": (done / record.took.as_secs_f64()).round(),
        "per_processor_second": (done / processor).round(),
        "p50_us": micros(0.5),
        "p95_us": micros(0.95),
        "p99_us": micros(0.99),
        "late": record.late_sends(),
        "p99_late_us": record.lateness(0.99).as_micros(),
        "kept_schedule": record.kept_schedule(0.95),
        "connections": record.connections,
        "retried": record.retried,
    });
    if args.json {
        println!("{figures}");
    } else if let Some(figures) = figures.as_object() {
        for (name, figure) in figures {
            println!("{name:>22} {figure}");
        }
    }
    Ok(())
}

/// Processor time of this process so far, user and system, in microseconds.
fn processor_micros() -> nix::Result<i64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok(usage.user_time().num_microseconds() + usage.system_time().num_microseconds())
}
