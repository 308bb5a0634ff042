//! Disclosures: refused unless the policy lists the recipient or the person agreed; each one is in the register.

use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, DisclosureRow, Expect, Operation},
    disclosure::{self, Ground},
    id::{ClassName, DisclosureId, SubjectId, TenantId},
    model::Acts,
};

use crate::{Dossier, Engine, Error};

impl Engine {
    /// Decides on a disclosure and enters it in the register. A refusal is noted.
    pub async fn disclose(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        classes: &[ClassName],
        ground: &Ground,
    ) -> Result<DisclosureId, Error> {
        self.enter(caller, tenant).await?;
        // Staff decide about disclosures, no program and no form.
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        if !matches!(acts, Some(Acts::Tenant | Acts::Operator)) {
            return Err(Error::NotFound);
        }
        let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
        let now = self.now();
        let dossier = Dossier::new(&self.model, snapshot);
        let person = &dossier.snapshot.subject;
        let consents = dossier.consents();
        if let Err(refusal) = disclosure::decide(&self.model, &person.audience, classes, ground, &consents, now) {
            let about = (Some(subject), None, classes.to_vec());
            let detail = "not to this recipient on this ground".to_owned();
            self.audit_refusal(Operation::Disclose, tenant, caller, about, detail).await?;
            return Err(refusal.into());
        }
        let id = DisclosureId::new(now, self.host.ten_bytes());
        let row = DisclosureRow { id, subject, classes: classes.to_vec(), ground: ground.clone(), at: now };
        let audit = AuditRecord {
            subject: Some(subject),
            classes: classes.to_vec(),
            detail: match ground {
                Ground::Listed { recipient } | Ground::Demand { recipient, .. } => recipient.to_string(),
                Ground::Agreement { .. } => "agreement".to_owned(),
            },
            ..self.audit(Operation::Disclose, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, caller, audit);
        batch.expect.push(Expect::Subject { subject, version: person.version });
        batch.changes.push(Change::AddDisclosure(row));
        self.store.commit(batch).await?;
        Ok(id)
    }
}
