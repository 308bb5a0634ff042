//! Periods that are chosen, holds of statutes and disputes, events that happen by themselves.

mod common;

use common::house::{CUSTOMER, House, SHOPPER, at, days, days_after, event, operator, staff};
use obhut_core::{
    access::{Caller, Reason},
    id::TenantId,
    model::{Hold, HoldKind, Meanwhile, Model, Text},
    period::{Period, Unit},
    rule::{Anchoring, Choice, Chooser, Rule},
};
use obhut_engine::Error;
use obhut_store::{AuditFilter, Store as _};

const OWN: TenantId = TenantId::OPERATOR;

#[expect(clippy::panic, reason = "a test stops at the first surprise")]
fn may_choose(model: &mut Model, rule: &str, by: Chooser, least: u16, most: u16) {
    let Rule::After { choice, .. } = &mut model.retentions[rule].stages[0].rule else { panic!("the rule changed") };
    *choice = Some(Choice { by, least: days(least), most: days(most) });
}

fn hold(model: &mut Model, name: &str, data: &str, purpose: &str, kind: HoldKind) {
    let hold = Hold { data: vec![data.into()], purpose: purpose.into(), ground: Text::default(), kind };
    model.holds.insert(name.into(), hold);
}

#[tokio::test]
async fn a_tenants_choice_shortens_for_those_who_are_there_and_those_who_come() {
    let house = House::new(|model| may_choose(model, "shopper", Chooser::Tenant, 2, 60)).await;
    let (me, rule) = (staff(house.tenant), "shopper".into());
    let here = house.shopper(&[("shopper-order", SHOPPER)]).await;
    assert_eq!(house.store.due_of(house.tenant, here.subject).await.unwrap()[0].fires_at, at("2026-03-16T11:55"));
    house.engine.choose(&me, house.tenant, &rule, Some(days(5))).await.unwrap();
    assert_eq!(house.store.due_of(house.tenant, here.subject).await.unwrap()[0].fires_at, at("2026-03-07T11:55"));
    let comes = house.shopper(&[("shopper-order", &[("name", "Ben"), ("email", "ben@example.org")])]).await;
    house.assert_dated(house.tenant, "shopper").await;
    house.play("2026-03-07T11:50").await;
    assert!(house.stored(house.tenant, here.subject).await.is_some());
    house.play("2026-03-07T12:00").await;
    for gone in [here.subject, comes.subject] {
        assert_eq!(house.stored(house.tenant, gone).await, None);
    }
    // Taken back, the period of the rule holds again; the choice is on record.
    house.engine.choose(&me, house.tenant, &rule, None).await.unwrap();
    let later = house.shopper(&[("shopper-order", SHOPPER)]).await;
    assert_eq!(house.store.due_of(house.tenant, later.subject).await.unwrap()[0].fires_at, at("2026-03-21T11:55"));
    let log = house.store.audit(house.tenant, &AuditFilter::default(), 99).await.unwrap();
    let said: Vec<_> =
        log.iter().map(|entry| &*entry.record.detail).filter(|detail| detail.starts_with("shopper ")).collect();
    assert_eq!(said, ["shopper 5 day", "shopper as stated"]);
}

#[tokio::test]
async fn a_choice_is_the_tenants_and_inside_the_bounds() {
    let house = House::new(|model| may_choose(model, "shopper", Chooser::Tenant, 2, 60)).await;
    let engine = &house.engine;
    let choose = |caller: Caller, tenant, rule: &'static str, period| async move {
        engine.choose(&caller, tenant, &rule.into(), period).await
    };
    let me = || staff(house.tenant);
    for outside in [days(1), days(61), Period::new(1, Unit::Hour), Period::new(1, Unit::Year)] {
        let refused = choose(me(), house.tenant, "shopper", Some(outside)).await;
        assert!(matches!(refused, Err(Error::Contradiction(_))), "{outside:?}");
    }
    assert!(matches!(choose(me(), house.tenant, "client", Some(days(5))).await, Err(Error::Contradiction(_))));
    assert!(matches!(choose(me(), house.tenant, "unheard-of", None).await, Err(Error::Unknown { .. })));
    let system = Caller { role: "document-generator".into(), ..me() };
    assert!(matches!(choose(system, house.tenant, "shopper", Some(days(5))).await, Err(Error::NotFound)));
    assert!(matches!(choose(operator(), OWN, "shopper", Some(days(5))).await, Err(Error::NotFound)));
    // On its instruction, the operator.
    choose(operator(), house.tenant, "shopper", Some(days(60))).await.unwrap();
    assert_eq!(house.store.choices(house.tenant).await.unwrap(), [("shopper".into(), days(60))].into());
}

