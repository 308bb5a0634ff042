//! Checks of the inventory: nothing undeclared comes in, everything declared goes out.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use obhut_core::{
    access::{Caller, Reason},
    change::{AuditOutcome, Operation},
    id::{ClassName, FieldName, SubjectId},
    model::{Acts, ExportFormat, Relation},
    promise::Outcome,
    retention::Standing,
};
use obhut_store::AuditFilter;
use serde_json::Value;

use super::{
    Check, PlayedRecord, PlayedTenant, Stage, When,
    memory::{Memory, outcome},
    stage::{Expected, relation},
    verdict,
};
use crate::{Error, export::Scope, people::Submission, promises::Promise};

/// The field no notice declares.
const UNDECLARED: &str = "note";

/// An undeclared field is refused, and nothing undeclared is stored.
#[derive(Default)]
pub(super) struct OnlyDeclared(Memory);

#[async_trait]
impl Check for OnlyDeclared {
    fn name(&self) -> &'static str {
        "only-declared"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let classes: Vec<ClassName> = promise.entries("data").map(ClassName::from).collect();
        let mut failures = Vec::new();
        let (mut stored, mut tried) = (0, 0);
        for (tenant, classes) in places(stage, &classes) {
            for (class, fields) in stage.engine.store().inventory(tenant.id).await? {
                let declared = stage.published.data.get(&class);
                for (field, count) in fields {
                    let known = format!("{} {class} {field}", tenant.id);
                    stored += usize::from(self.0.is_new(promise, known));
                    if declared.is_none_or(|declared| !declared.fields.contains(&field)) {
                        failures.push(format!("{count} records of {class} have the undeclared field {field}"));
                    }
                }
            }
            for class in classes {
                // What the engine takes beyond the notice, and a name that stands nowhere.
                let taken = stage.engine.model().data.get(class).map_or(&[][..], |class| &class.fields);
                let published = stage.published.data.get(class).map_or(&[][..], |class| &class.fields);
                let mut undeclared: Vec<&str> =
                    taken.iter().filter(|field| !published.contains(field)).map(FieldName::as_str).collect();
                undeclared
                    .extend([UNDECLARED].into_iter().filter(|name| !published.iter().any(|f| f.as_str() == *name)));
                for field in undeclared {
                    let values = [(class.clone(), fields([(field, "x")]))].into();
                    tried += 1;
                    if !refused(stage, tenant, class, values, |r| matches!(r, Reason::UndeclaredField { .. })).await? {
                        failures.push(format!("{class} took a field the notice does not name"));
                    }
                }
            }
        }
        let [stored, total, _] = self.0.add(promise, [stored, tried, 0]);
        let held = format!(
            "{total} attempts to store an undeclared field refused; {stored} kinds of field stored, all of them declared"
        );
        Ok(outcome(failures, (tried, true), held, "no data class to try it on"))
    }
}

/// Fields with a condition are refused unless it is met.
#[derive(Default)]
pub(super) struct OnlyOnCondition(Memory);

#[async_trait]
impl Check for OnlyOnCondition {
    fn name(&self) -> &'static str {
        "only-on-condition"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let classes: Vec<ClassName> = promise.entries("data").map(ClassName::from).collect();
        let mut failures = Vec::new();
        let mut looked = 0;
        for (tenant, classes) in places(stage, &classes) {
            for class in classes {
                let Some(declared) = stage.published.data.get(class) else { continue };
                let Some(condition) = &declared.only_if else { continue };
                let Some(first) = declared.fields.first() else { continue };
                let mut other = fields([(condition.field.as_str(), "something else")]);
                if let Some(identity) = stage.published.data.get(&condition.class).and_then(|c| c.identity.as_ref()) {
                    other.insert(identity.clone(), "probe@example.org".into());
                }
                let values =
                    [(class.clone(), fields([(first.as_str(), "x")])), (condition.class.clone(), other)].into();
                looked += 1;
                if !refused(stage, tenant, class, values, |r| matches!(r, Reason::ConditionNotMet { .. })).await? {
                    failures.push(format!("{class} was taken although {} is something else", condition.field));
                }
            }
        }
        let [total, ..] = self.0.add(promise, [looked, 0, 0]);
        let held = format!("{total} submissions without the condition refused");
        Ok(outcome(failures, (looked, true), held, "no such class"))
    }
}

/// Where which of the classes come in: classes of tenants and of their people at every tenant in business, the others
/// at the operator itself.
fn places<'a, 'c>(stage: &Stage<'a>, classes: &'c [ClassName]) -> Vec<(&'a PlayedTenant, Vec<&'c ClassName>)> {
    let of_tenants = |class: &&ClassName| {
        let relation = stage.published.audience_of(class).map(|audience| audience.relation);
        matches!(relation, Some(Relation::Tenant | Relation::SubjectOfTenant))
    };
    let (tenants, own): (Vec<_>, Vec<_>) = classes.iter().partition(of_tenants);
    let in_business = stage.tenants().iter().filter(|tenant| tenant.ended.is_none());
    let own = stage.played.filter(|_| !own.is_empty()).map(|played| (&played.own, own));
    in_business.map(|tenant| (tenant, tenants.clone())).filter(|(_, c)| !c.is_empty()).chain(own).collect()
}

