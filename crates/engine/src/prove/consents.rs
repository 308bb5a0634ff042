//! Checks of consent: nothing before it, nothing after its withdrawal, each one proven and apart from the others
//! (Art. 4(11), 7 GDPR).

use async_trait::async_trait;
use obhut_core::{
    access::Reason,
    consent::ConsentKind,
    disclosure::Ground,
    id::{ConsentName, PurposeName},
    model::{Acts, Basis, Others, Purpose},
    promise::Outcome,
    retention::Standing,
};

use super::{
    Actor, Check, PlayedTenant, Stage, When,
    memory::{Memory, outcome, situation},
};
use crate::{Error, promises::Promise};

/// The published consents that a promise names.
fn named<'a>(stage: &Stage<'a>, promise: &Promise) -> Vec<&'a ConsentName> {
    promise.entries("consent").filter_map(|name| Some(stage.published.consents.get_key_value(name)?.0)).collect()
}

/// The published purposes that rest on a consent.
fn resting<'a>(stage: &Stage<'a>, consent: &ConsentName) -> Vec<(&'a PurposeName, &'a Purpose)> {
    let basis = Basis::Consent(consent.clone());
    stage.published.purposes.iter().filter(|(_, purpose)| purpose.basis == basis).collect()
}

/// For how many roles the purpose opened the person's data, and for how many it stayed closed for want of a consent.
async fn tries(
    stage: &Stage<'_>,
    (actor, tenant): (&Actor, &PlayedTenant),
    (name, purpose): (&PurposeName, &Purpose),
) -> Result<(usize, usize), Error> {
    let (mut opened, mut closed) = (0, 0);
    let reads = |role: &&_| stage.published.roles.get(*role).is_some_and(|role| role.acts != Acts::Form);
    for role in purpose.roles.iter().filter(reads) {
        let caller = stage.near(role, tenant);
        // What is refused for other reasons alone says nothing about the consent.
        let missing = |reason: &Reason| matches!(reason, Reason::ConsentMissing { .. });
        match stage.engine.read(&caller, tenant.id, actor.subject, std::slice::from_ref(name)).await {
            Ok(_) => opened += 1,
            Err(Error::Refused(refusal)) => closed += usize::from(refusal.reasons.iter().any(missing)),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((opened, closed))
}

/// Whether anything of the person is there that the purpose needs.
async fn is_needed(stage: &Stage<'_>, actor: &Actor, tenant: &PlayedTenant, purpose: &Purpose) -> Result<bool, Error> {
    let stored = stage.engine.store().subject(tenant.id, actor.subject).await?;
    Ok(stored.is_some_and(|stored| stored.records.iter().any(|record| purpose.data.contains(&record.class))))
}

/// Nothing is read, and nothing handed to others, on a consent that has not been given.
#[derive(Default)]
pub(super) struct ConsentFirst(Memory);

#[async_trait]
impl Check for ConsentFirst {
    fn name(&self) -> &'static str {
        "consent-first"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut before, mut after) = (0, 0);
        for consent in named(stage, promise) {
            for (name, purpose) in resting(stage, consent) {
                for (actor, tenant) in stage.touched() {
                    let given = stage.has_given(actor, consent);
                    let now = format!("{name} {} {given} {}", actor.key, situation(stage, actor));
                    if !is_needed(stage, actor, tenant, purpose).await? || !self.0.is_new(promise, now) {
                        continue;
                    }
                    let (opened, closed) = tries(stage, (actor, tenant), (name, purpose)).await?;
                    if given {
                        after += opened;
                    } else {
                        before += closed;
                        if opened > 0 {
                            failures.push(format!("{}: {name} opened data without {consent}", actor.key));
                        }
                    }
                }
            }
            let to_others = Others::WithConsent(consent.clone());
            for (actor, tenant) in stage.touched().filter(|(actor, of)| of.ended.is_none() && stage.is_there(actor)) {
                let others = stage.published.disclosure.others.get(&actor.audience);
                if others != Some(&to_others) || stage.has_given(actor, consent) {
                    continue;
                }
                let ground = Ground::Agreement { to: "somebody else".into() };
                match stage.disclose(tenant, actor, &ground).await {
                    Err(Error::Disclosure(_)) => before += 1,
                    _ => failures.push(format!("{}: handed to somebody else without {consent}", actor.key)),
                }
            }
        }
        let new = before + after;
        let [before, after, _] = self.0.add(promise, [before, after, 0]);
        let held = format!("{before} attempts refused before the consent, {after} readings allowed after it");
        Ok(outcome(failures, (new, before > 0), held, "nobody's data that would be used on this consent"))
    }
}

