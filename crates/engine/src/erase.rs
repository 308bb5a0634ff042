//! Erasure: rows, index entries and due dates in one commit, then the keys; a receipt stays.

use std::collections::BTreeSet;

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    change::{
        AuditOutcome, AuditRecord, Batch, Cause, Change, Expect, JobRun, Operation, Receipt, Record, TenantState,
    },
    id::{AudienceName, ClassName, ReceiptId, RetentionName, RoleName, SubjectId, TenantId},
    model::{Action, Acts, Relation},
    retention::{Standing, stays_on_request},
};
use obhut_keyring::{Facets, KeyringError};
use obhut_store::SubjectSnapshot;

use crate::{Dossier, Engine, Error, jobs::SweepReport, retrying};

/// How many people one batch of a cascade removes.
const CHUNK: usize = 100;

/// What an erasure on request did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The proof.
    pub receipt: Receipt,
    /// What had to stay.
    pub stays: Vec<Stay>,
}

/// A class that had to stay although its erasure was asked for (Art. 17(3)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Which class.
    pub class: ClassName,
    /// By which rule it goes later.
    pub rule: RetentionName,
    /// When, if that can be dated yet.
    pub until: Option<Timestamp>,
}

/// Why and by which rule something is removed.
#[derive(Clone, Copy)]
struct Ground<'a> {
    cause: Cause,
    rule: Option<&'a RetentionName>,
    cascaded: u64,
}

impl Engine {
    /// Erases what may be erased of a person, on the word of the one who answers for the data: the controller's staff
    /// in their own tenant. Says what stays, why and until when. Touching nothing is an error.
    pub async fn erase(&self, caller: &Caller, tenant: TenantId, subject: SubjectId) -> Result<Erasure, Error> {
        let entered = self.enter(caller, tenant).await?;
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        if acts != Some(Acts::Tenant) {
            return Err(Error::NotFound);
        }
        if entered.account == subject {
            return Err(Error::Contradiction("the tenant's own data goes when the tenant ends"));
        }
        let erasure =
            retrying(|| async {
                let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
                let now = self.now();
                let dossier = Dossier::new(&self.model, snapshot);
                let (stay, go): (Vec<Record>, Vec<Record>) =
                    dossier.snapshot.records.iter().cloned().partition(|record| {
                        stays_on_request(&self.model, &record.class, &dossier.holds(record.id), now)
                    });
                let stays = stay.iter().filter_map(|record| {
                    let verdict = dossier.verdict(record, now)?;
                    let until = verdict.due.map(|due| due.at);
                    Some(Stay { class: record.class.clone(), rule: verdict.rule, until })
                });
                let stays: Vec<_> = stays.collect();
                if go.is_empty() && !stay.is_empty() {
                    return Err(Error::NothingErased { stays });
                }
                let ground = Ground { cause: Cause::Request, rule: None, cascaded: 0 };
                let (changes, receipt) = self.removal(&dossier.snapshot, &go, &ground, now);
                let mut batch = self.batch(tenant, now, caller, self.erased(&receipt));
                batch.expect.push(Expect::Subject { subject, version: dossier.snapshot.subject.version });
                batch.changes = changes;
                self.store.commit(batch).await?;
                Ok(Erasure { receipt, stays })
            })
            .await?;
        self.destroy_doomed_keys().await?;
        Ok(erasure)
    }

    /// Acts on everything whose window has opened. Called by the scheduler; running it twice does no harm.
    pub async fn sweep(&self) -> Result<SweepReport, Error> {
        let mut report = SweepReport::default();
        let mut handled = BTreeSet::new();
        loop {
            let due = self.store.due(self.now(), CHUNK).await?;
            let people: BTreeSet<_> = due.iter().map(|entry| (entry.tenant, entry.due.subject)).collect();
            if people.is_empty() {
                break;
            }
            // Whoever is due again after being handled was not removed: say so instead of going round for ever.
            if people.is_subset(&handled) {
                report.stuck = people.len() as u64;
                break;
            }
            for (tenant, subject) in people {
                report.add(&self.sweep_person(tenant, subject).await?);
                handled.insert((tenant, subject));
            }
        }
        self.destroy_doomed_keys().await?;
        Ok(report)
    }

    /// Notes that the sweep ran and when it runs next, so that a missed run shows.
    pub(crate) async fn note_sweep(&self, run: JobRun) -> Result<(), Error> {
        let audit =
            AuditRecord { count: run.acted, detail: run.job.clone(), ..self.audit(Operation::Job, AuditOutcome::Done) };
        let mut batch = self.batch(TenantId::OPERATOR, run.at, &ourselves(), audit);
        batch.changes.push(Change::JobRan(run));
        Ok(self.store.commit(batch).await?)
    }

