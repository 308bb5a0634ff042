//! The operations of the API, as data: from one table come the routes, the fences and the description.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{RawPathParams, Request, State},
    http::Method,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use obhut_core::{change::Operation as Act, id::TenantId, model::Acts};

use super::problem::{Fault, Kind};
use crate::{App, auth};

/// One operation: how it is reached, who may, what it takes and gives.
pub(super) struct Operation {
    /// Its name, unique.
    pub(super) id: &'static str,
    /// The method.
    pub(super) method: Method,
    /// The path under the root of the API.
    pub(super) path: &'static str,
    /// The handler.
    pub(super) handler: MethodRouter<Arc<App>, Infallible>,
    /// What it does, in one line.
    pub(super) summary: &'static str,
    /// What has to be known about it.
    pub(super) text: &'static str,
    /// Who may call it.
    pub(super) access: Access,
    /// The entry it leaves in the audit log.
    pub(super) audit: Option<Act>,
    /// The parameters in the query.
    pub(super) query: &'static [Parameter],
    /// The schema of the body.
    pub(super) body: Option<&'static str>,
    /// The answer if it succeeds.
    pub(super) answer: Answer,
    /// The problems it may answer with, beyond those that follow from its access, body and path.
    pub(super) problems: &'static [Kind],
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Everybody: nothing in it is personal.
    Public,
    /// Keys of roles that act so, also those limited to purposes: what the policy does not allow them is refused.
    Roles(&'static [Acts]),
    /// Keys of roles that act so, if they are not limited to purposes: this is beyond any single purpose.
    Whole(&'static [Acts]),
}

impl Access {
    /// The roles that may; none: everybody.
    pub(super) fn acts(self) -> Option<&'static [Acts]> {
        match self {
            Self::Public => None,
            Self::Roles(acts) | Self::Whole(acts) => Some(acts),
        }
    }
}

/// Whatever a role acts for: the policy decides alone.
pub(super) const ANY: &[Acts] = &[Acts::Tenant, Acts::Operator, Acts::System, Acts::Form];

/// A parameter in the query.
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether it has to be given.
    pub(super) required: bool,
    /// The kind of its value.
    pub(super) kind: Value,
    /// What it does.
    pub(super) text: &'static str,
}

/// The kind of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A text.
    Text,
    /// Names with commas between them.
    Names,
    /// A whole number in this range.
    Number(u64, u64),
    /// An instant (RFC 3339).
    Instant,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// The answer of an operation that succeeds.
pub(super) enum Answer {
    /// A JSON document of this schema.
    Json(u16, &'static str),
    /// A file.
    File,
    /// Nothing.
    Empty,
}

/// The parameter `limit` of lists.
pub(super) const LIMIT: Parameter = Parameter {
    name: "limit",
    required: false,
    kind: Value::Number(1, super::input::MAX_PAGE as u64),
    text: "How many at most; 50 if not given.",
};

/// The handler of an operation behind its fence.
pub(super) fn fenced(operation: Operation, app: &Arc<App>) -> MethodRouter<Arc<App>, Infallible> {
    match operation.access {
        Access::Public => operation.handler,
        access => operation.handler.route_layer(from_fn_with_state((app.clone(), access), fence)),
    }
}

/// Lets only those through who may: first a key, then the tenant (which does not exist for strangers), then the role.
async fn fence(
    State((app, access)): State<(Arc<App>, Access)>,
    path: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let outcome = async {
        let found = auth::from_authorization(&app, &parts.headers).await?.ok_or_else(Fault::unauthenticated)?;
        let model = app.engine.model();
        if let Some((_, tenant)) = path.iter().find(|(name, _)| *name == "tenant") {
            let tenant: TenantId = tenant.parse().map_err(|_| Fault::not_found())?;
            if !found.caller.may_enter(model, tenant) {
                return Err(Fault::not_found());
            }
        }
        let acts = model.roles.get(&found.caller.role).map(|role| role.acts);
        if access.acts().is_some_and(|allowed| !acts.is_some_and(|acts| allowed.contains(&acts))) {
            return Err(Fault::new(Kind::Role, "use a key of a role that does this"));
        }
        if matches!(access, Access::Whole(_)) && found.caller.purposes.is_some() {
            return Err(Fault::new(Kind::Limited, "this is beyond any single purpose: use a key without a limit"));
        }
        Ok(found)
    };
    match outcome.await {
        Ok(found) => {
            parts.extensions.insert(found);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(fault) => fault.into_response(),
    }
}
