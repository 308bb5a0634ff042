//! Every operation as a stranger, in the wrong role, for another tenant; every change and reading in the audit log;
//! and a whole life over HTTP. Whatever is answered is compared with the description of the API.

mod description;
mod fences;
mod life;
mod refusals;

use axum::http::Method;
use obhut_core::id::TenantId;
use serde_json::{Value, json};

use super::{operation::Operation, operations};
use crate::testing::{Answer, Web};

/// The ids that a call of an operation needs.
struct Place {
    tenant: TenantId,
    person: String,
}

/// A tenant with one person, and the key of its staff.
async fn place(web: &Web) -> (Place, String) {
    let (tenant, key) = web.tenant("Alpha GmbH").await;
    let stored =
        web.call(Method::POST, &format!("/tenants/{tenant}/people"), Some(&key), &web.submission("a@b.example")).await;
    assert_eq!(stored.status, 201, "{}", stored.text);
    (Place { tenant, person: stored.text_at("/person") }, key)
}

/// A path and a body with which an operation is called.
fn sample(web: &Web, operation: &Operation, place: &Place) -> (String, Value) {
    let path = operation
        .path
        .replace("{tenant}", &place.tenant.to_string())
        .replace("{person}", &place.person)
        .replace("{consent}", "keep-my-data")
        .replace("{key}", "key_00000000000000000000000000000001");
    let query = match operation.id {
        "listPeople" => "?audience=shopper&purpose=own-shoppers",
        "readPerson" => "?purpose=own-shoppers",
        "exportPerson" => "?format=json",
        "exportTenant" => "?audience=shopper&format=csv",
        "getNotice" => "?audience=shopper&lang=de",
        _ => "",
    };
    let body = match operation.id {
        "openTenant" => json!({
            "name": "Beta GmbH", "purpose": "run-service", "notice": web.notice(),
            "values": { "client-account": { "name": "Beta GmbH", "email": "office@beta.example" } },
        }),
        "submit" | "submitMore" => web.submission("a@b.example"),
        "findPerson" => json!({ "field": "email", "value": "a@b.example" }),
        "reportEvent" => json!({ "event": "shopper.activity" }),
        "sendMessage" => json!({ "purpose": "shopper-message" }),
        "disclose" => json!({
            "classes": ["shopper-order"], "ground": { "ground": "listed", "recipient": "hosting" },
        }),
        "createKey" => json!({ "role": "client", "tenant": place.tenant }),
        _ => Value::Null,
    };
    assert_eq!(operation.body.is_some(), !body.is_null(), "{} needs a sample body", operation.id);
    (format!("{path}{query}"), body)
}

/// The operation with this id.
fn operation(id: &str) -> Operation {
    operations().into_iter().find(|operation| operation.id == id).unwrap()
}

/// Calls an operation with its sample, and compares the answer with the description.
async fn call(web: &Web, operation: &Operation, place: &Place, key: Option<&str>) -> Answer {
    let (path, body) = sample(web, operation, place);
    let answer = web.call(operation.method.clone(), &path, key, &body).await;
    description::compare(operation, &answer);
    answer
}
