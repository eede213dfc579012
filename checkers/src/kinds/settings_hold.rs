//! `run.settings-hold`: formulas over a server's settings, as the application's own session sees
//! them, and over the lab's published numbers, each within its band.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::formula::{self, Value};
use crate::measure::settings::{self, Settings};
use crate::measure::tuned::{Server, Stop, settle};
use crate::message;
use crate::message::Message;
use crate::postgres_conf::{Conf, known};
use crate::verdict::{Broken, Evidence, Verdict};

/// The rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsHold {
    /// The server.
    #[serde(default)]
    pub on: Server,
    /// All must hold.
    pub rules: Vec<Rule>,
}

/// One rule. A formula may name settings (sizes in bytes, times in milliseconds, on and off as 1
/// and 0), the numbers of `machine`, and `memory` (in bytes) and `cpus` of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is looked at: a formula, or the name of one setting.
    pub value: String,
    /// A formula: the least that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<String>,
    /// A formula: the most that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<String>,
    /// Instead of a band, the words that are right; `value` is then one setting.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// What the number counts.
    #[serde(default)]
    pub unit: Counted,
}

/// What a formula's number counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// Nothing but itself.
    #[default]
    Number,
    /// Bytes, shown in PostgreSQL's own units.
    Bytes,
    /// Milliseconds.
    Milliseconds,
}

/// Looks at every rule.
///
/// # Errors
/// A formula cannot be computed, which is the lab's fault, or the server does not say.
pub async fn check(spec: &SettingsHold, cx: &Context<'_>) -> Result<Verdict, Broken> {
    settle(judge(&spec.on, &spec.rules, cx).await)
}

async fn judge(on: &Server, rules: &[Rule], cx: &Context<'_>) -> Result<Verdict, Stop> {
    let seen = look(on, rules, cx).await?;
    let message = match seen.broken() {
        0 => message!("hold-all", rules = rules.len()),
        wrong => message!("hold-not", wrong = wrong, rules = rules.len()),
    };
    let passed = seen.broken() == 0;
    let evidence = seen.evidence(message, on);
    Ok(if passed {
        Verdict::passed(evidence)
    } else {
        Verdict::failed(evidence)
    })
}

/// What there was to see of each rule.
pub(crate) struct Seen {
    conf: Conf,
    rules: Vec<One>,
}

struct One {
    holds: bool,
    expected: Message,
    observed: Message,
    /// The settings that it reads, each with its value and its line.
    settings: Vec<(String, String, Option<u32>)>,
}

/// Computes the rules on the settings that the application's session sees.
pub(crate) async fn look(on: &Server, rules: &[Rule], cx: &Context<'_>) -> Result<Seen, Stop> {
    let settings = on.settings(cx).await?;
    let conf = on.conf(cx)?;
    let mut values = settings.values();
    values.extend(numbers(on, cx)?);
    let rules = rules
        .iter()
        .map(|rule| one(rule, &settings, &values, &conf))
        .collect::<Result<_, _>>()?;
    Ok(Seen { conf, rules })
}

/// The lab's numbers, and the server's.
fn numbers(on: &Server, cx: &Context<'_>) -> Result<BTreeMap<String, Value>, Broken> {
    let limits = cx.bench.limits(&on.service)?;
    let mut numbers: BTreeMap<String, Value> = cx
        .machine
        .iter()
        .map(|(name, number)| (name.clone(), Value::Int(*number)))
        .collect();
    let memory = i64::try_from(limits.memory).unwrap_or(i64::MAX);
    numbers.insert("memory".to_owned(), Value::Int(memory));
    numbers.insert("cpus".to_owned(), Value::Real(limits.cpus));
    Ok(numbers)
}

fn one(
    rule: &Rule,
    settings: &Settings,
    values: &BTreeMap<String, Value>,
    conf: &Conf,
) -> Result<One, Broken> {
    let broken = |formula: &str, error: String| {
        Broken::because(message!("broken-formula", formula = formula), error)
    };
    let compute = |formula: &String| {
        formula::compute(formula, values).map_err(|error| broken(formula, error))
    };
    let names = formula::names(&rule.value).map_err(|error| broken(&rule.value, error))?;
    let settings_of = names
        .iter()
        .filter(|name| known::find(name).is_some())
        .map(|name| {
            let line = conf.setter(name).map(|setting| setting.line);
            (name.clone(), settings.shown(name).to_owned(), line)
        })
        .collect();
    let what = &rule.value;
    if !rule.one_of.is_empty() {
        let seen = settings.shown(what).to_owned();
        return Ok(One {
            holds: rule.one_of.contains(&seen),
            expected: message!("hold-one-of", value = what, words = rule.one_of.join(" / ")),
            observed: message!("hold-is", value = what, seen = seen),
            settings: settings_of,
        });
    }
    let value = compute(what)?;
    let least = rule.least.as_ref().map(compute).transpose()?;
    let most = rule.most.as_ref().map(compute).transpose()?;
    let shown = |number: f64| shown(number, rule.unit);
    let expected = match (least, most) {
        (Some(least), Some(most)) => {
            message!(
                "hold-band",
                value = what,
                least = shown(least),
                most = shown(most)
            )
        }
        (Some(least), None) => message!("hold-least", value = what, least = shown(least)),
        (None, Some(most)) => message!("hold-most", value = what, most = shown(most)),
        (None, None) => return Err(broken(what, "no limit".to_owned())),
    };
    Ok(One {
        holds: least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most),
        expected,
        observed: message!("hold-is", value = what, seen = shown(value)),
        settings: settings_of,
    })
}

impl Seen {
    /// How many rules do not hold.
    pub(crate) fn broken(&self) -> usize {
        self.rules.iter().filter(|rule| !rule.holds).count()
    }

