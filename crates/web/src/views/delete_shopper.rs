//! The question before one shopper is deleted.

use askama::Template;

use super::{Page, PlanLine};

/// The plan, and the confirmation: field `confirm` must be the word [`DeleteShopper::word`].
#[derive(Debug, Clone, Template)]
#[template(path = "delete_shopper.html")]
pub struct DeleteShopper {
    /// Frame.
    pub page: Page,
    /// Where it is sent.
    pub action: String,
    /// Hidden field `token`.
    pub token: String,
    /// Who.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// What goes.
    pub goes: Vec<PlanLine>,
    /// What stays, and why.
    pub stays: Vec<PlanLine>,
    /// What has to be typed.
    pub word: String,
    /// The confirmation was wrong.
    pub problem: Option<String>,
    /// The person's page.
    pub back: String,
}
