//! Consents: withdrawn here, as easily as they were given (Art. 7(3) GDPR). They are given on a form that shows the
//! text, in a submission.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    routing,
};
use obhut_core::{
    change::Operation as Act,
    id::{ConsentName, SubjectId, TenantId},
    model::Acts,
};

use super::{
    input::{Ids, Name},
    lang,
    operation::{Access, Answer, Operation},
    problem::{Fault, Kind},
    scope,
};
use crate::{App, auth::ApiCaller};

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation {
        id: "withdrawConsent",
        method: Method::DELETE,
        path: "/tenants/{tenant}/people/{person}/consents/{consent}",
        handler: routing::delete(withdraw),
        summary: "Withdraws a consent",
        text: "At once and for good: what was kept on it alone becomes due. The withdrawal itself is kept as proof.",
        access: Access::Roles(&[Acts::Tenant, Acts::Form, Acts::Operator]),
        audit: Some(Act::Consent),
        query: &[],
        body: None,
        answer: Answer::Empty,
        problems: &[Kind::Conflict, Kind::Invalid],
    }]
}

async fn withdraw(
    State(app): State<Arc<App>>,
    ApiCaller(who): ApiCaller,
    Ids((tenant, person, consent)): Ids<(TenantId, SubjectId, Name)>,
    headers: HeaderMap,
) -> Result<StatusCode, Fault> {
    scope::own_people(&app, &who.caller, tenant, person).await?;
    let consent: ConsentName = consent.to();
    let lang = lang::accepted(&headers);
    app.engine.withdraw(&who.caller, tenant, person, &consent, lang).await?;
    Ok(StatusCode::NO_CONTENT)
}
