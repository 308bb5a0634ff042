//! Handing data over as a file (Art. 15(3), 20, 28(3)(g) GDPR).

use std::sync::Arc;

use axum::{
    extract::State,
    http::{
        HeaderValue, Method,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing,
};
use obhut_core::{
    access::{Caller, Reason, Refusal},
    change::Operation as Act,
    id::{AudienceName, SubjectId, TenantId},
    model::ExportFormat,
};
use obhut_engine::{
    Error,
    export::{Export, Scope},
};
use serde::Deserialize;

use super::{
    input::{Ids, Name, Params},
    operation::{ANY, Access, Answer, Operation, Parameter, Value as Of},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPerson {
    format: ExportFormat,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfAudience {
    audience: Name,
    format: ExportFormat,
}

const FORMAT: Parameter = Parameter {
    name: "format",
    required: true,
    kind: Of::OneOf(&["json", "csv"]),
    text: "JSON (RFC 8259), or CSV (RFC 4180) with one line for each record.",
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            id: "exportPerson",
            method: Method::GET,
            path: "/tenants/{tenant}/people/{person}/export",
            handler: routing::get(person),
            summary: "Everything about a person, as a file",
            text: "For the purposes of the policy that hand data over. Noted before the file leaves.",
            access: Access::Roles(ANY),
            audit: Some(Act::Export),
            query: &[FORMAT],
            body: None,
            answer: Answer::File,
            problems: &[Kind::Refused, Kind::Invalid],
        },
        Operation {
            id: "exportTenant",
            method: Method::GET,
            path: "/tenants/{tenant}/export",
            handler: routing::get(everybody),
            summary: "Everything about all people of an audience, as a file",
            text: "For the purposes of the policy that hand data over. Noted before the file leaves.",
            access: Access::Roles(ANY),
            audit: Some(Act::Export),
            query: &[
                Parameter { name: "audience", required: true, kind: Of::Text, text: "The audience of the policy." },
                FORMAT,
            ],
            body: None,
            answer: Answer::File,
            problems: &[Kind::Refused, Kind::Invalid],
        },
    ]
}

async fn person(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
    Params(query): Params<OfPerson>,
) -> Result<Response, Fault> {
    export(&app, &who.caller, tenant, &Scope::Person(person), query.format).await
}

async fn everybody(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids(tenant): Ids<TenantId>,
    Params(query): Params<OfAudience>,
) -> Result<Response, Fault> {
    let audience: AudienceName = query.audience.to();
    if !app.engine.model().audiences.contains_key(&audience) {
        return Err(Fault::invalid("the policy knows no audience of this name"));
    }
    export(&app, &who.caller, tenant, &Scope::Audience(audience), query.format).await
}

async fn export(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    scope: &Scope,
    format: ExportFormat,
) -> Result<Response, Fault> {
    match app.engine.export(caller, tenant, scope, format).await {
        Ok(export) => Ok(file(export)),
        // Nothing at all is handed over to this role: the sentences are those of the purposes that hand over.
        Err(Error::Refused(refusal)) if refusal.reasons.is_empty() => {
            let purposes = app.engine.model().purposes.iter().filter(|(_, purpose)| purpose.export);
            let role = || caller.role.clone();
            let reasons = purposes.map(|(name, _)| Reason::NotForThisRole { purpose: name.clone(), role: role() });
            Err(Refusal { reasons: reasons.collect() }.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn file(export: Export) -> Response {
    let mut response = export.content.into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(export.media_type));
    // The name is made of the policy's own short names and a date.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", export.file_name)) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}
