//! The page after the purchase form.

use askama::Template;

use super::{Link, Moment, Page, purchase_form::Embed};

/// Thanks, and what happens to the data.
#[derive(Debug, Clone, Template)]
#[template(path = "purchase_done.html")]
pub struct PurchaseDone {
    /// Frame; no navigation is shown.
    pub page: Page,
    /// Who is who.
    pub embed: Embed,
    /// The reference of the order, for questions.
    pub reference: String,
    /// When it arrived.
    pub at: Moment,
    /// The day by which the data goes if nothing else happens; none while consent keeps it.
    pub gone_by: Option<Moment>,
    /// The consent that was given, its exact text; none if the box was left empty.
    pub consent: Option<String>,
    /// How to withdraw, see or delete: addresses of the client and the operator.
    pub contacts: Vec<Link>,
}