/// Whether a submission by somebody who may submit such data is refused for the reason looked for.
async fn refused(
    stage: &Stage<'_>,
    tenant: &PlayedTenant,
    class: &ClassName,
    values: BTreeMap<ClassName, BTreeMap<FieldName, String>>,
    reason: fn(&Reason) -> bool,
) -> Result<bool, Error> {
    let of_tenant = stage.published.audience_of(class).is_some_and(|audience| audience.relation == Relation::Tenant);
    let account = stage.engine.store().tenant(tenant.id).await?.map(|found| found.account);
    // A purpose that needs no event, so that nothing else stands in the way.
    let purposes = || stage.published.purposes.iter().filter(|(_, purpose)| purpose.data.contains(class));
    let purpose = purposes().find(|(_, purpose)| purpose.requires.is_none()).or_else(|| purposes().next());
    let Some((purpose, declared)) = purpose else { return Ok(false) };
    let Some(role) = declared.roles.first() else { return Ok(false) };
    let caller = stage.near(role, tenant);
    let identity = |class: &ClassName| stage.published.data.get(class).and_then(|class| class.identity.clone());
    let mut values = values;
    for (class, fields) in &mut values {
        if let Some(field) = identity(class) {
            fields.entry(field).or_insert_with(|| "probe@example.org".into());
        }
    }
    let submission = Submission {
        subject: if of_tenant { account } else { None },
        purpose: purpose.clone(),
        values,
        facts: [].into(),
        choice: None,
        events: Vec::new(),
        declarations: Vec::new(),
        notice: stage.engine.model().policy.hash,
        origin: "check".into(),
    };
    match stage.engine.submit(&caller, tenant.id, &submission).await {
        Err(Error::Refused(refusal)) => Ok(refusal.reasons.iter().any(reason)),
        Ok(_) | Err(_) => Ok(false),
    }
}

fn fields<const N: usize>(values: [(&str, &str); N]) -> BTreeMap<FieldName, String> {
    values.into_iter().map(|(field, value)| (FieldName::from(field), value.to_owned())).collect()
}

/// The staff's list has exactly the tenant's own people, and the reading is noted.
pub(super) struct ListComplete;

#[async_trait]
impl Check for ListComplete {
    fn name(&self) -> &'static str {
        "list-complete"
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let purposes = stage.staff_purposes();
        let mut failures = Vec::new();
        let mut looked = 0;
        for (tenant, caller) in staffed(stage).await? {
            let filter = AuditFilter::default();
            let count = async || -> Result<usize, Error> {
                let noted = stage.engine.store().audit(tenant.id, &filter, usize::MAX).await?;
                let by_us = |entry: &&obhut_store::AuditEntry| {
                    entry.credential == caller.credential
                        && entry.record.operation == Operation::Read
                        && entry.record.outcome == AuditOutcome::Done
                        && entry.record.purpose.is_some()
                };
                Ok(noted.iter().filter(by_us).count())
            };
            for audience in tenant_audiences(stage) {
                let before = count().await?;
                let mut listed = BTreeSet::new();
                let mut after = None;
                loop {
                    let page = stage.engine.list(&caller, tenant.id, audience, &purposes, after, 50).await?;
                    after = page.last().map(|person| person.subject.id);
                    if page.is_empty() {
                        break;
                    }
                    listed.extend(page.iter().map(|person| person.subject.id));
                }
                looked += listed.len();
                compare(stage, tenant, &listed, &mut failures);
                if !listed.is_empty() && count().await? == before {
                    failures.push(format!("the list of {} was read without a note", tenant.key));
                }
            }
        }
        let held = format!("{looked} people listed: all of the tenant's own, nobody else, and each reading noted");
        Ok(verdict(failures, looked, held, "no people"))
    }
}

/// The staff's download has exactly the tenant's own people, in every format.
pub(super) struct DownloadComplete;

