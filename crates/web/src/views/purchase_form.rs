//! The purchase form, embedded by iframe in the client's site.

use askama::Template;

use super::{ConsentBox, NoticeRef, Page, Problem, problem};

/// What every embedded page says: who is who, and where the notice stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    /// The client: controller towards the shopper.
    pub controller: String,
    /// The operator: processor.
    pub operator: String,
    /// The notice for shoppers.
    pub notice: NoticeRef,
    /// The stylesheet with the host page's accent and font ([`crate::assets::theme_href`]).
    pub theme: Option<String>,
    /// How long the data is kept: a sentence rendered from the rule.
    pub rule: String,
}

/// How the shopper pays: the values of `payment_method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    /// `invoice`.
    Invoice,
    /// `debit`.
    Debit,
}

/// What was entered, to be shown again after an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entered {
    /// `name`.
    pub name: String,
    /// `address`.
    pub address: String,
    /// `phone`.
    pub phone: String,
    /// `email`.
    pub email: String,
    /// `payment_method`.
    pub payment: Option<Payment>,
    /// `iban`.
    pub iban: String,
    /// `account_holder`.
    pub account_holder: String,
}

/// The form. Fields: `name`, `address`, `phone`, `email`, `payment_method` (`invoice` or `debit`), `iban`,
/// `account_holder`, `consent` (the id of the consent, only if ticked), and hidden `notice` (hash), `configuration`
/// (reference) and `lang`.
///
/// The bank fields are shown once debit is chosen, by the stylesheet alone. A browser without it shows them always; the
/// handler asks again with a problem at `iban` if debit was chosen without, and drops them for an invoice.
#[derive(Debug, Clone, Template)]
#[template(path = "purchase_form.html")]
pub struct PurchaseForm {
    /// Frame; no navigation is shown.
    pub page: Page,
    /// Who is who.
    pub embed: Embed,
    /// Where it is sent.
    pub action: String,
    /// Hidden: the hash of the notice that is linked.
    pub notice_hash: String,
    /// Hidden: the reference of the configuration that is ordered.
    pub configuration: String,
    /// What is ordered, for people.
    pub ordered: Option<String>,
    /// What was entered before.
    pub entered: Entered,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// The consent that is asked.
    pub consent: Option<ConsentBox>,
    /// The box had been ticked on the form that came back with problems. It is not ticked for the person; a line says so.
    pub consent_again: bool,
}

impl PurchaseForm {
    fn problem(&self, field: &str) -> Option<&str> {
        problem(&self.problems, field)
    }

    fn pays(&self, payment: Payment) -> bool {
        self.entered.payment == Some(payment)
    }
}
