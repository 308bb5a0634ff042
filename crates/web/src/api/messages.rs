//! Messages: every one passes the gate of the policy. Address and text are read when it is sent, not here.

use std::sync::Arc;

use axum::{
    Json as Answered,
    extract::State,
    http::{Method, StatusCode},
    routing,
};
use obhut_core::{
    access::{Caller, Reason, Refusal},
    change::Operation as Act,
    id::{PurposeName, SubjectId, TenantId},
    model::{Acts, Model},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Json, Name},
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Queued {
    purpose: Name,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "sendMessage",
        method: Method::POST,
        path: "/tenants/{tenant}/people/{person}/messages",
        handler: routing::post(send),
        summary: "Queues a message to a person",
        text: "In the name of whom the caller acts for. The policy names who may write to whom, and why.",
        access: Access::Roles(&[Acts::Tenant, Acts::Operator, Acts::System]),
        audit: Some(Act::Message),
        query: &[],
        body: Some("Message"),
        answer: Answer::Json(202, "QueuedMessage"),
        problems: &[Kind::Refused, Kind::Conflict],
    }]
}

async fn send(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
    Json(body): Json<Queued>,
) -> Result<(StatusCode, Answered<Value>), Fault> {
    let purpose: PurposeName = body.purpose.to();
    acts_for(app.engine.model(), &who.caller, &purpose)?;
    let message = app.engine.send(&who.caller, tenant, person, &purpose).await?;
    Ok((StatusCode::ACCEPTED, Answered(json!({ "message": message }))))
}

/// Whether the caller acts for the purpose at all. Whom it may write to is the gate's matter.
fn acts_for(model: &Model, caller: &Caller, name: &PurposeName) -> Result<(), Refusal> {
    let purpose = || name.clone();
    let reason = match model.purposes.get(name) {
        None => Reason::UnknownPurpose { purpose: purpose() },
        Some(known) if !known.roles.contains(&caller.role) => {
            Reason::NotForThisRole { purpose: purpose(), role: caller.role.clone() }
        }
        Some(_) if caller.purposes.as_ref().is_some_and(|allowed| !allowed.contains(name)) => {
            Reason::NotForThisCredential { purpose: purpose() }
        }
        Some(_) => return Ok(()),
    };
    Err(Refusal { reasons: vec![reason] })
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Message",
            json!({
                "type": "object",
                "required": ["purpose"],
                "properties": { "purpose": { "type": "string" } },
                "additionalProperties": false,
            }),
        ),
        (
            "QueuedMessage",
            json!({
                "type": "object",
                "required": ["message"],
                "properties": { "message": { "type": "string" } },
                "additionalProperties": false,
            }),
        ),
    ]
}
