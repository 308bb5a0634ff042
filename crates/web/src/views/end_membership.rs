//! The end of a client's membership.

use askama::Template;

use super::{Link, Page, PlanLine};

/// The plan, and the confirmation: field `confirm` must be the word [`EndMembership::word`].
#[derive(Debug, Clone, Template)]
#[template(path = "end_membership.html")]
pub struct EndMembership {
    /// Frame.
    pub page: Page,
    /// Where it is sent.
    pub action: String,
    /// Hidden field `token`.
    pub token: String,
    /// The client.
    pub client: String,
    /// The rule sentences that follow.
    pub rules: Vec<String>,
    /// What goes.
    pub goes: Vec<PlanLine>,
    /// What stays, and why.
    pub stays: Vec<PlanLine>,
    /// Everything as files, to be fetched before.
    pub files: Vec<Link>,
    /// What has to be typed.
    pub word: String,
    /// The confirmation was wrong.
    pub problem: Option<String>,
    /// The list.
    pub back: String,
}
