//! What the cases share: a store, ids that are never given twice, rows to put into it, and a look at everything in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use obhut_core::{
    change::{
        Actor, AuditOutcome, AuditRecord, Batch, Cause, Change, ConsentRow, Credential, CredentialKind, DisclosureRow,
        DueRow, HoldRow, KeySlot, Message, Occurrence, Operation, Receipt, Record, Subject, Tenant, TenantState,
    },
    consent::{ConsentEvent, ConsentKind},
    disclosure::Ground,
    id::{
        AudienceName, BatchId, CredentialId, DisclosureId, FieldName, MessageId, ReceiptId, RecordId, RoleName,
        SubjectId, TenantId,
    },
    model::{Action, Lang, PolicyHash, Sender},
};

use crate::{AuditFilter, CommitError, Store, SubjectSnapshot};

/// A store with what a case needs around it.
#[derive(Clone)]
pub(crate) struct World {
    pub(super) store: Arc<dyn Store>,
    given: Arc<AtomicU64>,
}

/// The audience of all people here, unless a case says otherwise.
pub(crate) fn shopper() -> AudienceName {
    "shopper".into()
}

/// An instant, counted in seconds.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_770_000_000 + seconds)
}

/// An audit record about nothing in particular.
pub(super) fn audited() -> AuditRecord {
    AuditRecord {
        operation: Operation::Write,
        outcome: AuditOutcome::Done,
        subject: None,
        purpose: None,
        classes: Vec::new(),
        count: 1,
        policy: PolicyHash([7; 32]),
        detail: String::new(),
    }
}

