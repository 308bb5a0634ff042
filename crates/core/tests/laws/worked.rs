//! The worked examples as tables.

use std::collections::BTreeSet;

use super::common::{consent, empty_model, retention, text};
use super::shop::*;
use obhut_core::{
    access::{Caller, Reason, Situation},
    consent::{ConsentKind, Consents},
    contact,
    disclosure::{self, Ground},
    history::History,
    id::{CredentialId, FieldName, TenantId},
    model::{Action, Channel, Meanwhile, Method, Model, Others, Recipient, RecipientKind, Sender, Stage},
    period::{Period, Unit},
    retention::{ActiveHold, Side, Standing, Verdict, assess},
    rule::{Anchoring, Chosen, Rounding, Rule},
};

// Worked examples.

/// Checks the date to which a rule leads, in Berlin.
#[track_caller]
fn leads_to(rule: Rule, events: &[(&str, &str)], now: &str, expected: &str) {
    let model = empty_model(berlin(), Period::new(1, Unit::Day));
    let verdict = judge(&model, &retention(vec![erase(rule)]), &happened(events), &Consents::default(), &[], at(now));
    assert_eq!(shown(verdict.due.map(|due| due.at)), expected);
}

#[test]
fn the_worked_dates_of_the_rule_grammar() {
    let ticket =
        || Rule::Earliest(vec![after(10, Unit::Year, "ticket.closed"), after(2, Unit::Year, "contract.ended")]);
    let closed = ("ticket.closed", "2020-03-01");
    leads_to(ticket(), &[closed, ("contract.ended", "2023-06-30")], "2024-01-01", "2025-06-30 00:00:00");
    leads_to(ticket(), &[closed], "2024-01-01", "2030-03-01 00:00:00");
    leads_to(ticket(), &[closed, ("contract.ended", "2029-01-01")], "2029-06-01", "2030-03-01 00:00:00");
    leads_to(ticket(), &[], "2024-01-01", "never yet");

    let invoices = || {
        Rule::Latest(vec![
            after_last(10, Unit::Year, "invoice.issued"),
            Rule::Until(Anchoring::First, "contract.ended".into()),
        ])
    };
    let two = [("invoice.issued", "2015-05-01"), ("invoice.issued", "2024-05-01"), ("contract.ended", "2024-12-31")];
    leads_to(invoices(), &two, "2025-01-01", "2034-05-01 00:00:00");
    leads_to(invoices(), &[("invoice.issued", "2010-01-01")], "2025-01-01", "never yet");
    // The contract outlasts the ten years.
    let late = [("invoice.issued", "2010-01-01"), ("contract.ended", "2024-12-31")];
    leads_to(invoices(), &late, "2025-01-01", "2024-12-31 00:00:00");

    let Rule::After { within, period, anchor, event, .. } = after(8, Unit::Year, "invoice.issued") else {
        unreachable!()
    };
    let rounded = Rule::After { within, period, anchor, event, rounding: Some(Rounding::Year), choice: None };
    leads_to(rounded, &[("invoice.issued", "2026-03-02")], "2026-04-01", "2034-12-31 23:59:59");

    let january = [("a", "2027-01-31")];
    leads_to(after(1, Unit::Month, "a"), &january, "2027-02-01", "2027-02-28 00:00:00");
    leads_to(after(2, Unit::Month, "a"), &january, "2027-02-01", "2027-03-31 00:00:00");
    leads_to(after(1, Unit::Month, "a"), &[("a", "2028-01-31")], "2028-02-01", "2028-02-29 00:00:00");
    leads_to(after(2, Unit::Year, "a"), &[("a", "2028-02-29")], "2028-03-01", "2030-02-28 00:00:00");
    leads_to(after(1, Unit::Day, "a"), &[("a", "2026-03-28T12:00")], "2026-03-28T13:00", "2026-03-29 12:00:00");
    leads_to(after(24, Unit::Hour, "a"), &[("a", "2026-03-28T12:00")], "2026-03-28T13:00", "2026-03-29 13:00:00");
    leads_to(
        Rule::Immediately(Anchoring::First, "a".into()),
        &[("a", "2026-03-28T12:00")],
        "2026-04-01",
        "2026-03-28 12:00:00",
    );
}

