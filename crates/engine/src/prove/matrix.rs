//! Checks of the whole table: which role opens which class for which purpose, and which fields of it (Art. 5(1)(b)).

use std::collections::BTreeSet;

use async_trait::async_trait;
use obhut_core::{
    access::Reason,
    change::{AuditOutcome, Operation},
    id::{ClassName, PurposeName, TenantId},
    model::{Acts, Basis},
    promise::Outcome,
    retention::Standing,
};
use obhut_store::AuditFilter;

use super::{
    Actor, Check, Stage,
    memory::{Memory, outcome, situation},
    stage::Expected,
};
use crate::{Error, promises::Promise};

/// How many refused readings are noted about a person.
async fn refusals(stage: &Stage<'_>, tenant: TenantId, actor: &Actor) -> Result<usize, Error> {
    let filter = AuditFilter { subject: Some(actor.subject), ..AuditFilter::default() };
    let entries = stage.engine.store().audit(tenant, &filter, usize::MAX).await?;
    let refused = |entry: &&obhut_store::AuditEntry| {
        entry.record.operation == Operation::Read && entry.record.outcome == AuditOutcome::Refused
    };
    Ok(entries.iter().filter(refused).count())
}

/// What the policy does not name is refused and noted; what it names without a condition is opened.
#[derive(Default)]
pub(super) struct PurposeOnly(Memory);

#[async_trait]
impl Check for PurposeOnly {
    fn name(&self) -> &'static str {
        "purpose-only"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let classes: BTreeSet<&str> = promise.entries("data").collect();
        let named: BTreeSet<&str> = promise.entries("purpose").collect();
        // A promise about data is about every purpose; one about purposes only about these.
        let all = !classes.is_empty() || named.is_empty();
        let purposes: Vec<_> =
            stage.published.purposes.iter().filter(|(name, _)| all || named.contains(name.as_str())).collect();
        let concerns = |class: &ClassName| {
            classes.contains(class.as_str())
                || (classes.is_empty() && purposes.iter().any(|(_, purpose)| purpose.data.contains(class)))
        };
        let mut failures = Vec::new();
        let (mut refused, mut opened, mut situations) = (0, 0, 0);
        for (actor, tenant) in stage.touched().filter(|(_, tenant)| tenant.ended.is_none()) {
            let there: Vec<_> = (0..)
                .zip(&actor.records)
                .filter(|(place, _)| stage.expected(actor, *place) == Expected::There)
                .collect();
            let any = there.iter().any(|(_, record)| concerns(&record.class));
            if !any || !self.0.is_new(promise, situation(stage, actor)) {
                continue;
            }
            situations += 1;
            let before = refusals(stage, tenant.id, actor).await?;
            let mut tried = 0;
            for (role, declared) in &stage.published.roles {
                let caller = stage.near(role, tenant);
                let enters = caller.may_enter(stage.published, tenant.id);
                for (name, purpose) in &purposes {
                    let acts = enters && declared.acts != Acts::Form && purpose.roles.contains(role);
                    let read = stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(*name)).await;
                    let found: BTreeSet<ClassName> = match read {
                        Ok(person) => person.records.iter().map(|record| record.class.clone()).collect(),
                        Err(Error::Refused(_)) => {
                            tried += 1;
                            BTreeSet::new()
                        }
                        Err(Error::NotFound) => BTreeSet::new(),
                        Err(error) => return Err(error),
                    };
                    for (place, record) in &there {
                        let class = &record.class;
                        let names = acts && purpose.data.contains(class);
                        let open = found.contains(class);
                        let active = actor
                            .verdict(stage.published, *place, now)
                            .is_some_and(|verdict| verdict.standing == Standing::Active);
                        if open && !names {
                            failures.push(format!("{role} opened {class} for {name}, which the notice does not name"));
                        } else if names && !open && active && stage.is_open(purpose, actor, record) {
                            failures.push(format!("{role} could not open {class} for {name} as the notice names it"));
                        } else if open {
                            opened += 1;
                        } else {
                            refused += 1;
                        }
                    }
                }
            }
            if refusals(stage, tenant.id, actor).await? - before != tried && failures.is_empty() {
                failures.push("a refused reading was not noted".into());
            }
        }
        let [refused, opened, situations] = self.0.add(promise, [refused, opened, situations]);
        let held = format!(
            "{} roles, {} purposes, {situations} situations: {opened} openings the notice names, {refused} others refused",
            stage.published.roles.len(),
            purposes.len(),
        );
        Ok(outcome(failures, (refused.min(opened), true), held, "nobody's data to try it on"))
    }
}

/// A purpose that the policy does not name is refused for every role.
#[derive(Default)]
pub(super) struct UnknownPurpose(Memory);

