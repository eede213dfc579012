//! `run.sql-only`: a script holds only statements of an allow-list. It is parsed, never run.

use std::collections::BTreeSet;
use std::sync::Arc;

use pg_query::NodeEnum;
use pg_query::protobuf::{IndexStmt, ObjectType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::message;
use crate::message::Message;
use crate::sql::{self, Script, Statement};
use crate::verdict::{Broken, Evidence, Verdict};

/// The allow-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlOnly {
    /// The submitted script.
    pub file: String,
    /// What may stand in it.
    pub allow: BTreeSet<Allowed>,
    /// Extensions that `create-extension` may name.
    #[serde(default)]
    pub extensions: BTreeSet<String>,
}

/// A kind of statement.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Allowed {
    /// CREATE INDEX, also UNIQUE and CONCURRENTLY.
    CreateIndex,
    /// DROP INDEX of an index that the same script makes.
    DropOwnIndex,
    /// CREATE STATISTICS.
    CreateStatistics,
    /// ANALYZE.
    Analyze,
    /// COMMENT ON.
    Comment,
    /// CREATE EXTENSION of a listed one.
    CreateExtension,
}

/// Parses the script and holds each statement against the list.
///
/// # Errors
/// The file cannot be read.
pub fn check(spec: &SqlOnly, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let bytes = cx.files.read(&spec.file)?;
    let script = match Script::read(&spec.file, &bytes) {
        Ok(script) => Arc::new(script),
        Err((text, mistake)) => {
            let place = sql::excerpt(&spec.file, &text, mistake.at);
            return Ok(Verdict::failed(Evidence::from(mistake.message).at(place)));
        }
    };
    // Kept even if it is refused: `prove` may look behind this gate.
    let _ = cx.notebook.script.set(Arc::clone(&script));

    let made = Made::of(&script);
    let refused: Vec<(usize, Message)> = script
        .statements
        .iter()
        .filter_map(|statement| refusal(spec, &made, statement))
        .collect();
    let statements = script.statements.len();
    Ok(match refused.split_first() {
        None if statements == 0 => {
            Verdict::passed(message!("sql-only-empty", file = &spec.file).into())
        }
        None => Verdict::passed(message!("sql-only-passed", statements = statements).into()),
        Some(((at, first), others)) => {
            let details = others
                .iter()
                .take(10)
                .map(|(at, why)| {
                    let place = script.excerpt(*at);
                    message!(
                        "sql-only-also",
                        line = place.line.unwrap_or_default(),
                        why = why.args.get("what").map_or_else(String::new, arg_text),
                    )
                })
                .collect();
            Verdict::failed(
                Evidence::from(first.clone())
                    .at(script.excerpt(*at))
                    .with_details(details),
            )
        }
    })
}

fn arg_text(arg: &message::Arg) -> String {
    match arg {
        message::Arg::Text(text) => text.to_string(),
        message::Arg::Number(number) => number.to_string(),
    }
}

/// Why a statement is refused, and where.
fn refusal(spec: &SqlOnly, made: &Made, statement: &Statement) -> Option<(usize, Message)> {
    let number = statement.number;
    let node = match &statement.parsed {
        Ok(node) => node,
        Err(mistake) => {
            let mut message = mistake.message.clone();
            message.args.insert("statement".into(), number.into());
            message
                .args
                .insert("what".into(), head(&statement.sql).into());
            return Some((mistake.at, message));
        }
    };
    let refuse = |message| Some((statement.start, message));
    let what = head(&statement.sql);
    let (kind, trouble) = match node {
        NodeEnum::IndexStmt(_) => (Some(Allowed::CreateIndex), None),
        NodeEnum::CreateStatsStmt(_) => (Some(Allowed::CreateStatistics), None),
        NodeEnum::VacuumStmt(vacuum) if !vacuum.is_vacuumcmd => (Some(Allowed::Analyze), None),
        NodeEnum::CommentStmt(_) => (Some(Allowed::Comment), None),
        NodeEnum::CreateExtensionStmt(extension) => {
            let known = spec.extensions.contains(&extension.extname);
            let name = extension.extname.as_str();
            let listed = spec
                .extensions
                .iter()
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            let trouble = (!known).then(|| {
                message!(
                    "sql-only-extension",
                    statement = number,
                    what = what.as_str(),
                    name = name,
                    allowed = listed
                )
            });
            (Some(Allowed::CreateExtension), trouble)
        }
        NodeEnum::DropStmt(drop) if drop.remove_type() == ObjectType::ObjectIndex => {
            let foreign = drop
                .objects
                .iter()
                .map(dropped_name)
                .find(|name| !made.has(name));
            let trouble = foreign.map(|name| {
                message!(
                    "sql-only-foreign-index",
                    statement = number,
                    what = what.as_str(),
                    name = name
                )
            });
            (Some(Allowed::DropOwnIndex), trouble)
        }
        _ => (None, None),
    };
    match (kind, trouble) {
        (Some(kind), None) if spec.allow.contains(&kind) => None,
        (Some(kind), Some(trouble)) if spec.allow.contains(&kind) => refuse(trouble),
        _ => refuse(message!(
            "sql-only-refused",
            statement = number,
            what = what
        )),
    }
}

/// The first words of a statement, as people name it: `ALTER DATABASE`.
fn head(sql: &str) -> String {
    let words: Vec<String> = sql
        .split(|c: char| !c.is_alphabetic() && c != '_' && c != '\\')
        .filter(|word| !word.is_empty())
        .take(2)
        .map(str::to_uppercase)
        .collect();
    words.join(" ")
}

