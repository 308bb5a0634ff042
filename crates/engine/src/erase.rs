//! Erasure: rows, index entries and due dates in one commit, then the keys; a receipt stays.
//!
//! What stays of a person of whom a part is erased is sealed again under a fresh key, and the old key is destroyed: no
//! copy opens what was erased, whatever else it still holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    change::{
        AuditOutcome, AuditRecord, Batch, Cause, Change, Expect, JobRun, KeySlot, Operation, Receipt, Record,
        TenantState,
    },
    id::{AudienceName, ClassName, ReceiptId, RecordId, RetentionName, RoleName, SubjectId, TenantId},
    model::{Action, Relation},
    retention::Standing,
};
use obhut_keyring::{Facets, KeyringError};
use obhut_store::{CommitError, SubjectSnapshot};

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

/// What removes or anonymises records of a person.
struct Removal {
    changes: Vec<Change>,
    receipt: Receipt,
    /// The key made for what is left.
    fresh: Option<KeySlot>,
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
    /// in their own tenant, or the operator's where the people are its own. Says what stays, why and until when. Touching nothing is an error.
    pub async fn erase(&self, caller: &Caller, tenant: TenantId, subject: SubjectId) -> Result<Erasure, Error> {
        let entered = self.enter(caller, tenant).await?;
        self.answers_for(caller, tenant)?;
        if entered.account == subject {
            return Err(Error::Contradiction("the tenant's own data goes when the tenant ends"));
        }
        let erasure = retrying(|| async {
            let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
            let now = self.now();
            let dossier = Dossier::new(&self.model, snapshot);
            // What says nothing about anybody is not the person's any more.
            let (stay, go): (Vec<Record>, Vec<Record>) = dossier
                .snapshot
                .records
                .iter()
                .filter(|record| record.anonymised.is_none())
                .cloned()
                .partition(|record| dossier.stays_on_request(record, now));
            let stays = stay.iter().filter_map(|record| {
                let verdict = dossier.verdict(record, now)?;
                let until = verdict.due.map(|due| due.at);
                Some(Stay { class: record.class.clone(), rule: verdict.rule, until })
            });
            let stays: Vec<_> = stays.collect();
            if go.is_empty() && !dossier.snapshot.records.is_empty() {
                return Err(Error::NothingErased { stays });
            }
            let ground = Ground { cause: Cause::Request, rule: None, cascaded: 0 };
            let removal = self.removal(tenant, &dossier.snapshot, &go, &ground, now)?;
            let mut batch = self.batch(tenant, now, caller, self.erased(&removal.receipt));
            batch.expect.push(Expect::Subject { subject, version: dossier.snapshot.subject.version });
            let receipt = removal.receipt.clone();
            self.commit_removal(tenant, batch, vec![removal]).await?;
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

    /// Acts on the records of one person that are due, one rule after the other.
    pub(crate) async fn sweep_person(&self, tenant: TenantId, subject: SubjectId) -> Result<SweepReport, Error> {
        let mut report = SweepReport::default();
        // At most once for each rule: what is due again after that is left to whoever counts what is stuck.
        for _ in 0..=self.model.retentions.len() {
            match retrying(|| self.sweep_once(tenant, subject)).await? {
                Some(swept) => report.add(&swept),
                None => break,
            }
        }
        report.people = report.people.min(1);
        Ok(report)
    }

    /// Acts on the records of one person that are due by one rule; none if nothing is.
    async fn sweep_once(&self, tenant: TenantId, subject: SubjectId) -> Result<Option<SweepReport>, Error> {
        let Some(snapshot) = self.store.subject(tenant, subject).await? else { return Ok(None) };
        let now = self.now();
        let dossier = Dossier::new(&self.model, snapshot);
        let mut due = Vec::new();
        let mut found: Option<(RetentionName, Action)> = None;
        for record in &dossier.snapshot.records {
            let Some(verdict) = dossier.verdict(record, now) else { continue };
            let Standing::Due { action } = verdict.standing else { continue };
            let (rule, _) = found.get_or_insert((verdict.rule.clone(), action));
            if *rule == verdict.rule {
                due.push(record.clone());
            }
        }
        let Some((rule, action)) = found else {
            // The stored date was out of date: something moved it.
            self.refresh_due(tenant, &dossier, now).await?;
            return Ok(None);
        };
        let cascaded = self.cascade(tenant, &dossier, &due, &rule, now).await?;
        let ground = Ground { cause: Cause::Retention, rule: Some(&rule), cascaded };
        let mut removal = if action == Action::Anonymise {
            self.anonymisation(tenant, &dossier.snapshot, &due, &ground, now)?
        } else {
            self.removal(tenant, &dossier.snapshot, &due, &ground, now)?
        };
        if cascaded > 0 {
            for class in due.iter().map(|record| &record.class) {
                removal.changes.extend(self.keys.class_slot(tenant, class).map(Change::DoomKey));
            }
        }
        let mut batch = self.batch(tenant, now, &ourselves(), self.erased(&removal.receipt));
        batch.expect.push(Expect::Subject { subject, version: dossier.snapshot.subject.version });
        let records = removal.receipt.records;
        self.commit_removal(tenant, batch, vec![removal]).await?;
        Ok(Some(SweepReport { people: 1, records, cascaded, stuck: 0 }))
    }

    async fn refresh_due(&self, tenant: TenantId, dossier: &Dossier<'_>, now: Timestamp) -> Result<(), Error> {
        let subject = dossier.snapshot.subject.id;
        let audit = AuditRecord {
            subject: Some(subject),
            detail: "due date moved".into(),
            ..self.audit(Operation::Job, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, &ourselves(), audit);
        batch.expect.push(Expect::Subject { subject, version: dossier.snapshot.subject.version });
        dossier.date(&mut batch, now);
        Ok(self.store.commit(batch).await?)
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
        let mut removals = Vec::new();
        for snapshot in page {
            let go: Vec<_> =
                snapshot.records.iter().filter(|record| classes.contains(&record.class)).cloned().collect();
            if go.is_empty() {
                continue;
            }
            let ground = Ground { cause: Cause::Cascade, rule: Some(rule), cascaded: 0 };
            let removal = match self.removal(tenant, snapshot, &go, &ground, now) {
                Ok(removal) => removal,
                Err(error) => {
                    self.destroy_unused(tenant, &removals)?;
                    return Err(error);
                }
            };
            let audit = self.erased(&removal.receipt);
            match &mut batch {
                Some(batch) => batch.also(audit),
                none => *none = Some(self.batch(tenant, now, &ourselves(), audit)),
            }
            removals.push(removal);
        }
        let people = removals.len() as u64;
        if let Some(batch) = batch {
            self.commit_removal(tenant, batch, removals).await?;
        }
        Ok(people)
    }

    /// What removes records of a person. If no record is left, the person goes; what is left gets a fresh key.
    fn removal(
        &self,
        tenant: TenantId,
        snapshot: &SubjectSnapshot,
        go: &[Record],
        ground: &Ground<'_>,
        now: Timestamp,
    ) -> Result<Removal, Error> {
        let subject = snapshot.subject.id;
        let receipt = self.receipt(subject, go, Action::Erase, ground, now);
        if go.len() == snapshot.records.len() {
            let changes = vec![Change::DropSubject(subject), Change::AddReceipt(receipt.clone())];
            return Ok(Removal { changes, receipt, fresh: None });
        }
        let gone: Vec<RecordId> = go.iter().map(|record| record.id).collect();
        let rekeyed = self.rekey(tenant, snapshot, (&gone, &[]), now)?;
        let mut changes = vec![Change::TouchSubject(subject)];
        changes.extend(gone.iter().map(|record| Change::DropRecord { subject, record: *record }));
        changes.extend(rekeyed.changes);
        self.forget(&rekeyed.records, subject, go, &mut changes);
        changes.push(Change::AddReceipt(receipt.clone()));
        Ok(Removal { changes, receipt, fresh: Some(rekeyed.slot) })
    }

    /// What gives records of a person random values, under a fresh key for all that is left.
    fn anonymisation(
        &self,
        tenant: TenantId,
        snapshot: &SubjectSnapshot,
        due: &[Record],
        ground: &Ground<'_>,
        now: Timestamp,
    ) -> Result<Removal, Error> {
        let subject = snapshot.subject.id;
        let receipt = self.receipt(subject, due, Action::Anonymise, ground, now);
        let anew: Vec<RecordId> = due.iter().map(|record| record.id).collect();
        let rekeyed = self.rekey(tenant, snapshot, (&[], &anew), now)?;
        let mut changes = vec![Change::TouchSubject(subject)];
        changes.extend(anew.iter().map(|record| Change::StripRecord { subject, record: *record }));
        changes.extend(rekeyed.changes);
        self.forget(&rekeyed.records, subject, due, &mut changes);
        changes.push(Change::AddReceipt(receipt.clone()));
        Ok(Removal { changes, receipt, fresh: Some(rekeyed.slot) })
    }

    /// Takes away what only the records of `done` needed: the identities they stated, and, if nothing is left that says
    /// anything about the person, all that happened to it.
    fn forget(&self, left: &[Record], subject: SubjectId, done: &[Record], changes: &mut Vec<Change>) {
        let speaks = |record: &&Record| record.anonymised.is_none();
        if !left.iter().any(|record| speaks(&record)) {
            changes.push(Change::DropTraces(subject));
            return;
        }
        let classes: BTreeSet<&ClassName> = done.iter().map(|record| &record.class).collect();
        for class in classes {
            // An identity may only be found while a record that states it exists.
            if !left.iter().filter(speaks).any(|record| record.class == *class) {
                let field = self.model.data.get(class).and_then(|class| class.identity.clone());
                changes.extend(field.map(|field| Change::DropIdentity { field, subject }));
            }
        }
    }

    fn receipt(
        &self,
        subject: SubjectId,
        records: &[Record],
        action: Action,
        ground: &Ground<'_>,
        now: Timestamp,
    ) -> Receipt {
        let classes: BTreeSet<&ClassName> = records.iter().map(|record| &record.class).collect();
        Receipt {
            id: ReceiptId::new(now, self.host.ten_bytes()),
            at: now,
            cause: ground.cause,
            rule: ground.rule.cloned(),
            action,
            subject,
            classes: classes.into_iter().cloned().collect(),
            records: records.len() as u64,
            cascaded: ground.cascaded,
        }
    }

    /// Commits removals in one batch. If nothing was written, the fresh keys they brought along go again.
    async fn commit_removal(&self, tenant: TenantId, mut batch: Batch, removals: Vec<Removal>) -> Result<(), Error> {
        batch.changes.extend(removals.iter().flat_map(|removal| removal.changes.iter().cloned()));
        let committed = self.store.commit(batch).await;
        // A storage failure may have come after the commit: then the keys stay, at worst without an owner.
        if matches!(committed, Err(CommitError::Conflict)) {
            self.destroy_unused(tenant, &removals)?;
        }
        Ok(committed?)
    }

    fn destroy_unused(&self, tenant: TenantId, removals: &[Removal]) -> Result<(), Error> {
        let unused: Vec<_> = removals.iter().filter_map(|removal| Some((tenant, removal.fresh?))).collect();
        if !unused.is_empty() {
            self.keys.destroy(&unused, Facets::All)?;
        }
        Ok(())
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
