//! The storage boundary.
//!
//! Reads are tenant-scoped snapshots; writes are one [`Batch`], atomic, durable when acknowledged, and re-executable.
//! SQL lives in this crate and nowhere else. [`contract`] is the suite every backend passes.
//!
//! What a [`Change`](obhut_core::change::Change) needs and does not find makes its batch a conflict: a person to add
//! to, touch, restrict or drop, a record to hold, to date or to drop, an id or an identity that must be free. What is
//! only taken back (a hold, a due date, an index entry, a credential) may be gone already. An occurrence, a hold or a
//! due date of a record comes after the record in the batch.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

#[expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a suite of tests that ships")]
#[cfg_attr(not(test), expect(clippy::indexing_slicing, reason = "a suite of tests that ships"))]
mod contract_cases;
pub mod sqlite;

/// The contract every backend keeps, as a test suite.
pub mod contract {
    pub use crate::contract_cases::{Contents, contents, run};
}

use std::{collections::BTreeMap, path::Path};

use async_trait::async_trait;
use jiff::Timestamp;
use obhut_core::{
    change::{
        AuditRecord, Batch, ConsentRow, Credential, DisclosureRow, DueRow, HoldRow, JobRun, KeySlot, Message,
        Occurrence, PolicyVersion, Receipt, Record, Subject, Tenant,
    },
    id::{
        AudienceName, BatchId, ClassName, CredentialId, FieldName, PurposeName, RetentionName, RoleName, SubjectId,
        TenantId,
    },
    model::{Lang, PolicyHash},
    period::Period,
};

/// Why a batch was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Something the batch relies on no longer holds; nothing was written. Load again and retry.
    #[error("what the batch relies on has changed meanwhile")]
    Conflict,
    /// The storage failed; nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The storage failed.
#[derive(Debug, thiserror::Error)]
#[error("storage: {context}")]
pub struct StoreError {
    /// What was being done; never a value.
    pub context: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Everything stored about one person, read in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectSnapshot {
    /// The person.
    pub subject: Subject,
    /// The records, oldest first.
    pub records: Vec<Record>,
    /// The occurrences, by time.
    pub occurrences: Vec<Occurrence>,
    /// The consent events, in the order in which they were committed.
    pub consents: Vec<ConsentRow>,
    /// The holds.
    pub holds: Vec<HoldRow>,
    /// The periods that the tenant chose.
    pub chosen: BTreeMap<RetentionName, Period>,
}

/// A due record, across tenants; for jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueEntry {
    /// Whose tenant.
    pub tenant: TenantId,
    /// What.
    pub due: DueRow,
}

/// A stored audit record with what its batch says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts the entries of the tenant from 1 without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// In which batch.
    pub batch: BatchId,
    /// The role.
    pub role: RoleName,
    /// The credential.
    pub credential: Option<CredentialId>,
    /// What was done.
    pub record: AuditRecord,
}

/// Which audit entries to read. All given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only entries after this sequence number.
    pub after: u64,
    /// Only about this person.
    pub subject: Option<SubjectId>,
    /// Only for this purpose.
    pub purpose: Option<PurposeName>,
}

/// What a tenant holds, by class, for the inventory check: how many records have which fields.
pub type Inventory = BTreeMap<ClassName, BTreeMap<FieldName, u64>>;

/// Where everything is kept.
///
/// Guarantees: a batch is visible to every read that starts after its acknowledgement, and survives a crash from then
/// on; of a batch either everything or nothing is ever visible; committing a batch id twice is acknowledged and
/// changes nothing; reads never see another tenant's rows.
#[async_trait]
pub trait Store: Send + Sync {
    /// Commits a batch.
    async fn commit(&self, batch: Batch) -> Result<(), CommitError>;

    /// The tenant, if it exists (also when it has ended).
    async fn tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, StoreError>;

    /// Tenants by id, after the given one; for the operator and for jobs. The operator itself is no tenant, also if it
    /// has a row.
    async fn tenants(&self, after: Option<TenantId>, limit: usize) -> Result<Vec<Tenant>, StoreError>;

    /// The periods that the tenant chose, by retention rule.
    async fn choices(&self, tenant: TenantId) -> Result<BTreeMap<RetentionName, Period>, StoreError>;

    /// Everything about one person.
    async fn subject(&self, tenant: TenantId, subject: SubjectId) -> Result<Option<SubjectSnapshot>, StoreError>;

    /// The people of one audience by id, after the given one.
    async fn subjects(
        &self,
        tenant: TenantId,
        audience: &AudienceName,
        after: Option<SubjectId>,
        limit: usize,
    ) -> Result<Vec<SubjectSnapshot>, StoreError>;

    /// How many people of the audience the tenant has.
    async fn count_subjects(&self, tenant: TenantId, audience: &AudienceName) -> Result<u64, StoreError>;

    /// Who has this identity.
    async fn find(&self, tenant: TenantId, field: &FieldName, hash: [u8; 16]) -> Result<Option<SubjectId>, StoreError>;

    /// What is stored, by class and field.
    async fn inventory(&self, tenant: TenantId) -> Result<Inventory, StoreError>;

    /// Receipts of the tenant, oldest first, those at or after the given instant.
    async fn receipts(&self, tenant: TenantId, since: Timestamp, limit: usize) -> Result<Vec<Receipt>, StoreError>;

    /// Audit entries of the tenant by sequence number.
    async fn audit(&self, tenant: TenantId, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, StoreError>;

    /// The messages waiting to be sent, oldest first.
    async fn messages(&self, tenant: TenantId, limit: usize) -> Result<Vec<Message>, StoreError>;

    /// The disclosures about a person, oldest first.
    async fn disclosures(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DisclosureRow>, StoreError>;

    /// The credential with this hash of its secret, of whatever tenant.
    async fn credential(&self, hash: [u8; 32]) -> Result<Option<(TenantId, Credential)>, StoreError>;

    /// What a sweep has to act on by `now`, the earliest first, across tenants.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueEntry>, StoreError>;

    /// When the next record is to be acted upon.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The stored due dates of a person; for the check that rebuilds and compares them.
    async fn due_of(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DueRow>, StoreError>;

    /// Keys that a committed batch doomed and that are not reported as destroyed yet.
    async fn doomed_keys(&self, limit: usize) -> Result<Vec<(TenantId, KeySlot)>, StoreError>;

    /// The published versions of the policy, the oldest first.
    async fn versions(&self) -> Result<Vec<PolicyVersion>, StoreError>;

    /// A notice of a published version, as it was shown.
    async fn notice(
        &self,
        version: PolicyHash,
        audience: &AudienceName,
        lang: Lang,
    ) -> Result<Option<String>, StoreError>;

    /// The last run of a job.
    async fn job(&self, job: &str) -> Result<Option<JobRun>, StoreError>;

    /// Writes a consistent copy of the whole store to a new file, free of remnants of deleted rows.
    async fn copy_to(&self, file: &Path) -> Result<(), StoreError>;

    /// Gives the space of deleted rows back and removes their remnants from the files.
    async fn compact(&self) -> Result<(), StoreError>;
}
