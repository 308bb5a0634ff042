//! Checks of the gates: messages and disclosures.

use std::collections::BTreeSet;

use async_trait::async_trait;
use obhut_core::{
    change::{AuditOutcome, Operation},
    disclosure::Ground,
    id::{AudienceName, ClassName, CredentialId, PurposeName, TenantId},
    model::{Acts, Basis, Others, Recipient, RecipientKind, Sender},
    promise::Outcome,
};
use obhut_store::AuditFilter;

use super::{
    Actor, Check, Expected, PlayedTenant, Stage,
    memory::{Memory, outcome, situation},
};
use crate::{Error, disclosures::Disclosed, promises::Promise};

/// The audiences of the channels a promise names.
fn addressed(stage: &Stage<'_>, promise: &Promise) -> BTreeSet<AudienceName> {
    promise
        .entries("message")
        .filter_map(|channel| Some(stage.published.messages.get(channel)?.audience.clone()))
        .collect()
}

/// People of these audiences of whom something is there.
fn present<'a>(
    stage: &Stage<'a>,
    audiences: &'a BTreeSet<AudienceName>,
) -> impl Iterator<Item = (&'a Actor, &'a PlayedTenant)> {
    let there = stage.people().filter(|(actor, tenant)| audiences.contains(&actor.audience) && tenant.ended.is_none());
    let any = |actor: &Actor| (0..actor.records.len()).any(|place| stage.expected(actor, place) == Expected::There);
    let there: Vec<_> = there.filter(|(actor, _)| any(actor)).collect();
    there.into_iter()
}

/// How many refusals of an operation are noted about a person.
async fn noted(stage: &Stage<'_>, tenant: TenantId, actor: &Actor, operation: Operation) -> Result<usize, Error> {
    let filter = AuditFilter { subject: Some(actor.subject), ..AuditFilter::default() };
    let entries = stage.engine.store().audit(tenant, &filter, usize::MAX).await?;
    let refused = entries
        .iter()
        .filter(|entry| entry.record.operation == operation && entry.record.outcome == AuditOutcome::Refused);
    Ok(refused.count())
}

/// An audience is written to for the published purposes, and for no other.
#[derive(Default)]
pub(super) struct ContactPurposes(Memory);