#[test]
fn first_stands_still_and_last_moves() {
    let twice = [("a", "2026-01-01"), ("a", "2026-01-10")];
    leads_to(after(14, Unit::Day, "a"), &twice, "2026-01-11", "2026-01-15 00:00:00");
    leads_to(after_last(14, Unit::Day, "a"), &twice, "2026-01-11", "2026-01-24 00:00:00");
    // What has not happened yet does not count.
    leads_to(after_last(14, Unit::Day, "a"), &twice, "2026-01-05", "2026-01-15 00:00:00");
}

#[test]
fn a_cancelling_event_undoes_what_was_before_it() {
    let model = shop();
    let mut year = retention(vec![erase(after(1, Unit::Year, "use.ended"))]);
    year.cancel = Some("use.restarted".into());
    let due = |events: &[(&str, &str)]| {
        let verdict = judge(&model, &year, &happened(events), &Consents::default(), &[], at("2027-01-01"));
        shown(verdict.due.map(|due| due.at))
    };
    let (ended, restarted) = (("use.ended", "2026-01-01"), ("use.restarted", "2026-02-01"));
    assert_eq!(due(&[ended]), "2027-01-01 00:00:00");
    assert_eq!(due(&[ended, restarted]), "never yet");
    assert_eq!(due(&[ended, restarted, ("use.ended", "2026-06-01")]), "2027-06-01 00:00:00");
}

/// Fourteen days after the last activity of 1 January at noon.
fn fourteen_days(consents: &Consents, holds: &[ActiveHold], now: &str) -> Verdict {
    let model = shop();
    let history = happened(&[("shopper.activity", "2026-01-01T12:00")]);
    judge(&model, &model.retentions["shopper"], &history, consents, holds, at(now))
}

#[test]
fn time_has_two_sides() {
    let none = Consents::default();
    let verdict = fourteen_days(&none, &[], "2026-01-02");
    assert_eq!(shown(verdict.fires_at), "2026-01-14 12:00:00");
    assert_eq!(shown(verdict.gone_by), "2026-01-15 12:00:00");
    assert_eq!(verdict.standing, Standing::Active);
    assert_eq!(fourteen_days(&none, &[], "2026-01-14T11:59").standing, Standing::Active);
    assert_eq!(fourteen_days(&none, &[], "2026-01-14T12:00").standing, Standing::Due { action: Action::Erase });

    let model = shop();
    let kept = retention(vec![erase(after(14, Unit::Day, "shopper.activity"))]);
    let history = happened(&[("shopper.activity", "2026-01-01T12:00")]);
    let verdict = judge(&model, &kept, &history, &none, &[], at("2026-01-15T11:59"));
    assert_eq!(verdict.standing, Standing::Active);
    assert_eq!(shown(verdict.fires_at), "2026-01-15 12:00:00");
    assert_eq!(shown(verdict.gone_by), "2026-01-16 12:00:00");
}

#[test]
fn consent_keeps_and_its_withdrawal_ends_that() {
    let granted = declared(&[(ConsentKind::Granted, "2026-01-01")]);
    let on_consent = Standing::OnConsent { consent: "keep".into() };
    // While the period runs, the consent changes nothing about use.
    assert_eq!(fourteen_days(&granted, &[], "2026-01-10").standing, Standing::Active);
    assert_eq!(fourteen_days(&granted, &[], "2026-01-10").due, None);
    assert_eq!(fourteen_days(&granted, &[], "2026-03-01").standing, on_consent);
    assert_eq!(fourteen_days(&granted, &[], "2026-03-01").fires_at, None);

    let withdrawn = declared(&[(ConsentKind::Granted, "2026-01-01"), (ConsentKind::Withdrawn, "2026-02-01")]);
    assert_eq!(fourteen_days(&withdrawn, &[], "2026-01-31").standing, on_consent);
    assert_eq!(fourteen_days(&withdrawn, &[], "2026-02-01").standing, Standing::Due { action: Action::Erase });
    assert_eq!(shown(fourteen_days(&withdrawn, &[], "2026-02-01").gone_by), "2026-01-15 12:00:00");
}

