//! The description of the API (OpenAPI 3.1), from the table of operations.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use axum::{
    http::{Method, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing,
};
use obhut_core::model::Acts;
use serde_json::{Map, Value, json};

use super::{
    ROOT,
    operation::{Access, Answer, Operation, Parameter, Value as Of},
    operations,
    problem::{Kind, MEDIA_TYPE},
    schemas,
};

/// What the parameters in paths are.
const PATH_PARAMETERS: [(&str, &str); 4] = [
    ("tenant", "The id of the tenant (`ten_…`)."),
    ("person", "The id of the person (`sub_…`)."),
    ("consent", "The name of the consent in the policy."),
    ("key", "The id of the key (`key_…`)."),
];

pub(super) fn itself() -> Vec<Operation> {
    vec![Operation {
        id: "getDescription",
        method: Method::GET,
        path: "/openapi.json",
        handler: routing::get(get),
        summary: "This document",
        text: "The description of the API, OpenAPI 3.1.",
        access: Access::Public,
        audit: None,
        query: &[],
        body: None,
        answer: Answer::Json(200, "Description"),
        problems: &[],
    }]
}

static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", document()));

async fn get() -> Response {
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

/// The OpenAPI document.
pub fn document() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations() {
        let method = operation.method.as_str().to_ascii_lowercase();
        paths.entry(operation.path).or_default().insert(method, described(&operation));
    }
    let mut components: Map<String, Value> =
        schemas().into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    components.insert("Description".into(), json!({ "type": "object", "description": "An OpenAPI document." }));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Obhut",
            "version": "1",
            "summary": "The privacy notice a company publishes is the program that runs.",
            "description": "Every operation is decided by the policy that runs, and a refusal quotes the sentence of \
                the notice it follows from. Changes and readings are in the audit log before the answer leaves. What \
                belongs to another tenant does not exist. No personal value stands in an address or in a problem.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": ROOT }],
        "security": [{ "key": [] }, { "basic": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key: `obh_…`." },
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The API key as the password; the user name does not matter.",
                },
            },
            "schemas": components,
        },
    })
}

fn described(operation: &Operation) -> Value {
    let mut description = operation.text.to_owned();
    if let Some(who) = who(operation.access) {
        description.push_str("\n\n");
        description.push_str(&who);
    }
    let in_path = PATH_PARAMETERS.iter().filter(|(name, _)| operation.path.contains(&format!("{{{name}}}"))).map(
        |(name, text)| {
            json!({
                "name": name, "in": "path", "required": true, "description": text, "schema": { "type": "string" },
            })
        },
    );
    let parameters: Vec<_> = in_path.chain(operation.query.iter().map(parameter)).collect();
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": description,
        "parameters": parameters,
        "responses": answers(operation),
    });
    let Some(members) = described.as_object_mut() else { return described };
    if let Some(schema) = operation.body {
        let content = json!({ "application/json": { "schema": reference(schema) } });
        members.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    if operation.access == Access::Public {
        members.insert("security".into(), json!([]));
    }
    if let Some(act) = operation.audit {
        members.insert("x-obhut-audit".into(), json!(act));
    }
    described
}

/// Who may call it, in words.
fn who(access: Access) -> Option<String> {
    let acts = access.acts()?;
    let word = |acts: &Acts| match acts {
        Acts::Tenant => "a tenant's staff",
        Acts::Operator => "the operator's staff",
        Acts::System => "programs",
        Acts::Form => "forms",
    };
    let words: Vec<_> = acts.iter().map(word).collect();
    let limit = match access {
        Access::Whole(_) => ", not limited to purposes",
        _ => "",
    };
    Some(format!("For keys of: {}{limit}.", words.join(", ")))
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.kind {
        Of::Text => json!({ "type": "string" }),
        Of::Names => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }),
        Of::Number(from, to) => json!({ "type": "integer", "minimum": from, "maximum": to }),
        Of::Instant => json!({ "type": "string", "format": "date-time" }),
        Of::OneOf(words) => json!({ "type": "string", "enum": words }),
    };
    let mut described = json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.text,
        "schema": schema,
    });
    if let (Of::Names, Some(members)) = (parameter.kind, described.as_object_mut()) {
        members.insert("style".into(), "form".into());
        members.insert("explode".into(), false.into());
    }
    described
}

fn answers(operation: &Operation) -> Value {
    let (status, answer) = match operation.answer {
        Answer::Json(status, schema) => {
            let content = json!({ "application/json": { "schema": reference(schema) } });
            (status, json!({ "description": operation.summary, "content": content }))
        }
        Answer::File => {
            let file = json!({ "schema": { "type": "string" } });
            let content = json!({ "application/json": {}, "text/csv": file });
            (200, json!({ "description": "The file.", "content": content }))
        }
        Answer::Empty => (204, json!({ "description": "Done." })),
    };
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in problems(operation) {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    let mut answers = Map::from_iter([(status.to_string(), answer)]);
    for (status, kinds) in by_status {
        let lines: Vec<_> = kinds.iter().map(|kind| format!("`{}`: {}.", kind.uri(), kind.title())).collect();
        let content = json!({ MEDIA_TYPE: { "schema": reference("Problem") } });
        answers.insert(status.to_string(), json!({ "description": lines.join(" "), "content": content }));
    }
    Value::Object(answers)
}

/// The problems an operation may answer with: its own, and those that follow from its access, body and path.
pub(super) fn problems(operation: &Operation) -> BTreeSet<Kind> {
    let mut problems: BTreeSet<_> = operation.problems.iter().copied().collect();
    problems.insert(Kind::Internal);
    match operation.access {
        Access::Public => {}
        Access::Roles(_) => problems.extend([Kind::Unauthenticated, Kind::Role]),
        Access::Whole(_) => problems.extend([Kind::Unauthenticated, Kind::Role, Kind::Limited]),
    }
    if operation.path.contains('{') {
        problems.insert(Kind::NotFound);
    }
    if !operation.query.is_empty() {
        problems.insert(Kind::Malformed);
    }
    if operation.body.is_some() {
        problems.extend([Kind::Malformed, Kind::TooLarge, Kind::MediaType, Kind::Invalid]);
    }
    if operation.method != Method::GET {
        problems.insert(Kind::CrossSite);
    }
    problems
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}
