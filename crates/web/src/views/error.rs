//! Errors: what happened, and what to do.

use askama::Template;

use super::{Link, NoticeRef, Page};

/// A page for an error.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Frame.
    pub page: Page,
    /// What happened.
    pub kind: ErrorKind,
    /// Ways on.
    pub ways: Vec<Link>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404: nothing here, or nothing for this caller.
    NotFound,
    /// 410: it belonged to a client that is none any more.
    Ended,
    /// 400: the request cannot be understood; what is wrong with it, if that can be said.
    BadRequest(Option<String>),
    /// 401, 403: not logged in (any more), or the form is too old.
    LoggedOut,
    /// 403: the policy refuses.
    Refused {
        /// The sentence of the notice that refuses.
        sentence: String,
        /// Where it stands.
        notice: Option<NoticeRef>,
    },
    /// 409, 412: somebody else changed it meanwhile, or the notice changed while the form was filled in.
    Changed,
    /// 429: too many tries.
    TooMany,
    /// 500: our fault.
    Internal {
        /// The number under which it is logged.
        reference: String,
    },
}

impl ErrorKind {
    /// The status code of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Ended => 410,
            Self::BadRequest(_) => 400,
            Self::LoggedOut | Self::Refused { .. } => 403,
            Self::Changed => 409,
            Self::TooMany => 429,
            Self::Internal { .. } => 500,
        }
    }
}