#[tokio::test]
async fn a_record_chooses_for_itself() {
    let house = House::new(|model| may_choose(model, "customer", Chooser::Record, 10, 100)).await;
    let mut submission = house.submission("care", &[("customer-file", CUSTOMER)]);
    for outside in [days(9), days(101)] {
        submission.choice = Some(outside);
        assert!(matches!(house.submit(OWN, &submission).await, Err(Error::Contradiction(_))), "{outside:?}");
    }
    submission.choice = Some(days(100));
    let customer = house.submit(OWN, &submission).await.unwrap();
    let mut note = house.submission("care", &[("customer-note", &[("invoice", "7")])]);
    note.choice = Some(days(50));
    assert!(matches!(house.submit(OWN, &note).await, Err(Error::Contradiction(_))), "this class has no choice");

    house.report(OWN, customer.subject, "file.closed").await;
    house.play("2026-06-10T11:55").await;
    assert!(house.stored(OWN, customer.subject).await.is_some());
    house.play("2026-06-10T12:05").await;
    assert_eq!(house.stored(OWN, customer.subject).await, None);
}

#[tokio::test]
async fn a_statute_keeps_past_the_date_and_past_a_request() {
    let house = House::new(|model| {
        event(model, "invoice.paid", None);
        let kind = HoldKind::Statute { law: "§ 147 AO".into(), rule: days_after(400, "invoice.paid") };
        let mut audit = model.purposes["care"].clone();
        audit.roles = vec!["accounting".into()];
        model.purposes.insert("tax-audit".into(), audit);
        hold(model, "tax", "customer-file", "tax-audit", kind);
    })
    .await;
    let both = [("customer-file", CUSTOMER), ("customer-note", &[("invoice", "7")][..])];
    let customer = house.submit(OWN, &house.submission("care", &both)).await.unwrap();
    house.report(OWN, customer.subject, "invoice.paid").await;
    house.report(OWN, customer.subject, "file.closed").await;

    // Asked to erase, the rest goes; the file stays, and the answer says until when.
    let erasure = house.engine.erase(&operator(), OWN, customer.subject).await.unwrap();
    assert_eq!(erasure.stays.len(), 1);
    assert_eq!((erasure.stays[0].class.as_str(), erasure.stays[0].until), ("customer-file", Some(at("2027-04-06"))));
    assert_eq!(erasure.receipt.classes, ["customer-note".into()]);

    // Past its own date it serves one purpose only.
    house.play("2026-05-01").await;
    let Err(Error::Refused(refusal)) = house.care_for(customer.subject).await else { panic!("it opened") };
    assert_eq!(refusal.reasons, [Reason::Held { hold: "tax".into() }]);
    let accounting = Caller { role: "accounting".into(), ..operator() };
    let read = house.engine.read(&accounting, OWN, customer.subject, &["tax-audit".into()]).await;
    assert_eq!(read.unwrap().value("name"), Some("Karla Kirsche"));
    house.play("2027-04-06T11:55").await;
    assert!(house.stored(OWN, customer.subject).await.is_some());
    house.play("2027-04-06T12:05").await;
    assert_eq!(house.stored(OWN, customer.subject).await, None);
}

#[tokio::test]
async fn a_dispute_keeps_until_it_is_lifted_or_too_old() {
    let house = House::new(|model| {
        hold(model, "claim", "customer-file", "care", HoldKind::Dispute { until: days(365) });
        let tax = HoldKind::Statute { law: "§ 147 AO".into(), rule: days_after(1, "unheard.of") };
        hold(model, "tax", "customer-file", "care", tax);
    })
    .await;
    let (first, second) = (house.customer().await, {
        let other = house.submission("care", &[("customer-file", &[("name", "Ludwig"), ("email", "l@example.org")])]);
        house.submit(OWN, &other).await.unwrap()
    });
    let (engine, claim) = (&house.engine, "claim".into());
    // Only who acts for its purpose; only on whom it concerns; never a statute.
    let stranger = Caller { role: "accounting".into(), ..operator() };
    assert!(matches!(engine.place_hold(&stranger, OWN, first.subject, &claim).await, Err(Error::NotFound)));
    let tenant = staff(house.tenant);
    assert!(matches!(engine.place_hold(&tenant, OWN, first.subject, &claim).await, Err(Error::NotFound)));
    let statute = engine.place_hold(&operator(), OWN, first.subject, &"tax".into()).await;
    assert!(matches!(statute, Err(Error::Contradiction(_))));
    assert!(matches!(engine.lift_hold(&operator(), OWN, first.subject, &claim).await, Err(Error::NotFound)));

    for person in [&first, &second] {
        house.report(OWN, person.subject, "file.closed").await;
        engine.place_hold(&operator(), OWN, person.subject, &claim).await.unwrap();
    }
    let again = engine.place_hold(&operator(), OWN, first.subject, &claim).await;
    assert!(matches!(again, Err(Error::Contradiction(_))), "placing it again does not make it longer");
    house.assert_dated(OWN, "customer").await;
    let asked = engine.erase(&operator(), OWN, first.subject).await;
    assert!(matches!(asked, Err(Error::NothingErased { stays }) if stays.len() == 1));

    house.play("2026-06-01").await;
    assert!(house.has(OWN, first.subject, first.records[0]).await);
    engine.lift_hold(&operator(), OWN, first.subject, &claim).await.unwrap();
    house.assert_dated(OWN, "customer").await;
    house.play("2026-06-01T12:05").await;
    assert_eq!(house.stored(OWN, first.subject).await, None, "nothing keeps it any more");
    house.play("2027-03-02T11:55").await;
    assert!(house.has(OWN, second.subject, second.records[0]).await);
    house.play("2027-03-02T12:05").await;
    assert_eq!(house.stored(OWN, second.subject).await, None, "the longest time is over");
    let log = house.store.audit(OWN, &AuditFilter::default(), 999).await.unwrap();
    let noted = |what: &str| log.iter().filter(|entry| entry.record.detail == what).count();
    assert_eq!((noted("claim placed"), noted("claim lifted")), (2, 1));
}

