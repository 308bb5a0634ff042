//! The description: complete, the same as the file beside it, and true of what is answered.

use std::path::Path;

use axum::http::Method;
use serde_json::Value;

use super::{
    super::{document, openapi, operation::Operation, operations},
    call, place,
};
use crate::testing::{Answer, Web};

/// Fails unless the answer is one that the description of the operation has.
pub(super) fn compare(operation: &Operation, answer: &Answer) {
    let document = document();
    let method = operation.method.as_str().to_ascii_lowercase();
    let at = format!("{} {}", operation.id, answer.status.as_u16());
    let described = &document["paths"][operation.path][&method]["responses"][answer.status.as_str()];
    assert!(described.is_object(), "{at} is not described: {}", answer.text);
    let Some(content) = described["content"].as_object() else {
        return assert_eq!(answer.text, "", "{at} has a body");
    };
    let media = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    let schema = &content.get(&media).unwrap_or_else(|| panic!("{at} as {media} is not described"))["schema"];
    if media.ends_with("json") && schema.is_object() {
        check(&document, schema, &answer.json(), &at);
    }
    if media == "application/problem+json" {
        let kinds: Vec<_> = openapi::problems(operation).iter().map(|kind| kind.uri()).collect();
        assert!(kinds.contains(&&*answer.text_at("/type")), "{at}: {} is not described", answer.text_at("/type"));
    }
}

/// Fails unless the value is one of the schema. Knows as much of JSON Schema as the document uses.
fn check(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#'));
        return check(document, target.unwrap_or_else(|| panic!("{reference} is missing")), value, at);
    }
    let word = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::String(only) => assert_eq!(word, only, "{at}"),
        Value::Array(types) => assert!(types.iter().any(|allowed| allowed == word), "{at}: {word}"),
        _ => {}
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value}");
    }
    if let Some(only) = schema.get("const") {
        assert_eq!(value, only, "{at}");
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{at} lacks {name}");
    }
    for item in value.as_array().into_iter().flatten() {
        check(document, &schema["items"], item, &format!("{at}[]"));
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (None, Value::Bool(false)) => panic!("{at} is not described"),
            (Some(schema), _) | (None, schema) => check(document, schema, member, &at),
        }
    }
}

/// Every reference in the document.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_file_is_the_description() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        serde_json::from_str::<Value>(&text).unwrap_or_default() == document(),
        "write it anew: cargo run -p obhut-web --example openapi > docs/openapi.json"
    );
}

#[test]
fn everything_referred_to_is_there_and_everything_there_is_referred_to() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    for reference in &found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} is missing");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let reference = format!("#/components/schemas/{name}");
        assert!(found.contains(&&*reference), "nothing refers to {name}");
    }
    let mut ids: Vec<_> = operations().iter().map(|operation| operation.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "two operations have one id");
}

/// Every described path is a route, and every parameter in a path is described.
#[tokio::test]
async fn every_described_operation_is_routed() {
    let web = Web::new().await;
    let (place, _) = place(&web).await;
    let document = document();
    let mut described = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, text) in methods.as_object().unwrap() {
            described += 1;
            let parameters = text["parameters"].as_array().unwrap();
            let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(in_path, path.matches('{').count(), "{method} {path}");
        }
    }
    assert_eq!(described, operations().len());
    for operation in operations() {
        let answer = call(&web, &operation, &place, None).await;
        let line = web.log.lines().pop().unwrap();
        let route = format!("{} /api/v1{} {}", operation.method, operation.path, answer.status.as_u16());
        assert!(line.starts_with(&route), "{line}");
    }
    let wrong = web.call(Method::PATCH, "/promises", None, &Value::Null).await;
    assert_eq!((wrong.status.as_u16(), &*wrong.text_at("/type")), (405, "/problems/method"));
    let nowhere = web.call(Method::GET, "/nowhere", None, &Value::Null).await;
    assert_eq!((nowhere.status.as_u16(), &*nowhere.text_at("/type")), (404, "/problems/not-found"));
}
