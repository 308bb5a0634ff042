//! No read and no change reaches into another tenant.

use jiff::Timestamp;
use obhut_core::{
    change::{Change, Expect, KeySlot},
    id::{RecordId, SubjectId, TenantId},
};

use super::{
    World, cases,
    world::{contents, due, email, hash_of, held, occurred, shopper},
};
use crate::{AuditFilter, Inventory};

cases! {
    no_read_shows_another_tenants_rows,
    no_change_reaches_another_tenants_rows,
    the_same_ids_in_two_tenants_are_two_people,
    an_expectation_looks_at_its_own_tenant,
}

/// Two tenants; the first one has somebody about whom there is everything.
async fn two(world: &World) -> (TenantId, TenantId, SubjectId, RecordId) {
    let (mine, yours) = (world.tenant().await, world.tenant().await);
    let subject = world.person(mine).await;
    let (record, mut changes) = world.everything_about(subject);
    changes.push(Change::AddReceipt(world.new_receipt(subject)));
    world.commit(mine, changes).await;
    (mine, yours, subject, record)
}

async fn no_read_shows_another_tenants_rows(world: World) {
    let (mine, yours, subject, _) = two(&world).await;
    for stranger in [yours, TenantId::OPERATOR, world.id(TenantId::from_bytes)] {
        let store = &world.store;
        assert_eq!(store.subject(stranger, subject).await.unwrap(), None);
        assert_eq!(store.subjects(stranger, &shopper(), None, 99).await.unwrap(), []);
        assert_eq!(store.count_subjects(stranger, &shopper()).await.unwrap(), 0);
        assert_eq!(store.find(stranger, &email(), hash_of(subject)).await.unwrap(), None);
        assert_eq!(store.inventory(stranger).await.unwrap(), Inventory::new());
        assert_eq!(store.receipts(stranger, Timestamp::MIN, 99).await.unwrap(), []);
        assert_eq!(store.messages(stranger, 99).await.unwrap(), []);
        assert_eq!(store.disclosures(stranger, subject).await.unwrap(), []);
        assert_eq!(store.due_of(stranger, subject).await.unwrap(), []);
        let filter = AuditFilter::default();
        let own = usize::from(stranger == yours);
        assert_eq!(store.audit(stranger, &filter, 99).await.unwrap().len(), own, "its own opening only");
    }
    assert_eq!(world.store.find(mine, &email(), hash_of(subject)).await.unwrap(), Some(subject));
}

async fn no_change_reaches_another_tenants_rows(world: World) {
    let (mine, yours, subject, record) = two(&world).await;
    let key = world.snapshot(mine, subject).await.subject.key;
    for change in world.everything_about(subject).1.into_iter().chain([
        Change::TouchSubject(subject),
        Change::Restrict { subject, restricted: true },
        Change::DropSubject(subject),
        Change::DropRecord { subject, record },
        Change::SetDue(due(subject, record, 1)),
        Change::PutHold(held(subject, record, "tax")),
        occurred(subject, Some(record), "order.paid", 1),
    ]) {
        world.refuse(yours, [change]).await;
    }
    let mut before = contents(&*world.store, &[shopper()]).await;
    // Those that may find nothing find nothing.
    let nothing = [
        Change::DropIdentity { field: email(), subject },
        Change::ClearDue { record },
        Change::LiftHold { record, hold: "tax".into() },
        Change::KeysDestroyed(vec![key, KeySlot(0)]),
    ];
    world.commit(yours, nothing).await;
    let mut after = contents(&*world.store, &[shopper()]).await;
    for contents in [&mut before, &mut after] {
        contents.0.retain(|read, _| !read.starts_with("audit"));
    }
    assert_eq!(after, before);
    assert_eq!(world.store.find(mine, &email(), hash_of(subject)).await.unwrap(), Some(subject));
}

async fn the_same_ids_in_two_tenants_are_two_people(world: World) {
    let (mine, yours, subject, _) = two(&world).await;
    let before = world.snapshot(mine, subject).await;
    let mut twin = before.subject.clone();
    twin.key = world.slot();
    let mut records = before.records.clone();
    records.truncate(1);
    records[0].sealed.clear();
    let changes = [
        Change::AddSubject(twin),
        Change::PutRecord(records[0].clone()),
        Change::AddIdentity { field: email(), hash: hash_of(subject), subject },
    ];
    world.commit(yours, changes).await;
    assert_eq!(world.snapshot(yours, subject).await.records, records);
    assert_eq!(world.snapshot(mine, subject).await, before);
    world.commit(yours, [Change::DropSubject(subject)]).await;
    assert_eq!(world.store.subject(yours, subject).await.unwrap(), None);
    assert_eq!(world.store.find(yours, &email(), hash_of(subject)).await.unwrap(), None);
    assert_eq!(world.snapshot(mine, subject).await, before);
    assert_eq!(world.store.find(mine, &email(), hash_of(subject)).await.unwrap(), Some(subject));
    assert_eq!(world.store.due_of(mine, subject).await.unwrap().len(), 1);
}

async fn an_expectation_looks_at_its_own_tenant(world: World) {
    let (_, yours, subject, _) = two(&world).await;
    let mut batch = world.batch(yours, []);
    batch.expect = vec![Expect::NoIdentity { field: email(), hash: hash_of(subject) }];
    world.store.commit(batch).await.unwrap();
    let mut batch = world.batch(yours, []);
    batch.expect = vec![Expect::Subject { subject, version: 1 }];
    world.conflict(batch).await;
}
