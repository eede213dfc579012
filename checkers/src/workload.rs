//! The queries of a lab, the constants that the seed draws for them, and what they cost without
//! indexes and with the reference: the anchors that everything is judged against.
//!
//! Anchors are recorded once, on the very data set that is graded on, and carry its digest. A
//! grade measures only the submission, so no reference index is ever near it.

pub mod record;

use std::collections::BTreeMap;

use rand::RngExt;
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bench::Bench;
use crate::context::Seed;
use crate::measure::explain;
use crate::measure::indexes::Index;
use crate::measure::postgres::{Bounds, Door, Session, Trouble, WORKLOAD_PATH};
use crate::message;
use crate::verdict::{Broken, PlanNode};

/// The workload in a lab's specification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spec {
    /// The service that is queried.
    pub service: String,
    /// The database in it.
    pub database: String,
    /// The queries: a file with a line `-- NAME` before each.
    pub queries: String,
    /// For each query a SELECT of its possible constants, as SQL literals; same form.
    pub draws: String,
    /// For each query a SELECT of further constants by `$seed`, for which nothing is recorded.
    #[serde(default)]
    pub others: Option<String>,
    /// A fixed batch of writes.
    pub writes: String,
    /// What was recorded: `labgrade prove LAB --record` writes it.
    pub anchors: String,
    /// How many constants are drawn for each query.
    #[serde(rename = "per_query")]
    pub per_query: usize,
}

/// The workload, its files read.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The specification.
    pub spec: Spec,
    /// Query texts by name, with `$1`… where a constant goes.
    pub queries: BTreeMap<String, String>,
    /// SELECTs of constants, by query.
    pub draws: BTreeMap<String, String>,
    /// SELECTs of further constants, by query.
    pub others: BTreeMap<String, String>,
    /// The batch of writes, statement by statement.
    pub writes: Vec<String>,
    /// What was recorded.
    pub anchors: Anchors,
}

/// What was measured when the lab was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchors {
    /// The digest of the data set that it was measured on.
    pub dataset: String,
    /// Bytes of the reference's indexes.
    pub index_bytes: u64,
    /// Bytes of WAL that the batch of writes makes with the reference's indexes.
    pub write_wal: u64,
    /// By query, one for each possible draw.
    pub queries: BTreeMap<String, Vec<Anchor>>,
}

/// One possible draw of a query, measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The constants as SQL literals.
    pub params: Vec<String>,
    /// Digest of the rows, whatever their order.
    pub answer: String,
    /// Blocks without any index of the student's.
    pub none: u64,
    /// Blocks with the reference's indexes.
    pub reference: u64,
}

/// A draw of this run, and what the submission makes of it.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The query's name.
    pub query: String,
    /// Its text with the constants in it.
    pub sql: String,
    /// What was recorded for it.
    pub anchor: Anchor,
    /// Digest of the rows that came.
    pub answer: String,
    /// The plan and its blocks.
    pub plan: PlanNode,
}

impl Workload {
    /// Puts a workload together from the texts of its files.
    ///
    /// # Errors
    /// Says what does not fit, in English, for the lab's author.
    pub fn new(
        spec: Spec,
        queries: &str,
        draws: &str,
        others: &str,
        writes: &str,
        anchors: &str,
    ) -> Result<Self, String> {
        let queries = sections(queries);
        if queries.is_empty() {
            return Err(format!(
                "{}: no query; each begins with a line `-- NAME`",
                spec.queries
            ));
        }
        let script = crate::sql::Script::read(&spec.writes, writes.as_bytes())
            .map_err(|(_, mistake)| format!("{}: {:?}", spec.writes, mistake.message))?;
        let anchors: Anchors =
            serde_json::from_str(anchors).map_err(|error| format!("{}: {error}", spec.anchors))?;
        Ok(Self {
            draws: sections(draws),
            others: sections(others),
            writes: script
                .statements
                .into_iter()
                .map(|statement| statement.sql)
                .collect(),
            spec,
            queries,
            anchors,
        })
    }

