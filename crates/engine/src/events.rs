//! Events and declarations about a person who is already known.

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Expect, Occurrence, Operation},
    consent::ConsentKind,
    id::{ConsentName, EventName, RecordId, SubjectId, TenantId},
    model::Lang,
};

use crate::{Dossier, Engine, Error, people::Declaration, retrying};

impl Engine {
    /// Reports that something happened to a person, or to one record, now or at an earlier instant. Due dates move in
    /// the same commit.
    pub async fn report_event(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        record: Option<RecordId>,
        event: &EventName,
        at: Option<Timestamp>,
    ) -> Result<(), Error> {
        self.enter(caller, tenant).await?;
        self.model.events.get(event).ok_or(Error::Unknown { kind: "event" })?;
        retrying(|| async {
            let now = self.now();
            let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
            self.concerned(caller, &snapshot.subject.audience)?;
            if record.is_some_and(|record| !snapshot.records.iter().any(|known| known.id == record)) {
                return Err(Error::NotFound);
            }
            let at = at.map_or(now, |at| at.min(now));
            let occurrence = Occurrence { subject, record, event: event.clone(), at };
            let audit = AuditRecord {
                subject: Some(subject),
                detail: event.to_string(),
                ..self.audit(Operation::Event, AuditOutcome::Done)
            };
            let mut batch = self.batch(tenant, now, caller, audit);
            batch.expect.push(Expect::Subject { subject, version: snapshot.subject.version });
            batch.changes.push(Change::TouchSubject(subject));
            batch.changes.push(self.occurred(occurrence.clone()));
            let mut dossier = Dossier::new(&self.model, snapshot);
            dossier.snapshot.occurrences.push(occurrence);
            dossier.date(&mut batch, now);
            Ok(self.store.commit(batch).await?)
        })
        .await
    }

    /// Withdraws a consent (Art. 7(3)): as easily as it was given, and at once. Giving consent needs a form that showed
    /// the text; see [`Engine::submit`].
    pub async fn withdraw(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        consent: &ConsentName,
        lang: Lang,
    ) -> Result<(), Error> {
        let declaration = Declaration { consent: consent.clone(), kind: ConsentKind::Withdrawn, lang };
        self.declare(caller, tenant, subject, &declaration, "withdrawal").await
    }

    /// Notes what a person declared on a form that showed the text of the consent.
    pub async fn declare(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        declaration: &Declaration,
        form: &str,
    ) -> Result<(), Error> {
        self.enter(caller, tenant).await?;
        retrying(|| async {
            let now = self.now();
            let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
            self.concerned(caller, &snapshot.subject.audience)?;
            let row = self.consent_row(subject, declaration, self.model.policy.hash, form, now)?;
            let mut batch = self.batch(tenant, now, caller, self.consent_audit(&row));
            batch.expect.push(Expect::Subject { subject, version: snapshot.subject.version });
            batch.changes.push(Change::TouchSubject(subject));
            batch.changes.push(Change::Consented(row.clone()));
            let mut dossier = Dossier::new(&self.model, snapshot);
            dossier.snapshot.consents.push(row);
            dossier.date(&mut batch, now);
            Ok(self.store.commit(batch).await?)
        })
        .await
    }

    /// Restricts a person's data, or lifts the restriction (Art. 18). The controller's staff decide.
    pub async fn restrict(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        restricted: bool,
    ) -> Result<(), Error> {
        self.enter(caller, tenant).await?;
        self.answers_for(caller, tenant)?;
        retrying(|| async {
            let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
            let audit = AuditRecord {
                subject: Some(subject),
                detail: if restricted { "restricted" } else { "restriction lifted" }.into(),
                ..self.audit(Operation::Restrict, AuditOutcome::Done)
            };
            let mut batch = self.batch(tenant, self.now(), caller, audit);
            batch.expect.push(Expect::Subject { subject, version: snapshot.subject.version });
            batch.changes.push(Change::TouchSubject(subject));
            batch.changes.push(Change::Restrict { subject, restricted });
            Ok(self.store.commit(batch).await?)
        })
        .await
    }
}
