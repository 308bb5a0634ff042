//! Tenants: opened by the operator, ended by themselves or by the operator.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json as Answered,
    extract::State,
    http::{Method, StatusCode},
    routing,
};
use obhut_core::{
    change::{Operation as Act, Tenant, TenantState},
    id::{ClassName, FieldName, TenantId},
    model::{Acts, PolicyHash},
};
use obhut_engine::NewTenant;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Json, Line, Name},
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

/// Values as a body has them.
pub(super) type Values = BTreeMap<Name, BTreeMap<Name, String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    name: Line,
    purpose: Name,
    values: Values,
    notice: PolicyHash,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            id: "openTenant",
            method: Method::POST,
            path: "/tenants",
            handler: routing::post(open),
            summary: "Opens a tenant with its own data",
            text: "Only the operator's staff may. The tenant's own data is a submission like any other: the policy \
                decides on its classes and fields.",
            access: Access::Whole(&[Acts::Operator]),
            audit: Some(Act::Write),
            query: &[],
            body: Some("NewTenant"),
            answer: Answer::Json(201, "Tenant"),
            problems: &[Kind::Refused, Kind::OtherNotice],
        },
        Operation {
            id: "getTenant",
            method: Method::GET,
            path: "/tenants/{tenant}",
            handler: routing::get(get),
            summary: "A tenant",
            text: "Name, state and account. The account is the person that stands for the tenant itself.",
            access: Access::Roles(&[Acts::Tenant, Acts::Operator]),
            audit: None,
            query: &[],
            body: None,
            answer: Answer::Json(200, "Tenant"),
            problems: &[],
        },
        Operation {
            id: "endTenant",
            method: Method::DELETE,
            path: "/tenants/{tenant}",
            handler: routing::delete(end),
            summary: "Ends a tenant",
            text: "Reports the event that the policy names for it and acts on what follows at once: what goes with the \
                tenant is erased, and its keys are refused from then on. This cannot be undone.",
            access: Access::Whole(&[Acts::Tenant, Acts::Operator]),
            audit: Some(Act::Event),
            query: &[],
            body: None,
            answer: Answer::Json(200, "Tenant"),
            problems: &[Kind::TenantEnded, Kind::Conflict],
        },
    ]
}

async fn open(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Json(body): Json<Opening>,
) -> Result<(StatusCode, Answered<Value>), Fault> {
    let new =
        NewTenant { name: body.name.0, purpose: body.purpose.to(), values: values(body.values), notice: body.notice };
    let tenant = app.engine.open_tenant(&who.caller, &new).await?;
    Ok((StatusCode::CREATED, Answered(written(&tenant))))
}

async fn get(State(app): State<Arc<App>>, _: ApiCaller, Ids(tenant): Ids<TenantId>) -> Result<Answered<Value>, Fault> {
    let found = app.engine.store().tenant(tenant).await?.ok_or_else(Fault::not_found)?;
    Ok(Answered(written(&found)))
}

async fn end(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids(tenant): Ids<TenantId>,
) -> Result<Answered<Value>, Fault> {
    app.engine.end_tenant(&who.caller, tenant).await?;
    let ended = app.engine.store().tenant(tenant).await?.ok_or_else(Fault::not_found)?;
    Ok(Answered(written(&ended)))
}

/// Values as the engine takes them.
pub(super) fn values(values: Values) -> BTreeMap<ClassName, BTreeMap<FieldName, String>> {
    values
        .into_iter()
        .map(|(class, fields)| (class.to(), fields.into_iter().map(|(field, value)| (field.to(), value)).collect()))
        .collect()
}

fn written(tenant: &Tenant) -> Value {
    let (state, ended) = match tenant.state {
        TenantState::Active => ("active", None),
        TenantState::Ended(at) => ("ended", Some(at)),
    };
    json!({
        "id": tenant.id,
        "name": tenant.name,
        "state": state,
        "ended": ended,
        "account": tenant.account,
        "created": tenant.created,
    })
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Values",
            json!({
                "type": "object",
                "description": "The values, by data class and field of the policy.",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": { "type": "string", "minLength": 1 },
                },
            }),
        ),
        (
            "NewTenant",
            json!({
                "type": "object",
                "required": ["name", "purpose", "values", "notice"],
                "properties": {
                    "name": {
                        "type": "string",
                        "maxLength": 200,
                        "description": "The name under which the tenant is controller; notices and forms show it.",
                    },
                    "purpose": { "type": "string", "description": "The purpose for which its data is collected." },
                    "values": { "$ref": "#/components/schemas/Values" },
                    "notice": { "$ref": "#/components/schemas/NoticeHash" },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "NoticeHash",
            json!({
                "type": "string",
                "pattern": "^[0-9a-fA-F]{64}$",
                "description": "The hash of the notice that was shown; it has to be the one in force.",
            }),
        ),
        (
            "Tenant",
            json!({
                "type": "object",
                "required": ["id", "name", "state", "ended", "account", "created"],
                "properties": {
                    "id": { "type": "string" },
                    "name": { "type": "string", "description": "Empty once the tenant has ended." },
                    "state": { "type": "string", "enum": ["active", "ended"] },
                    "ended": { "type": ["string", "null"], "format": "date-time" },
                    "account": { "type": "string", "description": "The person that stands for the tenant itself." },
                    "created": { "type": "string", "format": "date-time" },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
