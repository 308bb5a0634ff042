//! The receipts of what was erased.

use askama::Template;
use obhut_core::change::Cause;

use super::{Moment, Page, Paging};

/// A client's receipts, newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "receipts.html")]
pub struct ReceiptList {
    /// Frame.
    pub page: Page,
    /// The client.
    pub client: String,
    /// The rows of this page.
    pub rows: Vec<ReceiptRow>,
    /// Which page of how many.
    pub paging: Paging,
}

/// A receipt in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The receipt.
    pub href: String,
    /// Its number, short.
    pub number: String,
    /// When.
    pub at: Moment,
    /// Why.
    pub cause: Cause,
    /// Which classes, for people.
    pub what: String,
    /// How many records.
    pub records: u64,
    /// How many other people went with it.
    pub cascaded: u64,
    /// It came with the last move of the demo clock.
    pub fresh: bool,
}