#[test]
fn a_hold_keeps_until_it_ends() {
    let none = Consents::default();
    let held = Standing::Held { hold: "dispute".into() };
    let open = dispute(None);
    assert_eq!(fourteen_days(&none, &open, "2026-01-05").standing, Standing::Active);
    assert_eq!(fourteen_days(&none, &open, "2026-03-01").standing, held);
    assert_eq!(fourteen_days(&none, &open, "2026-03-01").due, None);

    let dated = dispute(Some("2026-04-01"));
    let verdict = fourteen_days(&none, &dated, "2026-03-01");
    assert_eq!((verdict.standing, verdict.due.unwrap().side), (held.clone(), Side::KeepUntil));
    assert_eq!(shown(verdict.fires_at), "2026-04-01 00:00:00");
    assert_eq!(shown(verdict.gone_by), "2026-04-02 00:00:00");
    assert_eq!(fourteen_days(&none, &dated, "2026-04-01").standing, Standing::Due { action: Action::Erase });

    // A hold that ends before the window changes nothing; one that ends inside it keeps until it ends.
    assert_eq!(shown(fourteen_days(&none, &dispute(Some("2026-01-14")), "2026-01-02").fires_at), "2026-01-14 12:00:00");
    let inside = dispute(Some("2026-01-14T18:00"));
    let verdict = fourteen_days(&none, &inside, "2026-01-14T12:00");
    assert_eq!(verdict.standing, held);
    assert_eq!(shown(verdict.due.map(|due| due.at)), "2026-01-15 12:00:00");
    assert_eq!(shown(verdict.fires_at), "2026-01-14 18:00:00");
    assert_eq!(shown(verdict.gone_by), "2026-01-15 18:00:00");
}

#[test]
fn restricted_first_and_erased_later() {
    let model = shop();
    let two = retention(vec![
        Stage { rule: Rule::Immediately(Anchoring::First, "contract.ended".into()), action: Action::Restrict },
        erase(after(1, Unit::Year, "contract.ended")),
    ]);
    let history = happened(&[("contract.ended", "2026-01-01")]);
    let verdict = |holds: &[ActiveHold], now| judge(&model, &two, &history, &Consents::default(), holds, at(now));

    let before = verdict(&[], "2025-12-31");
    assert_eq!(
        (before.standing, before.stage, before.action, before.due),
        (Standing::Active, 0, Action::Restrict, None)
    );
    let running = verdict(&[], "2026-01-01");
    assert_eq!((running.standing, running.stage, running.action), (Standing::Restricted, 1, Action::Erase));
    assert_eq!(shown(running.fires_at), "2027-01-01 00:00:00");
    assert_eq!(verdict(&[], "2027-01-01").standing, Standing::Due { action: Action::Erase });

    // A hold puts off the erasure, not the restriction.
    for until in [None, Some("2028-01-01")] {
        let holds = dispute(until);
        assert_eq!(verdict(&holds, "2026-06-01").standing, Standing::Restricted);
        assert_eq!(verdict(&holds, "2027-06-01").standing, Standing::Held { hold: "dispute".into() });
    }
    assert_eq!(shown(verdict(&dispute(Some("2028-01-01")), "2026-06-01").fires_at), "2028-01-01 00:00:00");
}

#[test]
fn meanwhile_holds_between_the_event_and_the_date() {
    let model = shop();
    let history = happened(&[("contract.ended", "2026-01-01")]);
    for (meanwhile, expected) in
        [(Meanwhile::ExportOnly, Standing::ExportOnly), (Meanwhile::Restrict, Standing::Restricted)]
    {
        let mut thirty = retention(vec![erase(after(30, Unit::Day, "contract.ended"))]);
        thirty.meanwhile = Some(meanwhile);
        let standing = |now| judge(&model, &thirty, &history, &Consents::default(), &[], at(now)).standing;
        assert_eq!(standing("2025-12-31"), Standing::Active);
        assert_eq!(standing("2026-01-01"), expected);
        assert_eq!(standing("2026-01-30"), expected);
        assert_eq!(standing("2026-01-31"), Standing::Due { action: Action::Erase });
    }
}

