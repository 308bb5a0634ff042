//! Disclosures: refused unless the policy lists the recipient or the person agreed; each one is in the register.

use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, DisclosureRow, Expect, Operation},
    disclosure::{self, Ground, Released},
    id::{ClassName, DisclosureId, SubjectId, TenantId},
    model::Acts,
};

use crate::{Dossier, Engine, Error};

/// A disclosure that was allowed and noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    /// Its entry in the register.
    pub id: DisclosureId,
    /// What may leave, and nothing else: of each class these fields.
    pub released: Released,
}

impl Engine {
    /// Decides on a disclosure and enters it in the register, with what may leave. A refusal is noted.
    pub async fn disclose(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        classes: &[ClassName],
        ground: &Ground,
    ) -> Result<Disclosed, Error> {
        self.enter(caller, tenant).await?;
        // Staff decide about disclosures, no program and no form.
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        if !matches!(acts, Some(Acts::Tenant | Acts::Operator)) {
            return Err(Error::NotFound);
        }
        // Whoever does it is one of those who approve.
        let mut ground = ground.clone();
        if let Ground::Listed { approvals, .. } | Ground::Demand { approvals, .. } = &mut ground {
            approvals.extend(caller.credential);
        }
        let ground = &ground;
        let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
        let now = self.now();
        let dossier = Dossier::new(&self.model, snapshot);
        let person = &dossier.snapshot.subject;
        let consents = dossier.consents();
        let released = match disclosure::decide(&self.model, &person.audience, classes, ground, &consents, now) {
            Ok(released) => released,
            Err(refusal) => {
                let about = (Some(subject), None, classes.to_vec());
                let detail = "not to this recipient on this ground".to_owned();
                self.audit_refusal(Operation::Disclose, tenant, caller, about, detail).await?;
                return Err(refusal.into());
            }
        };
        let id = DisclosureId::new(now, self.host.ten_bytes());
        let recipient = match ground {
            Ground::Listed { recipient, .. } | Ground::Demand { recipient, .. } => Some(recipient),
            Ground::Agreement { .. } => None,
        };
        let fields = recipient.and_then(|name| self.model.recipients.get(name)?.fields.clone());
        let row = DisclosureRow { id, subject, classes: classes.to_vec(), fields, ground: ground.clone(), at: now };
        let audit = AuditRecord {
            subject: Some(subject),
            classes: classes.to_vec(),
            detail: recipient.map_or_else(|| "agreement".to_owned(), ToString::to_string),
            ..self.audit(Operation::Disclose, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, caller, audit);
        batch.expect.push(Expect::Subject { subject, version: person.version });
        batch.changes.push(Change::AddDisclosure(row));
        self.store.commit(batch).await?;
        Ok(Disclosed { id, released })
    }
}
