//! What opens a purpose and closes it again, and what lets data in.

use std::collections::BTreeMap;

use super::shop::*;
use obhut_core::{
    access::{self, Caller, Collection, Reason, Situation},
    consent::{ConsentKind, Consents},
    history::History,
    id::PurposeName,
    model::{Method, Model},
    period::Unit,
    retention::Standing,
    rule::{Anchoring, Rule},
};

#[test]
fn what_rests_on_consent_is_collected_with_it_only() {
    let mut model = shop();
    let write = |model: &Model, events: &[(ConsentKind, &str)]| {
        let me = client(model);
        let values: BTreeMap<_, _> = [("order".into(), [("name".into(), "A".into())].into())].into();
        let (purpose, history, consents) = (PurposeName::from("reminder"), History::default(), declared(events));
        let collection = Collection {
            caller: &me,
            tenant: TENANT,
            subject: SUBJECT,
            purpose: &purpose,
            values: &values,
            history: &history,
            consents: &consents,
        };
        access::decide_write(model, &collection, at("2026-06-01")).map_err(|refusal| refusal.reasons)
    };
    let (granted, withdrawn) = ((ConsentKind::Granted, "2026-05-01"), (ConsentKind::Withdrawn, "2026-05-02"));
    let (requested, later) = ((ConsentKind::Requested, "2026-05-01"), (ConsentKind::Granted, "2026-07-01"));
    assert_eq!(write(&model, &[granted]), Ok(()));
    for events in [&[][..], &[granted, withdrawn], &[requested], &[later]] {
        assert!(matches!(write(&model, events).unwrap_err()[..], [Reason::ConsentMissing { .. }]), "{events:?}");
    }
    // With double opt-in the address is what the confirmation is asked at.
    model.consents.get_mut("keep").unwrap().method = Method::DoubleOptIn;
    assert_eq!(write(&model, &[requested]), Ok(()));
    assert!(write(&model, &[requested, withdrawn]).is_err());
    assert!(write(&model, &[]).is_err());
}

#[test]
fn what_an_event_opens_another_one_or_time_closes() {
    let mut model = shop();
    let closes = Rule::Immediately(Anchoring::Last, "order.closed".into());
    model.purposes.get_mut("documents").unwrap().until =
        Some(Rule::Earliest(vec![after_last(24, Unit::Hour, "order.triggered"), closes]));
    let consents = Consents::default();
    let opened = |events: &[(&str, &str)]| {
        let history = happened(events);
        let situation =
            Situation { history: &history, consents: &consents, standing: &Standing::Active, restricted: false };
        open(&model, &client(&model), "order", "documents", &situation)
    };
    // It is the first of June.
    let (long_ago, lately) = (("order.triggered", "2026-05-01"), ("order.triggered", "2026-05-31T12:00"));
    let (before, after) = (("order.closed", "2026-05-31T11:00"), ("order.closed", "2026-05-31T13:00"));
    for events in [&[lately][..], &[long_ago, lately], &[before, lately]] {
        assert!(opened(events).is_ok(), "{events:?}");
    }
    for events in [&[long_ago][..], &[lately, after], &[before, lately, after], &[long_ago, before]] {
        assert!(matches!(opened(events).unwrap_err()[..], [Reason::Over { .. }]), "{events:?}");
    }
    assert!(matches!(opened(&[before]).unwrap_err()[..], [Reason::EventMissing { .. }]));
}

#[test]
fn only_declared_fields_under_their_condition_are_stored() {
    let model = shop();
    let form = Caller { credential: None, tenant: None, role: "form".into(), purposes: None };
    let write = |caller: &Caller, purpose: &str, values: &[(&str, &[(&str, &str)])]| {
        let fields = |fields: &[(&str, &str)]| {
            fields.iter().map(|(field, value)| ((*field).into(), (*value).into())).collect::<BTreeMap<_, _>>()
        };
        let values = values.iter().map(|(class, of)| ((*class).into(), fields(of))).collect();
        let purpose = PurposeName::from(purpose);
        let history = History::default();
        let collection = Collection {
            caller,
            tenant: TENANT,
            subject: SUBJECT,
            purpose: &purpose,
            values: &values,
            history: &history,
            consents: &Consents::default(),
        };
        access::decide_write(&model, &collection, at("2026-06-01")).map_err(|refusal| refusal.reasons)
    };
    let debit: &[_] = &[("name", "A"), ("payment_method", "debit")];
    let cash: &[_] = &[("name", "A"), ("payment_method", "cash")];
    let bank: &[_] = &[("iban", "DE00")];
    assert_eq!(write(&form, "purchase", &[("order", debit), ("bank", bank)]), Ok(()));
    assert_eq!(write(&form, "purchase", &[("order", cash)]), Ok(()));
    for values in [&[("order", cash), ("bank", bank)][..], &[("bank", bank)]] {
        assert!(matches!(write(&form, "purchase", values).unwrap_err()[..], [Reason::ConditionNotMet { .. }]));
    }
    assert!(matches!(
        write(&form, "purchase", &[("order", &[("birthday", "x")])]).unwrap_err()[..],
        [Reason::UndeclaredField { .. }]
    ));
    assert!(write(&form, "purchase", &[("diary", debit)]).is_err());
    assert!(write(&form, "documents", &[("order", debit)]).is_err());
    // Nothing to store is not everybody's to send.
    assert_eq!(write(&form, "purchase", &[]), Ok(()));
    assert!(write(&form, "curiosity", &[]).is_err());
    assert!(write(&form, "documents", &[]).is_err());
    let stranger = Caller { tenant: Some(OTHER_TENANT), ..form.clone() };
    assert_eq!(write(&stranger, "purchase", &[]), Err(vec![Reason::OtherTenant]));
}

// Contact and disclosure.
