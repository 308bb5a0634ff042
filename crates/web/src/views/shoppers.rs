//! A client's list of its shoppers.

use askama::Template;

use super::{Link, Moment, Page, Paging};

/// Until when a person's data stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stay {
    /// It goes by this day.
    Until(Moment),
    /// Consent keeps it.
    Consent {
        /// Since when.
        since: Moment,
    },
    /// A hold keeps it.
    Held {
        /// The ground.
        ground: String,
        /// Until when, at the longest.
        until: Option<Moment>,
    },
    /// Restricted (Art. 18).
    Restricted,
    /// The starting event has not happened.
    Open,
}

impl Stay {
    pub(super) const fn class(&self) -> &'static str {
        match self {
            Self::Until(_) => "stay-until",
            Self::Consent { .. } => "stay-consent",
            Self::Held { .. } | Self::Restricted => "stay-held",
            Self::Open => "stay-open",
        }
    }
}

/// The list. The search is a POST (field `email`, exact), so that no address of a person appears in an address of a page.
#[derive(Debug, Clone, Template)]
#[template(path = "shoppers.html")]
pub struct ShopperList {
    /// Frame.
    pub page: Page,
    /// The client.
    pub client: String,
    /// Hidden field `token` of the search.
    pub token: String,
    /// Where the search is sent.
    pub search: String,
    /// What was searched for.
    pub sought: Option<String>,
    /// The whole list, where the page shows what was found.
    pub all: String,
    /// The rows of this page.
    pub rows: Vec<ShopperRow>,
    /// Which page of how many.
    pub paging: Paging,
    /// The rule for shoppers, as the notice says it.
    pub rule: String,
    /// The list as files.
    pub files: Vec<Link>,
}

/// A shopper in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopperRow {
    /// The person's page.
    pub href: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Last activity.
    pub last: Option<Moment>,
    /// Until when the data stays.
    pub stay: Stay,
    /// How many orders.
    pub orders: u64,
    /// It changed with the last move of the demo clock.
    pub fresh: bool,
}
