//! `labgrade images`: the course's images, built, listed, pushed; and the packages that are in them.

use std::sync::Arc;

use comfy_table::{Table, presets};
use labgrade_checkers::message;
use serde::Serialize;

use super::{Session, say, say_json};
use crate::cli::{Images, ImagesVerb};
use crate::environment::engine::Engine;
use crate::environment::images::wheels::Pin;
use crate::environment::images::{self, Condition, Recipe};
use crate::error::{Exit, Failure};
use crate::progress::Progress;

#[derive(Serialize)]
struct Row {
    name: String,
    image: String,
    condition: &'static str,
}

pub(super) async fn run(session: &Session, args: &Images) -> Result<Exit, Failure> {
    if let Some(ImagesVerb::Wheels) = args.what {
        return wheels(session);
    }
    let recipes = session.recipes()?;
    let engine = Engine::connect().await?;
    match &args.what {
        Some(ImagesVerb::Wheels) => unreachable!("answered above, without an engine"),
        Some(ImagesVerb::Build { name }) => build(session, &engine, &recipes, name).await,
        Some(ImagesVerb::Push { registry }) => push(session, &engine, &recipes, registry).await,
        Some(ImagesVerb::List) | None => list(session, &engine, &recipes).await,
    }
}

async fn build(
    session: &Session,
    engine: &Engine,
    recipes: &[Recipe],
    names: &[String],
) -> Result<Exit, Failure> {
    let known: Vec<String> = recipes.iter().map(|recipe| recipe.name.clone()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
        return Err(Failure::Usage(message!(
            "usage-no-image",
            image = unknown,
            images = known.join(", ")
        )));
    }
    let wanted = if names.is_empty() {
        known
    } else {
        names.to_vec()
    };
    let progress = Arc::new(Progress::new(&session.catalogue));
    let showing = Arc::clone(&progress);
    images::ensure(engine, recipes, &wanted, &move |message| {
        showing.note(&message)
    })
    .await?;
    progress.done();
    Ok(Exit::Passed)
}

async fn list(session: &Session, engine: &Engine, recipes: &[Recipe]) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for recipe in recipes {
        let condition = match images::condition(engine, recipe).await? {
            Condition::Current => "current",
            Condition::Stale => "stale",
            Condition::Missing => "missing",
        };
        rows.push(Row {
            name: recipe.name.clone(),
            image: recipe.image.clone(),
            condition,
        });
    }
    if session.json {
        say_json(&rows);
        return Ok(Exit::Passed);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(
        ["images-name", "images-image", "images-condition"].map(|key| session.catalogue.get(key)),
    );
    for row in &rows {
        let condition = match row.condition {
            "current" => session.catalogue.get("images-is-current"),
            "stale" => session.catalogue.get("images-is-stale"),
            _ => session.catalogue.get("images-is-missing"),
        };
        table.add_row([row.name.clone(), row.image.clone(), condition]);
    }
    say(&table.to_string());
    Ok(Exit::Passed)
}

async fn push(
    session: &Session,
    engine: &Engine,
    recipes: &[Recipe],
    registry: &str,
) -> Result<Exit, Failure> {
    let progress = Progress::new(&session.catalogue);
    for recipe in recipes {
        progress.step(&message!(
            "images-pushing",
            image = &recipe.image,
            registry = registry
        ));
        images::push(engine, recipe, registry).await?;
        progress.note(&message!(
            "images-pushed",
            image = &recipe.image,
            registry = registry
        ));
    }
    progress.done();
    Ok(Exit::Passed)
}

/// The packages that a submission may name in its `requirements.txt`.
fn wheels(session: &Session) -> Result<Exit, Failure> {
    let pins = images::wheels::course()?;
    if session.json {
        say_json(&pins);
        return Ok(Exit::Passed);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["wheels-package", "wheels-version"].map(|key| session.catalogue.get(key)));
    for Pin { name, version, .. } in pins {
        table.add_row([name, version]);
    }
    say(&table.to_string());
    Ok(Exit::Passed)
}
