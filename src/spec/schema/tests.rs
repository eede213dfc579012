//! The committed schemas are current, and a lab fits its schema.

use std::path::PathBuf;

use serde_json::Value;

use super::*;
use crate::spec::sample;

const ACCEPT: &str = "LABGRADE_BLESS=1 cargo nextest run --workspace schema";

#[test]
fn schemas_are_current() {
    for (name, current) in [
        ("lab.schema.json", lab_schema()),
        ("grade.schema.json", grade_schema()),
    ] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("templates/schemas")
            .join(name);
        if std::env::var_os("LABGRADE_BLESS").is_some() {
            std::fs::write(&path, current).expect("written");
            continue;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == current,
            "{} is not current; accept the change with:\n    {ACCEPT}",
            path.display()
        );
    }
}

#[test]
fn a_lab_fits_its_schema() {
    let schema: Value = serde_json::from_str(&lab_schema()).expect("JSON");
    let lab: Value = toml::from_str(sample::LAB).expect("TOML");
    assert_eq!(misfits(&schema, &schema, &lab, "$"), Vec::<String>::new());
    for (edit, place) in [
        (("points = 60", "point = 60"), "$.check[3]"),
        (("run.query-blocks", "run.query-block"), "$.check[3].run"),
        (("cpus = 2", "cpus = \"2\""), "$.services.db.cpus"),
        (("[lessons]", "[lesons]"), "$"),
    ] {
        let (text, _) = sample::broken(&[edit]);
        let lab: Value = toml::from_str(&text).expect("TOML");
        let misfits = misfits(&schema, &schema, &lab, "$");
        assert!(
            misfits.iter().any(|misfit| misfit == place),
            "{edit:?}: {misfits:?}"
        );
    }
}

/// Where a value does not fit: as much of JSON Schema as our own schemas use.
fn misfits(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let definition = &root["$defs"][name.trim_start_matches("#/$defs/")];
        assert!(definition.is_object(), "{name} is not defined");
        return misfits(root, definition, value, at);
    }
    for any in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[any].as_array() {
            let fits = |choice: &&Value| misfits(root, choice, value, at).is_empty();
            return match choices.iter().filter(fits).count() {
                0 => vec![at.to_owned()],
                _ => Vec::new(),
            };
        }
    }
    let type_fits = match &schema["type"] {
        Value::String(name) => is_type(value, name),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .any(|name| is_type(value, name)),
        _ => true,
    };
    let constant_fits = schema.get("const").is_none_or(|constant| constant == value)
        && schema["enum"]
            .as_array()
            .is_none_or(|known| known.contains(value));
    if !type_fits || !constant_fits {
        return vec![at.to_owned()];
    }
    let mut found = Vec::new();
    if let Some(object) = value.as_object() {
        let required = schema["required"].as_array().into_iter().flatten();
        if required
            .filter_map(Value::as_str)
            .any(|key| !object.contains_key(key))
        {
            found.push(at.to_owned());
        }
        for (key, value) in object {
            let place = format!("{at}.{key}");
            match (&schema["properties"][key], &schema["additionalProperties"]) {
                (Value::Null, Value::Bool(false)) => found.push(at.to_owned()),
                (Value::Null, Value::Null | Value::Bool(true)) => {}
                (Value::Null, others) => found.extend(misfits(root, others, value, &place)),
                (own, _) => found.extend(misfits(root, own, value, &place)),
            }
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(misfits(
            root,
            &schema["items"],
            item,
            &format!("{at}[{index}]"),
        ));
    }
    found
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    }
}