#[test]
fn the_rule_of_a_record_follows_its_facts() {
    use obhut_core::model::Condition;
    let mut model = shop();
    model.retentions.clear();
    let contract = Condition::Fact("contract".into());
    for (name, when, days) in [("with", contract.clone(), 30), ("without", Condition::Not(Box::new(contract)), 7)] {
        let mut rule = retention(vec![erase(after(days, Unit::Day, "a"))]);
        rule.when = Some(when);
        model.retentions.insert(name.into(), rule);
    }
    let history = happened(&[("a", "2026-01-01")]);
    let due = |facts: BTreeSet<_>| {
        let consents = Consents::default();
        let case = obhut_core::retention::Case {
            history: &history,
            facts: &facts,
            consents: &consents,
            holds: &[],
            chosen: Chosen::default(),
        };
        let verdict = assess(&model, &"order".into(), &case, at("2026-01-02")).unwrap();
        (verdict.rule.to_string(), shown(verdict.due.map(|due| due.at)))
    };
    assert_eq!(due(BTreeSet::from(["contract".into()])), ("with".into(), "2026-01-31 00:00:00".into()));
    assert_eq!(due(BTreeSet::new()), ("without".into(), "2026-01-08 00:00:00".into()));
}

// Consent.

#[track_caller]
fn given(method: Method, expires: Option<Period>, events: &[(ConsentKind, &str)], now: &str, expected: &str) {
    let since = declared(events).given_since(&"keep".into(), &consent(method, expires), at(now), &berlin());
    assert_eq!(shown(since), expected);
}

#[test]
fn consent_is_what_was_declared_last_and_nothing_else() {
    use ConsentKind::{Granted, Refused, Requested, Withdrawn};
    let none = "never yet";
    let (may, june, july) = ("2026-05-01", "2026-06-01", "2026-07-01");
    given(Method::OptIn, None, &[], july, none);
    given(Method::OptIn, None, &[(Refused, may)], july, none);
    given(Method::OptIn, None, &[(Granted, july)], june, none);
    given(Method::OptIn, None, &[(Granted, may)], may, "2026-05-01 00:00:00");
    given(Method::OptIn, None, &[(Granted, may), (Withdrawn, june)], july, none);
    given(Method::OptIn, None, &[(Withdrawn, may), (Granted, june)], july, "2026-06-01 00:00:00");
    // At one instant the more cautious declaration decides.
    given(Method::OptIn, None, &[(Withdrawn, may), (Granted, may)], july, none);

    let double = Method::DoubleOptIn;
    given(double, None, &[(Granted, may)], july, none);
    given(double, None, &[(Requested, may)], july, none);
    given(double, None, &[(Requested, may), (Granted, june)], july, "2026-06-01 00:00:00");
    given(double, None, &[(Requested, may), (Granted, june)], "2026-05-31", none);
    // An old link confirms nothing after a refusal or a withdrawal.
    for between in [Refused, Withdrawn] {
        given(double, None, &[(Requested, may), (between, "2026-05-15"), (Granted, june)], july, none);
    }

    // The link opened again changes nothing; asked again and confirmed, it counts from then.
    given(double, None, &[(Requested, may), (Granted, may), (Granted, june)], july, "2026-05-01 00:00:00");
    given(double, None, &[(Requested, may), (Granted, may), (Requested, june)], july, none);
    let asked_again = [(Requested, may), (Granted, may), (Requested, june), (Granted, june)];
    given(double, None, &asked_again, july, "2026-06-01 00:00:00");

    let year = Some(Period::new(1, Unit::Year));
    given(double, year, &[(Requested, may), (Granted, may), (Granted, june)], "2027-05-15", none);
    given(Method::OptIn, year, &[(Granted, may)], "2027-04-30T23:59", "2026-05-01 00:00:00");
    given(Method::OptIn, year, &[(Granted, may)], "2027-05-01", none);
}

