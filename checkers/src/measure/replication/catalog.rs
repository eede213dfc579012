//! The system catalogues, as they were before the submission ran: a superuser can replace the
//! system's functions and views, and then they say what he likes.
//!
//! Whole tables are read, without a function or an operator in the query, and compared here.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::verdict::Stop;

use super::Replication;
use super::node::Node;
use crate::context::Context;

/// The namespace `pg_catalog`, fixed in PostgreSQL's sources (`PG_CATALOG_NAMESPACE`).
const SYSTEM: &str = "11";
/// What is read: a name, the namespace where the row has one, and what it does.
const TABLES: [(&str, &str); 4] = [
    (
        "function",
        "SELECT oid, proname, pronamespace, prolang, prosrc, probin, proargtypes, prorettype, \
         proconfig, prosecdef FROM pg_catalog.pg_proc",
    ),
    (
        "operator",
        "SELECT oid, oprname, oprnamespace, oprcode, oprleft, oprright FROM pg_catalog.pg_operator",
    ),
    (
        "relation",
        "SELECT oid, relname, relnamespace, relkind, relhasrules, relhastriggers FROM pg_catalog.pg_class",
    ),
    (
        "cast",
        "SELECT oid, castsource, castfunc, casttarget, castcontext FROM pg_catalog.pg_cast",
    ),
];
/// The rules behind the system's views: by oid, since they have no namespace of their own.
const RULES: &str = "SELECT oid, ev_class, ev_action FROM pg_catalog.pg_rewrite";
/// Objects below this number come with initdb (`FirstNormalObjectId`).
const FIRST_OF_USERS: u64 = 16_384;
const BOUNDS: Bounds = Bounds {
    rows: 20_000,
    bytes: 32 << 20,
    ..Bounds::QUERY
};

/// A digest of each object of the system, by what and which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    objects: BTreeMap<(&'static str, String), (String, [u8; 32])>,
}

impl Catalog {
    /// Reads a server's catalogues.
    ///
    /// # Errors
    /// As of a query.
    pub async fn read(session: &Session) -> Result<Self, Trouble> {
        let mut objects = BTreeMap::new();
        for (what, sql) in TABLES {
            for row in session.rows(sql, BOUNDS).await? {
                let text = |column: usize| row.get(column).cloned().flatten().unwrap_or_default();
                // Casts have none: those of the system are below the users' numbers.
                let of_system = if what == "cast" {
                    text(0).parse().is_ok_and(|oid: u64| oid < FIRST_OF_USERS)
                } else {
                    text(2) == SYSTEM
                };
                if of_system {
                    objects.insert((what, text(0)), (text(1), digest(&row)));
                }
            }
        }
        for row in session.rows(RULES, BOUNDS).await? {
            let text = |column: usize| row.get(column).cloned().flatten().unwrap_or_default();
            let view = objects
                .get(&("relation", text(1)))
                .map(|(name, _)| name.clone());
            if let Some(view) = view {
                objects.insert(("view", text(0)), (view, digest(&row)));
            }
        }
        Ok(Self { objects })
    }

    /// The first object that is not as it was, or is new, by kind and name.
    #[must_use]
    pub fn changed(&self, now: &Self) -> Option<(&'static str, String)> {
        let differs = |a: &Self, b: &Self| {
            a.objects
                .iter()
                .find(|(key, object)| b.objects.get(*key) != Some(object))
                .map(|((what, _), (name, _))| (*what, name.clone()))
        };
        differs(now, self).or_else(|| differs(self, now))
    }
}

fn digest(row: &[Option<String>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for column in row {
        match column {
            Some(text) => {
                hash.update((text.len() as u64).to_le_bytes());
                hash.update(text);
            }
            None => hash.update([0xff; 9]),
        }
    }
    hash.finalize().into()
}

/// Sees that a server's catalogues are the system's own: only then they may be believed.
///
/// # Errors
/// They are not, which is the student's; or the server does not answer.
pub async fn intact(cx: &Context<'_>, node: Node<'_>, session: &Session) -> Result<(), Stop> {
    let before = &Replication::of(cx)?.catalog;
    let now = match Catalog::read(session).await {
        Ok(now) => now,
        Err(trouble) => return Err(node.trouble(trouble).await),
    };
    match before.changed(&now) {
        None => Ok(()),
        Some((what, name)) => Err(Stop::failed(message!(
            "catalog-changed",
            service = node.service,
            what = what,
            name = name
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_gone_or_changed_is_found() {
        let catalog = |objects: &[(&str, &str, u8)]| Catalog {
            objects: objects
                .iter()
                .map(|(oid, name, body)| {
                    (
                        ("function", (*oid).to_owned()),
                        ((*name).to_owned(), [*body; 32]),
                    )
                })
                .collect(),
        };
        let before = catalog(&[("1", "now", 1), ("2", "md5", 2)]);
        let name = |now: &Catalog| before.changed(now).map(|(_, name)| name);
        assert_eq!(name(&before.clone()), None);
        let changed = catalog(&[("1", "now", 9), ("2", "md5", 2)]);
        assert_eq!(name(&changed).as_deref(), Some("now"));
        let new = catalog(&[("1", "now", 1), ("2", "md5", 2), ("3", "mine", 1)]);
        assert_eq!(name(&new).as_deref(), Some("mine"));
        assert_eq!(name(&catalog(&[("1", "now", 1)])).as_deref(), Some("md5"));
        assert_ne!(digest(&[None]), digest(&[Some(String::new())]));
    }
}