/// After a withdrawal the purposes that rest on the consent are refused at once.
#[derive(Default)]
pub(super) struct WithdrawalStops(Memory);

#[async_trait]
impl Check for WithdrawalStops {
    fn name(&self) -> &'static str {
        "withdrawal-stops"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let (mut refused, mut people) = (0, 0);
        for consent in named(stage, promise) {
            for (actor, tenant) in stage.touched() {
                let newest = actor.consents.iter().rfind(|event| event.consent == *consent);
                let withdrawn = newest.filter(|event| event.kind == ConsentKind::Withdrawn);
                let Some(at) = withdrawn.map(|event| event.at) else { continue };
                let was_given = actor
                    .consents
                    .iter()
                    .any(|event| event.consent == *consent && event.kind == ConsentKind::Granted && event.at <= at);
                if !was_given {
                    continue;
                }
                let mut tried = 0;
                for (name, purpose) in resting(stage, consent) {
                    if !is_needed(stage, actor, tenant, purpose).await? {
                        continue;
                    }
                    let (opened, closed) = tries(stage, (actor, tenant), (name, purpose)).await?;
                    tried += closed;
                    if opened > 0 {
                        failures.push(format!("{}: {name} still opens data after the withdrawal", actor.key));
                    }
                }
                refused += tried;
                people += usize::from(tried > 0);
            }
        }
        let [refused_so_far, people, _] = self.0.add(promise, [refused, people, 0]);
        let held = format!("{refused_so_far} readings after {people} withdrawals, all refused at once");
        Ok(outcome(failures, (refused, true), held, "nobody withdrew what a purpose rests on"))
    }
}

/// Every declaration is stored with its proof: who, when, which text, in which language, beside which notice, on which
/// form (Art. 7(1)).
#[derive(Default)]
pub(super) struct ConsentRecorded(Memory);

#[async_trait]
impl Check for ConsentRecorded {
    fn name(&self) -> &'static str {
        "consent-recorded"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let mut failures = Vec::new();
        let mut looked = 0;
        let named = named(stage, promise);
        let all = named.is_empty();
        let asked = |consent: &ConsentName| all || named.contains(&consent);
        for (actor, tenant) in stage.touched() {
            let Some(stored) = stage.engine.store().subject(tenant.id, actor.subject).await? else { continue };
            // Of somebody who is anonymous now nothing may be left that tells who it was.
            if stored.records.iter().all(|record| record.anonymised.is_some()) {
                continue;
            }
            let played: Vec<_> = actor.consents.iter().filter(|event| asked(&event.consent)).collect();
            let rows: Vec<_> = stored.consents.iter().filter(|row| asked(&row.event.consent)).collect();
            if played.len() != rows.len() {
                failures.push(format!("{}: {} declarations, {} stored", actor.key, played.len(), rows.len()));
            }
            for event in played {
                looked += 1;
                let Some(declared) = stage.published.consents.get(&event.consent) else { continue };
                let of = format!("{}: the proof of {}", actor.key, event.consent);
                let Some(row) = rows.iter().find(|row| row.event == *event) else {
                    failures.push(format!("{of} is missing"));
                    continue;
                };
                if row.subject != actor.subject {
                    failures.push(format!("{of} does not say who"));
                }
                if row.text_hash != obhut_keyring::sha256(declared.text.get(row.lang).as_bytes()) {
                    failures.push(format!("{of} is not of the text that is published"));
                }
                if row.notice != stage.published.policy.hash {
                    failures.push(format!("{of} names another version of the notice"));
                }
                if row.form.trim().is_empty() {
                    failures.push(format!("{of} does not say on which form"));
                }
            }
        }
        let [total, ..] = self.0.add(promise, [looked, 0, 0]);
        let held = format!("{total} declarations, each with person, instant, text, language, notice and form");
        Ok(outcome(failures, (looked, true), held, "nobody declared anything"))
    }
}

