//! The use cases: load a snapshot, ask the core, commit one batch.
//!
//! Everything a page, the API, the command line or a job does goes through a method of [`Engine`]; each lives in the
//! module named after its subject. Time and randomness come from the [`Host`], read once per use case.

mod anonymise;
mod choices;
pub mod credentials;
pub mod disclosures;
mod dossier;
mod erase;
mod error;
pub mod events;
mod everybody;
pub mod export;
mod holds;
mod host;
pub mod impact;
pub mod jobs;
mod messages;
pub mod people;
pub mod promises;
pub mod prove;
pub mod read;
pub mod rehearse;
mod tenants;
pub mod versions;

use std::sync::Arc;

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    change::{Actor, AuditOutcome, AuditRecord, Batch, Change, Operation, Tenant, TenantState},
    clock::to_micros,
    id::{AudienceName, BatchId, ClassName, PurposeName, SubjectId, TenantId},
    model::{Acts, Model},
};
use obhut_keyring::Keyring;
use obhut_store::{CommitError, Store};

pub use crate::{
    disclosures::Disclosed,
    dossier::Dossier,
    erase::{Erasure, Stay},
    error::Error,
    host::{Host, SystemClock},
    tenants::NewTenant,
};

/// How often a use case loads again when a commit conflicts with another.
const ATTEMPTS: usize = 8;

/// The policy at work over one store and one keyring.
#[derive(Clone)]
pub struct Engine {
    model: Arc<Model>,
    store: Arc<dyn Store>,
    keys: Arc<Keyring>,
    host: Host,
}

impl Engine {
    /// An engine that runs `model`. Keys that an earlier run doomed but did not come to destroy are destroyed first:
    /// until then nothing is served. The operator's own people get their place, if they have none yet.
    pub async fn start(
        model: Arc<Model>,
        store: Arc<dyn Store>,
        keys: Arc<Keyring>,
        host: Host,
    ) -> Result<Self, Error> {
        let engine = Self { model, store, keys, host };
        engine.destroy_doomed_keys().await?;
        engine.settle().await?;
        Ok(engine)
    }

    /// The row to which the operator's own people belong: those of no tenant.
    async fn settle(&self) -> Result<(), Error> {
        let own = TenantId::OPERATOR;
        if self.store.tenant(own).await?.is_some() {
            return Ok(());
        }
        let now = self.now();
        let row = Tenant {
            id: own,
            name: self.model.controller.name.clone(),
            state: TenantState::Active,
            account: SubjectId::new(now, self.host.ten_bytes()),
            created: now,
        };
        let audit = AuditRecord { detail: "own people".into(), ..self.audit(Operation::Tenant, AuditOutcome::Done) };
        let mut batch = self.batch(own, now, &erase::ourselves(), audit);
        batch.changes.push(Change::AddTenant(row));
        match self.store.commit(batch).await {
            // Another process was first.
            Err(CommitError::Conflict) if self.store.tenant(own).await?.is_some() => Ok(()),
            committed => Ok(committed?),
        }
    }

    /// The policy that runs.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The store, for reads that open nothing.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The keyring.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The present instant. Read once per use case.
    pub fn now(&self) -> Timestamp {
        to_micros(self.host.clock.now())
    }

    fn batch(&self, tenant: TenantId, at: Timestamp, caller: &Caller, audit: AuditRecord) -> Batch {
        let actor = Actor { role: caller.role.clone(), credential: caller.credential };
        Batch::new(BatchId::new(at, self.host.ten_bytes()), tenant, at, actor, audit)
    }

    fn audit(&self, operation: Operation, outcome: AuditOutcome) -> AuditRecord {
        AuditRecord {
            operation,
            outcome,
            subject: None,
            purpose: None,
            classes: Vec::new(),
            count: 0,
            policy: self.model.policy.hash,
            detail: String::new(),
        }
    }

    /// Notes a refusal; what was refused is reported by the caller of this function.
    async fn audit_refusal(
        &self,
        operation: Operation,
        tenant: TenantId,
        caller: &Caller,
        about: (Option<SubjectId>, Option<&PurposeName>, Vec<ClassName>),
        detail: String,
    ) -> Result<(), Error> {
        let (subject, purpose, classes) = about;
        let record = AuditRecord {
            subject,
            purpose: purpose.cloned(),
            classes,
            detail,
            ..self.audit(operation, AuditOutcome::Refused)
        };
        Ok(self.store.commit(self.batch(tenant, self.now(), caller, record)).await?)
    }

    /// The active tenant the caller may act in. For everybody else it does not exist.
    async fn enter(&self, caller: &Caller, tenant: TenantId) -> Result<Tenant, Error> {
        if !caller.may_enter(&self.model, tenant) {
            return Err(Error::NotFound);
        }
        self.store.tenant(tenant).await?.ok_or(Error::NotFound)
    }

    /// Whether the caller is staff of the controller of a tenant's people: of the tenant, or of the operator where they
    /// are its own. For everybody else there is nothing to decide.
    fn answers_for(&self, caller: &Caller, tenant: TenantId) -> Result<(), Error> {
        let staff = if tenant == TenantId::OPERATOR { Acts::Operator } else { Acts::Tenant };
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        if acts == Some(staff) { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Whether the caller's role acts for any purpose on data of the audience. For everybody else the audience's
    /// people do not exist.
    fn concerned(&self, caller: &Caller, audience: &AudienceName) -> Result<(), Error> {
        let of_audience =
            |class: &ClassName| self.model.data.get(class).is_some_and(|declared| declared.audience == *audience);
        let acts = self
            .model
            .purposes
            .values()
            .any(|purpose| purpose.roles.contains(&caller.role) && purpose.data.iter().any(of_audience));
        if acts { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// Runs `attempt` until it commits without a conflict, a bounded number of times.
async fn retrying<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(Error::Commit(CommitError::Conflict)) => {}
            outcome => return outcome,
        }
    }
    attempt().await
}