/// The bare name of a dropped index, without its schema.
fn dropped_name(object: &pg_query::protobuf::Node) -> String {
    let parts = match &object.node {
        Some(NodeEnum::List(list)) => list.items.clone(),
        _ => Vec::new(),
    };
    match parts.last().and_then(|part| part.node.as_ref()) {
        Some(NodeEnum::String(name)) => name.sval.clone(),
        _ => String::new(),
    }
}

/// The indexes that a script makes: those it names, and the tables on which it leaves the name to
/// the server (`<table>_<columns>_idx`).
struct Made {
    named: BTreeSet<String>,
    unnamed_on: BTreeSet<String>,
}

impl Made {
    fn of(script: &Script) -> Self {
        let (mut named, mut unnamed_on) = (BTreeSet::new(), BTreeSet::new());
        for statement in &script.statements {
            if let Ok(NodeEnum::IndexStmt(index)) = &statement.parsed {
                let IndexStmt {
                    idxname, relation, ..
                } = index.as_ref();
                match relation {
                    Some(table) if idxname.is_empty() => unnamed_on.insert(table.relname.clone()),
                    _ => named.insert(idxname.clone()),
                };
            }
        }
        Self { named, unnamed_on }
    }

    fn has(&self, name: &str) -> bool {
        let by_server = |table: &String| {
            let tail = name
                .strip_prefix(table.as_str())
                .and_then(|rest| rest.strip_prefix('_'));
            tail.is_some_and(|tail| {
                tail.trim_end_matches(|c: char| c.is_ascii_digit())
                    .ends_with("idx")
            })
        };
        self.named.contains(name) || self.unnamed_on.iter().any(by_server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(sql: &str) -> Vec<(u32, String)> {
        let spec = SqlOnly {
            file: "f.sql".into(),
            allow: [
                Allowed::CreateIndex,
                Allowed::DropOwnIndex,
                Allowed::CreateStatistics,
                Allowed::Analyze,
                Allowed::Comment,
                Allowed::CreateExtension,
            ]
            .into(),
            extensions: ["pg_trgm".to_owned()].into(),
        };
        let script = Script::read("f.sql", sql.as_bytes()).expect("tokens");
        let made = Made::of(&script);
        script
            .statements
            .iter()
            .filter_map(|statement| refusal(&spec, &made, statement))
            .map(|(at, message)| (script.excerpt(at).line.expect("line"), message.key))
            .collect()
    }

    #[test]
    fn what_belongs_into_an_index_script_passes() {
        for sql in [
            "",
            "-- nothing",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t USING btree (a DESC) INCLUDE (b) WHERE c",
            "create index on t using gin (to_tsvector('russian', a || ' ' || b))",
            "DROP INDEX IF EXISTS i; CREATE INDEX i ON t (a);",
            "DROP INDEX IF EXISTS public.\"Индекс\"; CREATE INDEX \"Индекс\" ON t (a);",
            "CREATE INDEX ON t (a); DROP INDEX t_a_idx;",
            "CREATE EXTENSION IF NOT EXISTS pg_trgm; ANALYZE t; ANALYZE;",
            "CREATE STATISTICS s (dependencies) ON a, b FROM t; COMMENT ON INDEX i IS 'x; DROP TABLE t'",
        ] {
            assert_eq!(refusals(sql), [], "{sql}");
        }
    }

    #[test]
    fn everything_else_is_refused_at_its_line() {
        for (sql, key) in [
            ("SET enable_seqscan = off", "sql-only-refused"),
            ("BEGIN", "sql-only-refused"),
            ("COMMIT", "sql-only-refused"),
            ("VACUUM", "sql-only-refused"),
            ("VACUUM ANALYZE t", "sql-only-refused"),
            (
                "ALTER DATABASE shop SET enable_seqscan = off",
                "sql-only-refused",
            ),
            (
                "ALTER ROLE student SET work_mem = '1GB'",
                "sql-only-refused",
            ),
            ("ALTER INDEX i RENAME TO j", "sql-only-refused"),
            ("CREATE TABLE x AS SELECT 1", "sql-only-refused"),
            ("CREATE MATERIALIZED VIEW v AS SELECT 1", "sql-only-refused"),
            ("CREATE VIEW v AS SELECT 1", "sql-only-refused"),
            (
                "CREATE RULE r AS ON SELECT TO t DO INSTEAD SELECT 1",
                "sql-only-refused",
            ),
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "sql-only-refused",
            ),
            ("DO $$ BEGIN END $$", "sql-only-refused"),
            ("EXPLAIN ANALYZE SELECT 1", "sql-only-refused"),
            ("REINDEX TABLE t", "sql-only-refused"),
            ("CLUSTER t", "sql-only-refused"),
            ("COPY t FROM STDIN", "sql-only-refused"),
            ("COPY t TO PROGRAM 'sh'", "sql-only-refused"),
            ("DROP TABLE t", "sql-only-refused"),
            ("DROP INDEX t_pkey", "sql-only-foreign-index"),
            (
                "CREATE INDEX i ON t (a); DROP INDEX i, t_pkey",
                "sql-only-foreign-index",
            ),
            (
                "CREATE INDEX ON t (a); DROP INDEX t_pkey",
                "sql-only-foreign-index",
            ),
            ("CREATE EXTENSION dblink", "sql-only-extension"),
            ("\\timing on", "sql-psql-command"),
            ("CREATE INDX i ON t (a)", "sql-syntax"),
            ("foo bar", "sql-syntax"),
        ] {
            assert_eq!(
                refusals(&format!("ANALYZE;\n{sql};")),
                [(2, key.to_owned())],
                "{sql}"
            );
        }
    }
}
