//! A receipt.

use askama::Template;
use obhut_core::{change::Cause, model::Action};

use super::{Moment, Page};

/// The content-free proof that something was erased, set like a receipt.
#[derive(Debug, Clone, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage {
    /// Frame.
    pub page: Page,
    /// Its number.
    pub number: String,
    /// Who answers for the data.
    pub controller: String,
    /// Who erased it on the controller's behalf.
    pub operator: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub cause: Cause,
    /// What was done.
    pub action: Action,
    /// The rule sentence, if a rule decided.
    pub rule: Option<String>,
    /// The random id of the person.
    pub subject: String,
    /// The classes, for people.
    pub classes: Vec<String>,
    /// How many records.
    pub records: u64,
    /// How many other people went with it.
    pub cascaded: u64,
    /// Version of the notice in force.
    pub version: String,
    /// Hash of the policy in force.
    pub hash: String,
    /// Back to where the reader came from.
    pub back: Option<String>,
}
