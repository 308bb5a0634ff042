//! The people and events declared beside a policy for its rehearsal.
//!
//! ```toml
//! start = 2026-02-02T09:00:00+01:00
//!
//! [tenant.alpha]
//! name    = "Alpha GmbH"
//! purpose = "run-service"
//! values.client-account = { name = "…", email = "…" }
//! chooses.tickets = "30 days"
//!
//! [person.anna]
//! tenant  = "alpha"                 # without it: one of the operator's own people
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

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use obhut_core::{
    id::{ClassName, ConsentName, EventName, FactName, FieldName, HoldName, PurposeName, RetentionName, RoleName},
    period::{Period, Unit},
};
use serde::{Deserialize, de::Error as _};

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
    #[serde(default)]
    pub tenant: BTreeMap<String, DeclaredTenant>,
    /// The people.
    #[serde(default)]
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
    /// The periods it chooses, by retention rule.
    #[serde(default)]
    pub chooses: BTreeMap<RetentionName, Chosen>,
}

/// A person of a scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredPerson {
    /// Whose person; none: one of the operator's own.
    pub tenant: Option<String>,
    /// When the data comes in.
    #[serde(deserialize_with = "instant")]
    pub at: Timestamp,
    /// The purpose for which it is collected.
    pub purpose: PurposeName,
    /// Who files it; none: a form of the purpose.
    pub role: Option<RoleName>,
    /// The data.
    pub values: Values,
    /// The facts that are true of all these records.
    #[serde(default)]
    pub facts: BTreeSet<FactName>,
    /// The period the records choose themselves.
    pub choice: Option<Chosen>,
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
    /// Only to this class's records.
    pub about: Option<ClassName>,
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
    /// A consent is given on its form.
    Gives(ConsentName),
    /// A consent is withdrawn.
    Withdraws(ConsentName),
    /// The controller's staff erase the person.
    Erased(bool),
    /// The tenant ends.
    Ends(bool),
    /// More data comes in: what it is, and the event that dates it.
    Adds(Addition),
    /// A dispute begins: the records of the hold's classes are kept.
    Hold(HoldName),
    /// It ends.
    Lifts(HoldName),
}

/// More data of a person or of a tenant's own account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// For which purpose.
    pub purpose: PurposeName,
    /// By whom.
    pub role: RoleName,
    /// The data.
    pub values: Values,
    /// The facts that are true of these records.
    #[serde(default)]
    pub facts: BTreeSet<FactName>,
    /// The period the records choose themselves.
    pub choice: Option<Chosen>,
    /// The event that happened to each of these records.
    pub event: EventName,
}

/// How invented people submit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invented {
    /// The purpose for which it is collected.
    pub purpose: PurposeName,
    /// Who files it; none: a form of the purpose.
    pub role: Option<RoleName>,
    /// The values; `{n}` becomes the number of the person.
    pub values: Values,
    /// The facts that are true of these records.
    #[serde(default)]
    pub facts: BTreeSet<FactName>,
    /// What happens with it.
    #[serde(default)]
    pub events: Vec<EventName>,
    /// The consent every fifth of them gives.
    pub consent: Option<ConsentName>,
}

/// A period as it is written: `30 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen(pub Period);

impl<'de> Deserialize<'de> for Chosen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        period(&text).map(Self).ok_or_else(|| D::Error::custom("expected a period, for example `30 days`"))
    }
}

fn period(text: &str) -> Option<Period> {
    let (count, unit) = text.split_once(' ')?;
    let unit = match unit.strip_suffix('s').unwrap_or(unit) {
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "year" => Unit::Year,
        _ => return None,
    };
    let count = count.parse().ok().filter(|count| (1..=Period::MAX_COUNT).contains(count))?;
    Some(Period::new(count, unit))
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