#[async_trait]
impl Check for DownloadComplete {
    fn name(&self) -> &'static str {
        "download-complete"
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let mut looked = 0;
        for (tenant, caller) in staffed(stage).await? {
            for audience in tenant_audiences(stage) {
                let scope = Scope::Audience(audience.clone());
                let json = stage.engine.export(&caller, tenant.id, &scope, ExportFormat::Json).await?;
                let csv = stage.engine.export(&caller, tenant.id, &scope, ExportFormat::Csv).await?;
                let listed: BTreeSet<SubjectId> =
                    people(&json.content).iter().filter_map(|p| p.get("id")?.as_str()?.parse().ok()).collect();
                looked += listed.len();
                compare(stage, tenant, &listed, &mut failures);
                let lines = csv.content.matches("\r\n").count();
                if lines != json.records + 1 || json.people != listed.len() {
                    failures.push(format!("the files of {} do not have the same records", tenant.key));
                }
            }
        }
        Ok(verdict(failures, looked, format!("{looked} people in the files, the same in each"), "no people"))
    }
}

/// The tenant's own data comes out whole: every class, every record, every format.
pub(super) struct TenantDownload;

#[async_trait]
impl Check for TenantDownload {
    fn name(&self) -> &'static str {
        "tenant-download"
    }

    fn when(&self) -> When {
        When::Happens
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let classes: Vec<ClassName> = promise.entries("data").map(ClassName::from).collect();
        let mut failures = Vec::new();
        let mut looked = 0;
        for (tenant, caller) in staffed(stage).await? {
            let Some((account, _)) = stage
                .people()
                .find(|(actor, of)| of.id == tenant.id && relation(stage.published, actor) == Some(Relation::Tenant))
            else {
                continue;
            };
            let scope = Scope::Person(account.subject);
            let json = stage.engine.export(&caller, tenant.id, &scope, ExportFormat::Json).await?;
            let csv = stage.engine.export(&caller, tenant.id, &scope, ExportFormat::Csv).await?;
            for class in &classes {
                // What only a hold keeps is not handed over, and what is due may be gone.
                let handed = |(place, record): &(usize, &PlayedRecord)| {
                    let verdict = account.verdict(stage.published, *place, stage.now());
                    let held = verdict.is_some_and(|verdict| matches!(verdict.standing, Standing::Held { .. }));
                    record.class == *class && !held && stage.expected(account, *place) == Expected::There
                };
                let played = (0..).zip(&account.records).filter(handed).count();
                let records = people(&json.content);
                let records = records.iter().filter_map(|person| person.get("records")?.as_array()).flatten();
                let exported = records
                    .filter(|record| record.get("class").and_then(Value::as_str) == Some(class.as_str()))
                    .filter(|record| record.get("fields").and_then(Value::as_object).is_some_and(|f| !f.is_empty()))
                    .count();
                looked += played;
                if exported != played {
                    failures.push(format!("{}: {exported} of {played} records of {class}", tenant.key));
                }
                if csv.content.matches(&format!(",{class},")).count() != played {
                    failures.push(format!("{}: the CSV lacks records of {class}", tenant.key));
                }
            }
        }
        Ok(verdict(failures, looked, format!("{looked} records of tenants' own data, all in the files"), "no tenant"))
    }
}

fn people(json: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(json).unwrap_or_default();
    document.get("people").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn tenant_audiences<'a>(stage: &Stage<'a>) -> impl Iterator<Item = &'a obhut_core::id::AudienceName> + use<'a> {
    stage
        .published
        .audiences
        .iter()
        .filter(|(_, audience)| audience.relation == Relation::SubjectOfTenant)
        .map(|(name, _)| name)
}

/// The tenants in business with their staff.
async fn staffed<'a>(stage: &Stage<'a>) -> Result<Vec<(&'a PlayedTenant, Caller)>, Error> {
    let mut staffed = Vec::new();
    if stage.roles(Acts::Tenant).next().is_some() {
        for tenant in stage.tenants().iter().filter(|tenant| tenant.ended.is_none()) {
            staffed.push((tenant, stage.staff(tenant).await?));
        }
    }
    Ok(staffed)
}

/// Compares people found with people played: all that must be there, none of anybody else.
fn compare(stage: &Stage<'_>, tenant: &PlayedTenant, found: &BTreeSet<SubjectId>, failures: &mut Vec<String>) {
    let Some(played) = stage.played else { return };
    let mut known = BTreeSet::new();
    for (actor, of) in played.people.iter().filter_map(|a| Some((a, played.tenant_of(a)?))) {
        let own = of.id == tenant.id && relation(stage.published, actor) == Some(Relation::SubjectOfTenant);
        if own {
            known.insert(actor.subject);
            let expected: Vec<_> = (0..actor.records.len()).map(|record| stage.expected(actor, record)).collect();
            let there = found.contains(&actor.subject);
            if expected.contains(&Expected::There) && !there {
                failures.push(format!("{} lacks {}", tenant.key, actor.key));
            }
            if expected.iter().all(|expected| *expected == Expected::Gone) && there {
                failures.push(format!("{} still has {}", tenant.key, actor.key));
            }
        }
    }
    let strangers = found.difference(&known).count();
    if strangers > 0 {
        failures.push(format!("{} got {strangers} people who are not its own", tenant.key));
    }
}
