//! Checks of what a retention rule says beside its date: cancelling, restriction in the meantime, holds, derived
//! events, chosen periods; and that every class has one rule.

use std::collections::BTreeSet;

use async_trait::async_trait;
use obhut_core::{
    id::{EventName, FactName, PurposeName, RetentionName},
    model::Purpose,
    promise::Outcome,
    retention::{Case, Reason, Standing, Verdict, assess_rule},
    rule::{Chooser, Chosen},
};
use obhut_store::SubjectSnapshot;

use super::{
    Actor, Check, PlayedRecord, PlayedTenant, Stage, When,
    memory::{Memory, outcome, reading_roles},
    stage::Expected,
};
use crate::{Error, promises::Promise};

/// A record with the verdict of the published rule.
pub(super) struct Found<'a> {
    pub(super) actor: &'a Actor,
    pub(super) tenant: &'a PlayedTenant,
    pub(super) place: usize,
    pub(super) record: &'a PlayedRecord,
    pub(super) verdict: Verdict,
}

impl Found<'_> {
    pub(super) fn expected(&self, stage: &Stage<'_>) -> Expected {
        stage.expected(self.actor, self.place)
    }
}

/// The retention rules that a promise names.
fn rules(promise: &Promise) -> Vec<RetentionName> {
    promise.entries("retain").map(RetentionName::from).collect()
}

/// The records of the people this run is about that go by one of the rules; without rules: all.
pub(super) fn under<'a>(stage: &Stage<'a>, rules: &[RetentionName]) -> Vec<Found<'a>> {
    let now = stage.now();
    let mut found = Vec::new();
    for (actor, tenant) in stage.people() {
        for (place, record) in (0..).zip(&actor.records) {
            let Some(verdict) = actor.verdict(stage.published, place, now) else { continue };
            if rules.is_empty() || rules.contains(&verdict.rule) {
                found.push(Found { actor, tenant, place, record, verdict });
            }
        }
    }
    found
}

/// Whether a played record is stored.
pub(super) fn is_stored(snapshot: Option<&SubjectSnapshot>, record: &PlayedRecord) -> bool {
    snapshot.is_some_and(|found| found.records.iter().any(|stored| stored.id == record.id))
}

/// For every published purpose that needs the record's class and every role that reads for it: whether it opens the
/// record.
async fn readings<'a>(
    stage: &Stage<'a>,
    found: &Found<'_>,
) -> Result<Vec<(&'a PurposeName, &'a Purpose, bool)>, Error> {
    let mut readings = Vec::new();
    for (name, purpose) in stage.published.purposes.iter().filter(|(_, p)| p.data.contains(&found.record.class)) {
        for role in reading_roles(stage).filter(|role| purpose.roles.contains(role)) {
            let caller = stage.near(role, found.tenant);
            let person = stage.open(&caller, found.tenant, found.actor, name).await?;
            let opened = person.is_some_and(|person| person.records.iter().any(|opened| opened.id == found.record.id));
            readings.push((name, purpose, opened));
        }
    }
    Ok(readings)
}

/// Each class has exactly one rule for each combination of facts, with a date; and what is stored goes by it.
#[derive(Default)]
pub(super) struct EveryClassHasRule(Memory);

