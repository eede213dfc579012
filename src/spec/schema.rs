//! The JSON Schemas: of `lab.toml` for editors, of `grade.json` for whoever reads grades.
//!
//! They are made from the types and committed; a test sees that they are current.

use schemars::JsonSchema;

use super::LabSpec;
use crate::grade::Grade;

/// The schema of `lab.toml`: `templates/schemas/lab.schema.json`.
#[must_use]
pub fn lab_schema() -> String {
    pretty::<LabSpec>()
}

/// The schema of `grade.json`: `templates/schemas/grade.schema.json`.
#[must_use]
pub fn grade_schema() -> String {
    pretty::<Grade>()
}

fn pretty<T: JsonSchema>() -> String {
    let schema = schemars::schema_for!(T);
    let text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text + "\n"
}

#[cfg(test)]
mod tests;
