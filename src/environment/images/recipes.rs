//! What can be built, and out of what: a recipe names an image, what it is built on, and its key.

use std::collections::BTreeMap;

use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::base;
use crate::config::Config;
use crate::spec::shelf::{self, Shelf};
use crate::spec::{Lab, ServiceSpec};

/// The name of the base.
pub(super) const BASE: &str = "labgrade/base:bookworm";

/// The files that an image is built from: paths and bytes.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// One image that we know how to build.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The role, or `LAB/FOLDER` of a data set.
    pub name: String,
    /// `name:tag` in the engine.
    pub image: String,
    /// The digest of everything it is built from, of its base's key too.
    pub key: String,
    /// What it is built on: another recipe's name.
    pub on: Option<String>,
    /// The build context; the wheels that its locks pin come to it when it is built.
    pub(super) context: Files,
    /// Named by the configuration: taken as it is.
    pub(super) foreign: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    version: String,
}

/// The recipe that a service's image is made by.
pub(super) fn name(lab: &str, service: &ServiceSpec) -> String {
    match (&service.data, &service.image) {
        (Some(folder), _) => format!("{lab}/{}", folder.get_ref()),
        (None, role) => role.clone().unwrap_or_default(),
    }
}

/// Everything that can be built: the base, the roles, and the data sets of the labs; each after
/// what it is built on.
///
/// # Errors
/// A lab's files cannot be read, or roles are built on each other in a circle.
pub fn recipes(shelf: &Shelf, config: &Config, labs: &[Lab]) -> Result<Vec<Recipe>, Broken> {
    let mut recipes = vec![base_recipe(config)];
    let roles = shelf::template("images/roles.toml").unwrap_or_default();
    let roles: BTreeMap<String, Role> = toml::from_str(&String::from_utf8_lossy(&roles))
        .map_err(|error| Broken::because(message!("broken-roles"), error))?;
    let mut left: Vec<(&str, Files, String)> = roles
        .keys()
        .map(|role| {
            let context = role_files(role);
            let on = built_on(&context, &roles);
            (role.as_str(), context, on)
        })
        .collect();
    while !left.is_empty() {
        let known: Vec<String> = recipes.iter().map(|recipe| recipe.name.clone()).collect();
        let (ready, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, _, on)| known.contains(on));
        if ready.is_empty() {
            let circle: Vec<&str> = later.iter().map(|(role, ..)| *role).collect();
            return Err(Broken::because(message!("broken-roles"), circle.join(", ")));
        }
        left = later;
        for (role, context, on) in ready {
            let version = roles.get(role).map_or("latest", |role| &role.version);
            let image = format!("labgrade/{role}:{version}");
            recipes.push(recipe(role, &image, context, &on, config, &recipes));
        }
    }
    for lab in labs {
        let id = lab.spec.id.get_ref();
        for service in lab.spec.services.values() {
            let Some(folder) = &service.data else {
                continue;
            };
            let name = name(id, service);
            if recipes.iter().any(|recipe| recipe.name == name) {
                continue;
            }
            let context = data_files(shelf, id, folder.get_ref())?;
            let image = format!("labgrade/{}:latest", name.replace('/', "-"));
            let on = built_on(&context, &roles);
            recipes.push(recipe(&name, &image, context, &on, config, &recipes));
        }
    }
    Ok(recipes)
}

fn role_files(role: &str) -> Files {
    let folder = format!("images/{role}/");
    shelf::templates(&folder)
        .into_iter()
        .filter_map(|path| {
            let bytes = shelf::template(&path)?.into_owned();
            Some((path.strip_prefix(&folder)?.to_owned(), bytes))
        })
        .collect()
}

fn data_files(shelf: &Shelf, lab: &str, folder: &str) -> Result<Files, Broken> {
    let unread = |error| Broken::because(message!("broken-lab-unread", lab = lab), error);
    let mut files = Files::new();
    for path in shelf.files(lab, folder).map_err(unread)? {
        let inside = path
            .strip_prefix(&format!("{folder}/"))
            .unwrap_or(&path)
            .to_owned();
        files.push((inside, shelf.read(lab, &path).map_err(unread)?));
    }
    // Anchors are recorded on the image; were they part of it, recording would change it.
    files.retain(|(path, _)| !path.ends_with("anchors.json"));
    Ok(files)
}

/// The role that a Dockerfile names as its default base (`ARG BASE=labgrade/postgres:15`), or the
/// base.
fn built_on(context: &Files, roles: &BTreeMap<String, Role>) -> String {
    let role = || {
        let (_, dockerfile) = context.iter().find(|(path, _)| path == "Dockerfile")?;
        let text = String::from_utf8_lossy(dockerfile);
        let base = text
            .lines()
            .find_map(|line| line.strip_prefix("ARG BASE=labgrade/"))?;
        let role = base.split(':').next()?;
        roles.contains_key(role).then(|| role.to_owned())
    };
    role().unwrap_or("base".to_owned())
}

fn base_recipe(config: &Config) -> Recipe {
    let foreign = config.images.get("base");
    Recipe {
        name: "base".into(),
        image: foreign.cloned().unwrap_or_else(|| BASE.to_owned()),
        key: foreign.cloned().unwrap_or_else(|| base::KEY.to_owned()),
        on: None,
        context: Files::new(),
        foreign: foreign.is_some(),
    }
}

fn recipe(
    name: &str,
    image: &str,
    mut context: Files,
    on: &str,
    config: &Config,
    known: &[Recipe],
) -> Recipe {
    context.sort();
    let mut hash = Sha256::new();
    if let Some(base) = known.iter().find(|recipe| recipe.name == on) {
        hash.update(base.key.as_bytes());
    }
    for (path, bytes) in &context {
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(bytes));
    }
    let key: String = hash
        .finalize()
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let foreign = config.images.get(name);
    Recipe {
        name: name.to_owned(),
        image: foreign.cloned().unwrap_or_else(|| image.to_owned()),
        key: foreign.cloned().unwrap_or(key),
        on: Some(on.to_owned()),
        context,
        foreign: foreign.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_comes_after_what_it_is_built_on() {
        let recipes = recipes(&Shelf::Embedded, &Config::default(), &[]).expect("recipes");
        for (place, recipe) in recipes.iter().enumerate().skip(1) {
            let on = recipe.on.as_deref().expect("only the base is on nothing");
            let base = recipes.iter().position(|recipe| recipe.name == on);
            assert!(base.is_some_and(|base| base < place), "{}", recipe.name);
        }
        let on = |name: &str| {
            let recipe = recipes.iter().find(|recipe| recipe.name == name);
            recipe.and_then(|recipe| recipe.on.as_deref())
        };
        assert_eq!(on("python"), Some("base"));
        assert_eq!(on("python-app"), Some("python"));
    }

    #[test]
    fn the_default_base_of_a_dockerfile_is_what_it_is_built_on() {
        let version = "1".to_owned();
        let roles = BTreeMap::from([("postgres".to_owned(), Role { version })]);
        for (dockerfile, on) in [
            ("ARG BASE=labgrade/postgres:15\nFROM ${BASE}\n", "postgres"),
            ("# A comment.\nARG BASE=labgrade/postgres:15\n", "postgres"),
            ("ARG BASE=labgrade/base:bookworm\nFROM ${BASE}\n", "base"),
            ("ARG BASE=labgrade/none:1\n", "base"),
            ("FROM scratch\n", "base"),
        ] {
            let context = vec![("Dockerfile".to_owned(), dockerfile.into())];
            assert_eq!(built_on(&context, &roles), on, "{dockerfile}");
        }
    }
}
