//! Records and holds.

use std::collections::BTreeSet;

use obhut_core::{
    change::{Change, HoldRow, Record},
    period::{Period, Unit},
};

use super::{
    World, cases,
    world::{at, due, held, occurred, occurrence},
};
use crate::Inventory;

cases! {
    a_record_is_read_as_it_was_put,
    a_record_is_replaced_wholly,
    a_record_does_not_change_hands,
    records_come_oldest_first,
    a_dropped_record_takes_what_is_about_it_along,
    only_a_record_of_the_person_can_be_dropped,
    an_inventory_counts_by_class_and_field,
    a_hold_is_put_replaced_and_lifted,
    what_is_about_a_record_needs_the_record,
    a_stripped_record_stays_alone,
}

async fn a_stripped_record_stays_alone(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let (record, everything) = world.everything_about(subject);
    world.commit(tenant, everything).await;
    let before = world.snapshot(tenant, subject).await;
    world.commit(tenant, [Change::StripRecord { subject, record }]).await;
    let after = world.snapshot(tenant, subject).await;
    assert_eq!((after.records, after.consents), (before.records, before.consents));
    assert_eq!((after.holds, world.store.due_of(tenant, subject).await.unwrap()), (Vec::new(), Vec::new()));
    assert!(after.occurrences.iter().all(|occurrence| occurrence.record.is_none()) && after.occurrences.len() == 1);
}

async fn a_record_is_read_as_it_was_put(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let bare =
        Record { facts: BTreeSet::new(), sealed: Vec::new(), origin: String::new(), ..world.new_record(subject) };
    let full = Record {
        class: "Bestellung-ü".into(),
        version: 41,
        created: at(1),
        origin: "„Formular“ ✓ \u{0}\u{10FFFF}".into(),
        facts: BTreeSet::from(["a".into(), "b\"c".into()]),
        choice: Some(Period::new(18, Unit::Month)),
        anonymised: Some(at(77)),
        sealed: vec![("z".into(), vec![0; 100_000]), ("a".into(), Vec::new()), ("ü\"\\".into(), vec![255; 3])],
        ..world.new_record(subject)
    };
    world.commit(tenant, [Change::PutRecord(bare.clone()), Change::PutRecord(full.clone())]).await;
    assert_eq!(world.snapshot(tenant, subject).await.records, [bare, full]);
}

async fn a_record_is_replaced_wholly(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let first = world.new_record(subject);
    let second = Record {
        version: 2,
        class: "anonymous".into(),
        facts: BTreeSet::new(),
        sealed: vec![("year".into(), vec![9])],
        ..first.clone()
    };
    world.commit(tenant, [Change::PutRecord(first), Change::PutRecord(second.clone())]).await;
    assert_eq!(world.snapshot(tenant, subject).await.records, [second]);
}

async fn a_record_does_not_change_hands(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let record = world.new_record(subject);
    world.commit(tenant, [Change::PutRecord(record.clone())]).await;
    world.refuse(tenant, [Change::PutRecord(Record { subject: other, ..record })]).await;
}

async fn records_come_oldest_first(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let made = |seconds| Record { created: at(seconds), ..world.new_record(subject) };
    let records = [made(5), made(1), made(3), made(1)];
    world.commit(tenant, records.clone().map(Change::PutRecord)).await;
    let [a, b, c, d] = records;
    assert_eq!(world.snapshot(tenant, subject).await.records, [b, d, c, a]);
}

async fn a_dropped_record_takes_what_is_about_it_along(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let (record, changes) = world.everything_about(subject);
    world.commit(tenant, changes).await;
    let kept = world.snapshot(tenant, subject).await.records.into_iter().find(|other| other.id != record).unwrap();
    world
        .commit(
            tenant,
            [
                occurred(subject, Some(kept.id), "order.paid", 7),
                Change::SetDue(due(subject, kept.id, 8)),
                Change::PutHold(held(subject, kept.id, "tax")),
            ],
        )
        .await;
    world.commit(tenant, [Change::DropRecord { subject, record }]).await;
    let snapshot = world.snapshot(tenant, subject).await;
    assert_eq!(snapshot.holds, [held(subject, kept.id, "tax")]);
    assert_eq!(
        snapshot.occurrences,
        [occurrence(subject, None, "order.placed", 1), occurrence(subject, Some(kept.id), "order.paid", 7)]
    );
    assert_eq!(world.store.due_of(tenant, subject).await.unwrap(), [due(subject, kept.id, 8)]);
    assert_eq!(snapshot.records, [kept]);
    assert_eq!(snapshot.consents.len(), 1);
    assert_eq!(world.store.doomed_keys(9).await.unwrap(), []);
}

async fn only_a_record_of_the_person_can_be_dropped(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let record = world.record(tenant, subject).await;
    world.refuse(tenant, [Change::DropRecord { subject: other, record }]).await;
    world.commit(tenant, [Change::DropRecord { subject, record }]).await;
    world.refuse(tenant, [Change::DropRecord { subject, record }]).await;
}

async fn an_inventory_counts_by_class_and_field(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let with = |subject, class: &str, fields: &[&str]| {
        let sealed = fields.iter().map(|field| ((*field).into(), vec![1])).collect();
        Change::PutRecord(Record { class: class.into(), sealed, ..world.new_record(subject) })
    };
    world
        .commit(
            tenant,
            [
                with(subject, "order", &["email", "name"]),
                with(subject, "order", &["name", "email"]),
                with(other, "order", &["email"]),
                with(other, "ticket", &["email"]),
                with(other, "empty", &[]),
            ],
        )
        .await;
    let mut inventory = Inventory::new();
    inventory.entry("order".into()).or_default().extend([("email".into(), 3), ("name".into(), 2)]);
    inventory.entry("ticket".into()).or_default().insert("email".into(), 1);
    inventory.entry("empty".into()).or_default();
    assert_eq!(world.store.inventory(tenant).await.unwrap(), inventory);
}

async fn a_hold_is_put_replaced_and_lifted(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let (record, other) = (world.record(tenant, subject).await, world.record(tenant, subject).await);
    let tax = held(subject, record, "tax");
    let court = held(subject, other, "tax");
    world.commit(tenant, [Change::PutHold(tax.clone()), Change::PutHold(court.clone())]).await;
    let closed = HoldRow { until: Some(at(9)), ..tax };
    world.commit(tenant, [Change::PutHold(closed.clone())]).await;
    assert_eq!(world.snapshot(tenant, subject).await.holds, [closed, court.clone()]);
    let lift = |hold: &str| Change::LiftHold { record, hold: hold.into() };
    world.commit(tenant, [lift("tax"), lift("tax"), lift("other")]).await;
    assert_eq!(world.snapshot(tenant, subject).await.holds, [court]);
}

async fn what_is_about_a_record_needs_the_record(world: World) {
    let tenant = world.tenant().await;
    let (subject, other) = (world.person(tenant).await, world.person(tenant).await);
    let theirs = world.record(tenant, other).await;
    for record in [theirs, world.new_record(subject).id] {
        world.refuse(tenant, [Change::PutHold(held(subject, record, "tax"))]).await;
        world.refuse(tenant, [Change::SetDue(due(subject, record, 1))]).await;
        world.refuse(tenant, [occurred(subject, Some(record), "order.paid", 1)]).await;
    }
}
