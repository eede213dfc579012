//! `run.openapi-documents`: the service's own schema documents listed operations: their parameters,
//! their answers with their errors, and what is sent to them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::measure::api::{Api, wrong, wrong_evidence};
use crate::measure::http::Request;
use crate::message;
use crate::message::Message;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// References that lead to references are followed so far.
const DEPTH: usize = 16;

/// The operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenapiDocuments {
    /// What surrounds it.
    #[serde(default)]
    pub on: Api,
    /// Where the schema is.
    #[serde(default = "openapi_json")]
    pub path: String,
    /// What it must document.
    pub operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// As in `get`.
    pub method: String,
    /// As in `/orders/{id}`; the parameter may have another name in the schema.
    pub path: String,
    /// Parameters of the query, by name.
    #[serde(default)]
    pub query: Vec<String>,
    /// Headers that it takes, by name.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Statuses of its answers.
    pub answers: Vec<u16>,
    /// Something is sent to it.
    #[serde(default)]
    pub body: bool,
}

fn openapi_json() -> String {
    "/openapi.json".to_owned()
}

/// Reads the schema.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &OpenapiDocuments, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(spec, cx).await)
}

async fn judge(spec: &OpenapiDocuments, cx: &Context<'_>) -> Result<Verdict, Stop> {
    spec.on.ensure(cx).await?;
    let request = Request::get(spec.path.as_str());
    let answer = spec.on.expect(cx, &request, &[200]).await?;
    let schema = answer
        .json()
        .ok_or_else(|| wrong(&request, &answer, message!("api-not-json")))?;
    let version = schema.get("openapi").and_then(Value::as_str);
    if !version.is_some_and(|version| version.starts_with("3.")) {
        return Err(wrong(&request, &answer, message!("openapi-version")));
    }
    let missing: Vec<Message> = spec
        .operations
        .iter()
        .flat_map(|operation| of_operation(&schema, operation))
        .collect();
    if missing.is_empty() {
        return Ok(Verdict::passed(Evidence::from(message!(
            "openapi-complete",
            operations = spec.operations.len()
        ))));
    }
    let mut evidence = wrong_evidence(&request, &answer, message!("openapi-incomplete"));
    // The schema itself is long, and says nothing beside what is missing in it.
    evidence.observed = None;
    Err(Stop::failed(evidence.with_details(missing)))
}

/// What the schema does not say of an operation.
fn of_operation(schema: &Value, wanted: &Operation) -> Vec<Message> {
    let name = format!("{} {}", wanted.method.to_uppercase(), wanted.path);
    let Some((path, item)) = path_item(schema, &wanted.path) else {
        return vec![message!("openapi-no-operation", operation = name)];
    };
    let Some(operation) = item.get(wanted.method.to_lowercase()) else {
        return vec![message!("openapi-no-operation", operation = name)];
    };
    let mut missing = Vec::new();
    let known = parameters(schema, item, operation);
    let in_path = path.matches('{').count();
    if known.iter().filter(|(place, _)| place == "path").count() < in_path {
        missing.push(message!("openapi-no-path-parameter", operation = &name));
    }
    for (place, names) in [("query", &wanted.query), ("header", &wanted.headers)] {
        for parameter in names {
            if !known.contains(&(place.to_owned(), parameter.to_lowercase())) {
                missing.push(message!(
                    "openapi-no-parameter",
                    operation = &name,
                    parameter = parameter
                ));
            }
        }
    }
    if wanted.body {
        let body = operation.get("requestBody").map(|body| at(schema, body));
        if !body.is_some_and(|body| has_content(schema, body)) {
            missing.push(message!("openapi-no-body", operation = &name));
        }
    }
    let answers = operation.get("responses").unwrap_or(&Value::Null);
    for status in &wanted.answers {
        if answer_of(schema, answers, *status).is_none() {
            let message = message!("openapi-no-answer", operation = &name, status = *status);
            missing.push(message);
        }
    }
    missing
}

/// The item of a path, whatever its parameters are called.
fn path_item<'a>(schema: &'a Value, wanted: &str) -> Option<(&'a str, &'a Value)> {
    let nameless = |path: &str| -> Vec<String> {
        let parts = path.trim_end_matches('/').split('/');
        parts
            .map(|part| {
                if part.starts_with('{') {
                    "{}".to_owned()
                } else {
                    part.to_owned()
                }
            })
            .collect()
    };
    let paths = schema.get("paths")?.as_object()?;
    let (path, item) = paths
        .iter()
        .find(|(path, _)| nameless(path) == nameless(wanted))?;
    Some((path, at(schema, item)))
}

/// Place and name of each parameter, in small letters; those of the whole path, too.
fn parameters(schema: &Value, item: &Value, operation: &Value) -> BTreeSet<(String, String)> {
    let listed = [item, operation]
        .into_iter()
        .filter_map(|level| level.get("parameters")?.as_array())
        .flatten();
    let read = |parameter: &Value| {
        let parameter = at(schema, parameter);
        let word = |field| Some(parameter.get(field)?.as_str()?.to_lowercase());
        Some((word("in")?, word("name")?))
    };
    listed.filter_map(read).collect()
}

