//! What happened, as the rules see it: for each event the instants at which it occurred.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{id::EventName, rule::Anchoring};

/// The occurrences of events about one record: its own, and those of its subject.
///
/// Order of insertion does not matter, and inserting an occurrence twice changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(BTreeMap<EventName, Vec<Timestamp>>);

impl History {
    /// Adds an occurrence.
    pub fn insert(&mut self, event: EventName, at: Timestamp) {
        let occurrences = self.0.entry(event).or_default();
        if let Err(place) = occurrences.binary_search(&at) {
            occurrences.insert(place, at);
        }
    }

    /// Adds everything of another history.
    pub fn extend(&mut self, other: &Self) {
        for (event, at) in other.iter() {
            self.insert(event.clone(), at);
        }
    }

    /// Every occurrence, by event and then by time.
    pub fn iter(&self) -> impl Iterator<Item = (&EventName, Timestamp)> {
        self.0.iter().flat_map(|(event, occurrences)| occurrences.iter().map(move |at| (event, *at)))
    }

    /// The newest occurrence of `event` not later than `now`.
    pub fn last(&self, event: &EventName, now: Timestamp) -> Option<Timestamp> {
        self.0.get(event)?.iter().rev().find(|at| **at <= now).copied()
    }

    /// Whether `event` has happened by `now`.
    pub fn has_happened(&self, event: &EventName, now: Timestamp) -> bool {
        self.last(event, now).is_some()
    }

    /// The occurrence that starts a period, not later than `now` and after the last `cancelled` instant.
    pub fn anchor(
        &self,
        event: &EventName,
        anchoring: Anchoring,
        cancelled: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let mut counting =
            self.0.get(event)?.iter().copied().filter(|at| *at <= now && cancelled.is_none_or(|end| *at > end));
        match anchoring {
            Anchoring::First => counting.next(),
            Anchoring::Last => counting.next_back(),
        }
    }
}

impl FromIterator<(EventName, Timestamp)> for History {
    fn from_iter<T: IntoIterator<Item = (EventName, Timestamp)>>(occurrences: T) -> Self {
        let mut history = Self::default();
        for (event, at) in occurrences {
            history.insert(event, at);
        }
        history
    }
}
