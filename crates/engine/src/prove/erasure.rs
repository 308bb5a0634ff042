//! Checks of erasure: a tenant's end, what goes with it, one person's erasure and the copies of it.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use obhut_core::{
    change::Cause,
    id::{ClassName, RetentionName},
    model::{Relation, Retention},
    promise::Outcome,
};
use obhut_store::sqlite::SqliteStore;

use super::{
    Check, Expected, PlayedTenant, Stage, When,
    memory::{Memory, outcome, reading_roles},
    periods::is_stored,
    stage::relation,
    verdict,
};
use crate::{Engine, Error, promises::Promise};

/// The tenants whose end is far enough back that everything must be done.
fn ended<'a>(stage: &Stage<'a>) -> impl Iterator<Item = (usize, &'a PlayedTenant)> + use<'a> {
    let now = stage.now();
    let gone = |place| stage.tenant_gone_by(place, &|rule: &Retention| !rule.cascade.is_empty());
    let by: Vec<_> = (0..stage.tenants().len()).map(gone).collect();
    stage.tenants().iter().enumerate().filter(move |(place, tenant)| {
        tenant.ended.is_some() && by.get(*place).copied().flatten().is_some_and(|by| now >= by)
    })
}

/// After a tenant's end its own data is gone, its staff are locked out, and a receipt stands.
pub(super) struct TenantErased;

#[async_trait]
impl Check for TenantErased {
    fn name(&self) -> &'static str {
        "tenant-erased"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let rules: Vec<RetentionName> = promise.entries("retain").map(RetentionName::from).collect();
        let classes: Vec<&ClassName> =
            rules.iter().filter_map(|rule| stage.published.retentions.get(rule)).flat_map(|rule| &rule.data).collect();
        let mut failures = Vec::new();
        let mut looked = 0;
        for (_, tenant) in ended(stage) {
            looked += 1;
            let inventory = stage.engine.store().inventory(tenant.id).await?;
            for class in inventory.keys().filter(|class| classes.contains(class)) {
                failures.push(format!("{}: {class} is still stored", tenant.key));
            }
            if stage.engine.authenticate(&tenant.secret).await?.is_some() {
                failures.push(format!("the staff of {} still get in", tenant.key));
            }
            let receipts = stage.engine.store().receipts(tenant.id, Timestamp::MIN, usize::MAX).await?;
            if !receipts.iter().any(|receipt| receipt.rule.as_ref().is_some_and(|rule| rules.contains(rule))) {
                failures.push(format!("{}: no receipt", tenant.key));
            }
            if stage.engine.store().tenant(tenant.id).await?.is_some_and(|found| !found.name.is_empty()) {
                failures.push(format!("{}: its name is still stored", tenant.key));
            }
        }
        let held = format!("{looked} ended tenants: no data, no access, a receipt each");
        Ok(verdict(failures, looked, held, "no tenant has ended"))
    }
}

/// A tenant's end takes all its people with it, and nobody else's.
pub(super) struct Cascade;

#[async_trait]
impl Check for Cascade {
    fn name(&self) -> &'static str {
        "cascade"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let Some(played) = stage.played else { return Ok(Outcome::NotRun("only played through".into())) };
        let rules: Vec<RetentionName> = promise.entries("retain").map(RetentionName::from).collect();
        let mut failures = Vec::new();
        let mut gone = 0;
        for (place, tenant) in ended(stage) {
            for audience in stage.published.audiences.iter().filter(|(_, a)| a.relation == Relation::SubjectOfTenant) {
                let left = stage.engine.store().count_subjects(tenant.id, audience.0).await?;
                if left > 0 {
                    failures.push(format!("{}: {left} {} are still there", tenant.key, audience.0));
                }
            }
            let own = |actor: &&super::Actor| {
                actor.tenant == Some(place) && relation(stage.published, actor) == Some(Relation::SubjectOfTenant)
            };
            for actor in played.people.iter().filter(own) {
                gone += 1;
                if stage.engine.store().subject(tenant.id, actor.subject).await?.is_some() {
                    failures.push(format!("{} is still there", actor.key));
                }
            }
            let receipts = stage.engine.store().receipts(tenant.id, Timestamp::MIN, usize::MAX).await?;
            let with_it = receipts.iter().filter(|receipt| receipt.cause == Cause::Cascade).count() as u64;
            let stated: u64 = receipts
                .iter()
                .filter(|receipt| receipt.rule.as_ref().is_some_and(|rule| rules.contains(rule)))
                .map(|receipt| receipt.cascaded)
                .sum();
            if stated != with_it {
                failures.push(format!("{}: the receipt states {stated} people, {with_it} went", tenant.key));
            }
        }
        let mut stayed = 0;
        for (actor, tenant) in stage.tenants_people().filter(|(actor, of)| of.ended.is_none() && stage.is_there(actor))
        {
            stayed += 1;
            if stage.engine.store().subject(tenant.id, actor.subject).await?.is_none() {
                failures.push(format!("{} of another tenant is gone too", actor.key));
            }
        }
        let held = format!("{gone} people of ended tenants gone, {stayed} of others still there");
        Ok(verdict(failures, gone, held, "no tenant has ended"))
    }
}

/// One person's erasure takes that person only, leaves a receipt, and reaches copies of the store.
#[derive(Default)]
pub(super) struct SingleErasure(Memory);

