//! Disclosures: to whom data goes, on what ground. Each one is in the register.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json as Answered,
    extract::State,
    http::{Method, StatusCode},
    routing,
};
use obhut_core::{
    access::Caller,
    change::{CredentialKind, Operation as Act},
    disclosure::Ground,
    id::{ClassName, CredentialId, SubjectId, TenantId},
    model::Acts,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Ids, Json, Line, Name},
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

/// How many people approve at most: a look-up each.
const MAX_APPROVALS: usize = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disclosed {
    classes: Vec<Name>,
    ground: Stated,
}

/// The ground as a caller states it. Approvals are not stated but given: with the key of each person who approves.
#[derive(Deserialize)]
#[serde(tag = "ground", rename_all = "kebab-case", deny_unknown_fields)]
enum Stated {
    Listed {
        recipient: Name,
        purpose: Option<Name>,
        #[serde(default)]
        approved_with: Vec<String>,
    },
    Agreement {
        to: Line,
    },
    Demand {
        recipient: Name,
        authority: Line,
        file_number: Line,
        legal_ground: Line,
        #[serde(default)]
        approved_with: Vec<String>,
    },
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "disclose",
        method: Method::POST,
        path: "/tenants/{tenant}/people/{person}/disclosures",
        handler: routing::post(disclose),
        summary: "Decides on a disclosure and enters it in the register",
        text: "Refused unless the policy lists the recipient, the person agreed, or an authority demands it with its \
            file number and enough people approve. The caller approves; whoever else approves gives his own API key in \
            `approved_with`.",
        access: Access::Whole(&[Acts::Tenant, Acts::Operator]),
        audit: Some(Act::Disclose),
        query: &[],
        body: Some("Disclosure"),
        answer: Answer::Json(201, "Disclosed"),
        problems: &[Kind::Refused, Kind::Conflict],
    }]
}

async fn disclose(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
    Json(body): Json<Disclosed>,
) -> Result<(StatusCode, Answered<Value>), Fault> {
    let classes: BTreeSet<ClassName> = body.classes.iter().map(Name::to).collect();
    let known = |class: &ClassName| app.engine.model().data.contains_key(class);
    if classes.is_empty() || !classes.iter().all(known) {
        return Err(Fault::invalid("`classes` names the data classes that are disclosed, at least one"));
    }
    let ground = match body.ground {
        Stated::Listed { recipient, purpose, approved_with } => Ground::Listed {
            recipient: recipient.to(),
            purpose: purpose.as_ref().map(Name::to),
            approvals: approvals(&app, &who.caller, tenant, &approved_with).await?,
        },
        Stated::Agreement { to } => Ground::Agreement { to: to.0 },
        Stated::Demand { recipient, authority, file_number, legal_ground, approved_with } => Ground::Demand {
            recipient: recipient.to(),
            authority: authority.0,
            file_number: file_number.0,
            legal_ground: legal_ground.0,
            approvals: approvals(&app, &who.caller, tenant, &approved_with).await?,
        },
    };
    let classes: Vec<_> = classes.into_iter().collect();
    let done = app.engine.disclose(&who.caller, tenant, person, &classes, &ground).await?;
    let released: serde_json::Map<String, Value> =
        done.released.into_iter().map(|(class, fields)| (class.to_string(), json!(fields))).collect();
    Ok((StatusCode::CREATED, Answered(json!({ "disclosure": done.id, "released": released }))))
}

/// Who approves: the caller, and everybody whose key is given. A key that could not have asked does not approve.
async fn approvals(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    keys: &[String],
) -> Result<BTreeSet<CredentialId>, Fault> {
    if keys.len() > MAX_APPROVALS {
        return Err(Fault::invalid("`approved_with` has at most 8 keys"));
    }
    let model = app.engine.model();
    let mut approvals: BTreeSet<_> = caller.credential.into_iter().collect();
    for key in keys {
        let found = app.engine.authenticate(key).await?.filter(|found| {
            let acts = model.roles.get(&found.caller.role).map(|role| role.acts);
            found.credential.kind == CredentialKind::ApiKey
                && matches!(acts, Some(Acts::Tenant | Acts::Operator))
                && found.caller.purposes.is_none()
                && found.caller.may_enter(model, tenant)
        });
        let found = found.ok_or_else(|| Fault::invalid("a key in `approved_with` may not approve this"))?;
        approvals.insert(found.credential.id);
    }
    Ok(approvals)
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let line = || json!({ "type": "string", "minLength": 1, "maxLength": 200 });
    vec![
        (
            "Disclosure",
            json!({
                "type": "object",
                "required": ["classes", "ground"],
                "properties": {
                    "classes": { "type": "array", "minItems": 1, "items": { "type": "string" } },
                    "ground": {
                        "oneOf": [
                            {
                                "type": "object",
                                "description": "A recipient the policy lists, in its ordinary work.",
                                "required": ["ground", "recipient"],
                                "properties": {
                                    "ground": { "const": "listed" },
                                    "recipient": { "type": "string" },
                                    "purpose": {
                                        "type": "string",
                                        "description": "Needed where the recipient gets data for some purposes only.",
                                    },
                                    "approved_with": {
                                        "type": "array",
                                        "maxItems": MAX_APPROVALS,
                                        "items": { "type": "string", "writeOnly": true },
                                        "description": "The API keys of those who approve beside the caller.",
                                    },
                                },
                                "additionalProperties": false,
                            },
                            {
                                "type": "object",
                                "description": "Somebody else, because the person explicitly agreed.",
                                "required": ["ground", "to"],
                                "properties": { "ground": { "const": "agreement" }, "to": line() },
                                "additionalProperties": false,
                            },
                            {
                                "type": "object",
                                "description": "An authority, on its demand.",
                                "required": ["ground", "recipient", "authority", "file_number", "legal_ground"],
                                "properties": {
                                    "ground": { "const": "demand" },
                                    "recipient": { "type": "string" },
                                    "authority": line(),
                                    "file_number": line(),
                                    "legal_ground": line(),
                                    "approved_with": {
                                        "type": "array",
                                        "maxItems": MAX_APPROVALS,
                                        "items": { "type": "string", "writeOnly": true },
                                        "description": "The API keys of those who approve beside the caller.",
                                    },
                                },
                                "additionalProperties": false,
                            },
                        ],
                    },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Disclosed",
            json!({
                "type": "object",
                "required": ["disclosure", "released"],
                "properties": {
                    "disclosure": { "type": "string" },
                    "released": {
                        "type": "object",
                        "description": "The fields that may leave, by data class.",
                        "additionalProperties": { "type": "array", "items": { "type": "string" } },
                    },
                },
                "additionalProperties": false,
            }),
        ),
    ]
}
