//! The fields of a form that was sent.

use std::sync::Arc;

use axum::{
    Form,
    extract::{FromRequest, Request},
    response::Response,
};

use super::{failure, frame::Frame};
use crate::{app::App, views::error::ErrorKind};

/// The fields of a form, in the order in which they came.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a field without white space around it; empty if it is missing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Whether one of the fields of this name has this value.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(known, given)| known == name && given == value)
    }
}

impl FromRequest<Arc<App>> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let frame = Frame::of(&parts, app);
        match Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), app).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(_) => Err(failure::page(&frame, ErrorKind::BadRequest(None), None).await),
        }
    }
}