    /// The draws of this run: for each query as many as the specification says, without repetition.
    ///
    /// # Errors
    /// Nothing was recorded for a query: ours.
    pub fn draw(&self, seed: Seed) -> Result<Vec<(String, String, Anchor)>, Broken> {
        let mut drawn = Vec::new();
        for (query, text) in &self.queries {
            let mut pool: Vec<&Anchor> = self
                .anchors
                .queries
                .get(query)
                .filter(|pool| !pool.is_empty())
                .ok_or_else(|| Broken::from(message!("broken-no-anchors", query = query)))?
                .iter()
                .collect();
            let (chosen, _) = pool.partial_shuffle(
                &mut seed.stream(&format!("draw/{query}")),
                self.spec.per_query,
            );
            for anchor in chosen {
                drawn.push((
                    query.clone(),
                    filled(text, &anchor.params),
                    (*anchor).clone(),
                ));
            }
        }
        Ok(drawn)
    }

    /// Constants of this run for which nothing was recorded, filled into their queries: the query's
    /// name and its text.
    ///
    /// # Errors
    /// They cannot be drawn: ours.
    pub async fn others(
        &self,
        probe: &Session,
        seed: Seed,
    ) -> Result<Vec<(String, String)>, Broken> {
        let mut drawn = Vec::new();
        for (query, select) in &self.others {
            let Some(text) = self.queries.get(query) else {
                continue;
            };
            let number = seed.stream(&format!("others/{query}")).random::<u32>();
            let select = select.replace("$seed", &number.to_string());
            let rows = probe
                .rows(&select, Bounds::QUERY)
                .await
                .map_err(Trouble::broken)?;
            for row in rows {
                let params: Vec<String> = row.into_iter().flatten().collect();
                drawn.push((query.clone(), filled(text, &params)));
            }
        }
        Ok(drawn)
    }

    /// Opens a session on the lab's database.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub async fn session(&self, bench: &dyn Bench, role: &str) -> Result<Session, Broken> {
        Session::open(bench, self.door(role)).await
    }

    /// The way to the lab's database.
    #[must_use]
    pub fn door<'a>(&'a self, role: &'a str) -> Door<'a> {
        Door {
            service: &self.spec.service,
            database: &self.spec.database,
            role,
            path: WORKLOAD_PATH,
            statement: Bounds::QUERY.time,
        }
    }

    /// Sees that the anchors were recorded on the data set that runs.
    ///
    /// # Errors
    /// They were not: ours, and the message says how to record them again.
    pub async fn same_data(&self, bench: &dyn Bench) -> Result<(), Broken> {
        let digest = dataset(bench, &self.spec.service).await?;
        if digest == self.anchors.dataset {
            return Ok(());
        }
        Err(Broken::because(
            message!("broken-other-data"),
            format!("{digest} / {}", self.anchors.dataset),
        ))
    }
}

/// The digest of the data set, which its image computed when it was built.
///
/// # Errors
/// It cannot be read: ours.
pub async fn dataset(bench: &dyn Bench, service: &str) -> Result<String, Broken> {
    let audit = Session::open(
        bench,
        Door {
            service,
            database: "labgrade",
            role: "audit",
            path: "pg_catalog,pg_temp",
            statement: Bounds::QUERY.time,
        },
    )
    .await?;
    audit.value("SELECT digest FROM public.dataset").await
}

/// Runs one query with its constants: the rows' digest, and the plan with its blocks.
///
/// # Errors
/// As of the query.
pub async fn run(probe: &Session, sql: &str) -> Result<(String, PlanNode), Trouble> {
    let rows = probe.rows(sql, Bounds::QUERY).await?;
    let plan = explain::analyze(probe, sql).await?;
    Ok((digest(&rows), plan))
}