// Access.

#[test]
fn who_does_not_satisfy_everything_is_refused() {
    let model = shop();
    let (triggered, nothing) = (happened(&[("order.triggered", "2026-05-01")]), History::default());
    let consents = Consents::default();
    let calm = Situation { history: &triggered, consents: &consents, standing: &Standing::Active, restricted: false };
    let me = client(&model);

    let permit = open(&model, &me, "order", "documents", &calm).unwrap();
    assert_eq!((permit.tenant(), permit.subject()), (TENANT, SUBJECT));
    assert_eq!((permit.class().as_str(), permit.purpose().as_str()), ("order", "documents"));
    let names: Vec<_> = permit.fields().iter().map(FieldName::as_str).collect();
    assert_eq!(names, ["name", "email", "payment_method"]);

    let stranger = Caller { tenant: Some(OTHER_TENANT), ..me.clone() };
    assert_eq!(open(&model, &stranger, "order", "documents", &calm), Err(vec![Reason::OtherTenant]));
    let unbound = Caller { tenant: None, ..me.clone() };
    assert_eq!(open(&model, &unbound, "order", "documents", &calm), Err(vec![Reason::OtherTenant]));
    let unknown = Caller { role: "nobody".into(), ..me.clone() };
    assert!(open(&model, &unknown, "order", "documents", &calm).is_err());
    let staff = Caller { tenant: None, role: "staff".into(), ..me.clone() };
    assert!(matches!(
        open(&model, &staff, "order", "documents", &calm).unwrap_err()[..],
        [Reason::NotForThisRole { .. }]
    ));
    let limited = Caller { purposes: Some(BTreeSet::from(["export".into()])), ..me.clone() };
    assert!(matches!(
        open(&model, &limited, "order", "documents", &calm).unwrap_err()[..],
        [Reason::NotForThisCredential { .. }]
    ));
    let form = Caller { role: "form".into(), tenant: None, ..me.clone() };
    assert!(matches!(open(&model, &form, "order", "purchase", &calm).unwrap_err()[..], [Reason::CollectsOnly { .. }]));

    let early = Situation { history: &nothing, ..calm };
    assert!(matches!(open(&model, &me, "order", "documents", &early).unwrap_err()[..], [Reason::EventMissing { .. }]));
    assert!(matches!(
        open(&model, &me, "account", "documents", &calm).unwrap_err()[..],
        [Reason::NotForThisData { .. }]
    ));
    assert!(matches!(open(&model, &me, "order", "reminder", &calm).unwrap_err()[..], [Reason::ConsentMissing { .. }]));
    assert!(matches!(open(&model, &me, "order", "curiosity", &calm).unwrap_err()[..], [Reason::UnknownPurpose { .. }]));
    assert!(open(&model, &me, "diary", "documents", &calm).is_err());
    let restricted = Situation { restricted: true, ..calm };
    assert_eq!(open(&model, &me, "order", "documents", &restricted), Err(vec![Reason::Restricted]));
    assert!(open(&model, &me, "order", "export", &restricted).is_ok());
}

#[test]
fn the_standing_decides_what_is_left_open() {
    let model = shop();
    let history = happened(&[("order.triggered", "2026-05-01")]);
    let consents = declared(&[(ConsentKind::Granted, "2026-05-01")]);
    let purposes = ["documents", "answer", "reminder", "claims", "export"];
    let open_for = |standing: &Standing| {
        let situation = Situation { history: &history, consents: &consents, standing, restricted: false };
        let me = client(&model);
        purposes
            .into_iter()
            .filter(|purpose| open(&model, &me, "order", purpose, &situation).is_ok())
            .collect::<Vec<_>>()
    };
    assert_eq!(open_for(&Standing::Active), purposes);
    assert_eq!(open_for(&Standing::OnConsent { consent: "keep".into() }), ["reminder", "export"]);
    assert_eq!(open_for(&Standing::Held { hold: "dispute".into() }), ["claims"]);
    assert!(open_for(&Standing::Held { hold: "unheard-of".into() }).is_empty());
    assert_eq!(open_for(&Standing::ExportOnly), ["export"]);
    assert_eq!(open_for(&Standing::Restricted), ["export"]);
    assert!(open_for(&Standing::Due { action: Action::Erase }).is_empty());
}

