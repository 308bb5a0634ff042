//! Checks of access: who opens what, for which purpose.

use async_trait::async_trait;
use obhut_core::{
    change::{AuditOutcome, Operation},
    id::PurposeName,
    model::{Acts, Basis},
    promise::Outcome,
    retention::Standing,
};
use obhut_store::AuditFilter;

use super::{Check, Stage, When, verdict};
use crate::{Error, promises::Promise};

/// A purpose that requires an event opens nothing before it, and opens after it.
pub(super) struct EventRequired;

#[async_trait]
impl Check for EventRequired {
    fn name(&self) -> &'static str {
        "event-required"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let mut failures = Vec::new();
        let (mut closed, mut opened) = (0, 0);
        for name in promise.entries("purpose") {
            let Some((name, purpose)) = stage.published.purposes.get_key_value(name) else { continue };
            let Some(event) = &purpose.requires else { continue };
            for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
                let active =
                    actor.verdict(stage.published, 0, now).is_some_and(|verdict| verdict.standing == Standing::Active);
                for role in &purpose.roles {
                    let caller = stage.somebody(role, Some(tenant.id));
                    let read = stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(name)).await;
                    match (actor.has(event, now), read) {
                        (false, Ok(_)) => failures.push(format!("{name} opened data without {event}")),
                        (false, Err(_)) => closed += 1,
                        (true, Ok(_)) => opened += 1,
                        (true, Err(_)) => {
                            let form = stage.published.roles.get(role).is_some_and(|role| role.acts == Acts::Form);
                            if active && !form {
                                failures.push(format!("{name} stayed closed to {role} after {event}"));
                            }
                        }
                    }
                }
            }
        }
        let held = format!("{closed} readings refused before the event, {opened} allowed after it");
        Ok(verdict(failures, closed.min(opened), held, "the event has happened to all or to none"))
    }
}

/// Nobody opens a tenant's people's data but the roles the notice names, each in its own tenant only.
pub(super) struct OnlyTheClient;

#[async_trait]
impl Check for OnlyTheClient {
    fn name(&self) -> &'static str {
        "only-the-client"
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut refused, mut opened) = (0, 0);
        for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
            for (role, declared) in &stage.published.roles {
                for other in stage.tenants() {
                    let caller = stage.somebody(role, (declared.acts == Acts::Tenant).then_some(other.id));
                    for purpose in stage.published.purposes.keys() {
                        let read =
                            stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(purpose)).await;
                        let published = stage.published.purposes.get(purpose).is_some_and(|declared| {
                            declared.roles.contains(role)
                                && actor.records.iter().any(|(class, _)| declared.data.contains(class))
                        });
                        let named = published && caller.may_enter(stage.published, tenant.id);
                        match read {
                            Ok(_) if named => opened += 1,
                            Ok(_) => failures.push(format!("{role} opened data of {} for {purpose}", actor.key)),
                            Err(_) => refused += 1,
                        }
                    }
                }
            }
        }
        let held = format!("{refused} readings refused, {opened} by the roles the notice names");
        Ok(verdict(failures, refused.min(opened), held, "nobody's data to try it on"))
    }
}

/// The operator's staff open nothing of a tenant's people, and every attempt is noted.
pub(super) struct OperatorClosed;

#[async_trait]
impl Check for OperatorClosed {
    fn name(&self) -> &'static str {
        "operator-closed"
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let mut looked = 0;
        for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
            let filter = AuditFilter { subject: Some(actor.subject), ..AuditFilter::default() };
            let count = async || -> Result<usize, Error> {
                let noted = stage.engine.store().audit(tenant.id, &filter, usize::MAX).await?;
                let refused = |outcome, operation| outcome == AuditOutcome::Refused && operation == Operation::Read;
                Ok(noted.iter().filter(|entry| refused(entry.record.outcome, entry.record.operation)).count())
            };
            let before = count().await?;
            let mut tried = 0;
            for role in stage.roles(Acts::Operator) {
                for purpose in stage.published.purposes.keys() {
                    let caller = stage.somebody(role, None);
                    tried += 1;
                    if stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(purpose)).await.is_ok()
                    {
                        failures.push(format!("{role} opened data of {} for {purpose}", actor.key));
                    }
                }
            }
            if count().await? - before != tried && failures.is_empty() {
                failures.push(format!("an attempt on {} was not noted", actor.key));
            }
            looked += tried;
        }
        Ok(verdict(failures, looked, format!("{looked} attempts refused and noted"), "nobody's data to try it on"))
    }
}

/// The staff of a tenant see its own people; for everybody else's they get "not found".
pub(super) struct OwnPeopleOnly;

#[async_trait]
impl Check for OwnPeopleOnly {
    fn name(&self) -> &'static str {
        "own-people-only"
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let purposes = stage.staff_purposes();
        let mut failures = Vec::new();
        let (mut own, mut foreign) = (0, 0);
        for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
            for other in stage.tenants().iter().filter(|other| other.ended.is_none()) {
                let Ok(caller) = stage.staff(other).await else { continue };
                let read = stage.engine.read(&caller, tenant.id, actor.subject, &purposes).await;
                // Under the id of the own tenant a foreign person does not exist either.
                let smuggled = stage.engine.read(&caller, other.id, actor.subject, &purposes).await;
                if other.id == tenant.id {
                    match read {
                        Ok(_) => own += 1,
                        Err(_) => failures.push(format!("{} could not open its own {}", other.key, actor.key)),
                    }
                } else {
                    foreign += 1;
                    let list = stage.engine.list(&caller, tenant.id, &actor.audience, &purposes, None, 10).await;
                    let hidden = matches!(read, Err(Error::NotFound))
                        && matches!(smuggled, Err(Error::NotFound))
                        && matches!(list, Err(Error::NotFound));
                    if !hidden {
                        failures.push(format!("{} got something of {}", other.key, actor.key));
                    }
                }
            }
        }
        let held = format!("{own} own people opened, {foreign} foreign ones not found");
        Ok(verdict(failures, own.min(foreign), held, "fewer than two tenants with people"))
    }
}

/// Data kept only on consent is used only for the purpose of the consent (and handed over to the one it belongs to).
pub(super) struct ConsentedPurposeOnly;

#[async_trait]
impl Check for ConsentedPurposeOnly {
    fn name(&self) -> &'static str {
        "consented-purpose-only"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let mut failures = Vec::new();
        let (mut refused, mut opened) = (0, 0);
        for (actor, tenant) in stage.tenants_people() {
            let Some(Standing::OnConsent { consent }) =
                actor.verdict(stage.published, 0, now).map(|verdict| verdict.standing)
            else {
                continue;
            };
            if tenant.ended.is_some() || actor.erased.is_some() {
                continue;
            }
            let purposes: Vec<PurposeName> = stage.purposes_of(actor).cloned().collect();
            for name in purposes {
                let Some(purpose) = stage.published.purposes.get(&name) else { continue };
                let covered = purpose.export || purpose.basis == Basis::Consent(consent.clone());
                for role in &purpose.roles {
                    let caller = stage.somebody(role, Some(tenant.id));
                    let read = stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(&name)).await;
                    match read {
                        Ok(_) if covered => opened += 1,
                        Ok(_) => failures.push(format!("{name} opened what is kept on {consent} only")),
                        Err(_) if covered => failures.push(format!("{name} could not open what {consent} covers")),
                        Err(_) => refused += 1,
                    }
                }
            }
        }
        let held = format!("{refused} readings for other purposes refused, {opened} for the consented one allowed");
        Ok(verdict(failures, refused.min(opened), held, "nobody's data is kept on consent only"))
    }
}
