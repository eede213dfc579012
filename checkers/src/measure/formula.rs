//! Formulas over a server's settings and the lab's numbers, as lab authors write them: arithmetic,
//! comparisons and `a ? b : c` of the Common Expression Language.
//!
//! Whole numbers are 64-bit; a formula that mixes them with real ones says `double(…)`.

use std::collections::BTreeMap;

use cel::{Context, Program, Value as Cel};

/// What a name in a formula stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Whole numbers, sizes in bytes, times in milliseconds, and 1 and 0 for on and off.
    Int(i64),
    /// Real numbers.
    Real(f64),
    /// Everything else.
    Text(String),
}

/// The names that a formula reads.
///
/// # Errors
/// It is no formula; the parser's words, in English.
pub fn names(formula: &str) -> Result<Vec<String>, String> {
    let program = Program::compile(formula).map_err(|error| error.to_string())?;
    let references = program.references();
    let mut names: Vec<String> = references
        .variables()
        .into_iter()
        .map(str::to_owned)
        .collect();
    names.sort();
    Ok(names)
}

/// Computes a formula.
///
/// # Errors
/// It is no formula, names what there is not, or is no number; in English.
pub fn compute(formula: &str, values: &BTreeMap<String, Value>) -> Result<f64, String> {
    let program = Program::compile(formula).map_err(|error| error.to_string())?;
    let mut context = Context::default();
    for (name, value) in values {
        let value = match value {
            Value::Int(number) => Cel::from(*number),
            Value::Real(number) => Cel::from(*number),
            Value::Text(text) => Cel::from(text.as_str()),
        };
        context.add_variable_from_value(name.as_str(), value);
    }
    match program
        .execute(&context)
        .map_err(|error| error.to_string())?
    {
        #[expect(
            clippy::cast_precision_loss,
            reason = "above 2^53 bytes a limit is passed by far"
        )]
        Cel::Int(number) => Ok(number as f64),
        Cel::Float(number) if number.is_finite() => Ok(number),
        Cel::Bool(truth) => Ok(f64::from(u8::from(truth))),
        other => Err(format!("{other:?} is no number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_computed() {
        let values = BTreeMap::from([
            ("shared_buffers".to_owned(), Value::Int(256 << 20)),
            ("max_connections".to_owned(), Value::Int(103)),
            ("autovacuum_work_mem".to_owned(), Value::Int(-1)),
            ("maintenance_work_mem".to_owned(), Value::Int(64 << 20)),
            ("target".to_owned(), Value::Real(0.9)),
            (
                "synchronous_commit".to_owned(),
                Value::Text("local".to_owned()),
            ),
            ("fsync".to_owned(), Value::Int(1)),
        ]);
        for (formula, result) in [
            ("shared_buffers * 15 / 100", 40_265_318.0),
            (
                "autovacuum_work_mem < 0 ? maintenance_work_mem : autovacuum_work_mem",
                67_108_864.0,
            ),
            ("max_connections + 1", 104.0),
            ("target * 2.0", 1.8),
            ("double(max_connections) * target", 92.7),
            ("fsync == 1 && synchronous_commit != 'off'", 1.0),
            ("synchronous_commit in ['off', 'remote_apply']", 0.0),
        ] {
            assert_eq!(compute(formula, &values), Ok(result), "{formula}");
        }
        for formula in [
            "max_connections +",
            "nobody",
            "synchronous_commit",
            "1 / 0",
            "target / 0.0",
        ] {
            assert!(compute(formula, &values).is_err(), "{formula}");
        }
        assert_eq!(names("b + a * b"), Ok(vec!["a".to_owned(), "b".to_owned()]));
    }
}
