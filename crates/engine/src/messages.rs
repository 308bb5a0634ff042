//! Messages: every one passes the gate, and waits in the outbox without address or text.

use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Expect, Message, Operation},
    contact,
    id::{MessageId, PurposeName, SubjectId, TenantId},
    model::{Acts, Sender},
};

use crate::{Engine, Error};

impl Engine {
    /// Queues a message to a person, in the name of whom the caller acts for. A refusal is noted.
    pub async fn send(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        purpose: &PurposeName,
    ) -> Result<MessageId, Error> {
        self.enter(caller, tenant).await?;
        let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
        let sender = match self.model.roles.get(&caller.role).map(|role| role.acts) {
            Some(Acts::Tenant) => Sender::Tenant,
            _ => Sender::Operator,
        };
        let channel = match contact::decide(&self.model, sender, &snapshot.subject.audience, purpose) {
            Ok(channel) => channel,
            Err(refusal) => {
                let about = (Some(subject), Some(purpose), Vec::new());
                let detail = "the gate is closed".to_owned();
                self.audit_refusal(Operation::Message, tenant, caller, about, detail).await?;
                return Err(refusal.into());
            }
        };
        let now = self.now();
        let id = MessageId::new(now, self.host.ten_bytes());
        let message = Message { id, subject, channel, sender, purpose: purpose.clone(), queued: now };
        let audit = AuditRecord {
            subject: Some(subject),
            purpose: Some(purpose.clone()),
            detail: message.channel.to_string(),
            ..self.audit(Operation::Message, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, caller, audit);
        batch.expect.push(Expect::Subject { subject, version: snapshot.subject.version });
        batch.changes.push(Change::AddMessage(message));
        self.store.commit(batch).await?;
        Ok(id)
    }
}
