//! The indexes of a database, as its catalogues have them.

use serde::Deserialize;

use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::message::Tainted;
use crate::verdict::Broken;

/// One index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// The catalogue's number: it stays when the name changes.
    pub oid: u32,
    /// As the server writes the name in SQL: quoted where needed, with its schema.
    pub sql_name: String,
    /// The bare name, as plans show it.
    pub name: String,
    /// The table.
    pub table: String,
    /// The access method, as in `gin`.
    pub method: String,
    /// It belongs to a primary key.
    pub primary: bool,
    /// It can be used and is kept up to date.
    pub valid: bool,
    /// All its pages, in bytes.
    pub bytes: u64,
    /// Its predicate, for a partial one.
    pub predicate: Option<String>,
    /// Its key columns in order.
    pub keys: Vec<Key>,
    /// Its INCLUDE columns.
    pub included: Vec<String>,
}

/// A key column of an index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Key {
    /// The column or expression.
    pub what: String,
    /// Operator class and collation.
    pub class: String,
    /// DESC and NULLS FIRST, as bits of `indoption`.
    pub option: u8,
}

// Keys and INCLUDE columns come as JSON: an expression of a student's may hold any character.
const CATALOGUE: &str = "
SELECT x.indexrelid, format('%I.%I', n.nspname, i.relname), i.relname, t.relname, am.amname,
       x.indisprimary, x.indisvalid AND x.indisready AND x.indislive,
       pg_catalog.pg_relation_size(x.indexrelid, 'main'),
       pg_catalog.pg_get_expr(x.indpred, x.indrelid),
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                  'what', pg_catalog.pg_get_indexdef(x.indexrelid, k, false),
                  'class', x.indclass[k - 1] || '/' || x.indcollation[k - 1],
                  'option', x.indoption[k - 1]) ORDER BY k)
          FROM generate_series(1, x.indnkeyatts) k),
       (SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(x.indexrelid, k, false) ORDER BY k)
          FROM generate_series(x.indnkeyatts + 1, x.indnatts) k)
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
  JOIN pg_catalog.pg_am am ON am.oid = i.relam
 WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
   AND n.nspname NOT LIKE 'pg_temp%' AND n.nspname NOT LIKE 'pg_toast_temp%'
 ORDER BY x.indexrelid";

/// All indexes outside of the system's schemas, in the order of their making.
///
/// # Errors
/// The catalogue cannot be read: ours.
pub async fn list(audit: &Session) -> Result<Vec<Index>, Broken> {
    audit
        .rows(CATALOGUE, Bounds::QUERY)
        .await
        .map_err(Trouble::broken)?
        .iter()
        .map(|row| index(row).ok_or_else(|| message!("broken-sql-shape").into()))
        .collect()
}

fn index(row: &[Option<String>]) -> Option<Index> {
    let text = |column: usize| row.get(column)?.clone();
    let keys = serde_json::from_str(&text(9)?).ok()?;
    let included =
        text(10).map_or_else(|| Some(Vec::new()), |list| serde_json::from_str(&list).ok())?;
    Some(Index {
        oid: text(0)?.parse().ok()?,
        sql_name: text(1)?,
        name: text(2)?,
        table: text(3)?,
        method: text(4)?,
        primary: text(5)? == "t",
        valid: text(6)? == "t",
        bytes: text(7)?.parse().ok()?,
        predicate: text(8),
        keys,
        included,
    })
}

impl Index {
    /// Whether `other` can do all that this one does: the same method, table and predicate, with
    /// this one's keys at its head (all in the same direction, or all turned round) and this one's
    /// INCLUDE columns somewhere in it.
    #[must_use]
    pub fn is_covered_by(&self, other: &Self) -> bool {
        let head = self.method == other.method
            && self.table == other.table
            && self.predicate == other.predicate
            && (self.method == "btree" || self.keys.len() == other.keys.len())
            && self.keys.len() <= other.keys.len()
            && self
                .keys
                .iter()
                .zip(&other.keys)
                .all(|(mine, theirs)| mine.what == theirs.what && mine.class == theirs.class);
        let turns: Vec<u8> = self
            .keys
            .iter()
            .zip(&other.keys)
            .map(|(mine, theirs)| mine.option ^ theirs.option)
            .collect();
        // DESC alone turns NULLS FIRST on: both bits differ when a whole key is turned round.
        let one_way = turns.iter().all(|&turn| turn == 0) || turns.iter().all(|&turn| turn == 3);
        let columns = |name: &String| {
            other.keys.iter().any(|key| &key.what == name) || other.included.contains(name)
        };
        head && one_way && self.included.iter().all(columns)
    }

    /// The name for people.
    #[must_use]
    pub fn shown(&self) -> Tainted {
        Tainted::bounded(&self.name, 80)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn btree(keys: &[(&str, u8)], included: &[&str]) -> Index {
        Index {
            oid: 1,
            sql_name: "public.i".into(),
            name: "i".into(),
            table: "t".into(),
            method: "btree".into(),
            primary: false,
            valid: true,
            bytes: 8192,
            predicate: None,
            keys: keys
                .iter()
                .map(|&(what, option)| Key {
                    what: what.into(),
                    class: "1/0".into(),
                    option,
                })
                .collect(),
            included: included.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn prefixes_and_duplicates_are_covered() {
        let (a, desc) = (btree(&[("a", 0)], &[]), btree(&[("a", 3)], &[]));
        let a_b = btree(&[("a", 0), ("b", 0)], &[]);
        let a_b_desc = btree(&[("a", 0), ("b", 3)], &[]);
        let b_a = btree(&[("b", 0), ("a", 0)], &[]);
        let a_with_c = btree(&[("a", 0)], &["c"]);
        let a_c = btree(&[("a", 0), ("c", 0)], &[]);
        for (one, other, covered) in [
            (&a, &a_b, true),
            (&a, &a, true),
            (&desc, &a_b, true),
            (&a_b, &a, false),
            (&a_b, &a_b_desc, false),
            (&a, &b_a, false),
            (&a, &a_with_c, true),
            (&a_with_c, &a, false),
            (&a_with_c, &a_c, true),
        ] {
            assert_eq!(one.is_covered_by(other), covered, "{one:?} by {other:?}");
        }
        let mut partial = a.clone();
        partial.predicate = Some("(b > 0)".into());
        assert!(!partial.is_covered_by(&a_b) && !a.is_covered_by(&partial));
    }
}
