//! Several servers that replicate: sessions with each, what they say of themselves where no student
//! can have changed it, and the standby's way back after a fault.
//!
//! The student is superuser on the primary and on the subscriber. So whatever decides is a row that
//! was written and read, a position in the WAL, or a system catalogue that is as it was
//! ([`catalog`]).

pub mod absence;
pub mod catalog;
pub mod hba;
pub mod node;
pub mod senders;
pub mod standby;
pub mod wire;

use std::sync::Mutex;
use std::time::Duration;

use rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, written};
use crate::measure::script::Variables;
use crate::verdict::{Broken, Evidence};

use self::catalog::Catalog;
use self::node::Node;

/// The lab's superuser: the grader's own work.
pub const ADMIN: &str = "labgrade_admin";
/// The lab's ordinary login: what an application would do.
pub const PROBE: &str = "labgrade_probe";
/// Where submitted scripts lie.
pub const SUBMISSION: &str = "/labgrade/submission";

/// The servers by their names in the lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Servers {
    /// The one that is written to.
    #[serde(default = "primary")]
    pub primary: String,
    /// Its physical copy.
    #[serde(default = "standby")]
    pub standby: String,
    /// The one that gets some of the tables.
    #[serde(default = "analytics")]
    pub analytics: String,
    /// The database.
    #[serde(default = "shop")]
    pub database: String,
}

fn primary() -> String {
    "primary".into()
}
fn standby() -> String {
    "standby".into()
}
fn analytics() -> String {
    "analytics".into()
}
fn shop() -> String {
    "shop".into()
}

impl Default for Servers {
    fn default() -> Self {
        Self {
            primary: primary(),
            standby: standby(),
            analytics: analytics(),
            database: shop(),
        }
    }
}

impl Servers {
    /// The primary's sessions.
    #[must_use]
    pub fn primary<'a>(&'a self, cx: &'a Context<'a>) -> Node<'a> {
        Node::new(cx, &self.primary, &self.database)
    }

    /// The standby's sessions.
    #[must_use]
    pub fn standby<'a>(&'a self, cx: &'a Context<'a>) -> Node<'a> {
        Node::new(cx, &self.standby, &self.database)
    }

    /// The subscriber's sessions.
    #[must_use]
    pub fn analytics<'a>(&'a self, cx: &'a Context<'a>) -> Node<'a> {
        Node::new(cx, &self.analytics, &self.database)
    }
}

/// What is known of the submission's replication.
#[derive(Debug)]
pub struct Replication {
    /// What its scripts are given; the replication login's name and password among it.
    pub variables: Variables,
    /// The primary's system catalogues, before anything of the submission ran there.
    pub catalog: Catalog,
    /// How the standby is made.
    pub standby: Mutex<Option<standby::Recipe>>,
    /// Why the standby will never stream, once that is known.
    pub hopeless: Mutex<Option<Evidence>>,
}

impl Replication {
    /// What the check that started the primary has noted.
    ///
    /// # Errors
    /// It has not: `needs` are wrong.
    pub fn of<'a>(cx: &'a Context<'_>) -> Result<&'a Self, Broken> {
        written(&cx.notebook.replication, "replication")
    }
}

/// How long a row may take from one server to another; a few milliseconds were measured.
pub const ARRIVES: Duration = Duration::from_secs(30);

/// A word that no row has yet, from the seed and the moment.
#[must_use]
pub fn token(cx: &Context<'_>, purpose: &str) -> String {
    // The moment belongs to it: a check that writes twice must not find its first row.
    let mut stream = cx.seed.stream(&format!("{purpose}-{}", cx.timeline.now()));
    format!("{purpose}-{:016x}", stream.next_u64())
}

/// A position in the WAL as a number of bytes: `1/5000148`.
#[must_use]
pub fn position(text: &str) -> Option<u64> {
    let (high, low) = text.split_once('/')?;
    let part = |text: &str| u64::from_str_radix(text, 16).ok();
    Some((part(high)? << 32) | part(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_bytes() {
        assert_eq!(position("0/5000148"), Some(0x500_0148));
        assert_eq!(position("1/0"), Some(1 << 32));
        assert_eq!(position("x"), None);
    }
}
