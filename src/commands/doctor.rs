//! `labgrade doctor`: whether this machine can grade, really probed.

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use serde::Serialize;

use super::{Session, say, say_json};
use crate::environment::engine::Engine;
use crate::environment::images;
use crate::environment::probe::{self, Finding, Level};
use crate::environment::run::Run;
use crate::environment::sweep;
use crate::error::{Exit, Failure};
use crate::progress::Progress;

#[derive(Serialize)]
struct Row {
    level: &'static str,
    finding: String,
    remedy: Option<String>,
}

pub(super) async fn run(session: &Session) -> Result<Exit, Failure> {
    let progress = Progress::new(&session.catalogue);
    progress.step(&message!("doctor-looking"));
    let engine = Engine::connect().await?;
    sweep::dead_runs(&engine, false).await?;
    let mut findings = probe::engine(&engine).await?;

    let recipes = session.recipes()?;
    findings.extend(probe::images(&engine, &recipes).await?);

    progress.step(&message!("doctor-knocking"));
    if let Some(base) = recipes.iter().find(|recipe| recipe.name == "base")
        && images::condition(&engine, base).await? == images::Condition::Current
    {
        let run = Run::begin(engine)?;
        session.supervisor.began(&run);
        let probed = probe::isolation(&run, &base.image).await;
        run.end().await?;
        session.supervisor.ended(&run);
        findings.extend(probed?);
    } else {
        findings.push(Finding {
            level: Level::Warning,
            what: message!("doctor-not-probed"),
            remedy: Some(message!("doctor-build")),
        });
    }
    progress.done();

    findings.sort_by_key(|finding| finding.level);
    let render = |message: &Message| session.catalogue.render(message);
    if session.json {
        let rows: Vec<Row> = findings
            .iter()
            .map(|finding| Row {
                level: level(finding.level).0,
                finding: render(&finding.what),
                remedy: finding.remedy.as_ref().map(render),
            })
            .collect();
        say_json(&rows);
    } else {
        for finding in &findings {
            let (_, mark) = level(finding.level);
            say(&format!("{mark} {}", render(&finding.what)));
            if let Some(remedy) = &finding.remedy {
                say(&format!("    {}", render(remedy)));
            }
        }
    }
    let worst = findings.iter().map(|finding| finding.level).max();
    let key = match worst {
        Some(Level::Bad) => message!("doctor-bad"),
        Some(Level::Warning) => message!("doctor-warnings"),
        _ => message!("doctor-good"),
    };
    if !session.json {
        say(&render(&key));
    }
    Ok(if worst == Some(Level::Bad) {
        Exit::Infrastructure
    } else {
        Exit::Passed
    })
}

fn level(level: Level) -> (&'static str, console::StyledObject<&'static str>) {
    match level {
        Level::Good => ("good", console::style("✓").green()),
        Level::Warning => ("warning", console::style("!").yellow().bold()),
        Level::Bad => ("bad", console::style("✗").red().bold()),
    }
}
