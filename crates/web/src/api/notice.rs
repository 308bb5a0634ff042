//! The notice in force, as JSON.

use std::sync::Arc;

use axum::{
    Json as Answered,
    extract::State,
    http::{HeaderMap, Method},
    routing,
};
use obhut_core::{
    change::TenantState,
    id::{AudienceName, TenantId},
    model::{Lang, Relation},
};
use obhut_engine::Error;
use obhut_policy::notice::{Notice, json::value};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    input::{Name, Params},
    lang,
    operation::{Access, Answer, Operation, Parameter, Value as Of},
    problem::{Fault, Kind},
};
use crate::App;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    audience: Name,
    lang: Option<Lang>,
    tenant: Option<TenantId>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "getNotice",
        method: Method::GET,
        path: "/notice",
        handler: routing::get(get),
        summary: "The notice in force for an audience",
        text: "Rendered from the policy that runs. `hash` is what a submission refers to.",
        access: Access::Public,
        audit: None,
        query: &[
            Parameter { name: "audience", required: true, kind: Of::Text, text: "The audience of the policy." },
            Parameter {
                name: "lang",
                required: false,
                kind: Of::OneOf(&["de", "en"]),
                text: "Without it, the language of `Accept-Language`.",
            },
            Parameter {
                name: "tenant",
                required: false,
                kind: Of::Text,
                text: "The tenant that is to be named as the controller of its people.",
            },
        ],
        body: None,
        answer: Answer::Json(200, "Notice"),
        problems: &[Kind::NotFound, Kind::TenantEnded],
    }]
}

async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Params(query): Params<Wanted>,
) -> Result<Answered<Value>, Fault> {
    let model = app.engine.model();
    let name: AudienceName = query.audience.to();
    let audience = model.audiences.get(&name).ok_or_else(Fault::not_found)?;
    let lang = query.lang.unwrap_or_else(|| lang::accepted(&headers));
    let tenant = match query.tenant {
        Some(tenant) if audience.relation == Relation::SubjectOfTenant => {
            let found = app.engine.store().tenant(tenant).await?.ok_or_else(Fault::not_found)?;
            if found.state != TenantState::Active {
                return Err(Error::TenantEnded.into());
            }
            Some(found.name)
        }
        _ => None,
    };
    let notice = Notice::for_tenant(model, &name, lang, tenant.as_deref()).ok_or_else(Fault::not_found)?;
    Ok(Answered(value(&notice)))
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({ "type": "string" });
    vec![(
        "Notice",
        json!({
            "type": "object",
            "required": [
                "format", "policy", "audience", "lang", "title", "version", "valid_from", "hash", "url", "intro",
                "summary", "articles", "sections",
            ],
            "properties": {
                "format": { "const": "obhut-notice/1" },
                "policy": text(),
                "audience": text(),
                "lang": { "type": "string", "enum": ["de", "en"] },
                "title": text(),
                "version": text(),
                "valid_from": { "type": "string", "format": "date" },
                "hash": text(),
                "url": text(),
                "intro": { "type": "array", "items": text() },
                "summary": { "type": ["object", "null"], "description": "The first layer, as a table." },
                "articles": {
                    "type": "object",
                    "description": "For each item of Art. 13 and 14 GDPR, the anchors of the sentences that answer it.",
                    "additionalProperties": { "type": "array", "items": text() },
                },
                "sections": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["anchor", "number", "title", "lead", "items"],
                        "properties": {
                            "anchor": text(),
                            "number": { "type": "integer" },
                            "title": text(),
                            "lead": { "type": ["string", "null"] },
                            "items": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "required": ["anchor", "term", "text", "articles"],
                                    "properties": {
                                        "anchor": text(),
                                        "term": { "type": ["string", "null"] },
                                        "text": text(),
                                        "articles": { "type": "array", "items": text() },
                                    },
                                    "additionalProperties": false,
                                },
                            },
                        },
                        "additionalProperties": false,
                    },
                },
            },
            "additionalProperties": false,
        }),
    )]
}
