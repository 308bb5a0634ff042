//! Events: what happened to a person. Due dates move with them.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{Method, StatusCode},
    routing,
};
use jiff::Timestamp;
use obhut_core::{
    change::Operation as Act,
    id::{EventName, RecordId, SubjectId, TenantId},
    model::Acts,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Json, Name, instant},
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind},
    scope,
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reported {
    event: Name,
    #[serde(default, deserialize_with = "instant")]
    at: Option<Timestamp>,
    #[serde(default)]
    record: Option<RecordId>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "reportEvent",
        method: Method::POST,
        path: "/tenants/{tenant}/people/{person}/events",
        handler: routing::post(report),
        summary: "Reports that something happened to a person",
        text: "Or to one of the person's records. It happened now, if no instant is given, and never later than now. \
            The event that ends a tenant is reported by ending the tenant.",
        access: Access::Roles(&[Acts::Tenant, Acts::System, Acts::Operator]),
        audit: Some(Act::Event),
        query: &[],
        body: Some("Event"),
        answer: Answer::Empty,
        problems: &[Kind::Conflict],
    }]
}

async fn report(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
    Json(body): Json<Reported>,
) -> Result<StatusCode, Fault> {
    scope::own_people(&app, &who.caller, tenant, person).await?;
    let event: EventName = body.event.to();
    if app.engine.model().tenant_end() == Some(&event) {
        return Err(Fault::invalid("this event is reported by ending the tenant"));
    }
    app.engine.report_event(&who.caller, tenant, person, body.record, &event, body.at).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![(
        "Event",
        json!({
            "type": "object",
            "required": ["event"],
            "properties": {
                "event": { "type": "string", "description": "An event of the policy." },
                "at": { "type": "string", "format": "date-time" },
                "record": { "type": "string", "description": "The record it happened to, if only to one." },
            },
            "additionalProperties": false,
        }),
    )]
}
