//! A batch happens wholly, once, or not at all.

use obhut_core::{
    change::{Change, Expect},
    id::{SubjectId, TenantId},
};

use super::{
    World, cases,
    world::{audited, contents, due, email, hash_of, shopper},
};
use crate::{AuditFilter, CommitError};

cases! {
    an_empty_store_is_empty,
    a_batch_happens_wholly,
    a_failing_last_change_undoes_the_first,
    a_failing_expectation_leaves_nothing,
    an_expected_version_must_be_the_present_one,
    expectations_see_the_state_before_the_batch,
    the_same_batch_twice_happens_once,
    a_batch_that_conflicted_may_be_tried_again,
    the_same_batch_id_in_two_tenants_is_two_batches,
    a_batch_without_changes_is_audited,
    a_batch_needs_its_tenant,
    what_cannot_be_stored_is_an_error_and_leaves_nothing,
}

async fn an_empty_store_is_empty(world: World) {
    assert_eq!(contents(&*world.store, &[shopper()]).await.0.len(), 0);
    assert_eq!(world.store.job("sweep").await.unwrap(), None);
    assert_eq!(world.store.credential([0; 32]).await.unwrap(), None);
    assert_eq!(world.store.tenant(TenantId::OPERATOR).await.unwrap(), None);
}

async fn a_batch_happens_wholly(world: World) {
    let tenant = world.tenant().await;
    let subject = world.new_subject();
    let (record, changes) = world.everything_about(subject.id);
    world.commit(tenant, [Change::AddSubject(subject.clone())].into_iter().chain(changes)).await;
    let snapshot = world.snapshot(tenant, subject.id).await;
    assert_eq!(snapshot.subject, subject);
    assert_eq!(
        (snapshot.records.len(), snapshot.occurrences.len(), snapshot.consents.len(), snapshot.holds.len()),
        (2, 2, 1, 1)
    );
    assert_eq!(world.store.due_of(tenant, subject.id).await.unwrap(), [due(subject.id, record, 4)]);
    assert_eq!(world.store.messages(tenant, 9).await.unwrap().len(), 1);
    assert_eq!(world.store.disclosures(tenant, subject.id).await.unwrap().len(), 1);
    assert_eq!(world.store.find(tenant, &email(), hash_of(subject.id)).await.unwrap(), Some(subject.id));
}

async fn a_failing_last_change_undoes_the_first(world: World) {
    let tenant = world.tenant().await;
    let subject = world.new_subject();
    let (_, mut changes) = world.everything_about(subject.id);
    changes.insert(0, Change::AddSubject(subject.clone()));
    changes.push(Change::AddReceipt(world.new_receipt(subject.id)));
    changes.push(Change::PutCredential(world.new_credential(Some(tenant))));
    changes.push(Change::DoomKey(world.slot()));
    changes.push(Change::TouchSubject(world.id(SubjectId::from_bytes)));
    world.refuse(tenant, changes).await;
    assert_eq!(world.store.find(tenant, &email(), hash_of(subject.id)).await.unwrap(), None);
}

async fn a_failing_expectation_leaves_nothing(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let failing = [
        (world.id(TenantId::from_bytes), Expect::TenantActive),
        (tenant, Expect::Subject { subject, version: 2 }),
        (tenant, Expect::Subject { subject, version: 0 }),
        (tenant, Expect::Subject { subject: world.id(SubjectId::from_bytes), version: 1 }),
    ];
    for (scope, expect) in failing {
        let mut batch = world.batch(scope, [Change::AddReceipt(world.new_receipt(subject))]);
        batch.expect = vec![expect];
        world.conflict(batch).await;
    }
}

async fn an_expected_version_must_be_the_present_one(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let touch = |version| {
        let mut batch = world.batch(tenant, [Change::TouchSubject(subject)]);
        batch.expect = vec![Expect::TenantActive, Expect::Subject { subject, version }];
        batch
    };
    world.store.commit(touch(1)).await.unwrap();
    world.conflict(touch(1)).await;
    world.store.commit(touch(2)).await.unwrap();
    assert_eq!(world.snapshot(tenant, subject).await.subject.version, 3);
}

async fn expectations_see_the_state_before_the_batch(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let hash = hash_of(subject);
    let mut batch =
        world.batch(tenant, [Change::TouchSubject(subject), Change::AddIdentity { field: email(), hash, subject }]);
    batch.expect = vec![Expect::Subject { subject, version: 1 }, Expect::NoIdentity { field: email(), hash }];
    world.store.commit(batch).await.unwrap();
}

async fn the_same_batch_twice_happens_once(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let mut batch = world.batch(tenant, [Change::TouchSubject(subject)]);
    batch.expect = vec![Expect::Subject { subject, version: 1 }];
    batch.also(audited());
    world.store.commit(batch.clone()).await.unwrap();
    let before = contents(&*world.store, &[shopper()]).await;
    // Acknowledged, although what it relied on has passed.
    world.store.commit(batch.clone()).await.unwrap();
    world.store.commit(batch).await.unwrap();
    assert_eq!(contents(&*world.store, &[shopper()]).await, before);
}

async fn a_batch_that_conflicted_may_be_tried_again(world: World) {
    let tenant = world.tenant().await;
    let subject = world.new_subject();
    let batch = world.batch(tenant, [Change::TouchSubject(subject.id)]);
    world.conflict(batch.clone()).await;
    world.commit(tenant, [Change::AddSubject(subject.clone())]).await;
    world.store.commit(batch).await.unwrap();
    assert_eq!(world.snapshot(tenant, subject.id).await.subject.version, 2);
}

async fn the_same_batch_id_in_two_tenants_is_two_batches(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let (here, there) = (world.person(one).await, world.person(other).await);
    let first = world.batch(one, [Change::TouchSubject(here)]);
    let mut second = world.batch(other, [Change::TouchSubject(there)]);
    second.id = first.id;
    world.store.commit(first).await.unwrap();
    world.store.commit(second).await.unwrap();
    assert_eq!(world.snapshot(one, here).await.subject.version, 2);
    assert_eq!(world.snapshot(other, there).await.subject.version, 2);
}

async fn a_batch_without_changes_is_audited(world: World) {
    let tenant = world.tenant().await;
    let before = world.store.audit(tenant, &AuditFilter::default(), 99).await.unwrap().len();
    world.commit(tenant, []).await;
    assert_eq!(world.store.audit(tenant, &AuditFilter::default(), 99).await.unwrap().len(), before + 1);
}

async fn a_batch_needs_its_tenant(world: World) {
    let nobody = world.id(TenantId::from_bytes);
    world.refuse(nobody, []).await;
    world.refuse(nobody, [Change::AddSubject(world.new_subject())]).await;
    world.refuse(nobody, [Change::PutCredential(world.new_credential(Some(nobody)))]).await;
    // The operator's own scope needs none.
    world.commit(TenantId::OPERATOR, []).await;
}

async fn what_cannot_be_stored_is_an_error_and_leaves_nothing(world: World) {
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let before = contents(&*world.store, &[shopper()]).await;
    let mut subject = world.new_subject();
    subject.version = u64::MAX;
    for change in [Change::AddSubject(subject), Change::PutCredential(world.new_credential(Some(other)))] {
        let answer = world.store.commit(world.batch(tenant, [change])).await;
        assert!(matches!(answer, Err(CommitError::Store(_))), "{answer:?}");
    }
    assert_eq!(contents(&*world.store, &[shopper()]).await, before);
}
