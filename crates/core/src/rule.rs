//! The syntax tree of a time rule.
//!
//! ```text
//! rule    = ("earliest of" | "latest of") "(" rule {"," rule} ")" | simple
//! simple  = ["within"] period "after" ["last"] EVENT [", end of year" | ", end of fiscal year"]
//!         | "immediately after" ["last"] EVENT | "until" ["last"] EVENT
//! period  = N unit ["(" ("tenant" | "record") "chooses" N unit "to" N unit ")"]
//! ```
//!
//! One tree is evaluated by [`crate::retention`] and rendered in every language by the policy crate, so the notice
//! and the engine cannot say different things.

use serde::{Deserialize, Serialize};

use crate::{id::EventName, period::Period};

/// When something is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rule {
    /// `earliest of (…)`: the first of the dates that exist. Never yet while none exists.
    Earliest(Vec<Rule>),
    /// `latest of (…)`: the last of the dates. Never yet while one of them does not exist.
    Latest(Vec<Rule>),
    /// `[within] N unit after [last] EVENT [, end of year]`.
    After {
        /// `within`: gone by then. Without it: kept until then.
        within: bool,
        /// How long.
        period: Period,
        /// Who may choose another period, and in which bounds.
        choice: Option<Choice>,
        /// From which occurrence.
        anchor: Anchoring,
        /// From what.
        event: EventName,
        /// Rounded up to the end of a year.
        rounding: Option<Rounding>,
    },
    /// `immediately after [last] EVENT`.
    Immediately(Anchoring, EventName),
    /// `until [last] EVENT`.
    Until(Anchoring, EventName),
}

/// Which occurrence of an event starts the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchoring {
    /// The first occurrence (since the last cancelling event): the date is fixed, a message delivered twice moves nothing.
    First,
    /// `last E`: the newest occurrence; each new one moves the date.
    Last,
}

/// `(tenant chooses 7 days to 24 months)`: somebody sets the period, within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Who.
    pub by: Chooser,
    /// The shortest.
    pub least: Period,
    /// The longest.
    pub most: Period,
}

/// Who chooses a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chooser {
    /// The tenant, for all its people.
    Tenant,
    /// Whoever files the record.
    Record,
}

/// The periods that were chosen; what was not chosen is the period the rule states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Chosen {
    /// By the tenant, for the retention rule in question.
    pub tenant: Option<Period>,
    /// For the record.
    pub record: Option<Period>,
}

impl Chosen {
    /// What was chosen by the one who may choose.
    pub const fn by(&self, chooser: Chooser) -> Option<Period> {
        match chooser {
            Chooser::Tenant => self.tenant,
            Chooser::Record => self.record,
        }
    }
}

/// To the end of which year a date is rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// The calendar year.
    Year,
    /// The fiscal year that the policy declares.
    FiscalYear,
}

/// A day of every year, as the first day of a fiscal year. The 29 February is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MonthDay {
    /// The month, from 1.
    pub month: i8,
    /// The day of the month, from 1.
    pub day: i8,
}

impl MonthDay {
    /// The day; none if no year has it, or only leap years.
    pub fn new(month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(2001, month, day).ok().map(|_| Self { month, day })
    }
}

impl Rule {
    /// All events the rule names, with how each is anchored, in order of the text.
    pub fn events(&self) -> Vec<(&EventName, Anchoring)> {
        match self {
            Self::Earliest(rules) | Self::Latest(rules) => rules.iter().flat_map(Self::events).collect(),
            Self::After { anchor, event, .. } | Self::Immediately(anchor, event) | Self::Until(anchor, event) => {
                vec![(event, *anchor)]
            }
        }
    }

    /// All choices the rule leaves, in order of the text.
    pub fn choices(&self) -> Vec<Choice> {
        match self {
            Self::Earliest(rules) | Self::Latest(rules) => rules.iter().flat_map(Self::choices).collect(),
            Self::After { choice, .. } => choice.iter().copied().collect(),
            Self::Immediately(..) | Self::Until(..) => Vec::new(),
        }
    }
}