/// A digest of rows in which their order has no say: where a query does not ask for an order, an
/// index may change it.
fn digest(rows: &[Vec<Option<String>>]) -> String {
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| serde_json::to_string(row).unwrap_or_default())
        .collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    let short: String = hash
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}:{short}", lines.len())
}

/// Puts each index's access method into the plan's nodes.
pub fn name_methods(plan: &mut PlanNode, indexes: &[Index]) {
    if let Some(name) = &plan.index_name {
        plan.method = indexes
            .iter()
            .find(|index| &index.name == name)
            .map(|index| index.method.clone());
    }
    for child in &mut plan.children {
        name_methods(child, indexes);
    }
}

/// A query's text with its constants; `$10` and beyond do not occur.
fn filled(text: &str, params: &[String]) -> String {
    params
        .iter()
        .enumerate()
        .rev()
        .fold(text.to_owned(), |sql, (index, literal)| {
            sql.replace(&format!("${}", index + 1), literal)
        })
}

/// Splits a file at its lines `-- NAME …`; the final semicolon of a section is dropped. A line
/// whose first word is no lower-case name belongs to the text.
fn sections(text: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        if let Some(name) = heading(line) {
            sections.insert(name.clone(), String::new());
            open = Some(name);
        } else if let Some(section) = open.as_ref().and_then(|name| sections.get_mut(name))
            && !line.trim_start().starts_with("--")
        {
            section.push_str(line);
            section.push('\n');
        }
    }
    for section in sections.values_mut() {
        *section = section.trim().trim_end_matches(';').trim_end().to_owned();
    }
    sections.retain(|_, section| !section.is_empty());
    sections
}

/// `-- q1 the newest orders` names the section `q1`.
fn heading(line: &str) -> Option<String> {
    let name = line.strip_prefix("-- ")?.split_whitespace().next()?;
    let digits = name.strip_prefix('q')?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_constants() {
        let sections = sections(
            "-- a comment\n-- q1  newest\nSELECT $1,\n -- why\n $2;\n-- q2\nSELECT 1;\n-- q3\n",
        );
        assert_eq!(sections.keys().collect::<Vec<_>>(), ["q1", "q2"]);
        assert_eq!(
            filled(&sections["q1"], &["'x'::text".into(), "2".into()]),
            "SELECT 'x'::text,\n 2"
        );
    }

    #[test]
    fn digests_ignore_order_but_not_content() {
        let row = |text: &str| vec![Some(text.to_owned()), None];
        let one = digest(&[row("a"), row("b")]);
        assert_eq!(one, digest(&[row("b"), row("a")]));
        assert_ne!(one, digest(&[row("a"), row("a")]));
        assert_ne!(one, digest(&[row("a")]));
    }

    #[test]
    fn draws_follow_from_the_seed() {
        let anchor = |n: u64| Anchor {
            params: vec![n.to_string()],
            answer: String::new(),
            none: 10,
            reference: 1,
        };
        let workload = Workload {
            spec: Spec {
                service: "db".into(),
                database: "shop".into(),
                queries: String::new(),
                draws: String::new(),
                others: None,
                writes: String::new(),
                anchors: String::new(),
                per_query: 3,
            },
            queries: BTreeMap::from([("q1".into(), "SELECT $1".into())]),
            draws: BTreeMap::new(),
            others: BTreeMap::new(),
            writes: vec![],
            anchors: Anchors {
                queries: BTreeMap::from([("q1".into(), (0..64).map(anchor).collect())]),
                ..Anchors::default()
            },
        };
        let sqls = |seed| -> Vec<String> {
            workload
                .draw(Seed(seed))
                .expect("draws")
                .into_iter()
                .map(|(_, sql, _)| sql)
                .collect()
        };
        assert_eq!(sqls(1), sqls(1));
        assert_ne!(sqls(1), sqls(2));
        assert_eq!(
            sqls(1)
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            3
        );
    }
}
