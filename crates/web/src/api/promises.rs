//! The promises and their present states.

use std::sync::Arc;

use axum::{
    Json as Answered,
    extract::State,
    http::{HeaderMap, Method},
    routing,
};
use obhut_core::promise::State as Standing;
use serde_json::{Value, json};

use super::{
    lang,
    operation::{Access, Answer, Operation},
};
use crate::App;

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "listPromises",
        method: Method::GET,
        path: "/promises",
        handler: routing::get(list),
        summary: "The promises of the notice and their states",
        text: "Each promise is kept, broken or unproven, with one line of evidence. In the language of \
            `Accept-Language`.",
        access: Access::Public,
        audit: None,
        query: &[],
        body: None,
        answer: Answer::Json(200, "Promises"),
        problems: &[],
    }]
}

async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Answered<Value> {
    let lang = lang::accepted(&headers);
    let entries = app.board.entries();
    let promises: Vec<_> = app
        .promises
        .iter()
        .map(|promise| {
            let entry = entries.get(&promise.id);
            let state = entry.map_or(Standing::Unproven, |entry| entry.standing.state);
            let evidence = match (entry, promise.unproven(lang)) {
                (_, Some(reason)) if state == Standing::Unproven => reason,
                (Some(entry), _) => &entry.standing.evidence,
                (None, _) => "not checked yet",
            };
            json!({
                "id": promise.id,
                "text": promise.text.get(lang),
                "makes": promise.makes,
                "proof": promise.proof,
                "state": state,
                "evidence": evidence,
                "since": entry.map(|entry| entry.since),
                "checked": entry.map(|entry| entry.checked),
            })
        })
        .collect();
    Answered(json!({ "promises": promises }))
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let instant = || json!({ "type": ["string", "null"], "format": "date-time" });
    vec![(
        "Promises",
        json!({
            "type": "object",
            "required": ["promises"],
            "properties": {
                "promises": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["id", "text", "makes", "proof", "state", "evidence", "since", "checked"],
                        "properties": {
                            "id": { "type": "string" },
                            "text": { "type": "string" },
                            "makes": {
                                "type": "array",
                                "items": { "type": "string" },
                                "description": "The sentences of the notice that make it.",
                            },
                            "proof": { "type": "string", "enum": ["enforced", "measured", "attested"] },
                            "state": { "type": "string", "enum": ["kept", "unproven", "broken"] },
                            "evidence": { "type": "string" },
                            "since": instant(),
                            "checked": instant(),
                        },
                        "additionalProperties": false,
                    },
                },
            },
            "additionalProperties": false,
        }),
    )]
}