#[async_trait]
impl Check for ContactPurposes {
    fn name(&self) -> &'static str {
        "contact-purposes"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let audiences = addressed(stage, promise);
        let mut failures = Vec::new();
        let (mut sent, mut refused) = (0, 0);
        for (actor, tenant) in present(stage, &audiences) {
            if !self.0.is_new(promise, situation(stage, actor)) {
                continue;
            }
            let before = noted(stage, tenant.id, actor, Operation::Message).await?;
            let mut denied = 0;
            for (purpose, declared) in &stage.published.purposes {
                let allowed = stage.published.messages.values().any(|channel| {
                    channel.audience == actor.audience
                        && channel.from.contains(&Sender::Operator)
                        && channel.purposes.contains(purpose)
                });
                // A purpose that rests on a consent needs it also for writing.
                let consented = match &declared.basis {
                    Basis::Consent(consent) => stage.has_given(actor, consent),
                    _ => true,
                };
                for role in stage.roles(Acts::Operator).chain(stage.roles(Acts::System)) {
                    let caller = stage.somebody(role, None);
                    match stage.engine.send(&caller, tenant.id, actor.subject, purpose).await {
                        Ok(_) if allowed && consented => sent += 1,
                        Ok(_) => failures.push(format!("{} could be written to for {purpose}", actor.audience)),
                        Err(Error::Contact(_)) if allowed && consented => {
                            failures.push(format!("{} could not be written to for {purpose}", actor.audience));
                        }
                        Err(Error::Contact(_)) => denied += 1,
                        Err(Error::NotFound) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
            if noted(stage, tenant.id, actor, Operation::Message).await? - before != denied && failures.is_empty() {
                failures.push("a refusal was not noted".into());
            }
            refused += denied;
        }
        let new = sent + refused;
        let [sent, refused, _] = self.0.add(promise, [sent, refused, 0]);
        let held = format!("{sent} messages for the published purposes queued, {refused} others refused and noted");
        Ok(outcome(failures, (new, sent.min(refused) > 0), held, "nobody to write to"))
    }
}

/// The operator writes to nobody of the audience, for no purpose.
#[derive(Default)]
pub(super) struct OperatorNeverWrites(Memory);

#[async_trait]
impl Check for OperatorNeverWrites {
    fn name(&self) -> &'static str {
        "operator-never-writes"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let audiences = addressed(stage, promise);
        let mut failures = Vec::new();
        let mut looked = 0;
        for (actor, tenant) in present(stage, &audiences) {
            if !self.0.is_new(promise, situation(stage, actor)) {
                continue;
            }
            let before = noted(stage, tenant.id, actor, Operation::Message).await?;
            let mut tried = 0;
            for purpose in stage.published.purposes.keys() {
                for role in stage.roles(Acts::Operator).chain(stage.roles(Acts::System)) {
                    tried += 1;
                    let caller = stage.somebody(role, None);
                    if stage.engine.send(&caller, tenant.id, actor.subject, purpose).await.is_ok() {
                        failures.push(format!("{role} could write to {} for {purpose}", actor.key));
                    }
                }
            }
            if noted(stage, tenant.id, actor, Operation::Message).await? - before != tried && failures.is_empty() {
                failures.push("an attempt was not noted".into());
            }
            looked += tried;
        }
        let [total, ..] = self.0.add(promise, [looked, 0, 0]);
        Ok(outcome(failures, (looked, true), format!("{total} attempts refused and noted"), "nobody to write to"))
    }
}

/// The audience is written to in the name of its own tenant, and of no other.
#[derive(Default)]
pub(super) struct OwnTenantWrites(Memory);

#[async_trait]
impl Check for OwnTenantWrites {
    fn name(&self) -> &'static str {
        "own-tenant-writes"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let audiences = addressed(stage, promise);
        let purposes: BTreeSet<PurposeName> = stage
            .published
            .messages
            .values()
            .filter(|channel| audiences.contains(&channel.audience))
            .flat_map(|channel| channel.purposes.iter().cloned())
            .collect();
        let mut failures = Vec::new();
        let (mut own, mut foreign) = (0, 0);
        for (actor, tenant) in present(stage, &audiences) {
            let ended: Vec<_> = stage.tenants().iter().map(|tenant| tenant.ended.is_some()).collect();
            if !self.0.is_new(promise, format!("{} {ended:?}", actor.key)) {
                continue;
            }
            for other in stage.tenants().iter().filter(|other| other.ended.is_none()) {
                let caller = stage.staff(other).await?;
                for purpose in &purposes {
                    let sent = stage.engine.send(&caller, tenant.id, actor.subject, purpose).await;
                    match (other.id == tenant.id, sent) {
                        (true, Ok(id)) => {
                            own += 1;
                            let queued = stage.engine.store().messages(tenant.id, usize::MAX).await?;
                            if !queued.iter().any(|m| m.id == id && m.sender == Sender::Tenant) {
                                failures.push("a message is not in the tenant's name".into());
                            }
                        }
                        (true, Err(_)) => failures.push(format!("{} could not write to its own people", tenant.key)),
                        (false, Ok(_)) => failures.push(format!("{} could write to {}", other.key, actor.key)),
                        (false, Err(_)) => foreign += 1,
                    }
                }
            }
        }
        let new = own + foreign;
        let [own, foreign, _] = self.0.add(promise, [own, foreign, 0]);
        let held = format!("{own} messages in the own tenant's name, {foreign} of other tenants refused");
        Ok(outcome(failures, (new, own.min(foreign) > 0), held, "fewer than two tenants with people"))
    }
}

/// Nobody who is not listed gets data unless the person agreed; then it is in the register.
#[derive(Default)]
pub(super) struct AgreedDisclosure(Memory);

#[async_trait]
impl Check for AgreedDisclosure {
    fn name(&self) -> &'static str {
        "agreed-disclosure"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let mut failures = Vec::new();
        let (mut refused, mut agreed) = (0, 0);
        let audiences: BTreeSet<AudienceName> = promise.entries("disclosure").map(AudienceName::from).collect();
        for (actor, tenant) in present(stage, &audiences) {
            let Some(Others::WithConsent(name)) = stage.published.disclosure.others.get(&actor.audience) else {
                continue;
            };
            let Some(consent) = stage.published.consents.get(name) else { continue };
            let given = actor.consents.given_since(name, consent, now, &stage.published.policy.zone).is_some();
            if !self.0.is_new(promise, format!("{} {given}", actor.key)) {
                continue;
            }
            let ground = Ground::Agreement { to: "somebody else".into() };
            let disclosed = stage.disclose(tenant, actor, &ground).await;
            match (given, disclosed) {
                (false, Err(Error::Disclosure(_))) => refused += 1,
                (true, Ok(Disclosed { id, .. })) => {
                    agreed += 1;
                    let register = stage.engine.store().disclosures(tenant.id, actor.subject).await?;
                    if !register.iter().any(|row| row.id == id) {
                        failures.push("a disclosure is not in the register".into());
                    }
                }
                (false, _) => failures.push(format!("{}: disclosed without agreement", actor.key)),
                (true, Err(_)) => failures.push(format!("{}: not disclosed in spite of the agreement", actor.key)),
            }
        }
        let new = refused + agreed;
        let [refused, agreed, _] = self.0.add(promise, [refused, agreed, 0]);
        let held = format!("{refused} disclosures refused without agreement, {agreed} entered in the register with it");
        Ok(outcome(failures, (new, refused > 0), held, "nobody's data to try it on"))
    }
}

/// An authority gets data only on a complete and approved demand.
#[derive(Default)]
pub(super) struct ApprovedDemand(Memory);

