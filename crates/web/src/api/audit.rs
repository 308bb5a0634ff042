//! The audit log: who did what for which purpose, never a value.

use std::sync::Arc;

use axum::{Json as Answered, extract::State, http::Method, routing};
use obhut_core::{
    id::{SubjectId, TenantId},
    model::Acts,
};
use obhut_store::{AuditEntry, AuditFilter};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Name, Params, limit},
    operation::{Access, Answer, LIMIT, Operation, Parameter, Value as Of},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    after: Option<u64>,
    person: Option<SubjectId>,
    purpose: Option<Name>,
    limit: Option<usize>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "listAudit",
        method: Method::GET,
        path: "/tenants/{tenant}/audit",
        handler: routing::get(list),
        summary: "What was done and what was refused",
        text: "Oldest first, without gaps in the numbers. The operator's own log is that of the tenant whose id is all \
            zeros.",
        access: Access::Whole(&[Acts::Tenant, Acts::Operator]),
        audit: None,
        query: &[
            Parameter {
                name: "after",
                required: false,
                kind: Of::Number(0, i64::MAX as u64),
                text: "Only entries after this number.",
            },
            Parameter { name: "person", required: false, kind: Of::Text, text: "Only about this person." },
            Parameter { name: "purpose", required: false, kind: Of::Text, text: "Only for this purpose." },
            LIMIT,
        ],
        body: None,
        answer: Answer::Json(200, "Audit"),
        problems: &[Kind::Invalid],
    }]
}

async fn list(
    State(app): State<Arc<App>>,
    _: ApiCaller,
    Ids(tenant): Ids<TenantId>,
    Params(query): Params<Filter>,
) -> Result<Answered<Value>, Fault> {
    let limit = limit(query.limit)?;
    let store = app.engine.store();
    if tenant != TenantId::OPERATOR {
        store.tenant(tenant).await?.ok_or_else(Fault::not_found)?;
    }
    let filter = AuditFilter {
        after: query.after.unwrap_or(0).min(i64::MAX as u64),
        subject: query.person,
        purpose: query.purpose.map(|purpose| purpose.to()),
    };
    let entries = store.audit(tenant, &filter, limit).await?;
    let next = entries.last().filter(|_| entries.len() == limit).map(|entry| entry.seq);
    let entries: Vec<_> = entries.iter().map(written).collect();
    Ok(Answered(json!({ "entries": entries, "next": next })))
}

fn written(entry: &AuditEntry) -> Value {
    json!({
        "seq": entry.seq,
        "at": entry.at,
        "role": entry.role,
        "credential": entry.credential,
        "operation": entry.record.operation,
        "outcome": entry.record.outcome,
        "person": entry.record.subject,
        "purpose": entry.record.purpose,
        "classes": entry.record.classes,
        "count": entry.record.count,
        "policy": entry.record.policy,
        "detail": entry.record.detail,
    })
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({ "type": ["string", "null"] });
    vec![
        (
            "Audit",
            json!({
                "type": "object",
                "required": ["entries", "next"],
                "properties": {
                    "entries": { "type": "array", "items": { "$ref": "#/components/schemas/AuditEntry" } },
                    "next": { "type": ["integer", "null"], "description": "Where the next page begins, if there is one." },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "AuditEntry",
            json!({
                "type": "object",
                "required": [
                    "seq", "at", "role", "credential", "operation", "outcome", "person", "purpose", "classes", "count",
                    "policy", "detail",
                ],
                "properties": {
                    "seq": { "type": "integer" },
                    "at": { "type": "string", "format": "date-time" },
                    "role": { "type": "string" },
                    "credential": text(),
                    "operation": {
                        "type": "string",
                        "enum": [
                            "write", "read", "export", "erase", "event", "consent", "restrict", "message", "disclose",
                            "tenant", "credential", "job",
                        ],
                    },
                    "outcome": { "type": "string", "enum": ["done", "refused"] },
                    "person": text(),
                    "purpose": text(),
                    "classes": { "type": "array", "items": { "type": "string" } },
                    "count": { "type": "integer" },
                    "policy": { "type": "string", "description": "The hash of the policy that decided." },
                    "detail": { "type": "string", "description": "A rule, an event or the words of a refusal." },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
