//! Receipts: the content-free proofs that something was erased (Art. 5(2) GDPR).

use std::sync::Arc;

use axum::{Json as Answered, extract::State, http::Method, routing};
use jiff::Timestamp;
use obhut_core::{id::TenantId, model::Acts};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Params, instant, limit},
    operation::{Access, Answer, LIMIT, Operation, Parameter, Value as Of},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default, deserialize_with = "instant")]
    since: Option<Timestamp>,
    limit: Option<usize>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "listReceipts",
        method: Method::GET,
        path: "/tenants/{tenant}/receipts",
        handler: routing::get(list),
        summary: "What was erased, and why",
        text: "Oldest first. A receipt holds no value and no identity.",
        access: Access::Whole(&[Acts::Tenant, Acts::Operator]),
        audit: None,
        query: &[
            Parameter {
                name: "since",
                required: false,
                kind: Of::Instant,
                text: "Only those at or after this instant.",
            },
            LIMIT,
        ],
        body: None,
        answer: Answer::Json(200, "Receipts"),
        problems: &[Kind::Invalid],
    }]
}

async fn list(
    State(app): State<Arc<App>>,
    _: ApiCaller,
    Ids(tenant): Ids<TenantId>,
    Params(query): Params<Since>,
) -> Result<Answered<Value>, Fault> {
    let limit = limit(query.limit)?;
    let store = app.engine.store();
    store.tenant(tenant).await?.ok_or_else(Fault::not_found)?;
    let receipts = store.receipts(tenant, query.since.unwrap_or(Timestamp::UNIX_EPOCH), limit).await?;
    Ok(Answered(json!({ "receipts": receipts })))
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Receipts",
            json!({
                "type": "object",
                "required": ["receipts"],
                "properties": { "receipts": { "type": "array", "items": { "$ref": "#/components/schemas/Receipt" } } },
                "additionalProperties": false,
            }),
        ),
        (
            "Receipt",
            json!({
                "type": "object",
                "description": "The content-free proof that something was erased.",
                "required": ["id", "at", "cause", "rule", "action", "subject", "classes", "records", "cascaded"],
                "properties": {
                    "id": { "type": "string" },
                    "at": { "type": "string", "format": "date-time" },
                    "cause": { "type": "string", "enum": ["retention", "request", "cascade"] },
                    "rule": { "type": ["string", "null"] },
                    "action": { "type": "string", "enum": ["restrict", "anonymise", "erase"] },
                    "subject": { "type": "string", "description": "An id that leads nowhere once the person is erased." },
                    "classes": { "type": "array", "items": { "type": "string" } },
                    "records": { "type": "integer" },
                    "cascaded": { "type": "integer", "description": "How many other people went with it." },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
