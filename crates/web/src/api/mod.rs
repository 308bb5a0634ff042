//! The API: everything a page can do, as JSON over HTTP under `/api/v1`.
//!
//! Each resource is a module with its operations, their descriptions and their handlers. From the one table of
//! `operations` come the routes, the fence before each of them, and the OpenAPI document.

use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use crate::App;

mod audit;
mod consents;
mod disclosures;
mod erasure;
mod events;
mod export;
mod input;
mod keys;
pub(crate) mod lang;
mod messages;
mod notice;
mod openapi;
mod operation;
mod people;
pub(crate) mod problem;
mod promises;
mod receipts;
mod restriction;
mod scope;
mod tenants;
#[cfg(test)]
mod tests;

pub use openapi::document;
pub use problem::{Fault, Kind};

use operation::Operation;

/// Where the API lies.
pub const ROOT: &str = "/api/v1";

/// Every operation.
fn operations() -> Vec<Operation> {
    [
        tenants::operations(),
        people::operations(),
        events::operations(),
        consents::operations(),
        restriction::operations(),
        export::operations(),
        erasure::operations(),
        messages::operations(),
        disclosures::operations(),
        receipts::operations(),
        audit::operations(),
        keys::operations(),
        promises::operations(),
        notice::operations(),
        openapi::itself(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The schemas of all bodies and answers.
fn schemas() -> Vec<(&'static str, Value)> {
    [
        problem::schemas(),
        tenants::schemas(),
        people::schemas(),
        events::schemas(),
        erasure::schemas(),
        messages::schemas(),
        disclosures::schemas(),
        receipts::schemas(),
        audit::schemas(),
        keys::schemas(),
        promises::schemas(),
        notice::schemas(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The routes of the API, to be nested under [`ROOT`].
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    operations()
        .into_iter()
        .fold(Router::new(), |router, operation| {
            let path = operation.path;
            router.route(path, operation::fenced(operation, app))
        })
        .fallback(|| async { Fault::not_found() })
        .method_not_allowed_fallback(|| async { Fault::new(Kind::Method, "see /api/v1/openapi.json") })
}
