//! The audit log, receipts, runs of jobs.

use obhut_core::{
    change::{Actor, AuditOutcome, AuditRecord, Cause, Change, JobRun, Operation, Receipt},
    id::{CredentialId, TenantId},
    model::{Action, PolicyHash},
};

use super::{
    World, cases,
    world::{at, audited},
};
use crate::AuditFilter;

cases! {
    an_audit_entry_is_read_as_it_was_committed,
    audit_entries_are_numbered_without_a_gap,
    audit_entries_are_filtered,
    receipts_come_oldest_first_since_an_instant,
    a_receipt_is_added_once_and_outlives_the_person,
    the_last_run_of_a_job_is_kept,
}

async fn an_audit_entry_is_read_as_it_was_committed(world: World) {
    let tenant = world.tenant().await;
    let record = AuditRecord {
        operation: Operation::Disclose,
        outcome: AuditOutcome::Refused,
        subject: Some(world.new_subject().id),
        purpose: Some("ü-zweck".into()),
        classes: vec!["b".into(), "a".into()],
        count: 12,
        policy: PolicyHash([8; 32]),
        detail: "retain.orders; „nicht“".into(),
    };
    let mut batch = world.batch(tenant, []);
    batch.at = at(7);
    batch.actor = Actor { role: "dpo".into(), credential: Some(world.id(CredentialId::from_bytes)) };
    batch.also(record.clone());
    world.store.commit(batch.clone()).await.unwrap();
    let entries = world.store.audit(tenant, &AuditFilter { after: 1, ..AuditFilter::default() }, 9).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!((entries[0].seq, &entries[0].record), (2, &audited()));
    assert_eq!((entries[1].seq, &entries[1].record), (3, &record));
    for entry in entries {
        assert_eq!((entry.at, entry.batch), (batch.at, batch.id));
        assert_eq!((entry.role, entry.credential), (batch.actor.role.clone(), batch.actor.credential));
    }
}

async fn audit_entries_are_numbered_without_a_gap(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    for round in 0..4 {
        let mut batch = world.batch(one, []);
        (0..round).for_each(|_| batch.also(audited()));
        world.store.commit(batch).await.unwrap();
        world.refuse(one, [Change::TouchSubject(world.new_subject().id)]).await;
        world.commit(TenantId::OPERATOR, []).await;
    }
    let numbers = async |tenant| -> Vec<u64> {
        let entries = world.store.audit(tenant, &AuditFilter::default(), 99).await.unwrap();
        entries.into_iter().map(|entry| entry.seq).collect()
    };
    // One of opening the tenant, and 1 + 2 + 3 + 4.
    assert_eq!(numbers(one).await, (1..=11).collect::<Vec<_>>());
    assert_eq!(numbers(other).await, [1]);
    assert_eq!(numbers(TenantId::OPERATOR).await, [1, 2, 3, 4]);
}

async fn audit_entries_are_filtered(world: World) {
    let tenant = world.tenant().await;
    let (a, b) = (world.new_subject().id, world.new_subject().id);
    for (subject, purpose) in [(Some(a), Some("x")), (Some(b), Some("x")), (Some(a), None), (None, Some("y"))] {
        let mut batch = world.batch(tenant, []);
        batch.also(AuditRecord { subject, purpose: purpose.map(Into::into), ..audited() });
        world.store.commit(batch).await.unwrap();
    }
    let found = async |after, subject, purpose: Option<&str>, limit| -> Vec<u64> {
        let filter = AuditFilter { after, subject, purpose: purpose.map(Into::into) };
        let entries = world.store.audit(tenant, &filter, limit).await.unwrap();
        entries.into_iter().map(|entry| entry.seq).collect()
    };
    assert_eq!(found(0, None, None, 99).await, (1..=9).collect::<Vec<_>>());
    assert_eq!(found(0, Some(a), None, 99).await, [3, 7]);
    assert_eq!(found(3, Some(a), None, 99).await, [7]);
    assert_eq!(found(0, None, Some("x"), 99).await, [3, 5]);
    assert_eq!(found(0, Some(a), Some("x"), 99).await, [3]);
    assert_eq!(found(0, Some(b), Some("y"), 99).await, [0; 0]);
    assert_eq!(found(4, None, None, 2).await, [5, 6]);
    assert_eq!(found(u64::MAX, None, None, 2).await, [0; 0]);
}

async fn receipts_come_oldest_first_since_an_instant(world: World) {
    let tenant = world.tenant().await;
    let receipt = |seconds| Receipt { at: at(seconds), ..world.new_receipt(world.new_subject().id) };
    let (a, b, c) = (receipt(30), receipt(10), receipt(20));
    let bare = Receipt {
        rule: None,
        cause: Cause::Request,
        action: Action::Anonymise,
        classes: Vec::new(),
        records: 0,
        cascaded: 17,
        ..receipt(20)
    };
    world.commit(tenant, [&a, &b, &c, &bare].map(|receipt| Change::AddReceipt(receipt.clone()))).await;
    assert_eq!(world.store.receipts(tenant, at(0), 99).await.unwrap(), [b.clone(), c.clone(), bare.clone(), a.clone()]);
    assert_eq!(world.store.receipts(tenant, at(20), 99).await.unwrap(), [c.clone(), bare, a]);
    assert_eq!(world.store.receipts(tenant, at(0), 2).await.unwrap(), [b, c]);
    assert_eq!(world.store.receipts(tenant, at(31), 99).await.unwrap(), []);
}

async fn a_receipt_is_added_once_and_outlives_the_person(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let receipt = world.new_receipt(subject);
    world.commit(tenant, [Change::AddReceipt(receipt.clone()), Change::DropSubject(subject)]).await;
    world.refuse(tenant, [Change::AddReceipt(receipt.clone())]).await;
    assert_eq!(world.store.receipts(tenant, at(0), 9).await.unwrap(), [receipt]);
}

async fn the_last_run_of_a_job_is_kept(world: World) {
    let run = |job: &str, seconds| JobRun { job: job.into(), at: at(seconds), next: at(seconds + 60), acted: 3 };
    for run in [run("sweep", 1), run("backup", 2), run("sweep", 3)] {
        world.commit(TenantId::OPERATOR, [Change::JobRan(run)]).await;
    }
    assert_eq!(world.store.job("sweep").await.unwrap(), Some(run("sweep", 3)));
    assert_eq!(world.store.job("backup").await.unwrap(), Some(run("backup", 2)));
    assert_eq!(world.store.job("other").await.unwrap(), None);
}
