//! What the tests of this crate share: an empty policy and the parts to fill it with.

use indexmap::IndexMap;
use jiff::{civil::date, tz::TimeZone};
use obhut_core::{
    id::ClassName,
    model::{
        Authority, AutomatedDecisions, Consent, Disclosure, Dpo, Export, Head, Lang, Method, Model, OperatorAccess,
        Party, PolicyHash, Retention, Rights, Stage, Storage, Text,
    },
    period::{Period, Unit},
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
            announce_by: Vec::new(),
            announce_for: Vec::new(),
            fiscal_year: None,
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
        authority: Authority {
            name: text("authority"),
            url: "https://authority.example".into(),
            address: None,
            email: None,
            phone: None,
        },
        jurisdictions: IndexMap::new(),
        words: IndexMap::new(),
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
        services: IndexMap::new(),
        logs: IndexMap::new(),
        storage: Storage { processor: "host".into(), country: "DE".into() },
        places: IndexMap::new(),
        backup: None,
        access: OperatorAccess::default(),
        export: Export { formats: Vec::new(), window: None, link: None, no_transfer: None },
        identities: IndexMap::new(),
        measures: IndexMap::new(),
        rights: Rights {
            deadline: Period::new(1, Unit::Month),
            email: "privacy@example.org".into(),
            contact_url: None,
            tenant_can: None,
            channels: Vec::new(),
            written: false,
            forwards: false,
        },
        automated_decisions: AutomatedDecisions { used: false, purpose: None, review: None, text: text("none") },
    }
}

pub(crate) fn consent(method: Method, expires: Option<Period>) -> Consent {
    Consent {
        audiences: Vec::new(),
        method,
        asked_on: "form".into(),
        text: text("I agree."),
        expires,
        confirm_within: None,
        proof: None,
        withdraw: Vec::new(),
    }
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
