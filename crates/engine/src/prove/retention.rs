//! Checks of periods: gone in time and not before, kept on consent, log-ins that end.

use async_trait::async_trait;
use obhut_core::{
    id::{RetentionName, SubjectId},
    promise::Outcome,
    retention::{self, Standing},
};

use super::{Check, Stage, When, stage::Expected, verdict};
use crate::{Dossier, Error, credentials::login_cookie, promises::Promise};

/// How many people are looked at in one step on real data.
const PAGE: usize = 500;

/// Nobody's data is there past its date, and nobody's is gone before.
pub(super) struct GoneInTime;

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
        let mut looked = 0;
        for (actor, tenant) in stage.people() {
            let snapshot = stage.engine.store().subject(tenant.id, actor.subject).await?;
            for (place, (class, _)) in actor.records.iter().enumerate() {
                let of_rule = |rule: &RetentionName| {
                    stage.published.retentions.get(rule).is_some_and(|rule| rule.data.contains(class))
                };
                if !rules.iter().any(of_rule) {
                    continue;
                }
                looked += 1;
                let there =
                    snapshot.as_ref().is_some_and(|found| found.records.iter().any(|record| record.class == *class));
                match stage.expected(actor, place) {
                    Expected::Gone if there => failures.push(format!("{}: {class} is there past its date", actor.key)),
                    Expected::There if !there => {
                        failures.push(format!("{}: {class} is gone before its date", actor.key));
                    }
                    _ => {}
                }
            }
        }
        Ok(verdict(
            failures,
            looked,
            format!("{looked} records, each there until its window and gone after"),
            "no data",
        ))
    }
}

/// On real data: every stored record, judged by the published rule and the stored events.
async fn real(stage: &Stage<'_>, rules: &[RetentionName]) -> Result<Outcome, Error> {
    let now = stage.now();
    let store = stage.engine.store();
    let mut looked = 0_u64;
    let mut overdue = 0_u64;
    let mut next: Option<jiff::Timestamp> = None;
    let mut after = None;
    loop {
        let tenants = store.tenants(after, PAGE).await?;
        let Some(last) = tenants.last() else { break };
        after = Some(last.id);
        for tenant in &tenants {
            for audience in stage.published.audiences.keys() {
                let mut person: Option<SubjectId> = None;
                loop {
                    let page = store.subjects(tenant.id, audience, person, PAGE).await?;
                    let Some(last) = page.last() else { break };
                    person = Some(last.subject.id);
                    for snapshot in page {
                        let dossier = Dossier::new(stage.published, snapshot);
                        for record in &dossier.snapshot.records {
                            let Some(verdict) = dossier.verdict(record, now) else { continue };
                            if !rules.contains(&verdict.rule) {
                                continue;
                            }
                            looked += 1;
                            let due = matches!(verdict.standing, Standing::Due { .. });
                            match verdict.gone_by {
                                Some(by) if due && now >= by => overdue += 1,
                                Some(by) => next = Some(next.map_or(by, |known| known.min(by))),
                                None => {}
                            }
                        }
                    }
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
pub(super) struct StaysOnConsent;

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
        let mut failures = Vec::new();
        let (mut kept, mut withdrawn) = (0, 0);
        for (actor, tenant) in stage.people() {
            for consent in promise.entries("consent") {
                let Some((name, declared)) = stage.published.consents.get_key_value(consent) else { continue };
                if !actor.consents.iter().any(|event| event.consent == *name) {
                    continue;
                }
                let given = actor.consents.given_since(name, declared, now, &stage.published.policy.zone).is_some();
                let there = stage.engine.store().subject(tenant.id, actor.subject).await?.is_some();
                let over = (0..actor.records.len()).any(|record| {
                    actor
                        .verdict(stage.published, record, now)
                        .is_some_and(|verdict| matches!(verdict.standing, Standing::OnConsent { .. }))
                });
                if given && over && tenant.ended.is_none() {
                    kept += 1;
                    if !there {
                        failures.push(format!("{}: gone although the consent stands", actor.key));
                    }
                }
                if !given && (0..actor.records.len()).all(|record| stage.expected(actor, record) == Expected::Gone) {
                    withdrawn += 1;
                    if there {
                        failures.push(format!("{}: still there after the consent was withdrawn", actor.key));
                    }
                }
            }
        }
        let held = format!("{kept} kept past the date on consent, {withdrawn} gone after withdrawal");
        Ok(verdict(failures, kept + withdrawn, held, "nobody's date has passed"))
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