#[async_trait]
impl Check for EveryClassHasRule {
    fn name(&self) -> &'static str {
        "every-class-has-rule"
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let (published, running) = (stage.published, stage.engine.model());
        let mut failures = Vec::new();
        let mut cases = 0;
        for class in published.data.keys() {
            let of_class: Vec<_> = published.retentions.iter().filter(|(_, rule)| rule.data.contains(class)).collect();
            for facts in
                combinations(&of_class.iter().flat_map(|(_, r)| r.when.iter().flat_map(|w| w.facts())).collect())
            {
                cases += 1;
                let holds = |fact: &FactName| facts.contains(fact);
                let fits: Vec<_> = of_class
                    .iter()
                    .filter(|(_, rule)| rule.when.as_ref().is_none_or(|when| when.holds(&holds)))
                    .collect();
                let [(name, rule)] = fits.as_slice() else {
                    failures.push(format!("{class} has {} rules where one must stand", fits.len()));
                    continue;
                };
                if rule.stages.last().is_none_or(|stage| stage.rule.events().is_empty()) {
                    failures.push(format!("{name} has no date"));
                }
                let runs = running.retention_of(class, &holds);
                if runs.is_none_or(|(known, runs)| known != *name || runs.stages != rule.stages) {
                    failures.push(format!("{class} goes by another rule than {name} of the notice"));
                }
            }
        }
        // The stored dates are of these rules.
        let mut stored = 0;
        for (actor, tenant) in stage.touched() {
            for row in stage.engine.store().due_of(tenant.id, actor.subject).await? {
                let Some(place) = actor.records.iter().position(|record| record.id == row.record) else { continue };
                stored += 1;
                let rule = actor.verdict(published, place, stage.now()).map(|verdict| verdict.rule);
                if rule.as_ref() != Some(&row.rule) {
                    failures.push(format!("{}: a stored date is of {}, not of the notice's rule", actor.key, row.rule));
                }
            }
        }
        for tenant in super::all_tenants(stage).await? {
            let inventory = stage.engine.store().inventory(tenant).await?;
            for class in inventory.keys().filter(|class| !published.data.contains_key(*class)) {
                failures.push(format!("{class} is stored and has no rule in the notice"));
            }
        }
        let [stored, ..] = self.0.add(promise, [stored, 0, 0]);
        let held = format!(
            "{} classes, {cases} combinations of facts, one rule with a date each; {stored} stored dates by these rules",
            published.data.len(),
        );
        Ok(super::verdict(failures, cases, held, "no class"))
    }
}

/// All subsets of the facts; of the first eight, where there are more (a policy has one or two).
fn combinations(facts: &BTreeSet<&FactName>) -> Vec<BTreeSet<FactName>> {
    facts.iter().take(8).fold(vec![BTreeSet::new()], |sets, fact| {
        let with = sets.iter().map(|set| set.iter().cloned().chain([(*fact).clone()]).collect());
        let with: Vec<BTreeSet<FactName>> = with.collect();
        sets.into_iter().chain(with).collect()
    })
}

/// After the cancelling event the data stays past its old date and is used again.
#[derive(Default)]
pub(super) struct Cancelled(Memory);

#[async_trait]
impl Check for Cancelled {
    fn name(&self) -> &'static str {
        "cancelled"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let mut failures = Vec::new();
        let (mut past, mut opened) = (0, 0);
        for found in under(stage, &rules(promise)) {
            let Some(rule) = stage.published.retentions.get(&found.verdict.rule) else { continue };
            let cancelled = found.verdict.because.iter().any(|reason| matches!(reason, Reason::Cancelled { .. }));
            if !cancelled || found.expected(stage) != Expected::There {
                continue;
            }
            // Without the cancelling event it would be gone by now.
            let history = found.actor.history_of(found.record);
            let case = Case {
                history: &history,
                facts: &found.record.facts,
                consents: &found.actor.consents,
                holds: &found.record.holds,
                chosen: Chosen::default(),
            };
            let uncancelled = obhut_core::model::Retention { cancel: None, ..rule.clone() };
            let old = assess_rule(stage.published, &found.verdict.rule, &uncancelled, &case, now);
            let snapshot = stage.engine.store().subject(found.tenant.id, found.actor.subject).await?;
            if !is_stored(snapshot.as_ref(), found.record) {
                failures.push(format!("{}: gone although the end was cancelled", found.actor.key));
                continue;
            }
            if matches!(old.standing, Standing::Due { .. }) {
                past += 1;
            }
            let changed = old.standing != found.verdict.standing || found.actor.touched == now;
            if found.verdict.standing == Standing::Active && changed {
                let readings = readings(stage, &found).await?;
                let usable = |(_, purpose, _): &&(_, &Purpose, bool)| stage.is_open(purpose, found.actor, found.record);
                let usable: Vec<_> = readings.iter().filter(usable).collect();
                if usable.iter().any(|(_, _, opened)| !opened) {
                    failures.push(format!("{}: still closed although the end was cancelled", found.actor.key));
                }
                opened += usable.len();
            }
        }
        let new = past + opened;
        let [past, opened, _] = self.0.add(promise, [past, opened, 0]);
        let held =
            format!("{past} times a record was there past the cancelled date, {opened} times it was used as before");
        Ok(outcome(failures, (new, past > 0 && opened > 0), held, "nobody's end was cancelled"))
    }
}

/// In the meantime every purpose is refused but the named one and the handing over.
#[derive(Default)]
pub(super) struct RestrictedMeanwhile(Memory);

