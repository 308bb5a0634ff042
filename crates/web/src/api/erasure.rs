//! Erasure on request (Art. 17 GDPR): what may go goes at once, what has to stay is named.

use std::sync::Arc;

use axum::{Json as Answered, extract::State, http::Method, routing};
use obhut_core::{
    change::Operation as Act,
    id::{SubjectId, TenantId},
    model::Acts,
};
use serde_json::{Value, json};

use super::{
    input::Ids,
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind, stays},
};
use crate::{App, auth::ApiCaller};

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "erasePerson",
        method: Method::DELETE,
        path: "/tenants/{tenant}/people/{person}",
        handler: routing::delete(erase),
        summary: "Erases a person",
        text: "On the word of the controller's staff. The keys are destroyed before the answer; the receipt is the \
            proof. What a statute or a hold keeps stays, with its rule and date. Erasing nothing is a problem, not a \
            success. This cannot be undone.",
        access: Access::Whole(&[Acts::Tenant]),
        audit: Some(Act::Erase),
        query: &[],
        body: None,
        answer: Answer::Json(200, "Erasure"),
        problems: &[Kind::NothingErased, Kind::Conflict, Kind::Invalid],
    }]
}

async fn erase(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
) -> Result<Answered<Value>, Fault> {
    let erasure = app.engine.erase(&who.caller, tenant, person).await?;
    Ok(Answered(json!({ "receipt": erasure.receipt, "stays": stays(&erasure.stays) })))
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Erasure",
            json!({
                "type": "object",
                "required": ["receipt", "stays"],
                "properties": {
                    "receipt": { "$ref": "#/components/schemas/Receipt" },
                    "stays": { "type": "array", "items": { "$ref": "#/components/schemas/Stay" } },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Stay",
            json!({
                "type": "object",
                "description": "What has to stay although its erasure was asked for (Art. 17(3) GDPR).",
                "required": ["class", "rule", "until"],
                "properties": {
                    "class": { "type": "string" },
                    "rule": { "type": "string", "description": "The rule by which it goes later." },
                    "until": {
                        "type": ["string", "null"],
                        "format": "date-time",
                        "description": "When, if that can be dated yet.",
                    },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
