//! Checks of periods: gone in time and not before, kept on consent, log-ins that end.

use async_trait::async_trait;
use obhut_core::{
    consent::ConsentKind,
    id::RetentionName,
    promise::Outcome,
    retention::{self, Standing},
};

use super::{
    Check, PlayedRecord, Stage, When,
    memory::{Memory, outcome},
    periods::is_stored,
    stage::Expected,
    verdict,
};
use crate::{Dossier, Error, credentials::login_cookie, everybody::Everybody, promises::Promise};

/// Nobody's data is there past its date, and nobody's is gone before.
#[derive(Default)]
pub(super) struct GoneInTime(Memory);

#[async_trait]
impl Check for GoneInTime {
    fn name(&self) -> &'static str {
        "gone-in-time"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let rules: Vec<RetentionName> = promise.entries("retain").map(RetentionName::from).collect();
        if stage.played.is_none() {
            return real(stage, &rules).await;
        }
        let mut failures = Vec::new();
        let (mut looked, mut came, mut gone, mut changed) = (0, 0, 0, 0);
        for (actor, tenant) in stage.people() {
            let goes_by = |record: &PlayedRecord| {
                let rule = stage.published.retention_of(&record.class, &|fact| record.facts.contains(fact));
                rule.is_some_and(|(name, _)| rules.contains(name))
            };
            if !actor.records.iter().any(goes_by) {
                continue;
            }
            let snapshot = stage.engine.store().subject(tenant.id, actor.subject).await?;
            for (place, record) in actor.records.iter().enumerate().filter(|(_, record)| goes_by(record)) {
                looked += 1;
                came += usize::from(self.0.is_new(promise, record.id.to_string()));
                let of = || format!("{}: {}", actor.key, record.class);
                let stored = snapshot.as_ref().and_then(|s| s.records.iter().find(|stored| stored.id == record.id));
                let is_random = stored.is_some_and(|stored| stored.anonymised.is_some());
                match stage.expected(actor, place) {
                    Expected::Gone if stored.is_some() => failures.push(format!("{} is there past its date", of())),
                    Expected::Gone => gone += usize::from(self.0.is_new(promise, format!("{} gone", record.id))),
                    Expected::There if stored.is_none() || is_random => {
                        failures.push(format!("{} is gone before its date", of()));
                    }
                    Expected::Anonymised if !is_random => {
                        failures.push(format!("{} is not anonymised past its date", of()));
                    }
                    Expected::Anonymised => {
                        changed += usize::from(self.0.is_new(promise, format!("{} anonymised", record.id)));
                    }
                    Expected::There | Expected::Either => {}
                }
            }
        }
        let [came, gone, changed] = self.0.add(promise, [came, gone, changed]);
        let anonymised = if changed > 0 { format!(", {changed} anonymised in theirs") } else { String::new() };
        let held = format!("{came} records: {gone} gone in their window{anonymised}, every other there until its own");
        Ok(outcome(failures, (looked, gone + changed > 0), held, "no data has reached its date"))
    }
}

/// On real data: every stored record, judged by the published rule and the stored events.
async fn real(stage: &Stage<'_>, rules: &[RetentionName]) -> Result<Outcome, Error> {
    let now = stage.now();
    let mut looked = 0_u64;
    let mut overdue = 0_u64;
    let mut next: Option<jiff::Timestamp> = None;
    let mut walk = Everybody::of(stage.engine.store(), stage.published.audiences.keys());
    while let Some((_, page)) = walk.next().await? {
        for snapshot in page {
            let dossier = Dossier::new(stage.published, snapshot);
            for record in &dossier.snapshot.records {
                let Some(verdict) = dossier.verdict(record, now) else { continue };
                if !rules.contains(&verdict.rule) {
                    continue;
                }
                looked += 1;
                let due = matches!(verdict.standing, Standing::Due { .. }) && record.anonymised.is_none();
                match verdict.gone_by {
                    Some(by) if due && now >= by => overdue += 1,
                    Some(by) => next = Some(next.map_or(by, |known| known.min(by))),
                    None => {}
                }
            }
        }
    }
    if overdue > 0 {
        return Ok(Outcome::Failed(format!("{overdue} of {looked} records are past their date")));
    }
    let next = next.map_or_else(String::new, |at| {
        let day = at.to_zoned(stage.published.policy.zone.clone());
        format!(", the next goes by {}", day.strftime("%Y-%m-%d %H:%M"))
    });
    Ok(Outcome::Held(format!("{looked} records, none past its date{next}")))
}

