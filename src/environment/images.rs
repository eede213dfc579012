//! The images of the course: roles on a bootstrapped base or on other roles, and data sets on roles.
//!
//! An image carries a key, the digest of everything that it was built from. Grading only looks
//! whether the images are there and current; building is `labgrade images build`.

mod base;
mod build;
mod recipes;
pub mod wheels;

use std::collections::BTreeMap;

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use labgrade_checkers::verdict::Broken;

pub use self::recipes::{Recipe, recipes};
use super::engine::{Engine, LOOK, call, is_missing};
use crate::config::Config;
use crate::spec::shelf::Shelf;
use crate::spec::{Lab, ServiceSpec};

/// The label that holds an image's key.
const KEY: &str = "labgrade.key";
/// The role of the gateway, which every lab needs.
const GATEWAY: &str = "gateway";

/// How an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// There, and built from what we have.
    Current,
    /// There, but built from something else.
    Stale,
    /// Not there.
    Missing,
}

/// The images of some labs, which are there and current.
#[derive(Debug, Clone)]
pub struct Images {
    by_name: BTreeMap<String, String>,
    keys: BTreeMap<String, String>,
}

impl Images {
    /// A role's image.
    ///
    /// # Errors
    /// There is no such role.
    pub fn role(&self, role: &str) -> Result<String, Broken> {
        self.by_name
            .get(role)
            .cloned()
            .ok_or_else(|| message!("broken-no-role", role = role).into())
    }

    /// What the grade names as its images: name and key.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        self.keys.clone()
    }

    /// A service's image.
    ///
    /// # Errors
    /// There is no such role or data set.
    pub fn of_service(&self, lab: &str, service: &ServiceSpec) -> Result<String, Broken> {
        self.role(&recipes::name(lab, service))
    }
}

/// How an image is in the engine.
///
/// # Errors
/// The engine does not answer.
pub async fn condition(engine: &Engine, recipe: &Recipe) -> Result<Condition, Broken> {
    call("inspect image", LOOK, async {
        match engine.docker().inspect_image(&recipe.image).await {
            Ok(found) => {
                let labels = found
                    .config
                    .and_then(|config| config.labels)
                    .unwrap_or_default();
                let current = recipe.foreign || labels.get(KEY) == Some(&recipe.key);
                Ok(if current {
                    Condition::Current
                } else {
                    Condition::Stale
                })
            }
            Err(error) if is_missing(&error) => Ok(Condition::Missing),
            Err(error) => Err(error),
        }
    })
    .await
}

/// The images that one lab needs.
///
/// # Errors
/// One is not there or not current; the message says how to build it.
pub async fn of_lab(
    engine: &Engine,
    shelf: &Shelf,
    config: &Config,
    lab: &Lab,
) -> Result<Images, Broken> {
    let id = lab.spec.id.get_ref();
    let mut needed: Vec<String> = lab
        .spec
        .services
        .values()
        .map(|service| recipes::name(id, service))
        .collect();
    needed.push(GATEWAY.to_owned());
    let recipes = recipes(shelf, config, std::slice::from_ref(lab))?;
    let (mut by_name, mut keys) = (BTreeMap::new(), BTreeMap::new());
    for recipe in recipes
        .into_iter()
        .filter(|recipe| needed.contains(&recipe.name))
    {
        match condition(engine, &recipe).await? {
            Condition::Current => {
                keys.insert(format!("image/{}", recipe.name), recipe.key);
                by_name.insert(recipe.name, recipe.image);
            }
            Condition::Stale => {
                return Err(message!("broken-image-stale", image = recipe.image).into());
            }
            Condition::Missing => {
                return Err(message!("broken-image-missing", image = recipe.image).into());
            }
        }
    }
    Ok(Images { by_name, keys })
}

/// Builds what is missing or stale among the named recipes, each after what it is built on.
///
/// # Errors
/// A build fails; its last lines come with it.
pub async fn ensure(
    engine: &Engine,
    recipes: &[Recipe],
    names: &[String],
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<(), Broken> {
    let wanted = with_bases(recipes, names);
    for recipe in recipes
        .iter()
        .filter(|recipe| wanted.contains(&recipe.name))
    {
        if condition(engine, recipe).await? == Condition::Current {
            tell(message!("images-current", image = &recipe.image));
            continue;
        }
        tell(message!("images-building", image = &recipe.image));
        match recipe
            .on
            .as_ref()
            .and_then(|on| recipes.iter().find(|recipe| &recipe.name == on))
        {
            None if recipe.foreign => base::pull(engine, &recipe.image).await?,
            None => base::bootstrap(engine).await?,
            Some(_) if recipe.foreign => base::pull(engine, &recipe.image).await?,
            Some(on) => build::build(engine, recipe, &on.image).await?,
        }
        tell(message!("images-built", image = &recipe.image));
    }
    Ok(())
}

/// The names, and everything that they are built on.
fn with_bases(recipes: &[Recipe], names: &[String]) -> Vec<String> {
    let mut wanted = names.to_vec();
    let mut next = 0;
    while let Some(name) = wanted.get(next) {
        // An image that the configuration names is built on nothing of ours.
        let on = recipes
            .iter()
            .find(|recipe| &recipe.name == name && !recipe.foreign)
            .and_then(|recipe| recipe.on.clone());
        if let Some(on) = on.filter(|on| !wanted.contains(on)) {
            wanted.push(on);
        }
        next += 1;
    }
    wanted
}

/// Pushes an image to a registry, under the same name there. Logins are Docker's own, from its
/// configuration.
///
/// # Errors
/// The image is not there, or the registry refuses it.
pub async fn push(engine: &Engine, recipe: &Recipe, registry: &str) -> Result<(), Broken> {
    use bollard::query_parameters::{PushImageOptionsBuilder, TagImageOptionsBuilder};
    use futures_util::StreamExt;

    let (name, tag) = recipe
        .image
        .rsplit_once(':')
        .unwrap_or((&recipe.image, "latest"));
    let remote = format!("{}/{name}", registry.trim_end_matches('/'));
    let tagged = TagImageOptionsBuilder::new().repo(&remote).tag(tag).build();
    call(
        "tag image",
        LOOK,
        engine.docker().tag_image(&recipe.image, Some(tagged)),
    )
    .await?;
    let options = PushImageOptionsBuilder::new().tag(tag).build();
    let mut answers = engine.docker().push_image(&remote, Some(options), None);
    call("push image", std::time::Duration::from_secs(1_800), async {
        while let Some(answer) = answers.next().await {
            let answer = answer.map_err(|error| error.to_string())?;
            if let Some(error) = answer.error_detail.and_then(|detail| detail.message) {
                return Err(error);
            }
        }
        Ok(())
    })
    .await
}
