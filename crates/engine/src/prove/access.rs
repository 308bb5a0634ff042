//! Checks of access: who opens what, for which purpose.

use async_trait::async_trait;
use obhut_core::{
    change::{AuditOutcome, Operation},
    id::{ClassName, PurposeName, RoleName},
    model::{Acts, Purpose, Relation},
    promise::Outcome,
    retention::Standing,
};
use obhut_store::AuditFilter;

use super::{
    Actor, Check, PlayedRecord, Stage,
    memory::{Memory, outcome, situation},
    stage::Expected,
};
use crate::{Error, people::Submission, promises::Promise};

/// A purpose that requires an event opens nothing before it, and opens after it.
#[derive(Default)]
pub(super) struct EventRequired(Memory);

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
            if self.0.is_new(promise, format!("collecting {name}")) {
                match collects_without(stage, name, purpose).await? {
                    Some(false) => closed += 1,
                    Some(true) => failures.push(format!("{name} took data without {event}")),
                    None => {}
                }
            }
            for (actor, tenant) in stage.people().filter(|(_, tenant)| tenant.ended.is_none()) {
                let needed = |(place, record): &(usize, &PlayedRecord)| {
                    purpose.data.contains(&record.class) && stage.expected(actor, *place) == Expected::There
                };
                let records: Vec<_> = (0..).zip(&actor.records).filter(needed).collect();
                let state = format!("{name} {} {}", actor.key, situation(stage, actor));
                if records.is_empty() || !self.0.is_new(promise, state) {
                    continue;
                }
                for role in purpose.roles.iter().filter(|role| reads(stage, role)) {
                    let caller = stage.near(role, tenant);
                    let person = stage.open(&caller, tenant, actor, name).await?;
                    for (place, record) in &records {
                        let open = person.as_ref().is_some_and(|p| p.records.iter().any(|found| found.id == record.id));
                        let history = actor.history_of(record);
                        let happened = stage.is_opened(purpose, &history);
                        let active = actor
                            .verdict(stage.published, *place, now)
                            .is_some_and(|verdict| verdict.standing == Standing::Active);
                        match (happened, open) {
                            (false, true) => failures.push(format!("{name} opened data without {event}")),
                            (false, false) => closed += 1,
                            (true, true) => opened += 1,
                            (true, false) if active && stage.is_open(purpose, actor, record) => {
                                failures.push(format!("{name} stayed closed to {role} after {event}"));
                            }
                            (true, false) => {}
                        }
                    }
                }
            }
        }
        let new = closed + opened;
        let [closed, opened, _] = self.0.add(promise, [closed, opened, 0]);
        let held = format!("{closed} readings refused before the event, {opened} allowed after it");
        Ok(outcome(failures, (new, closed.min(opened) > 0), held, "the event has happened to all or to none"))
    }
}

/// Whether data of somebody to whom nothing has happened is taken for a purpose that requires an event; none if there
/// is nowhere to try it.
async fn collects_without(stage: &Stage<'_>, name: &PurposeName, purpose: &Purpose) -> Result<Option<bool>, Error> {
    let Some(played) = stage.played else { return Ok(None) };
    let relation = |class: &ClassName| stage.published.audience_of(class).map(|audience| audience.relation);
    let class = purpose.data.iter().find(|class| relation(class) != Some(Relation::Tenant));
    let of_tenant = class.is_some_and(|class| relation(class) == Some(Relation::SubjectOfTenant));
    let mut in_business = played.tenants.iter().filter(|tenant| tenant.ended.is_none());
    let tenant = if of_tenant { in_business.next() } else { Some(&played.own) };
    let (Some(class), Some(tenant), Some(role)) = (class, tenant, purpose.roles.first()) else { return Ok(None) };
    let Some(declared) = stage.published.data.get(class) else { return Ok(None) };
    let fields = declared.identity.iter().chain(declared.fields.first());
    let values = fields.map(|field| (field.clone(), "probe@example.org".to_owned())).collect();
    let submission = Submission {
        subject: None,
        purpose: name.clone(),
        values: [(class.clone(), values)].into(),
        facts: [].into(),
        choice: None,
        events: Vec::new(),
        declarations: Vec::new(),
        notice: stage.engine.model().policy.hash,
        origin: "check".into(),
    };
    match stage.engine.submit(&stage.near(role, tenant), tenant.id, &submission).await {
        Ok(_) => Ok(Some(true)),
        Err(Error::Refused(_)) => Ok(Some(false)),
        Err(_) => Ok(None),
    }
}

