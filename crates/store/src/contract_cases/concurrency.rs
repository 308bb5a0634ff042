//! Many at once.

use std::sync::Arc;

use obhut_core::change::{Change, Expect};

use super::{
    World, cases,
    world::{email, shopper},
};
use crate::{AuditFilter, CommitError};

/// More than one group commit takes.
const MANY: usize = 600;

cases! {
    many_commits_at_once_all_happen_and_are_numbered_without_a_gap,
    of_many_with_the_same_identity_one_wins,
    of_many_that_rely_on_the_same_version_one_wins,
    the_same_batch_from_many_at_once_happens_once,
    a_conflict_among_many_undoes_only_itself,
    a_read_after_the_answer_sees_the_batch,
    a_snapshot_is_of_one_instant,
    compacting_changes_nothing,
}

/// Commits all at once; which of them worked.
async fn at_once(world: &World, batches: Vec<obhut_core::change::Batch>) -> Vec<bool> {
    let tasks: Vec<_> = batches
        .into_iter()
        .map(|batch| {
            let store = Arc::clone(&world.store);
            tokio::spawn(async move { store.commit(batch).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(match task.await.unwrap() {
            Ok(()) => true,
            Err(CommitError::Conflict) => false,
            Err(error) => panic!("{error}"),
        });
    }
    answers
}

async fn numbers(world: &World, tenant: obhut_core::id::TenantId) -> Vec<u64> {
    let entries = world.store.audit(tenant, &AuditFilter::default(), usize::MAX).await.unwrap();
    entries.into_iter().map(|entry| entry.seq).collect()
}

async fn many_commits_at_once_all_happen_and_are_numbered_without_a_gap(world: World) {
    let tenant = world.tenant().await;
    let batches = (0..MANY).map(|_| world.batch(tenant, [Change::AddSubject(world.new_subject())])).collect();
    assert!(at_once(&world, batches).await.into_iter().all(|done| done));
    assert_eq!(world.store.count_subjects(tenant, &shopper()).await.unwrap(), MANY as u64);
    assert_eq!(numbers(&world, tenant).await, (1..=MANY as u64 + 1).collect::<Vec<_>>());
}

async fn of_many_with_the_same_identity_one_wins(world: World) {
    let tenant = world.tenant().await;
    let batches = (0..50)
        .map(|_| {
            let subject = world.new_subject();
            let identity = Change::AddIdentity { field: email(), hash: [5; 16], subject: subject.id };
            let mut batch = world.batch(tenant, [Change::AddSubject(subject), identity]);
            batch.expect = vec![Expect::NoIdentity { field: email(), hash: [5; 16] }];
            batch
        })
        .collect();
    let won = at_once(&world, batches).await.into_iter().filter(|done| *done).count();
    assert_eq!(won, 1);
    assert_eq!(world.store.count_subjects(tenant, &shopper()).await.unwrap(), 1);
    assert_eq!(numbers(&world, tenant).await, [1, 2]);
}

async fn of_many_that_rely_on_the_same_version_one_wins(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let batches = (0..50)
        .map(|_| {
            let mut batch = world.batch(tenant, [Change::TouchSubject(subject)]);
            batch.expect = vec![Expect::Subject { subject, version: 1 }];
            batch
        })
        .collect();
    let won = at_once(&world, batches).await.into_iter().filter(|done| *done).count();
    assert_eq!(won, 1);
    assert_eq!(world.snapshot(tenant, subject).await.subject.version, 2);
}

async fn the_same_batch_from_many_at_once_happens_once(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let batch = world.batch(tenant, [Change::TouchSubject(subject)]);
    assert!(at_once(&world, vec![batch; 50]).await.into_iter().all(|done| done));
    assert_eq!(world.snapshot(tenant, subject).await.subject.version, 2);
    assert_eq!(numbers(&world, tenant).await, [1, 2, 3]);
}

async fn a_conflict_among_many_undoes_only_itself(world: World) {
    let tenant = world.tenant().await;
    let batches = (0..100)
        .map(|index| {
            let mut changes = vec![Change::AddSubject(world.new_subject())];
            if index % 2 == 1 {
                changes.push(Change::TouchSubject(world.new_subject().id));
            }
            world.batch(tenant, changes)
        })
        .collect();
    let answers = at_once(&world, batches).await;
    assert!(answers.iter().enumerate().all(|(index, done)| *done == (index % 2 == 0)), "{answers:?}");
    assert_eq!(world.store.count_subjects(tenant, &shopper()).await.unwrap(), 50);
    assert_eq!(numbers(&world, tenant).await, (1..=51).collect::<Vec<_>>());
}

async fn a_read_after_the_answer_sees_the_batch(world: World) {
    let tenant = world.tenant().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    let subject = world.person(tenant).await;
                    assert_eq!(world.snapshot(tenant, subject).await.subject.version, 1);
                    world.commit(tenant, [Change::DropSubject(subject)]).await;
                    assert_eq!(world.store.subject(tenant, subject).await.unwrap(), None);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn a_snapshot_is_of_one_instant(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let writer = {
        let world = world.clone();
        tokio::spawn(async move {
            for _ in 0..100 {
                // The version counts up together with the records, never apart.
                let record = Change::PutRecord(world.new_record(subject));
                world.commit(tenant, [Change::TouchSubject(subject), record]).await;
            }
        })
    };
    while !writer.is_finished() {
        let snapshot = world.snapshot(tenant, subject).await;
        assert_eq!(snapshot.subject.version, 1 + snapshot.records.len() as u64);
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    assert_eq!(world.snapshot(tenant, subject).await.records.len(), 100);
}

async fn compacting_changes_nothing(world: World) {
    let tenant = world.tenant().await;
    for round in 0..20 {
        let subject = world.person(tenant).await;
        world.commit(tenant, world.everything_about(subject).1).await;
        if round % 2 == 0 {
            world.commit(tenant, [Change::DropSubject(subject)]).await;
        }
    }
    let before = super::contents(&*world.store, &[shopper()]).await;
    world.store.compact().await.unwrap();
    assert_eq!(super::contents(&*world.store, &[shopper()]).await, before);
    world.person(tenant).await;
}
