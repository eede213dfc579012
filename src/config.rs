//! What an installation sets once, in `config.toml`: other images for the roles.

use std::collections::BTreeMap;
use std::path::PathBuf;

use labgrade_checkers::message;
use labgrade_checkers::message::Message;
use serde::Deserialize;

/// `config.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Images to use instead of our own, by role; `base` is what the role images are built on.
    #[serde(default)]
    pub images: BTreeMap<String, String>,
}

/// Where it is looked for: `LABGRADE_CONFIG`, or the user's configuration folder.
#[must_use]
pub fn path() -> Option<PathBuf> {
    std::env::var_os("LABGRADE_CONFIG")
        .map(PathBuf::from)
        .or_else(|| {
            directories::ProjectDirs::from("", "", "labgrade")
                .map(|dirs| dirs.config_dir().join("config.toml"))
        })
}

/// Reads it; a missing file sets nothing.
///
/// # Errors
/// It cannot be read, or says what we do not know.
pub fn load() -> Result<Config, Message> {
    let Some(path) = path() else {
        return Ok(Config::default());
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(error) => {
            return Err(message!(
                "usage-config",
                path = path.display().to_string(),
                error = error.to_string()
            ));
        }
    };
    toml::from_str(&text).map_err(|error| {
        message!(
            "usage-config",
            path = path.display().to_string(),
            error = error.to_string()
        )
    })
}