#[async_trait]
impl Check for RestrictedMeanwhile {
    fn name(&self) -> &'static str {
        "restricted-meanwhile"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut refused, mut opened, mut records) = (0, 0, 0);
        for found in under(stage, &rules(promise)) {
            let only = match &found.verdict.standing {
                Standing::Restricted | Standing::ExportOnly => None,
                Standing::OnlyFor { purpose } => Some(purpose),
                _ => continue,
            };
            let situation = format!("{} {} {:?}", found.actor.key, found.place, found.verdict.standing);
            if found.expected(stage) != Expected::There || !self.0.is_new(promise, situation) {
                continue;
            }
            let snapshot = stage.engine.store().subject(found.tenant.id, found.actor.subject).await?;
            if !is_stored(snapshot.as_ref(), found.record) {
                failures.push(format!("{}: {} is gone before its date", found.actor.key, found.record.class));
                continue;
            }
            records += 1;
            for (name, purpose, open) in readings(stage, &found).await? {
                let may = purpose.export || only == Some(name);
                match (open, may) {
                    (true, true) => opened += 1,
                    (true, false) => {
                        failures.push(format!("{}: {name} opened what is restricted", found.actor.key));
                    }
                    (false, true) if stage.is_open(purpose, found.actor, found.record) => {
                        failures.push(format!("{}: {name} could not open what is kept for it", found.actor.key));
                    }
                    (false, _) => refused += 1,
                }
            }
        }
        let new = records;
        let [refused, opened, records] = self.0.add(promise, [refused, opened, records]);
        let held = format!(
            "{records} records in the time between: {refused} readings refused, {opened} for what the notice leaves open"
        );
        Ok(outcome(failures, (new, refused > 0), held, "nobody's data is in the time between"))
    }
}

/// While a hold lasts the data stays past its date and only the hold's purpose reads it; then it goes.
#[derive(Default)]
pub(super) struct Held(Memory);

#[async_trait]
impl Check for Held {
    fn name(&self) -> &'static str {
        "held"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let holds: BTreeSet<&str> = promise.entries("hold").collect();
        let mut failures = Vec::new();
        let (mut kept, mut refused, mut gone) = (0, 0, 0);
        for found in under(stage, &[]) {
            let of_hold =
                |reason: &Reason| matches!(reason, Reason::Held { hold, .. } if holds.contains(hold.as_str()));
            if !found.verdict.because.iter().any(of_hold) {
                continue;
            }
            let snapshot = stage.engine.store().subject(found.tenant.id, found.actor.subject).await?;
            let there = is_stored(snapshot.as_ref(), found.record);
            match (&found.verdict.standing, found.expected(stage)) {
                (Standing::Held { hold }, Expected::There) if holds.contains(hold.as_str()) => {
                    if !there {
                        failures
                            .push(format!("{}: {} is gone although {hold} holds", found.actor.key, found.record.class));
                        continue;
                    }
                    let situation = format!("{} {}", found.actor.key, found.place);
                    if !self.0.is_new(promise, situation) {
                        continue;
                    }
                    kept += 1;
                    let purpose = stage.published.holds.get(hold).map(|hold| &hold.purpose);
                    for (name, declared, open) in readings(stage, &found).await? {
                        match (open, purpose == Some(name)) {
                            (true, false) => {
                                failures.push(format!("{}: {name} opened what only {hold} keeps", found.actor.key));
                            }
                            (false, true) if stage.is_open(declared, found.actor, found.record) => {
                                failures
                                    .push(format!("{}: {name} could not open what is held for it", found.actor.key));
                            }
                            (open, _) => refused += usize::from(!open),
                        }
                    }
                }
                (_, Expected::Gone) => {
                    if there {
                        failures.push(format!("{}: {} is there after the hold", found.actor.key, found.record.class));
                    }
                    gone += usize::from(self.0.is_new(promise, format!("{} {} gone", found.actor.key, found.place)));
                }
                _ => {}
            }
        }
        let new = kept + gone;
        let [kept, refused, gone] = self.0.add(promise, [kept, refused, gone]);
        let held = format!(
            "{kept} records kept past their date for the one purpose, {refused} readings for others refused, {gone} gone after it"
        );
        Ok(outcome(failures, (new, kept > 0), held, "the hold has kept nothing past its date"))
    }
}