/// Whether a role reads at all: a form collects only.
fn reads(stage: &Stage<'_>, role: &RoleName) -> bool {
    stage.published.roles.get(role).is_some_and(|role| role.acts != Acts::Form)
}

/// Nobody opens a tenant's people's data but the roles the notice names, each in its own tenant only.
#[derive(Default)]
pub(super) struct OnlyTheClient(Memory);

#[async_trait]
impl Check for OnlyTheClient {
    fn name(&self) -> &'static str {
        "only-the-client"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut refused, mut opened) = (0, 0);
        for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
            if !self.0.is_new(promise, format!("{} {}", actor.key, situation(stage, actor))) {
                continue;
            }
            for (role, declared) in &stage.published.roles {
                for other in stage.tenants() {
                    let caller = stage.somebody(role, (declared.acts == Acts::Tenant).then_some(other.id));
                    for purpose in stage.published.purposes.keys() {
                        let read =
                            stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(purpose)).await;
                        let published = stage.published.purposes.get(purpose).is_some_and(|declared| {
                            declared.roles.contains(role)
                                && actor.records.iter().any(|record| declared.data.contains(&record.class))
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
        let new = refused.min(opened);
        let [refused, opened, _] = self.0.add(promise, [refused, opened, 0]);
        let held = format!("{refused} readings refused, {opened} by the roles the notice names");
        Ok(outcome(failures, (new, true), held, "nobody's data to try it on"))
    }
}

/// The operator's staff open nothing of a tenant's people, and every attempt is noted.
#[derive(Default)]
pub(super) struct OperatorClosed(Memory);

#[async_trait]
impl Check for OperatorClosed {
    fn name(&self) -> &'static str {
        "operator-closed"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let mut looked = 0;
        for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
            if !self.0.is_new(promise, format!("{} {}", actor.key, situation(stage, actor))) {
                continue;
            }
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
        let [total, ..] = self.0.add(promise, [looked, 0, 0]);
        let held = format!("{total} attempts refused and noted");
        Ok(outcome(failures, (looked, true), held, "nobody's data to try it on"))
    }
}

/// The staff of a tenant see its own people; for everybody else's they get "not found".
#[derive(Default)]
pub(super) struct OwnPeopleOnly(Memory);

#[async_trait]
impl Check for OwnPeopleOnly {
    fn name(&self) -> &'static str {
        "own-people-only"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let purposes = stage.staff_purposes();
        let mut failures = Vec::new();
        let (mut own, mut foreign) = (0, 0);
        for (actor, tenant) in stage.tenants_people().filter(|(actor, _)| stage.is_there(actor)) {
            let ended: Vec<_> = stage.tenants().iter().map(|tenant| tenant.ended.is_some()).collect();
            if !self.0.is_new(promise, format!("{} {ended:?} {}", actor.key, situation(stage, actor))) {
                continue;
            }
            for other in stage.tenants().iter().filter(|other| other.ended.is_none()) {
                let Ok(caller) = stage.staff(other).await else { continue };
                let read = stage.engine.read(&caller, tenant.id, actor.subject, &purposes).await;
                // Under the id of the own tenant a foreign person does not exist either.
                let smuggled = stage.engine.read(&caller, other.id, actor.subject, &purposes).await;
                if other.id == tenant.id {
                    match read {
                        Ok(_) => own += 1,
                        Err(_) if !may_open(stage, actor, &caller.role) => {}
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
        let new = own + foreign;
        let [own, foreign, _] = self.0.add(promise, [own, foreign, 0]);
        let held = format!("{own} own people opened, {foreign} foreign ones not found");
        Ok(outcome(failures, (new, own.min(foreign) > 0), held, "fewer than two tenants with people"))
    }
}

/// Whether the notice lets a role open one of the person's records now.
fn may_open(stage: &Stage<'_>, actor: &Actor, role: &RoleName) -> bool {
    let now = stage.now();
    (0..).zip(&actor.records).any(|(place, record)| {
        let verdict = actor.verdict(stage.published, place, now);
        verdict.is_some_and(|verdict| verdict.standing == Standing::Active)
            && stage.published.purposes.values().any(|purpose| {
                purpose.roles.contains(role)
                    && purpose.data.contains(&record.class)
                    && stage.is_open(purpose, actor, record)
            })
    })
}