impl World {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, given: Arc::new(AtomicU64::new(1)) }
    }

    /// A number that was not given before.
    pub(super) fn number(&self) -> u64 {
        self.given.fetch_add(1, Ordering::SeqCst)
    }

    /// An id that was not given before; later ones are greater.
    pub(super) fn id<T>(&self, from: fn([u8; 16]) -> T) -> T {
        from((u128::from(self.number()) | 1 << 100).to_be_bytes())
    }

    pub(crate) fn batch(&self, tenant: TenantId, changes: impl IntoIterator<Item = Change>) -> Batch {
        let actor = Actor { role: RoleName::from("clerk"), credential: None };
        let mut batch = Batch::new(self.id(BatchId::from_bytes), tenant, at(0), actor, audited());
        batch.changes.extend(changes);
        batch
    }

    /// Commits; it must work.
    pub(crate) async fn commit(&self, tenant: TenantId, changes: impl IntoIterator<Item = Change>) {
        let batch = self.batch(tenant, changes);
        let what = format!("{:?}", batch.changes);
        if let Err(error) = self.store.commit(batch).await {
            panic!("{error:?} to {what}");
        }
    }

    /// Commits a batch that must conflict and leave everything as it was.
    pub(super) async fn conflict(&self, batch: Batch) {
        let before = contents(&*self.store, &[shopper()]).await;
        let what = format!("{:?} {:?}", batch.expect, batch.changes);
        let answer = self.store.commit(batch).await;
        assert!(matches!(answer, Err(CommitError::Conflict)), "{answer:?} to {what}");
        assert_eq!(contents(&*self.store, &[shopper()]).await, before, "something was left by {what}");
    }

    /// A conflict of these changes alone.
    pub(super) async fn refuse(&self, tenant: TenantId, changes: impl IntoIterator<Item = Change>) {
        self.conflict(self.batch(tenant, changes)).await;
    }

    /// A tenant in business.
    pub(crate) async fn tenant(&self) -> TenantId {
        let tenant = Tenant {
            id: self.id(TenantId::from_bytes),
            name: "Müller & Söhne".into(),
            state: TenantState::Active,
            account: self.id(SubjectId::from_bytes),
            created: at(0),
        };
        self.commit(tenant.id, [Change::AddTenant(tenant.clone())]).await;
        tenant.id
    }

    pub(super) fn slot(&self) -> KeySlot {
        KeySlot(u32::try_from(self.number()).unwrap())
    }

    pub(super) fn new_subject(&self) -> Subject {
        Subject {
            id: self.id(SubjectId::from_bytes),
            audience: shopper(),
            key: self.slot(),
            restricted: false,
            version: 1,
            created: at(0),
        }
    }

    /// A person of the tenant.
    pub(crate) async fn person(&self, tenant: TenantId) -> SubjectId {
        let subject = self.new_subject();
        self.commit(tenant, [Change::AddSubject(subject.clone())]).await;
        subject.id
    }

    pub(crate) fn new_record(&self, subject: SubjectId) -> Record {
        Record {
            id: self.id(RecordId::from_bytes),
            subject,
            class: "order".into(),
            version: 1,
            created: at(0),
            notice: PolicyHash([1; 32]),
            origin: "form".into(),
            facts: BTreeSet::from(["contract".into()]),
            choice: None,
            anonymised: None,
            sealed: vec![("email".into(), vec![1, 2, 3]), ("name".into(), vec![4])],
        }
    }

    /// A record of the person.
    pub(super) async fn record(&self, tenant: TenantId, subject: SubjectId) -> RecordId {
        let record = self.new_record(subject);
        self.commit(tenant, [Change::PutRecord(record.clone())]).await;
        record.id
    }

    pub(super) fn new_message(&self, subject: SubjectId) -> Message {
        Message {
            id: self.id(MessageId::from_bytes),
            subject,
            channel: "mail".into(),
            sender: Sender::Tenant,
            purpose: "contract".into(),
            queued: at(0),
        }
    }

    pub(super) fn new_disclosure(&self, subject: SubjectId) -> DisclosureRow {
        DisclosureRow {
            id: self.id(DisclosureId::from_bytes),
            subject,
            classes: vec!["order".into()],
            fields: Some(vec!["email".into()]),
            ground: Ground::listed("carrier"),
            at: at(0),
        }
    }

    pub(super) fn new_receipt(&self, subject: SubjectId) -> Receipt {
        Receipt {
            id: self.id(ReceiptId::from_bytes),
            at: at(0),
            cause: Cause::Retention,
            rule: Some("orders".into()),
            action: Action::Erase,
            subject,
            classes: vec!["order".into()],
            records: 2,
            cascaded: 0,
        }
    }

    pub(super) fn new_credential(&self, tenant: Option<TenantId>) -> Credential {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&self.number().to_be_bytes());
        Credential {
            id: self.id(CredentialId::from_bytes),
            hash,
            kind: CredentialKind::ApiKey,
            tenant,
            role: "clerk".into(),
            purposes: Some(BTreeSet::from(["contract".into()])),
            created: at(0),
            last_used: at(1),
            expires: Some(at(2)),
        }
    }

    /// Everything that can lie about a person, in one list: two records, and for the first whatever refers to it.
    pub(crate) fn everything_about(&self, subject: SubjectId) -> (RecordId, Vec<Change>) {
        let (first, second) = (self.new_record(subject), self.new_record(subject));
        let record = first.id;
        let changes = vec![
            Change::PutRecord(first),
            Change::PutRecord(second),
            Change::AddIdentity { field: email(), hash: hash_of(subject), subject },
            occurred(subject, None, "order.placed", 1),
            occurred(subject, Some(record), "order.paid", 2),
            Change::Consented(consented(subject, ConsentKind::Granted, 3)),
            Change::SetDue(due(subject, record, 4)),
            Change::PutHold(held(subject, record, "tax")),
            Change::AddMessage(self.new_message(subject)),
            Change::AddDisclosure(self.new_disclosure(subject)),
        ];
        (record, changes)
    }

    /// The person, who must exist.
    pub(super) async fn snapshot(&self, tenant: TenantId, subject: SubjectId) -> SubjectSnapshot {
        self.store.subject(tenant, subject).await.unwrap().expect("the person exists")
    }
}

pub(super) fn email() -> FieldName {
    "email".into()
}

/// The blind index of a person's address.
pub(crate) fn hash_of(subject: SubjectId) -> [u8; 16] {
    *subject.bytes()
}