    /// Acts on the records of one person that are due.
    pub(crate) async fn sweep_person(&self, tenant: TenantId, subject: SubjectId) -> Result<SweepReport, Error> {
        retrying(|| async {
            let Some(snapshot) = self.store.subject(tenant, subject).await? else {
                return Ok(SweepReport::default());
            };
            let now = self.now();
            let dossier = Dossier::new(&self.model, snapshot);
            let mut due = Vec::new();
            let mut rule = None;
            for record in &dossier.snapshot.records {
                let Some(verdict) = dossier.verdict(record, now) else { continue };
                if matches!(verdict.standing, Standing::Due { .. }) {
                    due.push(record.clone());
                    rule = Some(verdict.rule);
                }
            }
            let Some(rule) = rule else {
                // The stored date was out of date: something moved it.
                return self.refresh_due(tenant, &dossier, now).await;
            };
            let cascaded = self.cascade(tenant, &dossier, &due, &rule, now).await?;
            let ground = Ground { cause: Cause::Retention, rule: Some(&rule), cascaded };
            let (mut changes, receipt) = self.removal(&dossier.snapshot, &due, &ground, now);
            if cascaded > 0 {
                for class in due.iter().map(|record| &record.class) {
                    changes.extend(self.keys.class_slot(tenant, class).map(Change::DoomKey));
                }
            }
            let mut batch = self.batch(tenant, now, &ourselves(), self.erased(&receipt));
            batch.expect.push(Expect::Subject { subject, version: dossier.snapshot.subject.version });
            batch.changes = changes;
            self.store.commit(batch).await?;
            Ok(SweepReport { people: 1, records: receipt.records, cascaded, stuck: 0 })
        })
        .await
    }