#[tokio::test]
async fn an_event_happens_by_itself_and_later_ones_put_it_off() {
    let house = House::new(|model| {
        event(model, "message.received", None);
        event(model, "file.reopened", None);
        let mut silence = days_after(14, "message.received");
        if let Rule::After { anchor, .. } = &mut silence {
            *anchor = Anchoring::Last;
        }
        event(model, "file.closed", Some(silence));
        model.retentions["customer"].stages[0].rule = match days_after(30, "file.closed") {
            Rule::After { within, period, choice, event, rounding, .. } => {
                Rule::After { within, period, choice, anchor: Anchoring::Last, event, rounding }
            }
            rule => rule,
        };
        model.retentions["customer"].cancel = Some("file.reopened".into());
        model.purposes["care"].requires = Some("file.closed".into());
    })
    .await;
    let mut submission = house.submission("care", &[("customer-file", CUSTOMER)]);
    submission.events = vec![("message.received".into(), None), ("file.closed".into(), None)];
    // What happens by itself can be reported, too; a later message reopens the matter.
    let customer = house.submit(OWN, &submission).await.unwrap().subject;
    let due = async || house.store.due_of(OWN, customer).await.unwrap().first().map(|row| row.fires_at);
    assert_eq!(due().await, Some(at("2026-04-15")), "14 and 30 days");
    house.play("2026-03-10").await;
    house.report(OWN, customer, "message.received").await;
    assert_eq!(due().await, Some(at("2026-04-23T12:00")));
    house.assert_dated(OWN, "customer").await;
    house.play("2026-04-01").await;
    house.report(OWN, customer, "file.reopened").await;
    assert_eq!(due().await, None);
    house.play("2026-04-02").await;
    house.report(OWN, customer, "message.received").await;
    house.assert_dated(OWN, "customer").await;
    house.play("2026-05-16T11:55").await;
    assert!(house.stored(OWN, customer).await.is_some());
    house.play("2026-05-16T12:05").await;
    assert_eq!(house.stored(OWN, customer).await, None);
}

#[tokio::test]
async fn a_purpose_opens_when_its_event_has_happened_by_itself() {
    let house = House::new(|model| {
        event(model, "message.received", None);
        event(model, "file.closed", Some(days_after(14, "message.received")));
        let mut archive = model.purposes["care"].clone();
        archive.requires = Some("file.closed".into());
        model.purposes.insert("archive".into(), archive);
    })
    .await;
    let mut submission = house.submission("care", &[("customer-file", CUSTOMER)]);
    submission.events = vec![("message.received".into(), None)];
    let customer = house.submit(OWN, &submission).await.unwrap().subject;
    let read = async || house.engine.read(&operator(), OWN, customer, &["archive".into()]).await;
    house.play("2026-03-16T11:59").await;
    assert!(matches!(read().await, Err(Error::Refused(_))));
    house.play("2026-03-16T12:00").await;
    assert!(read().await.is_ok());
}

#[tokio::test]
async fn meanwhile_only_one_purpose_uses_it() {
    let house = House::new(|model| {
        let mut claims = model.purposes["care"].clone();
        claims.roles = vec!["accounting".into()];
        model.purposes.insert("claims".into(), claims);
        model.retentions["customer"].meanwhile = Some(Meanwhile::Only("claims".into()));
    })
    .await;
    let customer = house.customer().await.subject;
    assert!(house.care_for(customer).await.is_ok());
    house.report(OWN, customer, "file.closed").await;
    let Err(Error::Refused(refusal)) = house.care_for(customer).await else { panic!("it opened") };
    assert_eq!(refusal.reasons, [Reason::OnlyFor { purpose: "claims".into() }]);
    let accounting = Caller { role: "accounting".into(), ..operator() };
    assert!(house.engine.read(&accounting, OWN, customer, &["claims".into()]).await.is_ok());
}
