//! Messages: every one passes the gate, and waits in the outbox without address or text.

use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Expect, Message, Operation},
    contact,
    id::{MessageId, PurposeName, SubjectId, TenantId},
    model::{Acts, Sender},
};
use obhut_store::SubjectSnapshot;

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
        self.queue(caller, tenant, &snapshot, sender, purpose, None).await
    }

    /// Queues a message if the gate is open, and notes what it is about, or else the channel.
    pub(crate) async fn queue(
        &self,
        caller: &Caller,
        tenant: TenantId,
        snapshot: &SubjectSnapshot,
        sender: Sender,
        purpose: &PurposeName,
        about: Option<String>,
    ) -> Result<MessageId, Error> {
        let subject = snapshot.subject.id;
        let now = self.now();
        let consents = snapshot.consents.iter().map(|row| row.event.clone()).collect();
        let channel = contact::decide(&self.model, sender, &snapshot.subject.audience, purpose)
            .and_then(|channel| contact::agreed(&self.model, purpose, &consents, now).map(|()| channel));
        let channel = match channel {
            Ok(channel) => channel,
            Err(refusal) => {
                let about = (Some(subject), Some(purpose), Vec::new());
                let detail = "the gate is closed".to_owned();
                self.audit_refusal(Operation::Message, tenant, caller, about, detail).await?;
                return Err(refusal.into());
            }
        };
        let id = MessageId::new(now, self.host.ten_bytes());
        let message = Message { id, subject, channel, sender, purpose: purpose.clone(), queued: now };
        let audit = AuditRecord {
            subject: Some(subject),
            purpose: Some(purpose.clone()),
            detail: about.unwrap_or_else(|| message.channel.to_string()),
            ..self.audit(Operation::Message, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant, now, caller, audit);
        batch.expect.push(Expect::Subject { subject, version: snapshot.subject.version });
        batch.changes.push(Change::AddMessage(message));
        self.store.commit(batch).await?;
        Ok(id)
    }
}