#[async_trait]
impl Check for ApprovedDemand {
    fn name(&self) -> &'static str {
        "approved-demand"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut refused, mut done) = (0, 0);
        for name in promise.entries("recipient") {
            let Some((recipient, declared)) = stage.published.recipients.get_key_value(name) else { continue };
            if declared.kind != RecipientKind::Authority {
                continue;
            }
            let demand = |file_number: &str, approvals: u8| Ground::Demand {
                recipient: recipient.clone(),
                authority: "Beispielbehörde".into(),
                file_number: file_number.into(),
                legal_ground: "§ 161 StPO".into(),
                approvals: (0..approvals).map(|n| CredentialId::from_bytes([n; 16])).collect(),
            };
            for (actor, tenant) in stage.people().filter(|(actor, t)| t.ended.is_none() && stage.is_there(actor)) {
                let classes = classes_for(actor, &declared.data);
                if classes.is_empty() || !self.0.is_new(promise, format!("{name} {} {classes:?}", actor.audience)) {
                    continue;
                }
                let incomplete = [
                    demand("", declared.approvals),
                    demand("1 Js 2/26", declared.approvals.saturating_sub(1)),
                    Ground::listed(recipient.clone()),
                ];
                for ground in incomplete {
                    match stage.disclose_of(tenant, actor, &classes, &ground).await {
                        Err(Error::Disclosure(_)) => refused += 1,
                        _ => failures.push("an incomplete demand was met".into()),
                    }
                }
                match stage.disclose_of(tenant, actor, &classes, &demand("1 Js 2/26", declared.approvals)).await {
                    Ok(_) => done += 1,
                    Err(_) => failures.push("a complete demand was refused".into()),
                }
            }
        }
        let new = refused.min(done);
        let [refused, done, _] = self.0.add(promise, [refused, done, 0]);
        let held = format!("{refused} incomplete demands refused, {done} complete ones entered in the register");
        Ok(outcome(failures, (new, true), held, "nobody's data to try it on"))
    }
}

/// The audience's data goes to nobody who is not listed, whatever anybody agreed to.
#[derive(Default)]
pub(super) struct NeverDisclosed(Memory);

#[async_trait]
impl Check for NeverDisclosed {
    fn name(&self) -> &'static str {
        "never-disclosed"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let audiences: BTreeSet<AudienceName> = promise.entries("disclosure").map(AudienceName::from).collect();
        let mut failures = Vec::new();
        let mut looked = 0;
        for (actor, tenant) in present(stage, &audiences) {
            if !self.0.is_new(promise, situation(stage, actor)) {
                continue;
            }
            let grounds = [Ground::Agreement { to: "somebody else".into() }, Ground::listed("nobody-knows")];
            for ground in grounds {
                looked += 1;
                if !matches!(stage.disclose(tenant, actor, &ground).await, Err(Error::Disclosure(_))) {
                    failures.push(format!("{}: disclosed to somebody not listed", actor.key));
                }
            }
        }
        // Whom the notice does list, so that "nobody else" can be read with them.
        let of = |class: &ClassName| stage.published.data.get(class).is_some_and(|c| audiences.contains(&c.audience));
        let others = |recipient: &&Recipient| {
            matches!(recipient.kind, RecipientKind::Third | RecipientKind::Joint) && recipient.data.iter().any(of)
        };
        let others = stage.published.recipients.values().filter(others).count();
        let [total, ..] = self.0.add(promise, [looked, 0, 0]);
        let held =
            format!("{total} disclosures to somebody not listed refused; the notice lists {others} third parties");
        Ok(outcome(failures, (looked, true), held, "nobody's data to try it on"))
    }
}

/// The person's classes that a recipient gets.
pub(super) fn classes_for(actor: &Actor, data: &[ClassName]) -> Vec<ClassName> {
    let classes: BTreeSet<&ClassName> = actor.records.iter().map(|record| &record.class).collect();
    classes.into_iter().filter(|class| data.contains(class)).cloned().collect()
}

impl Stage<'_> {
    /// Tries to disclose all of a person's classes, as the operator's staff would.
    pub(super) async fn disclose(
        &self,
        tenant: &PlayedTenant,
        actor: &Actor,
        ground: &Ground,
    ) -> Result<Disclosed, Error> {
        let classes: BTreeSet<ClassName> = actor.records.iter().map(|record| record.class.clone()).collect();
        let classes: Vec<ClassName> = classes.into_iter().collect();
        self.disclose_of(tenant, actor, &classes, ground).await
    }

    /// Tries to disclose some of a person's classes, as the operator's staff would.
    pub(super) async fn disclose_of(
        &self,
        tenant: &PlayedTenant,
        actor: &Actor,
        classes: &[ClassName],
        ground: &Ground,
    ) -> Result<Disclosed, Error> {
        let role = self.roles(Acts::Operator).next().ok_or(Error::Unknown { kind: "role of the operator" })?;
        self.engine.disclose(&self.somebody(role, None), tenant.id, actor.subject, classes, ground).await
    }
}
