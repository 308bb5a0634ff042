//! What rules hand to storage: one [`Batch`], atomic and audited.
//!
//! The rows are defined here because they are the vocabulary that the engine and every storage backend share. No row
//! holds a personal value: values are sealed (see the keyring), identities are keyed hashes.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    consent::ConsentEvent,
    disclosure::Ground,
    id::{
        AudienceName, BatchId, ChannelName, ClassName, CredentialId, DisclosureId, EventName, FactName, FieldName,
        HoldName, MessageId, PurposeName, ReceiptId, RecordId, RetentionName, RoleName, SubjectId, TenantId,
    },
    model::{Action, Lang, PolicyHash, Sender},
    period::Period,
};

/// The place of a key in the keyring's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeySlot(pub u32);

/// Whether a tenant is in business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "at", rename_all = "kebab-case")]
pub enum TenantState {
    /// It uses the service.
    Active,
    /// Its business relationship ended; nothing can be written any more.
    Ended(Timestamp),
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The name under which it is controller, as forms and notices show it. Emptied when the tenant ends.
    pub name: String,
    /// In business or not.
    pub state: TenantState,
    /// The person that stands for the tenant itself (audience with relation `tenant`).
    pub account: SubjectId,
    /// Since when.
    pub created: Timestamp,
}

/// A person in a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub id: SubjectId,
    /// The audience.
    pub audience: AudienceName,
    /// Where its key lies.
    pub key: KeySlot,
    /// Restricted (Art. 18).
    pub restricted: bool,
    /// Counts the batches that touched this person; for [`Expect::Subject`].
    pub version: u64,
    /// Since when.
    pub created: Timestamp,
}

/// A record of one class about one person; its values are sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Whose.
    pub subject: SubjectId,
    /// The data class.
    pub class: ClassName,
    /// Counts the rewrites of this record; bound into the sealed values.
    pub version: u64,
    /// When it was first written.
    pub created: Timestamp,
    /// The version of the notice that was shown when the data was collected.
    pub notice: PolicyHash,
    /// The form or interface through which it came.
    pub origin: String,
    /// The facts that are true of it.
    pub facts: BTreeSet<FactName>,
    /// The period that was chosen for it.
    pub choice: Option<Period>,
    /// Since when its values are random ones: then it says nothing about anybody, and is never due again.
    pub anonymised: Option<Timestamp>,
    /// The sealed value of each field that is present.
    pub sealed: Vec<(FieldName, Vec<u8>)>,
}

/// An occurrence of an event about a person, or about one record of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// About whom.
    pub subject: SubjectId,
    /// About which record, if only one.
    pub record: Option<RecordId>,
    /// What.
    pub event: EventName,
    /// When.
    pub at: Timestamp,
}

/// A consent event with its proof (Art. 7(1)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// Whose.
    pub subject: SubjectId,
    /// What was declared, when.
    pub event: ConsentEvent,
    /// SHA-256 of the exact text shown.
    pub text_hash: [u8; 32],
    /// The version of the notice shown beside it.
    pub notice: PolicyHash,
    /// The form.
    pub form: String,
    /// The language of the text shown.
    pub lang: Lang,
}

/// When a sweep acts on a record: derived from the rule, stored for speed, rebuilt and compared by a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// Whose.
    pub subject: SubjectId,
    /// Which record.
    pub record: RecordId,
    /// By which rule.
    pub rule: RetentionName,
    /// From when a sweep acts.
    pub fires_at: Timestamp,
}

/// A hold on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// Whose.
    pub subject: SubjectId,
    /// Which record.
    pub record: RecordId,
    /// Which hold.
    pub hold: HoldName,
    /// Until when; none while it is open.
    pub until: Option<Timestamp>,
}

/// Why something was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its period ended.
    Retention,
    /// Somebody entitled asked for it (Art. 17, or the controller's instruction).
    Request,
    /// It went with the data it belonged to.
    Cascade,
}

/// The content-free proof that something was erased (Art. 5(2)). It holds no value and no identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// By which rule, if by one.
    pub rule: Option<RetentionName>,
    /// What was done.
    pub action: Action,
    /// The person; a random id that leads nowhere once the person is erased.
    pub subject: SubjectId,
    /// The classes.
    pub classes: Vec<ClassName>,
    /// How many records.
    pub records: u64,
    /// How many other people went with it (a tenant's people).
    pub cascaded: u64,
}

/// What kind of credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// For programs, in the `Authorization` header.
    ApiKey,
    /// A log-in that ends with the browser.
    Session,
    /// A log-in the browser was asked to remember.
    Remembered,
}

