//! One shopper.

use askama::Template;

use super::{Link, Moment, Page, receipts::ReceiptRow, shoppers::Stay, timeline::Timeline};

/// Everything the client has about one shopper: what, why, until when.
#[derive(Debug, Clone, Template)]
#[template(path = "shopper.html")]
pub struct ShopperPage {
    /// Frame.
    pub page: Page,
    /// The list.
    pub back: String,
    /// Name.
    pub name: String,
    /// Until when the data stays.
    pub stay: Stay,
    /// The rule sentence that decides it.
    pub rule: String,
    /// Where that sentence stands in the notice.
    pub rule_href: Option<String>,
    /// The data, by class.
    pub groups: Vec<DataGroup>,
    /// The declarations of consent, newest first.
    pub consents: Vec<ConsentLine>,
    /// What happened: orders, newest first.
    pub events: Vec<EventLine>,
    /// When what goes, drawn.
    pub timeline: Option<Timeline>,
    /// Receipts of what already went.
    pub receipts: Vec<ReceiptRow>,
    /// This person's data as files.
    pub files: Vec<Link>,
    /// The page that asks whether to delete; none if nothing is left.
    pub delete: Option<String>,
}

/// The values of one data class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataGroup {
    /// The class, for people.
    pub label: String,
    /// Why we have it: the purposes, each with its legal basis.
    pub why: Vec<String>,
    /// Until when: the rule sentence.
    pub rule: String,
    /// Until when this record stays.
    pub stay: Stay,
    /// The notice shown when it was collected.
    pub notice: String,
    /// The fields.
    pub fields: Vec<FieldLine>,
}

/// A field with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    /// Its name, for people.
    pub label: String,
    /// Its value, or why it is not shown.
    pub value: FieldValue,
}

/// A value, or why there is none to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// The value.
    Shown(String),
    /// Not readable for this reason, as the notice says it.
    Refused(String),
}

/// A declaration of consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine {
    /// The exact text.
    pub text: String,
    /// Whether it holds now.
    pub given: bool,
    /// When it was declared.
    pub at: Moment,
    /// Where, and beside which notice.
    pub form: String,
    /// Version of the notice.
    pub notice: String,
    /// Withdrawal on behalf of the person: POST there, if it can be withdrawn.
    pub withdraw: Option<Withdraw>,
}

/// The form that withdraws consent (POST).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// Where it is sent.
    pub action: String,
    /// Hidden field `token`.
    pub token: String,
    /// Hidden field `consent`: its id.
    pub consent: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// What: "Bestellung ausgelöst".
    pub what: String,
    /// When.
    pub at: Moment,
}