/// Who consented stays past the date, until the consent is withdrawn.
#[derive(Default)]
pub(super) struct StaysOnConsent(Memory);

#[async_trait]
impl Check for StaysOnConsent {
    fn name(&self) -> &'static str {
        "stays-on-consent"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let consents: Vec<&str> = promise.entries("consent").collect();
        let mut failures = Vec::new();
        let (mut looked, mut kept, mut withdrawn) = (0, 0, 0);
        for (actor, tenant) in stage.people().filter(|(actor, of)| of.ended.is_none() && actor.erased.is_none()) {
            for (place, record) in actor.records.iter().enumerate() {
                let rule = stage.published.retention_of(&record.class, &|fact| record.facts.contains(fact));
                let Some(consent) = rule.and_then(|(_, rule)| rule.unless.as_ref()) else { continue };
                if !consents.contains(&consent.as_str())
                    || !actor
                        .consents
                        .iter()
                        .any(|event| event.consent == *consent && event.kind == ConsentKind::Granted)
                {
                    continue;
                }
                let Some(verdict) = actor.verdict(stage.published, place, now) else { continue };
                let snapshot = stage.engine.store().subject(tenant.id, actor.subject).await?;
                let there = is_stored(snapshot.as_ref(), record);
                let given = stage.has_given(actor, consent);
                if given && matches!(verdict.standing, Standing::OnConsent { .. }) {
                    looked += 1;
                    kept += usize::from(self.0.is_new(promise, record.id.to_string()));
                    if !there {
                        failures.push(format!("{}: gone although the consent stands", actor.key));
                    }
                }
                if !given && matches!(stage.expected(actor, place), Expected::Gone) {
                    looked += 1;
                    withdrawn += usize::from(self.0.is_new(promise, format!("{} gone", record.id)));
                    if there {
                        failures.push(format!("{}: still there after the consent ended", actor.key));
                    }
                }
            }
        }
        let [kept, withdrawn, _] = self.0.add(promise, [kept, withdrawn, 0]);
        let held = format!("{kept} records kept past their date on consent, {withdrawn} gone after it ended");
        Ok(outcome(failures, (looked, kept + withdrawn > 0), held, "nobody's date has passed"))
    }
}

/// A remembered log-in ends when the cookie's rule says so, also on the server.
pub(super) struct LogInEnds;

#[async_trait]
impl Check for LogInEnds {
    fn name(&self) -> &'static str {
        "log-in-ends"
    }

    fn when(&self) -> When {
        When::Always
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let Some(cookie) = login_cookie(stage.published) else {
            return Ok(Outcome::NotRun("the policy has no such cookie".into()));
        };
        let now = stage.now();
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in stage.tenants().iter().filter(|tenant| tenant.ended.is_none()) {
            for (secret, used) in &tenant.idle_log_ins {
                let end = retention::lifetime_end(stage.published, &cookie.keep, *used);
                let Some(end) = end.filter(|end| *end <= now) else { continue };
                looked += 1;
                if stage.engine.authenticate(secret).await?.is_some() {
                    failures.push(format!("a log-in not used since is accepted after {end}"));
                }
            }
        }
        let held = format!("{looked} log-ins are refused once their time is over");
        Ok(verdict(failures, looked, held, "no log-in's time is over"))
    }
}
