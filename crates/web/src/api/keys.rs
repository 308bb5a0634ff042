//! API keys: made by the operator's staff, shown once, revoked at once.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json as Answered,
    extract::State,
    http::{Method, StatusCode},
    routing,
};
use jiff::Timestamp;
use obhut_core::{
    change::Operation as Act,
    id::{CredentialId, TenantId},
    model::Acts,
};
use obhut_engine::credentials::NewKey;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Json, Name, Params, instant},
    operation::{ANY, Access, Answer, Operation, Parameter, Value as Of},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    role: Name,
    #[serde(default)]
    tenant: Option<TenantId>,
    #[serde(default)]
    purposes: Option<BTreeSet<Name>>,
    #[serde(default, deserialize_with = "instant")]
    expires: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bound {
    tenant: Option<TenantId>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            id: "createKey",
            method: Method::POST,
            path: "/keys",
            handler: routing::post(create),
            summary: "Makes an API key",
            text: "Only the operator's staff may. The secret is in this answer and nowhere else: only its hash is kept.",
            access: Access::Whole(&[Acts::Operator]),
            audit: Some(Act::Credential),
            query: &[],
            body: Some("NewKey"),
            answer: Answer::Json(201, "Key"),
            problems: &[],
        },
        Operation {
            id: "revokeKey",
            method: Method::DELETE,
            path: "/keys/{key}",
            handler: routing::delete(revoke),
            summary: "Revokes an API key",
            text: "The operator's staff may revoke any key, everybody else only the one the request is made with. A key \
                that is not there is revoked already.",
            access: Access::Roles(ANY),
            audit: Some(Act::Credential),
            query: &[Parameter {
                name: "tenant",
                required: false,
                kind: Of::Text,
                text: "The tenant the key is bound to. Without it, a key of the operator.",
            }],
            body: None,
            answer: Answer::Empty,
            problems: &[Kind::NotFound],
        },
    ]
}

async fn create(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Json(body): Json<Wanted>,
) -> Result<(StatusCode, Answered<Value>), Fault> {
    let new = NewKey {
        tenant: body.tenant,
        role: body.role.to(),
        purposes: body.purposes.map(|purposes| purposes.iter().map(Name::to).collect()),
        expires: body.expires,
    };
    let (id, secret) = app.engine.create_key(&who.caller, new).await?;
    Ok((StatusCode::CREATED, Answered(json!({ "id": id, "secret": secret.expose() }))))
}

async fn revoke(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids(key): Ids<CredentialId>,
    Params(query): Params<Bound>,
) -> Result<StatusCode, Fault> {
    let own = key == who.credential.id;
    let tenant = if own { who.credential.tenant } else { query.tenant };
    let role = app.engine.model().roles.get(&who.caller.role);
    let manages = role.is_some_and(|role| role.acts == Acts::Operator) && who.caller.purposes.is_none();
    if !own && !manages {
        return Err(Fault::not_found());
    }
    if let Some(tenant) = tenant {
        app.engine.store().tenant(tenant).await?.ok_or_else(Fault::not_found)?;
    }
    app.engine.revoke(&who.caller, tenant.unwrap_or(TenantId::OPERATOR), key).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        (
            "NewKey",
            json!({
                "type": "object",
                "required": ["role"],
                "properties": {
                    "role": { "type": "string", "description": "A role of the policy." },
                    "tenant": { "type": "string", "description": "The tenant it is bound to, for a tenant's role." },
                    "purposes": {
                        "type": "array",
                        "items": { "type": "string" },
                        "description": "The purposes it is limited to. Without it, those of its role.",
                    },
                    "expires": { "type": "string", "format": "date-time" },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Key",
            json!({
                "type": "object",
                "required": ["id", "secret"],
                "properties": {
                    "id": { "type": "string" },
                    "secret": { "type": "string", "readOnly": true, "description": "Shown once." },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