/// Giving one consent leaves the others not given.
#[derive(Default)]
pub(super) struct ConsentsSeparate(Memory);

#[async_trait]
impl Check for ConsentsSeparate {
    fn name(&self) -> &'static str {
        "consents-separate"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let named = named(stage, promise);
        let mut failures = Vec::new();
        let (mut pairs, mut refused) = (0, 0);
        for (actor, tenant) in stage.touched() {
            let Some(stored) = stage.engine.store().subject(tenant.id, actor.subject).await? else { continue };
            let given: Vec<_> = named.iter().filter(|consent| stage.has_given(actor, consent)).collect();
            if given.is_empty() {
                continue;
            }
            for other in named.iter().filter(|consent| !given.contains(consent)) {
                let played = actor.consents.iter().any(|event| event.consent == **other);
                pairs += given.len();
                if !played && stored.consents.iter().any(|row| row.event.consent == **other) {
                    failures.push(format!("{}: {other} was noted although only another was declared", actor.key));
                }
                for (name, purpose) in resting(stage, other) {
                    let (opened, closed) = tries(stage, (actor, tenant), (name, purpose)).await?;
                    refused += closed;
                    if opened > 0 {
                        failures.push(format!("{}: {name} opened data without {other}", actor.key));
                    }
                }
            }
        }
        let [pairs_so_far, refused, _] = self.0.add(promise, [pairs, refused, 0]);
        let held = format!(
            "{pairs_so_far} times one of {} consents was given and another was not: it stayed so, {refused} readings refused",
            named.len(),
        );
        Ok(outcome(failures, (pairs, named.len() > 1), held, "nobody gave one of them and not the other"))
    }
}

/// Data kept only on consent is used only for the purpose of the consent (and handed over to the one it belongs to).
#[derive(Default)]
pub(super) struct ConsentedPurposeOnly(Memory);

#[async_trait]
impl Check for ConsentedPurposeOnly {
    fn name(&self) -> &'static str {
        "consented-purpose-only"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let named = named(stage, promise);
        let mut failures = Vec::new();
        let (mut refused, mut opened) = (0, 0);
        for (actor, tenant) in stage.people().filter(|(actor, of)| of.ended.is_none() && actor.erased.is_none()) {
            for (place, record) in (0..).zip(&actor.records) {
                let verdict = actor.verdict(stage.published, place, now);
                let Some(Standing::OnConsent { consent }) = verdict.map(|verdict| verdict.standing) else { continue };
                if !named.is_empty() && !named.contains(&&consent) {
                    continue;
                }
                for (name, purpose) in stage.published.purposes.iter().filter(|(_, p)| p.data.contains(&record.class)) {
                    let covered = purpose.export || purpose.basis == Basis::Consent(consent.clone());
                    for role in super::memory::reading_roles(stage).filter(|role| purpose.roles.contains(role)) {
                        let caller = stage.near(role, tenant);
                        let found = stage.open(&caller, tenant, actor, name).await?;
                        let open =
                            found.is_some_and(|person| person.records.iter().any(|found| found.class == record.class));
                        match (open, covered) {
                            (true, true) => opened += 1,
                            (true, false) => failures.push(format!("{name} opened what is kept on {consent} only")),
                            (false, true) if stage.is_open(purpose, actor, record) => {
                                failures.push(format!("{name} could not open what {consent} covers"));
                            }
                            (false, _) => refused += 1,
                        }
                    }
                }
            }
        }
        let new = refused + opened;
        let [refused, opened, _] = self.0.add(promise, [refused, opened, 0]);
        let held = format!("{refused} readings for other purposes refused, {opened} for the consented one allowed");
        Ok(outcome(failures, (new, refused > 0), held, "nobody's data is kept on consent only"))
    }
}