#[async_trait]
impl Check for UnknownPurpose {
    fn name(&self) -> &'static str {
        "unknown-purpose"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        // Names that somebody might try, and whatever the engine knows beyond the published policy.
        let tried = ["marketing", "profiling", "sale", "anything-else", "*", ""].into_iter().map(PurposeName::from);
        let names: BTreeSet<PurposeName> = tried
            .chain(stage.engine.model().purposes.keys().cloned())
            .filter(|name| !stage.published.purposes.contains_key(name))
            .collect();
        let mut failures = Vec::new();
        let mut looked = 0;
        for (actor, tenant) in stage.touched().filter(|(actor, of)| of.ended.is_none() && stage.is_there(actor)) {
            if !self.0.is_new(promise, actor.audience.to_string()) {
                continue;
            }
            for role in stage.published.roles.keys() {
                let caller = stage.near(role, tenant);
                for name in &names {
                    looked += 1;
                    let read = stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(name)).await;
                    let unknown = |reason: &Reason| matches!(reason, Reason::UnknownPurpose { .. });
                    match read {
                        Err(Error::NotFound) => {}
                        Err(Error::Refused(refusal)) if refusal.reasons.iter().any(unknown) => {}
                        Ok(_) => failures.push(format!("{role} opened data for `{name}`, which no notice names")),
                        Err(_) => failures.push(format!("`{name}` was refused to {role} for another reason")),
                    }
                }
            }
        }
        let [total, ..] = self.0.add(promise, [looked, 0, 0]);
        let held = format!(
            "{total} readings for {} purposes that no notice names, by {} roles: all refused",
            names.len(),
            stage.published.roles.len(),
        );
        Ok(outcome(failures, (looked, true), held, "nobody's data to try it on"))
    }
}

/// A reading for a purpose yields the fields the notice names for it, and no other.
#[derive(Default)]
pub(super) struct FieldsFiltered(Memory);

#[async_trait]
impl Check for FieldsFiltered {
    fn name(&self) -> &'static str {
        "fields-filtered"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut given, mut kept_back) = (0, 0);
        for name in promise.entries("purpose") {
            let Some((name, purpose)) = stage.published.purposes.get_key_value(name) else { continue };
            let Some(fields) = &purpose.fields else { continue };
            for (actor, tenant) in stage.touched() {
                let needed = actor.records.iter().any(|record| purpose.data.contains(&record.class));
                if !needed || !self.0.is_new(promise, format!("{name} {} {}", actor.key, situation(stage, actor))) {
                    continue;
                }
                let Some(snapshot) = stage.engine.store().subject(tenant.id, actor.subject).await? else { continue };
                for role in &purpose.roles {
                    let caller = stage.near(role, tenant);
                    let Some(person) = stage.open(&caller, tenant, actor, name).await? else { continue };
                    for record in &person.records {
                        for (field, _) in record.fields.iter().filter(|(field, _)| !fields.contains(field)) {
                            failures.push(format!("{name} gave {role} `{field}`, which it does not need"));
                        }
                        given += record.fields.len();
                        let stored = snapshot.records.iter().find(|stored| stored.id == record.id);
                        let stored = stored.map_or(0, |stored| stored.sealed.len());
                        kept_back += stored.saturating_sub(record.fields.len());
                    }
                }
            }
        }
        let new = given + kept_back;
        let [given, kept_back, _] = self.0.add(promise, [given, kept_back, 0]);
        let held = format!("{given} values given, all of the named fields; {kept_back} others stayed closed");
        Ok(outcome(failures, (new, given > 0 && kept_back > 0), held, "nothing was read for the purpose"))
    }
}

/// Every purpose has one legal basis and every class a purpose, and what runs has the same.
pub(super) struct EveryPurposeHasBasis;

#[async_trait]
impl Check for EveryPurposeHasBasis {
    fn name(&self) -> &'static str {
        "every-purpose-has-basis"
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let (published, running) = (stage.published, stage.engine.model());
        let mut failures = Vec::new();
        for name in promise.entries("purpose").filter(|name| !published.purposes.contains_key(*name)) {
            failures.push(format!("the notice has no purpose {name}"));
        }
        for (name, purpose) in &published.purposes {
            let stated = match &purpose.basis {
                Basis::Law(law) => !law.trim().is_empty(),
                Basis::Interest(text) => !text.de.trim().is_empty() && !text.en.trim().is_empty(),
                Basis::Consent(consent) => published.consents.contains_key(consent),
                Basis::Contract | Basis::Vital | Basis::Public => true,
            };
            if !stated {
                failures.push(format!("the legal basis of {name} is not stated"));
            }
            if running.purposes.get(name).is_none_or(|known| known.basis != purpose.basis) {
                failures.push(format!("{name} runs on another legal basis than the notice states"));
            }
        }
        for name in running.purposes.keys().filter(|name| !published.purposes.contains_key(*name)) {
            failures.push(format!("{name} runs without a legal basis in the notice"));
        }
        let serves = |class: &ClassName| published.purposes.values().any(|purpose| purpose.data.contains(class));
        for class in published.data.keys().filter(|class| !serves(class)) {
            failures.push(format!("{class} serves no purpose"));
        }
        // What is really stored.
        let mut stored = BTreeSet::new();
        for tenant in super::all_tenants(stage).await? {
            stored.extend(stage.engine.store().inventory(tenant).await?.into_keys());
        }
        for class in stored.iter().filter(|class| !serves(class)) {
            failures.push(format!("{class} is stored and serves no purpose of the notice"));
        }
        let held = format!(
            "{} purposes with one legal basis each; {} classes, {} of them stored now, each with a purpose",
            published.purposes.len(),
            published.data.len(),
            stored.len(),
        );
        Ok(super::verdict(failures, published.purposes.len(), held, "no purpose"))
    }
}