/// A credential: only the hash of its secret is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// SHA-256 of the secret (256 random bits).
    pub hash: [u8; 32],
    /// What it is.
    pub kind: CredentialKind,
    /// The tenant it is bound to; none for the operator.
    pub tenant: Option<TenantId>,
    /// The role it acts in.
    pub role: RoleName,
    /// The purposes it is limited to; none: those of its role.
    pub purposes: Option<BTreeSet<PurposeName>>,
    /// Since when.
    pub created: Timestamp,
    /// Last use, for periods that run from it.
    pub last_used: Timestamp,
    /// From when it is refused.
    pub expires: Option<Timestamp>,
}

/// A message waiting to be sent. It holds no address and no text: both are read when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// To whom.
    pub subject: SubjectId,
    /// By which channel of the policy.
    pub channel: ChannelName,
    /// In whose name.
    pub sender: Sender,
    /// For which purpose.
    pub purpose: PurposeName,
    /// Since when it waits.
    pub queued: Timestamp,
}

/// A published version of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// The hash of its canonical form.
    pub hash: PolicyHash,
    /// The version, for people.
    pub version: String,
    /// The day it names.
    pub valid_from: Date,
    /// When it was published.
    pub published: Timestamp,
    /// From when it applies.
    pub effective: Timestamp,
    /// Whether it changed something material.
    pub material: bool,
    /// The files it was read from: name and text.
    pub sources: Vec<(String, String)>,
}

/// A notice of a published version, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyNotice {
    /// For whom.
    pub audience: AudienceName,
    /// In which language.
    pub lang: Lang,
    /// The page's content.
    pub html: String,
}

/// An entry of the disclosure register (Art. 15(1)(c), 19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureRow {
    /// Its id.
    pub id: DisclosureId,
    /// Whose data.
    pub subject: SubjectId,
    /// Which classes.
    pub classes: Vec<ClassName>,
    /// Only these fields of them; none: all.
    pub fields: Option<Vec<FieldName>>,
    /// To whom and on what ground.
    pub ground: Ground,
    /// When.
    pub at: Timestamp,
}

/// The last run of a periodic job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    /// Which job.
    pub job: String,
    /// When it ran.
    pub at: Timestamp,
    /// When it is to run next.
    pub next: Timestamp,
    /// How many things it acted upon.
    pub acted: u64,
}

/// What a batch relies on; if it no longer holds, nothing is written and the caller loads again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// The tenant exists and is in business.
    TenantActive,
    /// The person has this version.
    Subject {
        /// Who.
        subject: SubjectId,
        /// As loaded.
        version: u64,
    },
    /// Nobody in the tenant has this identity.
    NoIdentity {
        /// The field.
        field: FieldName,
        /// Its blind index.
        hash: [u8; 16],
    },
    /// The tenant's choice for a retention rule is this one: due dates were computed with it.
    Chosen {
        /// The rule.
        rule: RetentionName,
        /// The choice; none: the period that the rule states.
        period: Option<Period>,
    },
}

