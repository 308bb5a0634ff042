//! The log-in of a client.

use askama::Template;

use super::{ConsentBox, NoticeRef, Page};

/// The log-in: field `key`, and `consent` (the id of the consent) if the person wants to be remembered.
#[derive(Debug, Clone, Template)]
#[template(path = "log_in.html")]
pub struct LogIn {
    /// Frame.
    pub page: Page,
    /// Where it is sent.
    pub action: String,
    /// Hidden field `token`, if the handler checks one here.
    pub token: Option<String>,
    /// The consent for being remembered; without it the box is not shown.
    pub remember: Option<ConsentBox>,
    /// How long being remembered lasts: a sentence rendered from the rule.
    pub remember_rule: String,
    /// The log-in without any cookie; none if this page is it.
    pub without_cookie: Option<String>,
    /// The notice for clients.
    pub notice: NoticeRef,
    /// Why the last try did not work.
    pub problem: Option<String>,
}