pub(super) fn occurrence(subject: SubjectId, record: Option<RecordId>, event: &str, seconds: i64) -> Occurrence {
    Occurrence { subject, record, event: event.into(), at: at(seconds) }
}

pub(super) fn occurred(subject: SubjectId, record: Option<RecordId>, event: &str, seconds: i64) -> Change {
    Change::Occurred { occurrence: occurrence(subject, record, event, seconds), only_last: false }
}

pub(super) fn consented(subject: SubjectId, kind: ConsentKind, seconds: i64) -> ConsentRow {
    ConsentRow {
        subject,
        event: ConsentEvent { at: at(seconds), consent: "newsletter".into(), kind },
        text_hash: [9; 32],
        notice: PolicyHash([2; 32]),
        form: "checkout".into(),
        lang: Lang::De,
    }
}

pub(super) fn due(subject: SubjectId, record: RecordId, seconds: i64) -> DueRow {
    DueRow { subject, record, rule: "orders".into(), fires_at: at(seconds) }
}

pub(super) fn held(subject: SubjectId, record: RecordId, hold: &str) -> HoldRow {
    HoldRow { subject, record, hold: hold.into(), until: None }
}

/// What all reads together show: one list of rows for each read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents(pub BTreeMap<String, Vec<String>>);

impl Contents {
    fn add<T: Debug>(&mut self, read: &str, scope: &(dyn Debug + Sync), rows: impl IntoIterator<Item = T>) {
        let rows: Vec<_> = rows.into_iter().map(|row| format!("{row:?}")).collect();
        if !rows.is_empty() {
            self.0.entry(format!("{read} {scope:?}")).or_default().extend(rows);
        }
    }

    /// How many rows mention this text, such as an id.
    pub fn mentions(&self, text: &str) -> usize {
        self.0.iter().map(|(read, rows)| usize::from(read.contains(text)) + count(rows, text)).sum()
    }

    /// The reads that mention this text.
    pub fn reads_with(&self, text: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(read, rows)| read.contains(text) || count(rows, text) > 0);
        found.map(|(read, _)| read.as_str()).collect()
    }
}

fn count(rows: &[String], text: &str) -> usize {
    rows.iter().filter(|row| row.contains(text)).count()
}

/// Everything that can be read from a store whose people are of these audiences, by every read there is. Index entries
/// and credentials, which are only found by a secret, are not among it.
///
/// # Panics
///
/// If a read fails.
pub async fn contents(store: &dyn Store, audiences: &[AudienceName]) -> Contents {
    let mut all = Contents::default();
    let tenants = store.tenants(None, usize::MAX).await.unwrap();
    all.add("tenants", &"", &tenants);
    for tenant in tenants.iter().map(|tenant| tenant.id).chain([TenantId::OPERATOR]) {
        for audience in audiences {
            let people = store.subjects(tenant, audience, None, usize::MAX).await.unwrap();
            assert_eq!(store.count_subjects(tenant, audience).await.unwrap(), people.len() as u64);
            for snapshot in people {
                let scope = (tenant, snapshot.subject.id);
                all.add("due_of", &scope, store.due_of(tenant, scope.1).await.unwrap());
                all.add("disclosures", &scope, store.disclosures(tenant, scope.1).await.unwrap());
                let alone = store.subject(tenant, scope.1).await.unwrap();
                assert_eq!(alone.as_ref(), Some(&snapshot), "a person alone and on a page");
                all.add("subjects", &scope, [snapshot]);
            }
        }
        all.add("inventory", &tenant, store.inventory(tenant).await.unwrap());
        all.add("receipts", &tenant, store.receipts(tenant, Timestamp::MIN, usize::MAX).await.unwrap());
        all.add("audit", &tenant, store.audit(tenant, &AuditFilter::default(), usize::MAX).await.unwrap());
        all.add("messages", &tenant, store.messages(tenant, usize::MAX).await.unwrap());
    }
    all.add("due", &"", store.due(Timestamp::MAX, usize::MAX).await.unwrap());
    all.add("next_due", &"", store.next_due().await.unwrap());
    all.add("doomed_keys", &"", store.doomed_keys(usize::MAX).await.unwrap());
    all
}
