//! `labgrade prove`: a lab against its own solutions and mutants. Every solution must get all
//! points, every mutant must fail exactly the checks that it says, and every check must be failed
//! by some mutant: one that no mutant fails is no check.

mod case;
mod matrix;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use labgrade_checkers::context::Seed;
use labgrade_checkers::message;
use labgrade_checkers::sql::Script;
use labgrade_checkers::workload::record;

use self::case::Case;
use super::{Session, say, write_file};
use crate::cli::Prove;
use crate::environment::bench::DockerBench;
use crate::environment::engine::Engine;
use crate::environment::images;
use crate::environment::run::Run;
use crate::environment::sweep;
use crate::error::{Exit, Failure};
use crate::pipeline::{self, Job};
use crate::progress::Progress;
use crate::spec::Lab;
use crate::spec::load::{self, Hidden};
use crate::spec::shelf::Shelf;

/// Solutions and mutants are not compiled in, so there must be a folder.
const LABS: &str = "labs";

pub(super) async fn run(mut session: Session, args: &Prove) -> Result<Exit, Failure> {
    if matches!(session.shelf, Shelf::Embedded) {
        if !Path::new(LABS).is_dir() {
            return Err(Failure::Usage(message!("usage-prove-folder")));
        }
        session.shelf = Shelf::Folder(LABS.into());
    }
    let labs = match &args.lab {
        Some(lab) => vec![lab.clone()],
        None => session.labs()?,
    };
    let mut exit = Exit::Passed;
    for id in &labs {
        if args.record {
            record(&session, id).await?;
        } else {
            let lab = session.lab(id, &Hidden::With)?;
            let one = prove(&session, &lab, args).await?;
            if one != Exit::Passed {
                exit = one;
            }
        }
    }
    Ok(exit)
}

async fn prove(session: &Session, lab: &Lab, args: &Prove) -> Result<Exit, Failure> {
    let id = lab.spec.id.get_ref();
    let folder = session
        .shelf
        .folder(id)
        .ok_or_else(|| message!("usage-prove-folder"))?;
    let cases = case::all(&folder, &args.case)?;
    let known: Vec<&str> = lab
        .spec
        .checks
        .iter()
        .map(|check| check.id.get_ref().as_str())
        .collect();
    case::sound(&cases, &known)?;
    let seeds: Vec<u64> = (0..u64::from(args.seeds))
        .map(|n| args.seed.unwrap_or(1) + n)
        .collect();

    let began = Instant::now();
    let progress = Arc::new(Progress::new(&session.catalogue));
    let runs: Vec<(&Case, u64)> = seeds
        .iter()
        .flat_map(|&seed| cases.iter().map(move |case| (case, seed)))
        .collect();
    let count = runs.len();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let mut results = futures_util::stream::iter(runs)
        .map(|(case, seed)| {
            let (progress, done) = (Arc::clone(&progress), &done);
            async move {
                let grade = grade(session, lab, case, seed, args.quick).await;
                let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                let problems = case::problems(case, &grade);
                let key = if problems.is_empty() {
                    message!(
                        "prove-right",
                        number = number,
                        of = count,
                        case = case.label(),
                        seed = seed
                    )
                } else {
                    message!(
                        "prove-wrong",
                        number = number,
                        of = count,
                        case = case.label(),
                        seed = seed
                    )
                };
                progress.note(&key);
                (case, seed, grade, problems)
            }
        })
        .buffer_unordered(args.jobs.max(1))
        .collect::<Vec<_>>()
        .await;
    progress.done();
    if session.supervisor.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    results.sort_by_key(|(case, seed, ..)| (case.label(), *seed));

    let unproven: Vec<&str> = if args.case.is_empty() {
        let failed = |id: &&str| cases.iter().any(|case| case.fails.contains(*id));
        known.into_iter().filter(|id| !failed(id)).collect()
    } else {
        Vec::new()
    };
    say(&matrix::shown(&results, &lab.spec, &session.catalogue));
    let mut wrong = 0;
    for (case, seed, _, problems) in &results {
        for problem in problems {
            wrong += 1;
            let problem = session.catalogue.render(problem);
            say(&session.catalogue.render(&message!(
                "prove-problem",
                case = case.label(),
                seed = *seed,
                problem = problem
            )));
        }
    }
    for check in &unproven {
        say(&session
            .catalogue
            .render(&message!("prove-unproven", check = *check)));
    }
    say(&session.catalogue.render(&message!(
        "prove-done",
        solutions = cases.iter().filter(|case| case.is_solution).count(),
        mutants = cases.iter().filter(|case| !case.is_solution).count(),
        seeds = seeds.len(),
        seconds = began.elapsed().as_secs(),
        wrong = wrong + unproven.len(),
    )));
    Ok(if wrong + unproven.len() == 0 {
        Exit::Passed
    } else {
        Exit::Failed
    })
}

async fn grade(
    session: &Session,
    lab: &Lab,
    case: &Case,
    seed: u64,
    quick: bool,
) -> crate::grade::Grade {
    let only = match quick && !case.is_solution {
        true => case.fails.iter().cloned().collect(),
        false => Vec::new(),
    };
    let job = Job {
        submission: case.folder.clone(),
        student: case.name.clone(),
        lab,
        shelf: &session.shelf,
        config: &session.config,
        seed: Seed(seed),
        only,
        bypass: case.bypass.clone(),
        show: false,
        keep: false,
    };
    pipeline::grade(&job, &session.supervisor, &|_| {})
        .await
        .grade
}

/// Measures the reference and writes the workload's anchors.
async fn record(session: &Session, id: &str) -> Result<(), Failure> {
    let lab = load::load_to_record(&session.shelf, id)?;
    let Some(workload) = &lab.workload else {
        return Err(Failure::Usage(message!(
            "usage-nothing-to-record",
            lab = id
        )));
    };
    let folder = session
        .shelf
        .folder(id)
        .ok_or_else(|| message!("usage-prove-folder"))?;
    let file = &lab.spec.submission.files[0].path;
    let path = folder.join("solutions/reference").join(file);
    let bytes = std::fs::read(&path).map_err(|error| {
        message!(
            "usage-read",
            path = path.display().to_string(),
            error = error.to_string()
        )
    })?;
    let reference = Script::read(file, &bytes).map_err(|(_, mistake)| mistake.message)?;

    let engine = Engine::connect().await?;
    sweep::dead_runs(&engine, false).await?;
    let images = images::of_lab(&engine, &session.shelf, &session.config, &lab).await?;
    let run = Run::begin(engine)?;
    session.supervisor.began(&run);
    let progress = Progress::new(&session.catalogue);
    let recorded = tokio::select! {
        () = session.supervisor.cancelled() => Err(message!("record-stopped").into()),
        recorded = async {
            let bench = DockerBench::start(&run, &images, &lab).await?;
            let said = |what: &str| progress.note(&message!("record-measuring", what = what));
            record::record(workload, &bench, &reference, said).await
        } => recorded,
    };
    run.end().await?;
    session.supervisor.ended(&run);
    progress.done();
    let anchors = recorded?;
    let json = serde_json::to_string_pretty(&anchors).unwrap_or_default() + "\n";
    let path = folder.join(&workload.spec.anchors);
    write_file(&path, json.as_bytes())?;
    say(&session
        .catalogue
        .render(&message!("record-done", path = path.display().to_string())));
    Ok(())
}
