//! Why a page cannot be shown, and the page that says so.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use obhut_core::{
    access::Refusal,
    id::{Anchor, AudienceName},
    model::Model,
};
use obhut_engine::Error;
use obhut_policy::notice::{self, Notice};
use obhut_store::{CommitError, StoreError};

use super::frame::{Frame, html_with, see_other};
use crate::views::{
    Link, NoticeRef,
    error::{ErrorKind, ErrorPage},
};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Something a reader is told about.
    Kind(ErrorKind),
    /// Whose page this was is no longer a client.
    Ended,
    /// Somebody has to log in first.
    LogIn,
    /// The engine said no.
    Engine(Error),
    /// It could not be found out who asks.
    Internal,
    /// A page could not be set.
    Template(askama::Error),
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self::Kind(kind)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Template(error)
    }
}

impl Failure {
    /// The page that says what happened and what to do.
    pub(super) async fn response(self, frame: &Frame) -> Response {
        let kind = match self {
            Self::LogIn => return see_other(&frame.link("/client/login")),
            Self::Kind(kind) => kind,
            Self::Ended | Self::Engine(Error::TenantEnded) => ErrorKind::Ended,
            Self::Engine(Error::NotFound) => ErrorKind::NotFound,
            Self::Engine(Error::Refused(refusal)) => refused(frame, &refusal),
            Self::Engine(Error::NothingErased { stays }) => {
                let anchors = stays.iter().map(|stay| Anchor::of("retain", stay.rule.as_str()));
                by_notice(frame, anchors)
            }
            Self::Engine(Error::Contact(_)) => by_notice(frame, [Anchor::of("notice", "messages")]),
            Self::Engine(Error::Disclosure(_)) => by_notice(frame, [Anchor::of("notice", "recipients")]),
            Self::Engine(Error::OtherNotice | Error::Commit(CommitError::Conflict)) => ErrorKind::Changed,
            Self::Engine(Error::Unknown { .. } | Error::Invalid { .. } | Error::Contradiction(_)) => {
                ErrorKind::BadRequest(None)
            }
            Self::Engine(error @ (Error::Commit(_) | Error::Store(_) | Error::Keyring(_))) => {
                internal(frame, &error.to_string())
            }
            Self::Internal => internal(frame, "looking up a log-in"),
            Self::Template(error) => internal(frame, &error.to_string()),
        };
        page(frame, kind, None).await
    }
}

/// An error that is ours: the reader gets a number, the log gets the cause under that number.
fn internal(frame: &Frame, cause: &str) -> ErrorKind {
    let number =
        frame.app.engine.host().ten_bytes().into_iter().fold(0_u64, |number, byte| number << 4 ^ u64::from(byte));
    let reference = format!("err-{number:012x}");
    frame.app.log.line(&format!("{reference} {cause}"));
    ErrorKind::Internal { reference }
}

/// The sentence of the notice that a refusal follows from, its most basic reason first.
fn refused(frame: &Frame, refusal: &Refusal) -> ErrorKind {
    by_notice(frame, refusal.reasons.iter().map(obhut_core::access::Reason::anchor))
}

/// The first of the anchors that stands in a notice, as a refusal.
pub(super) fn by_notice(frame: &Frame, anchors: impl IntoIterator<Item = Anchor>) -> ErrorKind {
    let model = frame.model();
    let found = anchors.into_iter().find_map(|anchor| {
        let sentence = notice::sentence(model, &anchor, frame.lang)?;
        let audience = home(model, &anchor)?;
        let href = frame.link(&format!("/notice/{audience}#{anchor}"));
        Some((sentence, NoticeRef { href, version: model.policy.version.clone() }))
    });
    match found {
        Some((sentence, notice)) => ErrorKind::Refused { sentence, notice: Some(notice) },
        None => ErrorKind::LoggedOut,
    }
}

/// The first audience whose notice has the anchor.
pub(super) fn home<'a>(model: &'a Model, anchor: &Anchor) -> Option<&'a AudienceName> {
    model.audiences.keys().find(|audience| {
        Notice::of(model, audience, obhut_core::model::Lang::De)
            .is_some_and(|notice| notice.anchors().contains(&anchor))
    })
}

/// The page for an error.
pub(super) async fn page(frame: &Frame, kind: ErrorKind, status: Option<StatusCode>) -> Response {
    let t = frame.t();
    let title = match &kind {
        ErrorKind::NotFound => t.title_not_found(),
        ErrorKind::Ended => t.title_ended(),
        ErrorKind::BadRequest(_) => t.title_bad_request(),
        ErrorKind::LoggedOut => t.title_logged_out(),
        ErrorKind::Refused { .. } => t.title_refused(),
        ErrorKind::Changed => t.title_changed(),
        ErrorKind::TooMany => t.title_too_many(),
        ErrorKind::Internal { .. } => t.title_internal(),
    };
    let own = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut ways =
        vec![Link::new(frame.link("/"), super::words::pick(frame.lang, "Zur Startseite", "To the start page"))];
    if frame.path.starts_with("/client") {
        ways.insert(0, Link::new(frame.link("/client/login"), t.log_in()));
    }
    let view = ErrorPage { page: frame.page(title).await, kind, ways };
    html_with(status.unwrap_or(own), &view).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The page for an address that leads nowhere.
pub(super) async fn nothing_here(frame: Frame) -> Response {
    page(&frame, ErrorKind::NotFound, None).await
}