#[test]
fn nobody_writes_to_whom_the_notice_does_not_name() {
    let mut model = shop();
    let asked = |model: &Model, sender, audience: &str, purpose: &str| {
        contact::decide(model, sender, &audience.into(), &purpose.into()).map(|channel| channel.to_string())
    };
    for sender in [Sender::Operator, Sender::Tenant] {
        assert!(matches!(asked(&model, sender, "shopper", "answer"), Err(contact::Refusal::NoChannel { .. })));
    }
    let channel = Channel {
        audience: "shopper".into(),
        from: vec![Sender::Tenant],
        purposes: vec!["answer".into()],
        unsubscribe: false,
        topics: Vec::new(),
    };
    model.messages.insert("replies".into(), channel);
    assert_eq!(asked(&model, Sender::Tenant, "shopper", "answer"), Ok("replies".into()));
    assert!(matches!(
        asked(&model, Sender::Operator, "shopper", "answer"),
        Err(contact::Refusal::NotThisSender { .. })
    ));
    assert!(matches!(
        asked(&model, Sender::Tenant, "shopper", "reminder"),
        Err(contact::Refusal::NotThisPurpose { .. })
    ));
    assert!(matches!(asked(&model, Sender::Tenant, "client", "answer"), Err(contact::Refusal::NoChannel { .. })));
}

#[test]
fn nothing_is_handed_to_whom_the_notice_does_not_name() {
    use disclosure::Refusal;
    let mut model = shop();
    let hand = |model: &Model, ground: &Ground, consents: &Consents, class: &str| {
        disclosure::decide(model, &"shopper".into(), &[class.into()], ground, consents, at("2026-06-01")).map(|_| ())
    };
    let none = Consents::default();
    let listed = |name: &str| Ground::listed(name);
    let agreement = Ground::Agreement { to: "a carrier".into() };
    assert_eq!(hand(&model, &listed("printer"), &none, "order"), Err(Refusal::UnknownRecipient));
    assert!(matches!(hand(&model, &agreement, &none, "order"), Err(Refusal::Never { .. })));

    model.recipients.insert("printer".into(), recipient(RecipientKind::Processor, 0));
    model.recipients.insert("police".into(), recipient(RecipientKind::Authority, 2));
    assert_eq!(hand(&model, &listed("printer"), &none, "order"), Ok(()));
    assert!(matches!(hand(&model, &listed("printer"), &none, "bank"), Err(Refusal::NotThisData { .. })));
    // An authority never gets anything in the ordinary course.
    assert_eq!(hand(&model, &listed("police"), &none, "order"), Err(Refusal::DemandIncomplete));

    let demand = |to: &str, file_number: &str, people: &[u8]| Ground::Demand {
        recipient: to.into(),
        authority: "Amtsgericht Musterstadt".into(),
        file_number: file_number.into(),
        legal_ground: "s. 94 StPO".into(),
        approvals: people.iter().map(|person| CredentialId::from_bytes([*person; 16])).collect(),
    };
    assert_eq!(hand(&model, &demand("police", "1 Gs 7/26", &[1, 2]), &none, "order"), Ok(()));
    assert_eq!(hand(&model, &demand("police", "  ", &[1, 2]), &none, "order"), Err(Refusal::DemandIncomplete));
    assert_eq!(hand(&model, &demand("printer", "1 Gs 7/26", &[1, 2]), &none, "order"), Err(Refusal::DemandIncomplete));
    // One person who approves twice is one person.
    let once = hand(&model, &demand("police", "1 Gs 7/26", &[1, 1]), &none, "order");
    assert_eq!(once, Err(Refusal::ApprovalsMissing { needed: 2, given: 1 }));
    assert!(matches!(hand(&model, &demand("police", "1", &[1, 2]), &none, "bank"), Err(Refusal::NotThisData { .. })));

    model.disclosure.others.insert("shopper".into(), Others::Never);
    assert!(matches!(hand(&model, &agreement, &none, "order"), Err(Refusal::Never { .. })));
    model.disclosure.others.insert("shopper".into(), Others::WithConsent("keep".into()));
    assert!(matches!(hand(&model, &agreement, &none, "order"), Err(Refusal::NotAgreed { .. })));
    let granted = declared(&[(ConsentKind::Granted, "2026-05-01")]);
    assert_eq!(hand(&model, &agreement, &granted, "order"), Ok(()));
    let withdrawn = declared(&[(ConsentKind::Granted, "2026-05-01"), (ConsentKind::Withdrawn, "2026-05-02")]);
    assert!(matches!(hand(&model, &agreement, &withdrawn, "order"), Err(Refusal::NotAgreed { .. })));
}

