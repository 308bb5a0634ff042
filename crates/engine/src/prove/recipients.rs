//! Checks of recipients: only who is listed, only what is listed for them, only while agreement and safeguard stand
//! (Art. 13(1)(e)(f), 28, 44-46).

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use obhut_core::{
    disclosure::{self, Ground},
    id::{ClassName, CredentialId, RecipientName},
    model::{DisclosureGround, Others, Recipient, RecipientKind},
    promise::Outcome,
};

use super::{
    Actor, Check, PlayedTenant, Stage, When,
    gates::classes_for,
    memory::{Memory, outcome},
};
use crate::{Error, promises::Promise};

/// The published recipients that a promise names; without names: all.
fn named<'a>(stage: &Stage<'a>, promise: &Promise) -> Vec<(&'a RecipientName, &'a Recipient)> {
    let names: BTreeSet<&str> = promise.entries("recipient").collect();
    stage.published.recipients.iter().filter(|(name, _)| names.is_empty() || names.contains(name.as_str())).collect()
}

/// People whose data is there, each audience and set of classes once.
fn people<'a>(stage: &Stage<'a>, promise: &Promise, memory: &Memory) -> Vec<(&'a Actor, &'a PlayedTenant)> {
    let there = stage.people().filter(|(actor, tenant)| tenant.ended.is_none() && stage.is_there(actor));
    let new = there.filter(|(actor, _)| {
        let classes: BTreeSet<_> = actor.records.iter().map(|record| &record.class).collect();
        let consents: Vec<_> = stage.published.consents.keys().filter(|c| stage.has_given(actor, c)).collect();
        memory.is_new(promise, format!("{} {classes:?} {consents:?} {}", actor.audience, day(stage, stage.now())))
    });
    new.collect()
}

/// The recipients whose agreement and safeguard stand change with the days of their ends only.
fn day(stage: &Stage<'_>, now: Timestamp) -> usize {
    let today = now.to_zoned(stage.published.policy.zone.clone()).date();
    let ends =
        stage.published.recipients.values().flat_map(|recipient| ends_of(recipient).into_iter().map(|(_, end)| end));
    ends.filter(|end| *end < today).count()
}

/// What has an end, and its last day.
fn ends_of(recipient: &Recipient) -> Vec<(&'static str, Date)> {
    let agreement = recipient.agreement_until.map(|end| ("the agreement", end));
    let safeguard = recipient.safeguard.as_ref().and_then(|safeguard| safeguard.until);
    agreement.into_iter().chain(safeguard.map(|end| ("the safeguard", end))).collect()
}

/// Whether the recipient may get data of this person at all, whatever the class.
fn may_get(stage: &Stage<'_>, actor: &Actor, recipient: &Recipient) -> bool {
    let today = stage.now().to_zoned(stage.published.policy.zone.clone()).date();
    let ground = match &recipient.ground {
        Some(DisclosureGround::Consent(consent)) => stage.has_given(actor, consent),
        _ => true,
    };
    recipient.kind != RecipientKind::Authority && ground && ends_of(recipient).iter().all(|(_, end)| *end >= today)
}

/// The ground on which a listed recipient gets data: for a purpose it gets data for, with the approvals it needs.
fn proper(name: &RecipientName, recipient: &Recipient) -> Ground {
    Ground::Listed {
        recipient: name.clone(),
        purpose: recipient.purposes.first().cloned(),
        approvals: (0..recipient.approvals).map(|n| CredentialId::from_bytes([n; 16])).collect(),
    }
}

/// Whether the notice names the class, or a field of it, for the recipient.
fn is_named(stage: &Stage<'_>, recipient: &Recipient, class: &ClassName) -> bool {
    let field = |field| recipient.fields.as_ref().is_none_or(|fields| fields.contains(field));
    recipient.data.contains(class)
        && stage.published.data.get(class).is_some_and(|class| class.fields.iter().any(field))
}

/// The person's classes of which the notice names something for the recipient.
fn named_classes(stage: &Stage<'_>, actor: &Actor, recipient: &Recipient) -> Vec<ClassName> {
    let mut classes = classes_for(actor, &recipient.data);
    classes.retain(|class| is_named(stage, recipient, class));
    classes
}

/// Who is not listed gets nothing, and a listed one only its classes.
#[derive(Default)]
pub(super) struct ListedOnly(Memory);