    async fn refresh_due(&self, tenant: TenantId, dossier: &Dossier<'_>, now: Timestamp) -> Result<SweepReport, Error> {
        let subject = dossier.snapshot.subject.id;
        let audit = AuditRecord {
            subject: Some(subject),
            detail: "due date moved".into(),
            ..self.audit(Operation::Job, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, &ourselves(), audit);
        batch.expect.push(Expect::Subject { subject, version: dossier.snapshot.subject.version });
        batch.changes = dossier.due_changes(now);
        self.store.commit(batch).await?;
        Ok(SweepReport::default())
    }

    /// Removes what goes with the records that are due: of the same person nothing more than they are; of a tenant
    /// all its people of the cascaded classes, after the tenant was closed to new data.
    ///
    /// Every batch is complete in itself and the tenant's own records go last, so a run that was interrupted is
    /// simply repeated.
    async fn cascade(
        &self,
        tenant: TenantId,
        dossier: &Dossier<'_>,
        due: &[Record],
        rule: &RetentionName,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let Some(retention) = self.model.retentions.get(rule).filter(|retention| !retention.cascade.is_empty()) else {
            return Ok(0);
        };
        let of_tenant = due
            .iter()
            .any(|record| self.model.audience_of(&record.class).is_some_and(|a| a.relation == Relation::Tenant));
        if !of_tenant
            || self.store.tenant(tenant).await?.is_none_or(|found| found.account != dossier.snapshot.subject.id)
        {
            return Ok(0);
        }
        if self.store.tenant(tenant).await?.is_some_and(|found| found.state == TenantState::Active) {
            let audit = AuditRecord { detail: rule.to_string(), ..self.audit(Operation::Tenant, AuditOutcome::Done) };
            let mut batch = self.batch(tenant, now, &ourselves(), audit);
            batch.changes.push(Change::EndTenant { at: now });
            // One destroyed key per class makes every copy of these records unreadable, before the rows go.
            for class in &retention.cascade {
                batch.changes.extend(self.keys.class_slot(tenant, class).map(Change::DoomKey));
            }
            // Without the tenant's key nobody can find out whether an address was ever among its people.
            batch.changes.extend(self.keys.tenant_slot(tenant).map(Change::DoomKey));
            self.store.commit(batch).await?;
            self.destroy_doomed_keys().await?;
        }

        let mut audiences: Vec<&AudienceName> =
            retention.cascade.iter().filter_map(|class| Some(&self.model.data.get(class)?.audience)).collect();
        audiences.sort();
        audiences.dedup();
        let mut people = 0;
        for audience in audiences {
            let mut after = None;
            loop {
                let page = self.store.subjects(tenant, audience, after, CHUNK).await?;
                after = page.last().map(|snapshot| snapshot.subject.id);
                if page.is_empty() {
                    break;
                }
                people += self.cascade_page(tenant, &page, &retention.cascade, rule, now).await?;
            }
        }
        Ok(people)
    }

    async fn cascade_page(
        &self,
        tenant: TenantId,
        page: &[SubjectSnapshot],
        classes: &[ClassName],
        rule: &RetentionName,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut batch: Option<Batch> = None;
        let mut people = 0;
        for snapshot in page {
            let go: Vec<_> =
                snapshot.records.iter().filter(|record| classes.contains(&record.class)).cloned().collect();
            if go.is_empty() {
                continue;
            }
            let ground = Ground { cause: Cause::Cascade, rule: Some(rule), cascaded: 0 };
            let (changes, receipt) = self.removal(snapshot, &go, &ground, now);
            let audit = self.erased(&receipt);
            let batch = match &mut batch {
                Some(batch) => {
                    batch.also(audit);
                    batch
                }
                none => none.insert(self.batch(tenant, now, &ourselves(), audit)),
            };
            batch.changes.extend(changes);
            people += 1;
        }
        if let Some(batch) = batch {
            self.store.commit(batch).await?;
        }
        Ok(people)
    }

    /// The changes that remove records of a person, and the receipt. If no record is left, the person goes.
    fn removal(
        &self,
        snapshot: &SubjectSnapshot,
        go: &[Record],
        ground: &Ground<'_>,
        now: Timestamp,
    ) -> (Vec<Change>, Receipt) {
        let subject = snapshot.subject.id;
        let mut changes = Vec::new();
        if go.len() == snapshot.records.len() {
            changes.push(Change::DropSubject(subject));
        } else {
            changes.push(Change::TouchSubject(subject));
            changes.extend(go.iter().map(|record| Change::DropRecord { subject, record: record.id }));
            // An identity may only be found while a record that states it exists.
            let stays = |class: &ClassName| {
                snapshot
                    .records
                    .iter()
                    .any(|record| record.class == *class && !go.iter().any(|gone| gone.id == record.id))
            };
            for class in go.iter().map(|record| &record.class).filter(|class| !stays(class)) {
                let field = self.model.data.get(class).and_then(|class| class.identity.clone());
                changes.extend(field.map(|field| Change::DropIdentity { field, subject }));
            }
        }
        let mut classes: Vec<_> = go.iter().map(|record| record.class.clone()).collect();
        classes.sort();
        classes.dedup();
        let receipt = Receipt {
            id: ReceiptId::new(now, self.host.ten_bytes()),
            at: now,
            cause: ground.cause,
            rule: ground.rule.cloned(),
            action: Action::Erase,
            subject,
            classes,
            records: go.len() as u64,
            cascaded: ground.cascaded,
        };
        changes.push(Change::AddReceipt(receipt.clone()));
        (changes, receipt)
    }

    fn erased(&self, receipt: &Receipt) -> AuditRecord {
        AuditRecord {
            subject: Some(receipt.subject),
            classes: receipt.classes.clone(),
            count: receipt.records,
            detail: receipt.rule.as_ref().map_or_else(|| "request".to_owned(), ToString::to_string),
            ..self.audit(Operation::Erase, AuditOutcome::Done)
        }
    }

    /// Destroys the keys that committed batches doomed, and notes it. Interrupted at any point it is simply repeated.
    pub(crate) async fn destroy_doomed_keys(&self) -> Result<(), Error> {
        loop {
            let doomed = self.store.doomed_keys(CHUNK).await?;
            if doomed.is_empty() {
                return Ok(());
            }
            // A slot that no longer belongs to the one it was doomed for (it is damaged) must not keep all others from
            // being destroyed; they have been, and what the slot holds opens nothing of theirs.
            match self.keys.destroy(&doomed, Facets::All) {
                Ok(()) | Err(KeyringError::OtherOwner(_)) => {}
                Err(error) => return Err(error.into()),
            }
            let mut tenants: Vec<_> = doomed.iter().map(|(tenant, _)| *tenant).collect();
            tenants.sort();
            tenants.dedup();
            for tenant in tenants {
                let slots: Vec<_> = doomed.iter().filter(|(of, _)| *of == tenant).map(|(_, slot)| *slot).collect();
                let audit = AuditRecord {
                    count: slots.len() as u64,
                    detail: "keys destroyed".into(),
                    ..self.audit(Operation::Erase, AuditOutcome::Done)
                };
                let mut batch = self.batch(tenant, self.now(), &ourselves(), audit);
                batch.changes.push(Change::KeysDestroyed(slots));
                self.store.commit(batch).await?;
            }
        }
    }
}

/// The caller of our own jobs.
pub(crate) fn ourselves() -> Caller {
    Caller { credential: None, tenant: None, role: RoleName::from("obhut"), purposes: None }
}
