//! Disputes: holds that somebody places on a person's records and lifts again (Art. 17(3)(e), 18(1)(c)). What a statute
//! keeps needs nobody: it follows from the policy.

use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Expect, HoldRow, Operation},
    id::{HoldName, SubjectId, TenantId},
    model::{Acts, Hold, HoldKind},
};

use crate::{Dossier, Engine, Error, retrying};

impl Engine {
    /// Places a hold on all records of its classes, for the longest time it lasts. A record that is held already keeps
    /// the end it has.
    pub async fn place_hold(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        hold: &HoldName,
    ) -> Result<(), Error> {
        let declared = self.disputed(caller, tenant, hold).await?;
        let HoldKind::Dispute { until } = declared.kind else {
            return Err(Error::Contradiction("what a statute keeps is kept without anybody"));
        };
        retrying(|| async {
            let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
            let now = self.now();
            let end = until.after(now, &self.model.policy.zone);
            let mut dossier = Dossier::new(&self.model, snapshot);
            let held = |record| dossier.snapshot.holds.iter().any(|row| row.record == record && row.hold == *hold);
            let rows: Vec<_> = dossier
                .snapshot
                .records
                .iter()
                .filter(|record| {
                    declared.data.contains(&record.class) && record.anonymised.is_none() && !held(record.id)
                })
                .map(|record| HoldRow { subject, record: record.id, hold: hold.clone(), until: Some(end) })
                .collect();
            if rows.is_empty() {
                return Err(Error::Contradiction("the person has no record that this hold could keep"));
            }
            dossier.snapshot.holds.extend(rows.iter().cloned());
            let changes = rows.into_iter().map(Change::PutHold).collect();
            self.commit_holds(caller, tenant, &dossier, changes, format!("{hold} placed")).await
        })
        .await
    }

    /// Lifts a hold from all records of a person. What it kept past its date goes with the next sweep.
    pub async fn lift_hold(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        hold: &HoldName,
    ) -> Result<(), Error> {
        self.disputed(caller, tenant, hold).await?;
        retrying(|| async {
            let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
            let mut dossier = Dossier::new(&self.model, snapshot);
            let (lifted, left): (Vec<_>, Vec<_>) =
                std::mem::take(&mut dossier.snapshot.holds).into_iter().partition(|row| row.hold == *hold);
            if lifted.is_empty() {
                return Err(Error::NotFound);
            }
            dossier.snapshot.holds = left;
            let lift = |row: HoldRow| Change::LiftHold { record: row.record, hold: row.hold };
            let changes = lifted.into_iter().map(lift).collect();
            self.commit_holds(caller, tenant, &dossier, changes, format!("{hold} lifted")).await
        })
        .await
    }

    /// The hold, for staff who act for its purpose. For everybody else there is none.
    async fn disputed(&self, caller: &Caller, tenant: TenantId, hold: &HoldName) -> Result<&Hold, Error> {
        self.enter(caller, tenant).await?;
        let declared = self.model.holds.get(hold).ok_or(Error::Unknown { kind: "hold" })?;
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        let acts_for = self.model.purposes.get(&declared.purpose).is_some_and(|p| p.roles.contains(&caller.role));
        let limited = caller.purposes.as_ref().is_some_and(|allowed| !allowed.contains(&declared.purpose));
        if !matches!(acts, Some(Acts::Tenant | Acts::Operator)) || !acts_for || limited {
            return Err(Error::NotFound);
        }
        Ok(declared)
    }

    async fn commit_holds(
        &self,
        caller: &Caller,
        tenant: TenantId,
        dossier: &Dossier<'_>,
        changes: Vec<Change>,
        detail: String,
    ) -> Result<(), Error> {
        let person = &dossier.snapshot.subject;
        let now = self.now();
        let audit = AuditRecord {
            subject: Some(person.id),
            count: changes.len() as u64,
            detail,
            ..self.audit(Operation::Restrict, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, caller, audit);
        batch.expect.push(Expect::Subject { subject: person.id, version: person.version });
        batch.changes.push(Change::TouchSubject(person.id));
        batch.changes.extend(changes);
        dossier.date(&mut batch, now);
        Ok(self.store.commit(batch).await?)
    }
}
