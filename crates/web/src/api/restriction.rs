//! Restriction (Art. 18 GDPR): the data stays, and is not used.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{Method, StatusCode},
    routing,
};
use obhut_core::{
    change::Operation as Act,
    id::{SubjectId, TenantId},
    model::Acts,
};

use super::{
    input::Ids,
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind},
};
use crate::{App, auth::ApiCaller};

const PATH: &str = "/tenants/{tenant}/people/{person}/restriction";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            id: "restrictPerson",
            method: Method::PUT,
            path: PATH,
            handler: routing::put(restrict),
            summary: "Restricts a person's data",
            text: "From then on it is only handed over to the one it belongs to.",
            access: Access::Whole(&[Acts::Tenant]),
            audit: Some(Act::Restrict),
            query: &[],
            body: None,
            answer: Answer::Empty,
            problems: &[Kind::Conflict],
        },
        Operation {
            id: "liftRestriction",
            method: Method::DELETE,
            path: PATH,
            handler: routing::delete(lift),
            summary: "Lifts the restriction",
            text: "The data may be used for its purposes again.",
            access: Access::Whole(&[Acts::Tenant]),
            audit: Some(Act::Restrict),
            query: &[],
            body: None,
            answer: Answer::Empty,
            problems: &[Kind::Conflict],
        },
    ]
}

async fn restrict(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
) -> Result<StatusCode, Fault> {
    app.engine.restrict(&who.caller, tenant, person, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn lift(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person)): Ids<(TenantId, SubjectId)>,
) -> Result<StatusCode, Fault> {
    app.engine.restrict(&who.caller, tenant, person, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
