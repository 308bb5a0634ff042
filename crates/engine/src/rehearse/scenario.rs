//! The people and events declared beside a policy for its rehearsal.
//!
//! ```toml
//! start = 2026-02-02T09:00:00+01:00
//!
//! [tenant.alpha]
//! name    = "Alpha GmbH"
//! purpose = "run-service"
//! values.client-account = { name = "…", email = "…" }
//!
//! [person.anna]
//! tenant  = "alpha"
//! at      = 2026-02-02T10:00:00+01:00
//! purpose = "order-documents"
//! values.shopper-order = { name = "…", email = "…" }
//! events   = ["shopper.activity", "order.triggered"]
//! consents = ["keep-my-data"]
//!
//! [[happens]]
//! at    = 2026-02-10T12:00:00+01:00
//! to    = "anna"
//! event = "shopper.activity"
//! ```

use std::collections::BTreeMap;

use jiff::Timestamp;
use obhut_core::id::{ClassName, ConsentName, EventName, FieldName, PurposeName};
use serde::Deserialize;

/// Values by class and field.
pub type Values = BTreeMap<ClassName, BTreeMap<FieldName, String>>;

/// What is declared beside a policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// When it begins.
    #[serde(deserialize_with = "instant")]
    pub start: Timestamp,
    /// Where it ends at the latest; without it, with the last due date.
    #[serde(default, deserialize_with = "maybe_instant")]
    pub until: Option<Timestamp>,
    /// The tenants, all opened at the start.
    pub tenant: BTreeMap<String, DeclaredTenant>,
    /// The people.
    pub person: BTreeMap<String, DeclaredPerson>,
    /// What happens to them.
    #[serde(default)]
    pub happens: Vec<Happening>,
    /// A submission as the forms collect it, for invented people.
    pub invented: Option<Invented>,
}

/// A tenant of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredTenant {
    /// The name under which it is controller.
    pub name: String,
    /// The purpose for which its own data is collected.
    pub purpose: PurposeName,
    /// Its own data.
    pub values: Values,
}

/// A person of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredPerson {
    /// Whose person.
    pub tenant: String,
    /// When the data comes in.
    #[serde(deserialize_with = "instant")]
    pub at: Timestamp,
    /// The purpose for which it is collected.
    pub purpose: PurposeName,
    /// The data.
    pub values: Values,
    /// What happens with it.
    #[serde(default)]
    pub events: Vec<EventName>,
    /// Which consents are given on the form.
    #[serde(default)]
    pub consents: Vec<ConsentName>,
}

/// Something that happens.
#[derive(Debug, Clone, Deserialize)]
pub struct Happening {
    /// When.
    #[serde(deserialize_with = "instant")]
    pub at: Timestamp,
    /// To which person, or to which tenant's own account.
    pub to: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// An event.
    Event(EventName),
    /// A consent is withdrawn.
    Withdraws(ConsentName),
    /// The tenant's staff erase the person.
    Erased(bool),
    /// The tenant ends.
    Ends(bool),
    /// More data comes in for the tenant's own account: what it is, and the event that dates it.
    Adds(Addition),
}

/// More data of a tenant's own account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// For which purpose.
    pub purpose: PurposeName,
    /// By whom.
    pub role: obhut_core::id::RoleName,
    /// The data.
    pub values: Values,
    /// The event that happened to each of these records.
    pub event: EventName,
}

/// How invented people submit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invented {
    /// The purpose for which it is collected.
    pub purpose: PurposeName,
    /// The values; `{n}` becomes the number of the person.
    pub values: Values,
    /// What happens with it.
    pub events: Vec<EventName>,
    /// The consent every fifth of them gives.
    pub consent: Option<ConsentName>,
}

/// Reads a scenario.
pub fn parse(text: &str) -> Result<Scenario, toml::de::Error> {
    toml::from_str(text)
}

fn instant<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    written.to_string().parse().map_err(|_| {
        serde::de::Error::custom("expected an instant with an offset, for example 2026-02-02T09:00:00+01:00")
    })
}

fn maybe_instant<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    instant(deserializer).map(Some)
}
