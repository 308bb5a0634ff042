//! Consent, folded from events (Art. 4(11), 7 GDPR). The append-only events are the truth; the state is derived.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    id::ConsentName,
    model::{Consent, Method},
};

/// What a person declared, or what happened to the declaration.
///
/// The order is that of caution: of two events at one instant the later in this list decides, so a withdrawal beats
/// a grant that arrives at the same microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsentKind {
    /// The box was ticked, the confirmation is open (double opt-in).
    Requested,
    /// Consent was given; with double opt-in: confirmed.
    Granted,
    /// The box was left empty.
    Refused,
    /// Taken back (Art. 7(3)).
    Withdrawn,
}

/// One consent event. Where and how it was declared (form, text hash, notice version) lies beside it in storage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsentEvent {
    /// When, by the server's clock.
    pub at: Timestamp,
    /// Which consent.
    pub consent: ConsentName,
    /// What was declared.
    pub kind: ConsentKind,
}

/// All consent events of one person. The order of insertion does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consents(Vec<ConsentEvent>);

impl Consents {
    /// Adds an event.
    pub fn insert(&mut self, event: ConsentEvent) {
        // By consent last, so that also events at one instant about different consents have one order.
        let before =
            |known: &ConsentEvent| (known.at, known.kind, &known.consent) <= (event.at, event.kind, &event.consent);
        let place = self.0.partition_point(before);
        self.0.insert(place, event);
    }

    /// Every event, by time.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &ConsentEvent> {
        self.0.iter()
    }

    /// Whether data may be taken in for what rests on `consent`: it is given, or it was asked for and only the
    /// confirmation is missing (double opt-in), which is what the address is taken in for.
    pub fn lets_collect(&self, name: &ConsentName, consent: &Consent, now: Timestamp, zone: &TimeZone) -> bool {
        let newest = self.0.iter().rfind(|event| event.consent == *name && event.at <= now);
        let asked = newest.is_some_and(|event| event.kind == ConsentKind::Requested);
        (asked && consent.method == Method::DoubleOptIn) || self.given_since(name, consent, now, zone).is_some()
    }

    /// The instant since which `consent` is given, if it is given at `now`.
    ///
    /// The newest event not later than `now` decides. Nothing, a refusal, a withdrawal, an unconfirmed request and an
    /// expired grant are all the same: no consent. None is ever invented.
    pub fn given_since(
        &self,
        name: &ConsentName,
        consent: &Consent,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<Timestamp> {
        let mut events = self.0.iter().filter(|event| event.consent == *name && event.at <= now);
        let newest = events.next_back()?;
        if newest.kind != ConsentKind::Granted {
            return None;
        }
        let mut since = newest.at;
        if consent.method == Method::DoubleOptIn {
            // A grant counts only as the confirmation of a request that nothing came between. The same link opened
            // again is the same confirmation: it does not renew what expires.
            loop {
                match events.next_back().map(|event| (event.kind, event.at)) {
                    Some((ConsentKind::Granted, at)) => since = at,
                    Some((ConsentKind::Requested, _)) => break,
                    _ => return None,
                }
            }
        }
        let expired = consent.expires.is_some_and(|period| period.after(since, zone) <= now);
        (!expired).then_some(since)
    }
}

impl FromIterator<ConsentEvent> for Consents {
    fn from_iter<T: IntoIterator<Item = ConsentEvent>>(events: T) -> Self {
        let mut consents = Self::default();
        for event in events {
            consents.insert(event);
        }
        consents
    }
}
