//! A server's settings as an ordinary session sees them, in numbers that formulas can use and as
//! PostgreSQL shows them.

use std::collections::BTreeMap;

use crate::measure::formula::Value;
use crate::measure::postgres::{Bounds, Session, Trouble};

/// The settings of one session.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    by_name: BTreeMap<String, One>,
}

#[derive(Debug, Clone)]
struct One {
    value: Value,
    shown: String,
}

const SETTINGS: &str = "SELECT s.name, s.setting, coalesce(s.unit, ''), s.vartype, \
    pg_catalog.current_setting(s.name) FROM pg_catalog.pg_settings AS s";

impl Settings {
    /// Reads what the session sees.
    ///
    /// # Errors
    /// The server does not say.
    pub async fn read(session: &Session) -> Result<Self, Trouble> {
        let mut by_name = BTreeMap::new();
        for row in session.rows(SETTINGS, Bounds::QUERY).await? {
            let mut fields = row.into_iter().map(Option::unwrap_or_default);
            let mut next = || fields.next().unwrap_or_default();
            let (name, setting, unit, kind, shown) = (next(), next(), next(), next(), next());
            let value = value(&setting, &unit, &kind);
            by_name.insert(name.to_ascii_lowercase(), One { value, shown });
        }
        Ok(Self { by_name })
    }

    /// A setting as PostgreSQL shows it, as in `256MB`; empty if there is none of this name.
    #[must_use]
    pub fn shown(&self, name: &str) -> &str {
        self.by_name.get(name).map_or("", |one| &one.shown)
    }

    /// A whole number: bytes, milliseconds, 1 and 0 for on and off.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.by_name.get(name)?.value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }

    /// A real number, or a whole one.
    #[must_use]
    pub fn real(&self, name: &str) -> Option<f64> {
        match self.by_name.get(name)?.value {
            Value::Real(number) => Some(number),
            #[expect(clippy::cast_precision_loss, reason = "settings are below 2^53")]
            Value::Int(number) => Some(number as f64),
            Value::Text(_) => None,
        }
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.int(name) == Some(1)
    }

    /// All of them, for formulas.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, Value> {
        let all = self.by_name.iter();
        all.map(|(name, one)| (name.clone(), one.value.clone()))
            .collect()
    }
}

/// What a formula sees of a setting that `pg_settings` shows. Numbers below zero have a meaning of
/// their own and no unit.
#[must_use]
pub fn value(setting: &str, unit: &str, kind: &str) -> Value {
    let text = || Value::Text(setting.to_owned());
    match kind {
        "bool" => Value::Int(i64::from(setting == "on")),
        "integer" => match setting.parse::<i64>() {
            Ok(number) if number < 0 => Value::Int(number),
            Ok(number) => Value::Int(number.saturating_mul(factor(unit))),
            Err(_) => text(),
        },
        "real" => match setting.parse::<f64>() {
            Ok(number) if number < 0.0 => Value::Real(number),
            #[expect(clippy::cast_precision_loss, reason = "units are small")]
            Ok(number) => Value::Real(number * factor(unit) as f64),
            Err(_) => text(),
        },
        _ => text(),
    }
}

/// A unit in bytes or milliseconds.
fn factor(unit: &str) -> i64 {
    match unit {
        "kB" => 1 << 10,
        "8kB" => 8 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_unit() {
        for (setting, unit, kind, seen) in [
            ("16384", "8kB", "integer", Value::Int(128 << 20)),
            ("-1", "kB", "integer", Value::Int(-1)),
            ("300", "s", "integer", Value::Int(300_000)),
            ("2", "ms", "real", Value::Real(2.0)),
            ("0.9", "", "real", Value::Real(0.9)),
            ("on", "", "bool", Value::Int(1)),
            ("off", "", "enum", Value::Text("off".to_owned())),
            ("16777216", "B", "integer", Value::Int(16 << 20)),
        ] {
            assert_eq!(value(setting, unit, kind), seen, "{setting}{unit}");
        }
    }
}