fn recipient(kind: RecipientKind, approvals: u8) -> Recipient {
    Recipient {
        kind,
        name: None,
        address: None,
        contact: None,
        country: None,
        safeguard: None,
        data: vec!["order".into()],
        fields: None,
        purposes: Vec::new(),
        agreement: None,
        agreement_until: None,
        subprocessors: Vec::new(),
        arrangement: None,
        ground: None,
        only_if: None,
        approvals,
        label: text("recipient"),
    }
}

#[test]
fn a_listed_recipient_gets_what_the_notice_says_and_while_it_may() {
    use disclosure::Refusal;
    use jiff::civil::date;
    use obhut_core::model::{DisclosureGround, Safeguard};
    let mut model = shop();
    let to = |model: &Model, purpose: Option<&str>, people: &[u8], consents: &Consents, now: &str| {
        let ground = Ground::Listed {
            recipient: "carrier".into(),
            purpose: purpose.map(Into::into),
            approvals: people.iter().map(|person| CredentialId::from_bytes([*person; 16])).collect(),
        };
        disclosure::decide(model, &"shopper".into(), &["order".into()], &ground, consents, at(now))
    };
    let none = Consents::default();
    let plain = |model: &Model, now: &str| to(model, None, &[], &none, now);
    let all = vec![("order".into(), vec!["name".into(), "email".into(), "payment_method".into()])];
    let with = |change: &dyn Fn(&mut Recipient)| {
        let mut model = shop();
        let mut carrier = recipient(RecipientKind::Third, 0);
        change(&mut carrier);
        model.recipients.insert("carrier".into(), carrier);
        model
    };
    model.recipients.insert("carrier".into(), recipient(RecipientKind::Third, 0));
    assert_eq!(plain(&model, "2026-06-01"), Ok(all.clone()));

    // Only its fields leave; if the class has none of them, it is not this recipient's.
    let narrow = with(&|carrier| carrier.fields = Some(vec!["name".into(), "iban".into()]));
    assert_eq!(plain(&narrow, "2026-06-01"), Ok(vec![("order".into(), vec!["name".into()])]));
    let other = with(&|carrier| carrier.fields = Some(vec!["iban".into()]));
    assert!(matches!(plain(&other, "2026-06-01"), Err(Refusal::NotThisData { .. })));

    let limited = with(&|carrier| carrier.purposes = vec!["answer".into()]);
    for purpose in [None, Some("claims")] {
        let refused = Err(Refusal::NotThisPurpose { recipient: "carrier".into() });
        assert_eq!(to(&limited, purpose, &[], &none, "2026-06-01"), refused);
    }
    assert_eq!(to(&limited, Some("answer"), &[], &none, "2026-06-01"), Ok(all.clone()));

    // The last day counts as a whole, in Berlin.
    let last = date(2026, 6, 1);
    let agreed = with(&|carrier| carrier.agreement_until = Some(last));
    assert!(plain(&agreed, "2026-06-01T23:59").is_ok());
    let ended = Refusal::AgreementEnded { recipient: "carrier".into(), on: last };
    assert_eq!(plain(&agreed, "2026-06-02"), Err(ended));
    let abroad = with(&|carrier| carrier.safeguard = Some(Safeguard { name: text("clauses"), until: Some(last) }));
    assert!(plain(&abroad, "2026-06-01T23:59").is_ok());
    let ended = Refusal::SafeguardEnded { recipient: "carrier".into(), on: last };
    assert_eq!(plain(&abroad, "2026-06-02"), Err(ended));

    let asked = with(&|carrier| carrier.ground = Some(DisclosureGround::Consent("keep".into())));
    let granted = declared(&[(ConsentKind::Granted, "2026-05-01")]);
    assert_eq!(plain(&asked, "2026-06-01"), Err(Refusal::NotAgreed { consent: "keep".into() }));
    assert_eq!(to(&asked, None, &[], &granted, "2026-06-01"), Ok(all.clone()));
    assert_eq!(to(&asked, None, &[], &granted, "2026-04-30"), Err(Refusal::NotAgreed { consent: "keep".into() }));

    let weighed = with(&|carrier| carrier.approvals = 2);
    let missing = Err(Refusal::ApprovalsMissing { needed: 2, given: 1 });
    assert_eq!(to(&weighed, None, &[1, 1], &none, "2026-06-01"), missing);
    assert_eq!(to(&weighed, None, &[1, 2], &none, "2026-06-01"), Ok(all));
}