#[async_trait]
impl Check for ListedOnly {
    fn name(&self) -> &'static str {
        "listed-recipients-only"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let listed = named(stage, promise);
        // Somebody nobody knows, and whomever the engine knows beyond the notice.
        let mut unlisted: Vec<RecipientName> = vec!["somebody-else".into()];
        let beyond =
            stage.engine.model().recipients.keys().filter(|name| !stage.published.recipients.contains_key(*name));
        unlisted.extend(beyond.cloned());
        let mut failures = Vec::new();
        let (mut refused, mut done) = (0, 0);
        for (actor, tenant) in people(stage, promise, &self.0) {
            let classes: BTreeSet<&ClassName> = actor.records.iter().map(|record| &record.class).collect();
            for class in classes {
                let class = std::slice::from_ref(class);
                for name in &unlisted {
                    let ground = Ground::listed(name.clone());
                    match stage.disclose_of(tenant, actor, class, &ground).await {
                        Err(Error::Disclosure(_)) => refused += 1,
                        _ => failures.push(format!("{name} got {class:?}, and no notice lists it")),
                    }
                }
                for (name, recipient) in &listed {
                    let ground = proper(name, recipient);
                    let gets =
                        class.iter().all(|class| is_named(stage, recipient, class)) && may_get(stage, actor, recipient);
                    // For a purpose of somebody else's, or without the approvals, it gets nothing either.
                    let short = Ground::Listed {
                        recipient: (*name).clone(),
                        purpose: Some("anything-else".into()),
                        approvals: BTreeSet::new(),
                    };
                    if !recipient.purposes.is_empty() || recipient.approvals > 0 {
                        match stage.disclose_of(tenant, actor, class, &short).await {
                            Err(Error::Disclosure(_)) => refused += 1,
                            _ => failures.push(format!("{name} got {class:?} for another purpose or without approval")),
                        }
                    }
                    match stage.disclose_of(tenant, actor, class, &ground).await {
                        Ok(_) if gets => done += 1,
                        Ok(_) => failures.push(format!("{name} got {class:?}, which the notice does not name for it")),
                        Err(Error::Disclosure(_)) if gets => {
                            failures.push(format!("{name} did not get {class:?} as the notice names it"));
                        }
                        Err(Error::Disclosure(_)) => refused += 1,
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        let new = refused + done;
        let [refused, done, _] = self.0.add(promise, [refused, done, 0]);
        let held = format!(
            "{} listed recipients: {done} disclosures as the notice names them, {refused} others refused",
            listed.len(),
        );
        Ok(outcome(failures, (new, refused > 0), held, "nobody's data to try it on"))
    }
}

/// A recipient gets the fields that the notice names for it, and no other.
#[derive(Default)]
pub(super) struct RecipientFields(Memory);

#[async_trait]
impl Check for RecipientFields {
    fn name(&self) -> &'static str {
        "recipient-fields"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut given, mut kept_back, mut done) = (0, 0, 0);
        let named = named(stage, promise);
        for (actor, tenant) in people(stage, promise, &self.0) {
            for (name, recipient) in &named {
                let Some(fields) = &recipient.fields else { continue };
                let classes = named_classes(stage, actor, recipient);
                if classes.is_empty() || !may_get(stage, actor, recipient) {
                    continue;
                }
                let ground = proper(name, recipient);
                let disclosed = match stage.disclose_of(tenant, actor, &classes, &ground).await {
                    Ok(disclosed) => disclosed,
                    Err(Error::Disclosure(_)) => {
                        failures.push(format!("{name} did not get what the notice names for it"));
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                done += 1;
                let left: Vec<_> = disclosed.released.iter().flat_map(|(_, fields)| fields).collect();
                for field in left.iter().filter(|field| !fields.contains(field)) {
                    failures.push(format!("{name} got `{field}`, which the notice does not name for it"));
                }
                let whole = classes.iter().filter_map(|class| stage.published.data.get(class)).flat_map(|c| &c.fields);
                given += left.len();
                kept_back += whole.filter(|field| !left.contains(field)).count();
                let register = stage.engine.store().disclosures(tenant.id, actor.subject).await?;
                let noted = register.iter().find(|row| row.id == disclosed.id).and_then(|row| row.fields.as_ref());
                if noted.is_none_or(|noted| noted.iter().any(|field| !fields.contains(field))) {
                    failures.push(format!("the register does not say which fields {name} got"));
                }
            }
        }
        let [given, kept_back, total] = self.0.add(promise, [given, kept_back, done]);
        let held =
            format!("{total} disclosures: {given} fields as named, {kept_back} others of the same data kept back");
        Ok(outcome(failures, (done, given > 0), held, "nobody's data that such a recipient gets"))
    }
}

/// There is no ground on which data could be sold, and a buyer gets nothing.
#[derive(Default)]
pub(super) struct NoSale(Memory);

#[async_trait]
impl Check for NoSale {
    fn name(&self) -> &'static str {
        "no-sale"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let (published, running) = (stage.published, stage.engine.model());
        let mut failures = Vec::new();
        if !published.disclosure.never_sold {
            failures.push("the notice does not say that data is never sold".to_owned());
        }
        if !running.disclosure.never_sold {
            failures.push("what runs leaves the sale of data open".to_owned());
        }
        // Whoever gets data for the own ends does so on a ground that the notice states, and sale is none of them.
        for (name, recipient) in &running.recipients {
            let stated = published.recipients.get(name);
            if stated.is_none_or(|known| known.kind != recipient.kind || known.ground != recipient.ground) {
                failures.push(format!("{name} gets data on another ground than the notice states"));
            }
        }
        let mut refused = 0;
        for (actor, tenant) in people(stage, promise, &self.0) {
            let classes: BTreeSet<ClassName> = actor.records.iter().map(|record| record.class.clone()).collect();
            let classes: Vec<ClassName> = classes.into_iter().collect();
            let beyond = running.recipients.keys().filter(|name| !published.recipients.contains_key(*name));
            let buyers = ["buyer", "data-broker"].into_iter().map(RecipientName::from).chain(beyond.cloned());
            let mut grounds: Vec<Ground> = buyers.map(Ground::listed).collect();
            let agreed = published.disclosure.others.get(&actor.audience).is_some_and(|others| match others {
                Others::Never => false,
                Others::WithConsent(consent) => stage.has_given(actor, consent),
            });
            if !agreed {
                grounds.push(Ground::Agreement { to: "a buyer".into() });
            }
            for ground in grounds {
                match stage.disclose_of(tenant, actor, &classes, &ground).await {
                    Err(Error::Disclosure(_)) => refused += 1,
                    _ => failures.push(format!("data of {} could be handed to a buyer", actor.key)),
                }
            }
        }
        let [total, ..] = self.0.add(promise, [refused, 0, 0]);
        let held = format!(
            "{} recipients, none of them on a ground of sale; {total} attempts to hand data to a buyer refused",
            published.recipients.len(),
        );
        Ok(outcome(failures, (refused, true), held, "nobody's data to try it on"))
    }
}

/// What ends with a date for which recipients.
struct Living {
    name: &'static str,
    what: &'static str,
    memory: Memory,
}

/// After the end of the safeguard nothing goes to the third country any more.
pub(super) fn living_safeguard() -> impl Check {
    Living { name: "living-safeguard", what: "the safeguard", memory: Memory::default() }
}

/// After the end of the agreement the processor gets nothing any more.
pub(super) fn living_agreement() -> impl Check {
    Living { name: "living-agreement", what: "the agreement", memory: Memory::default() }
}

#[async_trait]
impl Check for Living {
    fn name(&self) -> &'static str {
        self.name
    }

    fn when(&self) -> When {
        When::Happens
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut before, mut after) = (0, 0);
        for (actor, tenant) in people(stage, promise, &self.memory) {
            for (name, recipient) in named(stage, promise) {
                let classes = named_classes(stage, actor, recipient);
                let ends: Vec<_> = ends_of(recipient).into_iter().filter(|(what, _)| *what == self.what).collect();
                let Some((_, end)) = ends.first().filter(|_| !classes.is_empty()) else { continue };
                let ground = proper(name, recipient);
                let today = stage.now().to_zoned(stage.published.policy.zone.clone()).date();
                match stage.disclose_of(tenant, actor, &classes, &ground).await {
                    Ok(_) if *end < today => failures.push(format!("{name} gets data after the end of {}", self.what)),
                    Ok(_) => before += 1,
                    Err(Error::Disclosure(_)) if *end < today => after += 1,
                    Err(Error::Disclosure(_)) if may_get(stage, actor, recipient) => {
                        failures.push(format!("{name} gets nothing although {} stands", self.what));
                    }
                    Err(Error::Disclosure(_)) => {}
                    Err(error) => return Err(error),
                }
                // The rehearsal may end before that day: what the engine's policy decides on the day after the last one.
                let next = end.tomorrow().ok().and_then(|day| day.to_zoned(stage.published.policy.zone.clone()).ok());
                let Some(later) = next.map(|zoned| zoned.timestamp()) else { continue };
                let running = stage.engine.model();
                match disclosure::decide(running, &actor.audience, &classes, &ground, &actor.consents, later) {
                    Err(_) => after += 1,
                    Ok(_) => failures.push(format!("{name} would get data on the day after the end of {}", self.what)),
                }
            }
        }
        let new = before + after;
        let [before, after, _] = self.memory.add(promise, [before, after, 0]);
        let held = format!("{before} disclosures while {} stood, {after} refused after its last day", self.what);
        let nothing = format!("no recipient's data, or {} has no end", self.what);
        Ok(outcome(failures, (new, after > 0), held, &nothing))
    }
}
