//! The program `labgrade`: reads the command line, runs a verb, gives its exit code.

use std::process::ExitCode;

use clap::FromArgMatches;
use labgrade::cli::{self, Cli};
use labgrade::commands;
use labgrade::error::Failure;
use labgrade::text::Catalogue;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let lang = cli::language(&args);
    let catalogue = Catalogue::new(lang);
    let matches = cli::command(&catalogue).get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("labgrade: {error}");
            return ExitCode::from(labgrade::error::Exit::Infrastructure as u8);
        }
    };
    match runtime.block_on(commands::run(cli, catalogue)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            show(&failure, &Catalogue::new(lang));
            failure.exit().into()
        }
    }
}

/// What went wrong, and what to do.
fn show(failure: &Failure, catalogue: &Catalogue) {
    match failure {
        Failure::Usage(message) => {
            anstream::eprintln!(
                "{} {}",
                console::style(catalogue.get("error")).red().bold(),
                catalogue.render(message)
            );
        }
        Failure::Infrastructure(broken) => {
            anstream::eprintln!(
                "{} {}",
                console::style(catalogue.get("error-ours")).yellow().bold(),
                catalogue.render(&broken.message)
            );
            if let Some(detail) = &broken.detail {
                anstream::eprintln!("  {}", detail.as_str().replace('\n', "\n  "));
            }
        }
        Failure::Specification(mistakes) => {
            for mistake in mistakes {
                eprintln!("{:?}", miette::Report::new(mistake.diagnostic(catalogue)));
            }
        }
    }
}