#[async_trait]
impl Check for SingleErasure {
    fn name(&self) -> &'static str {
        "single-erasure"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let Some(played) = stage.played else { return Ok(Outcome::NotRun("only played through".into())) };
        let purposes = stage.staff_purposes();
        let mut failures = Vec::new();
        let (mut looked, mut with_others) = (0, 0);
        for erasure in &played.erasures {
            let Some(actor) = played.people.get(erasure.person) else { continue };
            let Some(tenant) = played.tenant_of(actor).filter(|tenant| tenant.ended.is_none()) else {
                continue;
            };
            looked += 1;
            let store = stage.engine.store();
            if store.subject(tenant.id, actor.subject).await?.is_some() {
                failures.push(format!("{} is still there", actor.key));
            }
            let receipts = store.receipts(tenant.id, erasure.at, usize::MAX).await?;
            if !receipts.iter().any(|r| r.subject == actor.subject && r.cause == Cause::Request) {
                failures.push(format!("no receipt for {}", actor.key));
            }

            // The store as it was before, put back: it must open for everybody but the one who was erased.
            let copy = Engine { store: Arc::new(SqliteStore::open(&erasure.copy)?), ..stage.engine.clone() };
            let staff = stage.staff(tenant).await?;
            if copy.store().subject(tenant.id, actor.subject).await?.is_none() {
                failures.push(format!("the copy does not have {}: nothing is shown", actor.key));
            }
            if copy.read(&staff, tenant.id, actor.subject, &purposes).await.is_ok() {
                failures.push(format!("a copy from before brings {} back", actor.key));
            }
            let mut others = 0;
            let same = |other: &&super::Actor| {
                other.declared
                    && other.tenant == actor.tenant
                    && relation(stage.published, other) == Some(Relation::SubjectOfTenant)
            };
            for other in played.people.iter().filter(same).filter(|other| stage.is_there(other)) {
                if copy.store().subject(tenant.id, other.subject).await?.is_some() {
                    others += 1;
                    if stage.engine.read(&staff, tenant.id, other.subject, &purposes).await.is_err() {
                        failures.push(format!("{} cannot be opened any more", other.key));
                    }
                }
            }
            with_others += others;
        }
        let [_, with_others, _] = self.0.add(promise, [looked, with_others, 0]);
        let held = format!("{looked} erased: gone alone, with a receipt, and a copy from before does not open");
        Ok(outcome(failures, (looked, with_others > 0), held, "nobody was erased on request while others were there"))
    }
}

/// What a person asked to be erased is gone at once; what a statute or a dispute keeps stays, with the reason, and goes
/// later; and a copy from before brings nothing back.
#[derive(Default)]
pub(super) struct RequestErased(Memory);

#[async_trait]
impl Check for RequestErased {
    fn name(&self) -> &'static str {
        "request-erased"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let Some(played) = stage.played else { return Ok(Outcome::NotRun("only played through".into())) };
        let store = stage.engine.store();
        let mut failures = Vec::new();
        let (mut looked, mut gone, mut kept, mut later) = (0, 0, 0, 0);
        for erasure in played.erasures.iter().filter(|e| stage.focus.is_empty() || stage.focus.contains(&e.person)) {
            let Some(actor) = played.people.get(erasure.person) else { continue };
            let Some(tenant) = played.tenant_of(actor) else { continue };
            looked += 1;
            let snapshot = store.subject(tenant.id, actor.subject).await?;
            let mut erased = BTreeSet::new();
            for (place, record) in actor.records.iter().enumerate().filter(|(_, record)| record.came <= erasure.at) {
                let there = is_stored(snapshot.as_ref(), record);
                let of = || format!("{}: {}", actor.key, record.class);
                let stays = stage.stays(actor, record, erasure.at);
                match stage.expected(actor, place) {
                    Expected::Gone if there => failures.push(format!("{} is still there", of())),
                    Expected::Gone if stays => {
                        later += usize::from(self.0.is_new(promise, format!("{} later", record.id)));
                    }
                    Expected::Gone => {
                        erased.insert(record.id);
                        gone += usize::from(self.0.is_new(promise, record.id.to_string()));
                    }
                    Expected::There if !there => failures.push(format!("{} is gone although it must be kept", of())),
                    Expected::There => kept += usize::from(self.0.is_new(promise, record.id.to_string())),
                    Expected::Anonymised | Expected::Either => {}
                }
            }
            if !self.0.is_new(promise, format!("copy {}", erasure.person)) {
                continue;
            }
            let receipts = store.receipts(tenant.id, erasure.at, usize::MAX).await?;
            if !erased.is_empty() && !receipts.iter().any(|r| r.subject == actor.subject && r.cause == Cause::Request) {
                failures.push(format!("no receipt for {}", actor.key));
            }
            // The store as it was before, put back: what was erased does not open.
            let copy = Engine { store: Arc::new(SqliteStore::open(&erasure.copy)?), ..stage.engine.clone() };
            if !erased.is_empty() && copy.store().subject(tenant.id, actor.subject).await?.is_none() {
                failures.push(format!("the copy does not have {}: nothing is shown", actor.key));
            }
            let purposes: Vec<_> = stage.published.purposes.iter().collect();
            for (name, purpose) in purposes {
                for role in reading_roles(stage).filter(|role| purpose.roles.contains(role)) {
                    let caller = stage.near(role, tenant);
                    // A key that is gone is an error here, and that is what is wanted.
                    let opened = copy.read(&caller, tenant.id, actor.subject, std::slice::from_ref(name)).await;
                    if opened.is_ok_and(|person| person.records.iter().any(|record| erased.contains(&record.id))) {
                        failures.push(format!("a copy from before brings data of {} back", actor.key));
                    }
                }
            }
        }
        let [gone, kept, later] = self.0.add(promise, [gone, kept, later]);
        let held = format!(
            "{gone} records erased on request at once, a copy from before does not open them; {kept} that must be kept \
             stayed, {later} of them gone by now"
        );
        Ok(outcome(failures, (looked, gone > 0), held, "nobody was erased on request"))
    }
}
