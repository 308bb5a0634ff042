//! How many batches a second, one after the other and many at once.
//!
//! `cargo test --release -p obhut-store --test throughput -- --ignored --nocapture`
//!
//! `TMPDIR` says on which disk.
#![expect(clippy::unwrap_used, reason = "a measurement that fails has no result")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use obhut_core::{
    change::{
        Actor, AuditOutcome, AuditRecord, Batch, Change, DueRow, Expect, KeySlot, Occurrence, Operation, Record,
        Subject, Tenant, TenantState,
    },
    id::{BatchId, RecordId, SubjectId, TenantId},
    model::PolicyHash,
};
use obhut_store::{Store, sqlite::SqliteStore};

const TENANT: TenantId = TenantId::from_bytes([1; 16]);

static NEXT: AtomicU64 = AtomicU64::new(1);

fn bytes() -> [u8; 16] {
    u128::from(NEXT.fetch_add(1, Ordering::Relaxed)).to_be_bytes()
}

fn batch(changes: Vec<Change>) -> Batch {
    let audit = AuditRecord {
        operation: Operation::Write,
        outcome: AuditOutcome::Done,
        subject: None,
        purpose: Some("contract".into()),
        classes: vec!["order".into()],
        count: 1,
        policy: PolicyHash([1; 32]),
        detail: String::new(),
    };
    let actor = Actor { role: "clerk".into(), credential: None };
    let mut batch = Batch::new(BatchId::from_bytes(bytes()), TENANT, Timestamp::UNIX_EPOCH, actor, audit);
    batch.changes = changes;
    batch
}

/// A new person with a record of five sealed fields, as a form writes it.
fn form() -> (SubjectId, Batch) {
    let subject = SubjectId::from_bytes(bytes());
    let record = RecordId::from_bytes(bytes());
    let hash = bytes();
    let field = |name: &str| (name.into(), vec![7; 100]);
    let mut batch = batch(vec![
        Change::AddSubject(Subject {
            id: subject,
            audience: "shopper".into(),
            key: KeySlot(u32::try_from(NEXT.fetch_add(1, Ordering::Relaxed)).unwrap()),
            restricted: false,
            version: 1,
            created: Timestamp::UNIX_EPOCH,
        }),
        Change::PutRecord(Record {
            id: record,
            subject,
            class: "order".into(),
            version: 1,
            created: Timestamp::UNIX_EPOCH,
            notice: PolicyHash([1; 32]),
            origin: "checkout".into(),
            facts: std::collections::BTreeSet::new(),
            choice: None,
            anonymised: None,
            sealed: ["name", "email", "street", "city", "note"].map(field).to_vec(),
        }),
        Change::AddIdentity { field: "email".into(), hash, subject },
        Change::Occurred {
            occurrence: Occurrence {
                subject,
                record: Some(record),
                event: "order.placed".into(),
                at: Timestamp::UNIX_EPOCH,
            },
            only_last: false,
        },
        Change::SetDue(DueRow { subject, record, rule: "orders".into(), fires_at: Timestamp::UNIX_EPOCH }),
    ]);
    batch.expect = vec![Expect::TenantActive, Expect::NoIdentity { field: "email".into(), hash }];
    (subject, batch)
}

async fn open_tenant(store: &dyn Store) {
    let tenant = Tenant {
        id: TENANT,
        name: "A".into(),
        state: TenantState::Active,
        account: SubjectId::from_bytes(bytes()),
        created: Timestamp::UNIX_EPOCH,
    };
    store.commit(batch(vec![Change::AddTenant(tenant)])).await.unwrap();
}

fn say(what: &str, count: usize, took: Duration) {
    let seconds = took.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let count = count as f64;
    println!("{what:<44} {:>9.0}/s  {:>8.1} us each", count / seconds, seconds / count * 1e6);
}

async fn one_after_the_other(store: &dyn Store, what: &str, count: usize, mut make: impl FnMut() -> Batch) {
    let start = Instant::now();
    for _ in 0..count {
        store.commit(make()).await.unwrap();
    }
    say(what, count, start.elapsed());
}

async fn at_once(store: &Arc<dyn Store>, what: &str, callers: usize, each: usize, make: fn() -> Batch) {
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for _ in 0..each {
                    store.commit(make()).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    say(what, callers * each, start.elapsed());
}

async fn measure(store: Arc<dyn Store>, count: usize) {
    open_tenant(&*store).await;
    one_after_the_other(&*store, "audit record only, one after the other", count, || batch(Vec::new())).await;
    at_once(&store, "audit record only, 64 at once", 64, count / 8, || batch(Vec::new())).await;
    one_after_the_other(&*store, "new person and record, one after the other", count, || form().1).await;
    at_once(&store, "new person and record, 64 at once", 64, count / 8, || form().1).await;

    let (subject, batch) = form();
    store.commit(batch).await.unwrap();
    let start = Instant::now();
    for _ in 0..5000 {
        store.subject(TENANT, subject).await.unwrap().unwrap();
    }
    say("read a person, one after the other", 5000, start.elapsed());
    let start = Instant::now();
    let people = store.subjects(TENANT, &"shopper".into(), None, 1000).await.unwrap().len();
    say("read people, a page of 1000", people, start.elapsed());
    let start = Instant::now();
    let due = store.due(Timestamp::MAX, 1000).await.unwrap().len();
    say("what is due, a page of 1000", due, start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run it alone and in release"]
async fn file() {
    let folder = tempfile::tempdir().unwrap();
    measure(Arc::new(SqliteStore::open(&folder.path().join("a.db")).unwrap()), 1000).await;
}

#[tokio::test]
#[ignore = "measures; run it alone and in release"]
async fn memory() {
    measure(Arc::new(SqliteStore::in_memory().unwrap()), 8000).await;
}