/// One change of stored state, inside the batch's tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds the tenant (whose id is the batch's).
    AddTenant(Tenant),
    /// Ends the tenant: its name is emptied, its credentials are dropped, nothing can be written to it any more.
    EndTenant {
        /// When.
        at: Timestamp,
    },
    /// Sets the period that the tenant chooses for a retention rule; none: the one that the rule states.
    Choose {
        /// The rule.
        rule: RetentionName,
        /// The choice.
        period: Option<Period>,
    },
    /// Adds a person.
    AddSubject(Subject),
    /// Marks the person as touched: its version counts up. Needed wherever a change depends on what was loaded.
    TouchSubject(SubjectId),
    /// Sets or lifts the restriction (Art. 18).
    Restrict {
        /// Whose.
        subject: SubjectId,
        /// On or off.
        restricted: bool,
    },
    /// Removes the person with all records, events, consents, index entries, holds, due dates, messages and
    /// disclosures, and dooms its key.
    DropSubject(SubjectId),
    /// Gives the person another key and dooms the one it had. What was sealed under the old one must be replaced in the
    /// same batch, or it is lost.
    Rekey {
        /// Whose.
        subject: SubjectId,
        /// Where the new key lies.
        key: KeySlot,
    },
    /// Removes what lies beside the records of a person: events, consents, index entries, messages and disclosures.
    /// The records stay, with no date.
    DropTraces(SubjectId),
    /// Adds or replaces a record.
    PutRecord(Record),
    /// Removes the events, holds and due date of a record; the record stays.
    StripRecord {
        /// Whose.
        subject: SubjectId,
        /// Which.
        record: RecordId,
    },
    /// Removes a record with its events, holds and due date.
    DropRecord {
        /// Whose.
        subject: SubjectId,
        /// Which.
        record: RecordId,
    },
    /// Adds the blind index entry of an identity.
    AddIdentity {
        /// The field.
        field: FieldName,
        /// The blind index.
        hash: [u8; 16],
        /// Who it is.
        subject: SubjectId,
    },
    /// Removes all index entries of a person for a field (the class that held it went).
    DropIdentity {
        /// The field.
        field: FieldName,
        /// Whose.
        subject: SubjectId,
    },
    /// Adds an occurrence. With `only_last`, older ones of the same event about the same thing are removed, and one
    /// older than the known newest changes nothing.
    Occurred {
        /// What happened.
        occurrence: Occurrence,
        /// Keep the newest only ([`crate::model::Model::keeps_only_last`]).
        only_last: bool,
    },
    /// Appends a consent event.
    Consented(ConsentRow),
    /// Sets when a sweep acts on a record.
    SetDue(DueRow),
    /// Nothing is due for the record any more.
    ClearDue {
        /// Which.
        record: RecordId,
    },
    /// Adds or replaces a hold.
    PutHold(HoldRow),
    /// Lifts a hold.
    LiftHold {
        /// Which record.
        record: RecordId,
        /// Which hold.
        hold: HoldName,
    },
    /// Dooms a key of the tenant that belongs to no person (a class): it is destroyed after the commit.
    DoomKey(KeySlot),
    /// The doomed keys have been destroyed.
    KeysDestroyed(Vec<KeySlot>),
    /// Appends a receipt.
    AddReceipt(Receipt),
    /// Adds or replaces a credential.
    PutCredential(Credential),
    /// Removes a credential.
    DropCredential(CredentialId),
    /// Queues a message.
    AddMessage(Message),
    /// Adds an entry to the disclosure register.
    AddDisclosure(DisclosureRow),
    /// Notes the run of a job.
    JobRan(JobRun),
    /// Adds a version of the policy to the archive, with its notices. Belongs to no tenant.
    Publish {
        /// The version.
        version: PolicyVersion,
        /// Its notices as they are shown.
        notices: Vec<PolicyNotice>,
    },
}

/// What was done or tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Data was written.
    Write,
    /// Values were opened.
    Read,
    /// Data was handed out as a file.
    Export,
    /// Something was erased.
    Erase,
    /// An event was reported.
    Event,
    /// Consent was given, refused or withdrawn.
    Consent,
    /// A restriction or a hold was set or lifted.
    Restrict,
    /// A message was queued.
    Message,
    /// Data was disclosed.
    Disclose,
    /// A tenant was opened or ended.
    Tenant,
    /// A credential was made, used for a log-in or dropped.
    Credential,
    /// A job ran.
    Job,
    /// A version of the policy was published.
    Publish,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// The policy refused it.
    Refused,
}

/// Who did it: a role and a credential, never a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The role.
    pub role: RoleName,
    /// The credential; none for a job of our own and for an anonymous form.
    pub credential: Option<CredentialId>,
}

/// One entry of the audit log: what was done, never a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// What.
    pub operation: Operation,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// About whom, if about one person.
    pub subject: Option<SubjectId>,
    /// For which purpose.
    pub purpose: Option<PurposeName>,
    /// Which classes.
    pub classes: Vec<ClassName>,
    /// How many records or people.
    pub count: u64,
    /// The version of the policy that decided.
    pub policy: PolicyHash,
    /// The rule, event or reason codes that it followed from; fixed words, never a value.
    pub detail: String,
}

/// An atomic write: who, when, what, and at least one audit record. An unaudited write does not type-check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id: committing the same batch twice changes nothing.
    pub id: BatchId,
    /// The tenant every row belongs to; [`TenantId::OPERATOR`] for what belongs to none.
    pub tenant: TenantId,
    /// The instant all its rows carry.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What it relies on.
    pub expect: Vec<Expect>,
    /// What it changes, in this order.
    pub changes: Vec<Change>,
    audit: (AuditRecord, Vec<AuditRecord>),
}

impl TenantId {
    /// The operator's own scope: credentials of its staff, job runs.
    pub const OPERATOR: Self = Self::from_bytes([0; 16]);
}

impl Batch {
    /// A batch without changes yet; it records at least that something was done.
    pub fn new(id: BatchId, tenant: TenantId, at: Timestamp, actor: Actor, audit: AuditRecord) -> Self {
        Self { id, tenant, at, actor, expect: Vec::new(), changes: Vec::new(), audit: (audit, Vec::new()) }
    }

    /// Adds an audit record.
    pub fn also(&mut self, audit: AuditRecord) {
        self.audit.1.push(audit);
    }

    /// All audit records; at least one.
    pub fn audit(&self) -> impl Iterator<Item = &AuditRecord> {
        std::iter::once(&self.audit.0).chain(&self.audit.1)
    }
}