    /// What was seen: the first rule that does not hold in front, the others below it.
    pub(crate) fn evidence(self, message: Message, on: &Server) -> Evidence {
        let mut details = Vec::new();
        let mut front: Option<&One> = None;
        for rule in &self.rules {
            if !rule.holds && front.is_none() {
                front = Some(rule);
            } else if !rule.holds {
                details.push(rule.expected.clone());
                details.push(rule.observed.clone());
            }
        }
        let front = front.or(self.rules.first());
        let mut told: Vec<&String> = Vec::new();
        for (name, value, line) in self.rules.iter().flat_map(|rule| &rule.settings) {
            if told.contains(&name) {
                continue;
            }
            told.push(name);
            details.push(match line {
                Some(line) => message!("hold-set", name = name, seen = value, line = *line),
                None => message!("hold-unset", name = name, seen = value),
            });
        }
        let evidence = Evidence::from(message).with_details(details);
        let Some(front) = front else {
            return evidence;
        };
        let evidence = evidence.against(front.expected.clone(), front.observed.clone());
        let place = front.settings.iter().filter_map(|(.., line)| *line).min();
        match place {
            Some(line) if !front.holds => evidence.at(self.conf.excerpt(&on.file, line, 1)),
            _ => evidence,
        }
    }
}

/// A number as PostgreSQL would write it: `256MB`, `5min`, `0.9`.
pub(crate) fn shown(number: f64, unit: Counted) -> String {
    let scale: &[(f64, &str)] = match unit {
        Counted::Number => &[],
        Counted::Bytes => &[
            (1_099_511_627_776.0, "TB"),
            (1_073_741_824.0, "GB"),
            (1_048_576.0, "MB"),
            (1_024.0, "kB"),
        ],
        Counted::Milliseconds => &[(3_600_000.0, "h"), (60_000.0, "min"), (1_000.0, "s")],
    };
    let smallest = match unit {
        Counted::Number => "",
        Counted::Bytes => "B",
        Counted::Milliseconds => "ms",
    };
    // The largest unit of which there is a whole number or at least ten.
    let fits = |size: f64| number >= size && (number % size == 0.0 || number >= 10.0 * size);
    let (size, name) = scale
        .iter()
        .find(|(size, _)| fits(*size))
        .copied()
        .unwrap_or((1.0, smallest));
    let rounded = (number / size * 1_000.0).round() / 1_000.0;
    format!("{rounded}{name}")
}

/// What is wrong with a rule, as far as it can be seen without a server; in English. `machine` are
/// the names of the lab's own numbers.
#[must_use]
pub fn mistake(rule: &Rule, machine: &BTreeMap<String, i64>) -> Option<String> {
    let mut values: BTreeMap<String, Value> = known::all()
        .map(|known| {
            let value = settings::value(known.boot, known.unit, known.kind);
            (known.name.to_ascii_lowercase(), value)
        })
        .collect();
    values.extend(
        machine
            .iter()
            .map(|(name, number)| (name.clone(), Value::Int(*number))),
    );
    values.insert("memory".to_owned(), Value::Int(1 << 30));
    values.insert("cpus".to_owned(), Value::Real(1.0));
    let limits = rule.least.iter().chain(&rule.most);
    if !rule.one_of.is_empty() {
        if limits.count() > 0 {
            return Some("one_of and a band".to_owned());
        }
        return (!values.contains_key(&rule.value)).then(|| rule.value.clone());
    }
    if limits.clone().next().is_none() {
        return Some("neither least, most nor one_of".to_owned());
    }
    std::iter::once(&rule.value)
        .chain(limits)
        .find_map(|formula| formula::compute(formula, &values).err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(value: &str, least: Option<&str>, most: Option<&str>) -> Rule {
        Rule {
            value: value.to_owned(),
            least: least.map(str::to_owned),
            most: most.map(str::to_owned),
            one_of: Vec::new(),
            unit: Counted::Bytes,
        }
    }

    #[test]
    fn numbers_are_shown_as_postgresql_writes_them() {
        for (number, unit, text) in [
            (268_435_456.0, Counted::Bytes, "256MB"),
            (161_061_273.6, Counted::Bytes, "153.6MB"),
            (429_496_729.6, Counted::Bytes, "409.6MB"),
            (1_073_741_824.0, Counted::Bytes, "1GB"),
            (31_138_512_896.0, Counted::Bytes, "29GB"),
            (4_194_304.0, Counted::Bytes, "4MB"),
            (5_242_880.5, Counted::Bytes, "5120kB"),
            (300_000.0, Counted::Milliseconds, "5min"),
            (2.0, Counted::Milliseconds, "2ms"),
            (0.9, Counted::Number, "0.9"),
            (-1.0, Counted::Bytes, "-1B"),
        ] {
            assert_eq!(shown(number, unit), text, "{number}");
        }
    }

    #[test]
    fn mistakes_of_the_lab_are_found_without_a_server() {
        let machine = BTreeMap::from([("clients".to_owned(), 100)]);
        for (rule, right) in [
            (
                rule("shared_buffers", Some("memory * 15 / 100"), None),
                true,
            ),
            (rule("max_connections - clients", Some("3"), None), true),
            (rule("shared_bufers", Some("1"), None), false),
            (rule("shared_buffers", None, None), false),
            (rule("shared_buffers", Some("memory * 0.15"), None), false),
            (rule("shared_buffers +", Some("1"), None), false),
        ] {
            assert_eq!(mistake(&rule, &machine).is_none(), right, "{rule:?}");
        }
        let words = Rule {
            one_of: vec!["on".to_owned()],
            ..rule("fsync", None, None)
        };
        assert_eq!(mistake(&words, &machine), None);
    }
}
