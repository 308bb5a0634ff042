//! What the tests of this crate share: a small policy, and a generator of random numbers with a printed seed.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use jiff::{Timestamp, civil::date, tz::TimeZone};
use obhut_core::{
    consent::Consents,
    history::History,
    id::{ClassName, FactName, RetentionName},
    model::{
        Authority, AutomatedDecisions, Consent, Disclosure, Dpo, Export, Head, Lang, Method, Model, Party, PolicyHash,
        Retention, Rights, Stage, Storage, Text,
    },
    period::{Period, Unit},
    retention::{ActiveHold, Case, Verdict, assess_rule},
};

/// A text that is the same in both languages.
pub(crate) fn text(text: &str) -> Text {
    Text { de: text.into(), en: text.into() }
}

/// A model that declares nothing but what every policy has.
pub(crate) fn empty_model(zone: TimeZone, sweep: Period) -> Model {
    Model {
        policy: Head {
            id: "test".into(),
            version: "1".into(),
            valid_from: date(2026, 1, 1),
            languages: Lang::ALL.to_vec(),
            zone,
            sweep,
            announce: None,
            notice_url: "https://notice.example".into(),
            hash: PolicyHash::default(),
        },
        controller: Party {
            name: "Beispiel GmbH".into(),
            address: "Musterweg 1, 12345 Musterstadt".into(),
            country: "DE".into(),
            email: "privacy@example.org".into(),
            phone: None,
            contact_url: None,
        },
        dpo: Dpo::NotRequired { reason: text("few people") },
        authority: Authority { name: text("authority"), url: "https://authority.example".into() },
        audiences: IndexMap::new(),
        data: IndexMap::new(),
        purposes: IndexMap::new(),
        consents: IndexMap::new(),
        events: IndexMap::new(),
        retentions: IndexMap::new(),
        holds: IndexMap::new(),
        recipients: IndexMap::new(),
        disclosure: Disclosure::default(),
        roles: IndexMap::new(),
        messages: IndexMap::new(),
        cookies: IndexMap::new(),
        logs: IndexMap::new(),
        storage: Storage { processor: "host".into(), country: "DE".into() },
        export: Export { formats: Vec::new() },
        rights: Rights {
            deadline: Period::new(1, Unit::Month),
            email: "privacy@example.org".into(),
            contact_url: None,
            tenant_can: None,
        },
        automated_decisions: AutomatedDecisions { used: false, text: text("none") },
    }
}

pub(crate) fn consent(method: Method, expires: Option<Period>) -> Consent {
    Consent { audiences: Vec::new(), method, asked_on: "form".into(), text: text("I agree."), expires }
}

pub(crate) fn retention(stages: Vec<Stage>) -> Retention {
    Retention {
        data: vec![ClassName::from("order")],
        when: None,
        stages,
        unless: None,
        cancel: None,
        meanwhile: None,
        leaves_proof: false,
        cascade: Vec::new(),
        law: None,
    }
}

/// The verdict of `retention` for a record without facts.
pub(crate) fn judge(
    model: &Model,
    retention: &Retention,
    history: &History,
    consents: &Consents,
    holds: &[ActiveHold],
    now: Timestamp,
) -> Verdict {
    let facts = BTreeSet::<FactName>::new();
    let case = Case { history, facts: &facts, consents, holds };
    assess_rule(model, &RetentionName::from("rule"), retention, &case, now)
}

/// splitmix64 (public domain): small, fast, the same everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`.
    pub(crate) fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.roll() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// True in one of `n` cases.
    pub(crate) fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(i64::try_from(from.len()).unwrap())).unwrap()]
    }
}
