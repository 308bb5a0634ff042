//! The syntax tree of a time rule.
//!
//! ```text
//! rule    = ("earliest of" | "latest of") "(" rule {"," rule} ")" | simple
//! simple  = ["within"] N unit "after" ["last"] EVENT [", end of year"]
//!         | "immediately after" EVENT | "until" EVENT
//! ```
//!
//! One tree is evaluated by [`crate::retention`] and rendered in every language by the policy crate, so the notice
//! and the engine cannot say different things.

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
        /// From which occurrence.
        anchor: Anchoring,
        /// From what.
        event: EventName,
        /// Rounded up to the end of the calendar year.
        end_of_year: bool,
    },
    /// `immediately after EVENT`.
    Immediately(EventName),
    /// `until EVENT`.
    Until(EventName),
}

/// Which occurrence of an event starts the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchoring {
    /// The first occurrence (since the last cancelling event): the date is fixed, a message delivered twice moves nothing.
    First,
    /// `last E`: the newest occurrence; each new one moves the date.
    Last,
}

impl Rule {
    /// All events the rule names, with how each is anchored, in order of the text.
    pub fn events(&self) -> Vec<(&EventName, Anchoring)> {
        match self {
            Self::Earliest(rules) | Self::Latest(rules) => rules.iter().flat_map(Self::events).collect(),
            Self::After { anchor, event, .. } => vec![(event, *anchor)],
            Self::Immediately(event) | Self::Until(event) => vec![(event, Anchoring::First)],
        }
    }
}
