//! The command line. What it says stands in the catalogues: `help-<verb>`, `help-<verb>-examples`
//! and `help-arg-<argument>`, in both languages.

#![expect(
    missing_docs,
    reason = "what an argument means stands in the catalogues, in both languages"
)]

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::text::{Catalogue, Lang};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "labgrade",
    version,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub verb: Verb,
}

/// What every verb takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    #[arg(long, global = true, value_name = "DIR", env = "LABGRADE_LABS")]
    pub labs: Option<PathBuf>,
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Lang>,
    #[arg(long, global = true)]
    pub json: bool,
}

/// The verbs: one file each in `commands/`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    Labs,
    Init(Init),
    Check(Check),
    Grade(Grade),
    Lint(Lint),
    Prove(Prove),
    Images(Images),
    Doctor,
    Clean,
    Export(Export),
    Completions(Completions),
    Man,
}

#[derive(Debug, Args)]
pub struct Init {
    pub lab: String,
    pub dir: Option<PathBuf>,
}

/// How a submission is graded, whoever asks.
#[derive(Debug, Clone, Args)]
pub struct Running {
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[arg(long, value_name = "CHECK", num_args = 1.., value_delimiter = ',')]
    pub only: Vec<String>,
    #[arg(long)]
    pub keep: bool,
    #[arg(long)]
    pub timings: bool,
}

#[derive(Debug, Args)]
pub struct Check {
    pub dir: Option<PathBuf>,
    #[arg(long, value_name = "LAB")]
    pub lab: Option<String>,
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub running: Running,
}

#[derive(Debug, Args)]
pub struct Grade {
    pub submission: PathBuf,
    #[arg(long, value_name = "LAB")]
    pub lab: String,
    #[arg(long, value_name = "DIR", default_value = "labgrade-report")]
    pub out: PathBuf,
    #[arg(long, value_name = "NAME", env = "LABGRADE_STUDENT")]
    pub student: Option<String>,
    #[arg(long, value_name = "DIR")]
    pub overlay: Option<PathBuf>,
    #[command(flatten)]
    pub running: Running,
}

#[derive(Debug, Args)]
pub struct Lint {
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Prove {
    pub lab: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub seeds: u32,
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub jobs: usize,
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub case: Vec<String>,
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[arg(long)]
    pub quick: bool,
    #[arg(long)]
    pub record: bool,
}

#[derive(Debug, Args)]
pub struct Images {
    #[command(subcommand)]
    pub what: Option<ImagesVerb>,
}

#[derive(Debug, Subcommand)]
pub enum ImagesVerb {
    Build { name: Vec<String> },
    List,
    Push { registry: String },
    Wheels,
}

#[derive(Debug, Args)]
pub struct Export {
    pub dir: PathBuf,
}

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum)]
    pub shell: Shell,
}

/// The language that was asked for, before anything else is understood: help needs it.
#[must_use]
pub fn language(args: &[String]) -> Lang {
    let asked = args
        .iter()
        .enumerate()
        .find_map(|(index, arg)| match arg.strip_prefix("--lang") {
            Some("") => args.get(index + 1).map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        });
    match asked {
        Some("ru") => Lang::Ru,
        Some("en") => Lang::En,
        _ => Lang::detect(),
    }
}

/// The command line with its texts in one language.
#[must_use]
pub fn command(catalogue: &Catalogue) -> Command {
    localized(Cli::command(), catalogue, "labgrade").help_template(format!(
        "{{about}}\n\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
        catalogue.get("help-usage")
    ))
}

fn localized(command: Command, catalogue: &Catalogue, key: &str) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|verb| verb.get_name().to_owned())
        .collect();
    let mut command = command
        .about(catalogue.get(&format!("help-{key}")))
        .after_help(catalogue.get(&format!("help-{key}-examples")))
        .subcommand_help_heading(catalogue.get("help-commands"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|arg| {
            let text = catalogue.get(&format!(
                "help-arg-{}",
                arg.get_id().as_str().replace('_', "-")
            ));
            let heading = catalogue.get(if arg.is_positional() {
                "help-arguments"
            } else {
                "help-options"
            });
            arg.help(text)
                .help_heading(heading)
                .hide_possible_values(false)
        })
        .arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .action(clap::ArgAction::Help)
                .help(catalogue.get("help-arg-help"))
                .help_heading(catalogue.get("help-options")),
        );
    if key == "labgrade" {
        command = command.arg(
            clap::Arg::new("version")
                .short('V')
                .long("version")
                .action(clap::ArgAction::Version)
                .help(catalogue.get("help-arg-version"))
                .help_heading(catalogue.get("help-options")),
        );
    }
    let template = format!(
        "{{about}}\n\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
        catalogue.get("help-usage")
    );
    for name in names {
        let inner = if key == "labgrade" {
            name.clone()
        } else {
            format!("{key}-{name}")
        };
        let template = template.clone();
        command = command.mut_subcommand(&name, |verb| {
            localized(verb, catalogue, &inner).help_template(template)
        });
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_in_both_languages() {
        for lang in [Lang::Ru, Lang::En] {
            let catalogue = Catalogue::new(lang);
            let mut command = command(&catalogue);
            command.build();
            command.clone().debug_assert();
            let missing: Vec<String> = texts(&command)
                .into_iter()
                .filter(|text| text.starts_with('['))
                .collect();
            assert_eq!(missing, Vec::<String>::new());
        }
    }

    fn texts(command: &Command) -> Vec<String> {
        let own = command
            .get_about()
            .into_iter()
            .chain(command.get_after_help());
        let args = command.get_arguments().filter_map(clap::Arg::get_help);
        own.chain(args)
            .map(ToString::to_string)
            .chain(command.get_subcommands().flat_map(texts))
            .collect()
    }

    #[test]
    fn the_language_is_known_before_parsing() {
        let args = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(language(&args("labgrade --lang ru --help")), Lang::Ru);
        assert_eq!(language(&args("labgrade labs --lang=en")), Lang::En);
    }
}