/// The events of a verdict's reasons that nobody reported: they follow by themselves.
fn derived<'a>(stage: &Stage<'a>, found: &Found<'_>) -> Vec<&'a EventName> {
    let history = found.actor.history_of(found.record);
    let reported = |event: &EventName, instant| history.iter().any(|(known, at)| known == event && at == instant);
    let started = found.verdict.because.iter().filter_map(|reason| match reason {
        Reason::Starts { event, at, .. } if !reported(event, *at) => stage.published.events.get_key_value(event),
        _ => None,
    });
    started.filter(|(_, event)| event.derived.is_some()).map(|(name, _)| name).collect()
}

/// Whether the stored date of a record is the published rule's; none if no date is stored or to be.
async fn as_stored(stage: &Stage<'_>, found: &Found<'_>) -> Result<Option<bool>, Error> {
    let Some(fires) = found.verdict.fires_at else { return Ok(None) };
    let rows = stage.engine.store().due_of(found.tenant.id, found.actor.subject).await?;
    let row = rows.iter().find(|row| row.record == found.record.id);
    Ok((fires > stage.now()).then_some(row.is_some_and(|row| row.fires_at == fires && row.rule == found.verdict.rule)))
}

/// What was seen of records whose date is under watch.
#[derive(Default)]
struct Seen {
    dated: usize,
    gone: usize,
    failures: Vec<String>,
}

/// Compares the stored dates with the published ones, and what is there with what must be.
async fn watch(stage: &Stage<'_>, found: &Found<'_>, seen: &mut Seen) -> Result<(), Error> {
    let snapshot = stage.engine.store().subject(found.tenant.id, found.actor.subject).await?;
    let there = is_stored(snapshot.as_ref(), found.record);
    let of = format!("{}: {}", found.actor.key, found.record.class);
    match found.expected(stage) {
        Expected::There | Expected::Anonymised if !there => seen.failures.push(format!("{of} is gone before its date")),
        Expected::There => match as_stored(stage, found).await? {
            Some(true) => seen.dated += 1,
            Some(false) => seen.failures.push(format!("{of} is to go at another date than the notice says")),
            None => {}
        },
        Expected::Gone if there => seen.failures.push(format!("{of} is there past its date")),
        Expected::Gone | Expected::Anonymised => seen.gone += 1,
        Expected::Either => {}
    }
    Ok(())
}

/// The rule follows an event that nobody reports: it happens by itself.
#[derive(Default)]
pub(super) struct Derived(Memory);

#[async_trait]
impl Check for Derived {
    fn name(&self) -> &'static str {
        "derived"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut seen = Seen::default();
        for found in under(stage, &rules(promise)) {
            if !derived(stage, &found).is_empty() {
                watch(stage, &found, &mut seen).await?;
            }
        }
        let new = seen.dated + seen.gone;
        let [dated, gone, _] = self.0.add(promise, [seen.dated, seen.gone, 0]);
        let held =
            format!("{dated} stored dates follow from an event that nobody reported, and {gone} records went by it");
        Ok(outcome(seen.failures, (new, gone > 0), held, "no such event has happened by itself"))
    }
}

/// The sweep uses the period that was chosen, inside the bounds of the notice.
#[derive(Default)]
pub(super) struct TenantChooses(Memory);

#[async_trait]
impl Check for TenantChooses {
    fn name(&self) -> &'static str {
        "tenant-chooses"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut seen = Seen::default();
        let mut choosers = 0;
        for found in under(stage, &rules(promise)) {
            let Some(rule) = stage.published.retentions.get(&found.verdict.rule) else { continue };
            let choices: Vec<_> = rule.stages.iter().flat_map(|stage| stage.rule.choices()).collect();
            let by = |chooser| choices.iter().any(|choice| choice.by == chooser);
            let of_tenant = by(Chooser::Tenant) && found.actor.chosen.contains_key(&found.verdict.rule);
            let of_record = by(Chooser::Record) && found.record.choice.is_some();
            if !of_tenant && !of_record {
                continue;
            }
            let who =
                if of_tenant { found.tenant.id.to_string() } else { format!("{} {}", found.actor.key, found.place) };
            choosers += usize::from(self.0.is_new(promise, who));
            watch(stage, &found, &mut seen).await?;
        }
        let new = seen.dated + seen.gone;
        let [dated, gone, choosers] = self.0.add(promise, [seen.dated, seen.gone, choosers]);
        let held =
            format!("{choosers} choices: {dated} stored dates use them inside the bounds, {gone} records went by them");
        Ok(outcome(seen.failures, (new, gone > 0), held, "nobody has chosen a period"))
    }
}