#[test]
fn a_message_on_consent_needs_it() {
    let model = shop();
    let asked = |purpose: &str, consents: &Consents, now: &str| {
        contact::agreed(&model, &purpose.into(), consents, at(now)).is_ok()
    };
    let granted = declared(&[(ConsentKind::Granted, "2026-05-01"), (ConsentKind::Withdrawn, "2026-05-20")]);
    assert!(asked("answer", &Consents::default(), "2026-05-10"), "this purpose rests on the contract");
    assert!(!asked("reminder", &Consents::default(), "2026-05-10"));
    assert!(asked("reminder", &granted, "2026-05-10"));
    assert!(!asked("reminder", &granted, "2026-05-20"));
}

#[test]
fn staff_of_tenants_never_enter_the_operators_own() {
    let model = shop();
    let bound = |role: &str, tenant| Caller { tenant, role: role.into(), ..client(&model) };
    let own = TenantId::OPERATOR;
    for tenant in [None, Some(TENANT), Some(own)] {
        assert!(!bound("client", tenant).may_enter(&model, own), "{tenant:?}");
    }
    for role in ["staff", "documents", "form"] {
        assert!(bound(role, None).may_enter(&model, own) && bound(role, Some(own)).may_enter(&model, own));
        assert!(!bound(role, Some(TENANT)).may_enter(&model, own));
    }
}

#[test]
fn what_is_kept_for_one_purpose_serves_no_other() {
    let model = shop();
    let mut thirty = retention(vec![erase(after(30, Unit::Day, "contract.ended"))]);
    thirty.meanwhile = Some(Meanwhile::Only("claims".into()));
    let history = happened(&[("contract.ended", "2026-01-01"), ("order.triggered", "2025-12-01")]);
    let consents = declared(&[(ConsentKind::Granted, "2025-12-01")]);
    let standing = |now| judge(&model, &thirty, &history, &Consents::default(), &[], at(now)).standing;
    assert_eq!(standing("2025-12-31"), Standing::Active);
    assert_eq!(standing("2026-01-01"), Standing::OnlyFor { purpose: "claims".into() });
    let standing = standing("2026-01-15");
    let situation = Situation { history: &history, consents: &consents, standing: &standing, restricted: false };
    let me = client(&model);
    let all = ["documents", "answer", "reminder", "claims", "export"];
    let opened: Vec<_> =
        all.into_iter().filter(|purpose| open(&model, &me, "order", purpose, &situation).is_ok()).collect();
    assert_eq!(opened, ["claims", "export"]);
}