/// The answer with a status; `4XX` stands for all of its class, and `default` for none that one
/// could name.
fn answer_of<'a>(schema: &'a Value, answers: &'a Value, status: u16) -> Option<&'a Value> {
    let class = format!("{}XX", status / 100);
    let answer = answers
        .get(status.to_string())
        .or_else(|| answers.get(&class))
        .or_else(|| answers.get(class.to_lowercase()))?;
    Some(at(schema, answer))
}

/// Whether there is a JSON body that is described.
fn has_content(schema: &Value, of: &Value) -> bool {
    let Some(content) = of.get("content").and_then(Value::as_object) else {
        return false;
    };
    content
        .iter()
        .filter(|(kind, _)| kind.contains("json"))
        .filter_map(|(_, media)| media.get("schema"))
        .any(|described| is_described(schema, described))
}

/// A schema that holds for anything describes nothing.
fn is_described(schema: &Value, described: &Value) -> bool {
    const WORDS: [&str; 8] = [
        "properties",
        "items",
        "prefixItems",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
    ];
    let described = at(schema, described);
    let kind = described.get("type").and_then(Value::as_str);
    let map = described
        .get("additionalProperties")
        .is_some_and(Value::is_object);
    let filled = |word: &&str| match described.get(*word) {
        Some(Value::Object(map)) => !map.is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Null | Value::Bool(_)) | None => false,
        Some(_) => true,
    };
    WORDS.iter().any(filled) || map || kind.is_some_and(|kind| !["object", "array"].contains(&kind))
}

/// What a local reference stands for; anything else is itself.
fn at<'a>(schema: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..DEPTH {
        let Some(way) = value.get("$ref").and_then(Value::as_str) else {
            return value;
        };
        let Some(target) = way.strip_prefix('#').and_then(|way| schema.pointer(way)) else {
            return &Value::Null;
        };
        value = target;
    }
    &Value::Null
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted() -> Operation {
        Operation {
            method: "post".into(),
            path: "/orders/{id}".into(),
            query: vec!["limit".into()],
            headers: vec!["Idempotency-Key".into()],
            answers: vec![201, 404],
            body: true,
        }
    }

    fn schema() -> Value {
        json!({
            "openapi": "3.1.0",
            "paths": {"/orders/{order_id}": {
                "parameters": [{"in": "path", "name": "order_id"}],
                "post": {
                    "parameters": [{"$ref": "#/components/parameters/limit"},
                                   {"in": "header", "name": "idempotency-key"}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                    "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                                  "4XX": {"description": "no"}},
                },
            }},
            "components": {
                "parameters": {"limit": {"in": "query", "name": "limit"}},
                "schemas": {"Order": {"type": "object", "properties": {"id": {"type": "integer"}}},
                            "Loop": {"$ref": "#/components/schemas/Loop"}},
            },
        })
    }

    #[test]
    fn a_whole_schema_is_whole() {
        assert_eq!(of_operation(&schema(), &wanted()), []);
    }

    #[test]
    fn what_is_missing_is_named() {
        let post = "/paths/~1orders~1{order_id}/post";
        let cases = [
            ("/paths", json!({}), "openapi-no-operation"),
            (
                "/paths/~1orders~1{order_id}/parameters",
                json!([]),
                "openapi-no-path-parameter",
            ),
            (
                &format!("{post}/parameters") as &str,
                json!([{"in": "header", "name": "Idempotency-Key"}]),
                "openapi-no-parameter",
            ),
            (&format!("{post}/requestBody"), json!({}), "openapi-no-body"),
            (
                &format!("{post}/requestBody/content/application~1json/schema"),
                json!({}),
                "openapi-no-body",
            ),
            (
                &format!("{post}/requestBody/content/application~1json/schema"),
                json!(true),
                "openapi-no-body",
            ),
            (
                &format!("{post}/requestBody/content/application~1json/schema"),
                json!({"type": "object"}),
                "openapi-no-body",
            ),
            (
                &format!("{post}/requestBody/content/application~1json/schema"),
                json!({"$ref": "#/components/schemas/Loop"}),
                "openapi-no-body",
            ),
            (
                &format!("{post}/responses"),
                json!({"201": {"content": {"application/json": {"schema": {"type": "array", "items": {}, "enum": [1]}}}}, "default": {}}),
                "openapi-no-answer",
            ),
        ];
        for (way, value, said) in cases {
            let mut schema = schema();
            *schema.pointer_mut(way).expect("a place") = value;
            let missing = of_operation(&schema, &wanted());
            let keys: Vec<&str> = missing.iter().map(|it| it.key.as_str()).collect();
            assert_eq!(keys, [said], "{way}");
        }
    }
}
