//! What the tests of this crate share: an empty policy and the parts to fill it with.

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
