//! Periods that a tenant or a record chooses, within the bounds that the policy leaves.

use std::collections::BTreeSet;

use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Expect, Operation, TenantState},
    id::{AudienceName, ClassName, FactName, RetentionName, TenantId},
    model::{Acts, Model, Retention},
    period::Period,
    rule::{Choice, Chooser},
};

use crate::{Dossier, Engine, Error, erase::ourselves, retrying};

/// How many people are dated again in one batch.
const PAGE: usize = 100;

impl Engine {
    /// Chooses a tenant's period for a retention rule; none: the one that the rule states. The tenant's staff choose for
    /// their own people, the operator's on their instruction. What the choice dates is dated again.
    pub async fn choose(
        &self,
        caller: &Caller,
        tenant: TenantId,
        rule: &RetentionName,
        period: Option<Period>,
    ) -> Result<(), Error> {
        let entered = self.enter(caller, tenant).await?;
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        if tenant == TenantId::OPERATOR || !matches!(acts, Some(Acts::Tenant | Acts::Operator)) {
            return Err(Error::NotFound);
        }
        if entered.state != TenantState::Active {
            return Err(Error::TenantEnded);
        }
        let retention = self.model.retentions.get(rule).ok_or(Error::Unknown { kind: "retention rule" })?;
        let choices = choices(retention, Chooser::Tenant);
        if choices.is_empty() {
            return Err(Error::Contradiction("the policy leaves the tenant no choice for this rule"));
        }
        if period.is_some_and(|period| choices.iter().any(|choice| !allows(choice, period))) {
            return Err(Error::Contradiction("the period lies outside the bounds that the policy sets"));
        }
        let detail = period.map_or_else(
            || format!("{rule} as stated"),
            |period| format!("{rule} {} {}", period.count, format!("{:?}", period.unit).to_lowercase()),
        );
        let audit = AuditRecord { detail, ..self.audit(Operation::Tenant, AuditOutcome::Done) };
        let mut batch = self.batch(tenant, self.now(), caller, audit);
        batch.expect.push(Expect::TenantActive);
        batch.changes.push(Change::Choose { rule: rule.clone(), period });
        self.store.commit(batch).await?;
        self.date_again(tenant, &retention.data).await
    }

    /// Computes the due dates of all people of a tenant who have records of these classes, a page at a time. Whoever
    /// writes meanwhile relies on the choice it read, so nobody's dates are of before.
    async fn date_again(&self, tenant: TenantId, classes: &[ClassName]) -> Result<(), Error> {
        let audiences: BTreeSet<&AudienceName> =
            classes.iter().filter_map(|class| Some(&self.model.data.get(class)?.audience)).collect();
        for audience in audiences {
            let mut after = None;
            loop {
                let next = retrying(|| async {
                    let page = self.store.subjects(tenant, audience, after, PAGE).await?;
                    let next = page.last().map(|snapshot| snapshot.subject.id);
                    let now = self.now();
                    let concerned =
                        page.into_iter().filter(|snapshot| snapshot.records.iter().any(|r| classes.contains(&r.class)));
                    let people: Vec<_> = concerned.map(|snapshot| Dossier::new(&self.model, snapshot)).collect();
                    if !people.is_empty() {
                        let audit = AuditRecord {
                            count: people.len() as u64,
                            detail: "due dates moved".into(),
                            ..self.audit(Operation::Job, AuditOutcome::Done)
                        };
                        let mut batch = self.batch(tenant, now, &ourselves(), audit);
                        for dossier in &people {
                            let person = &dossier.snapshot.subject;
                            batch.expect.push(Expect::Subject { subject: person.id, version: person.version });
                            dossier.date(&mut batch, now);
                        }
                        self.store.commit(batch).await?;
                    }
                    Ok(next)
                });
                after = next.await?;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// The choices that a rule leaves to somebody.
pub(crate) fn choices(retention: &Retention, by: Chooser) -> Vec<Choice> {
    let all = retention.stages.iter().flat_map(|stage| stage.rule.choices());
    all.filter(|choice| choice.by == by).collect()
}

/// Whether the record's own choice fits the rule of its class: true where it may choose and stays in the bounds, none
/// where it has no choice.
pub(crate) fn record_may_choose(
    model: &Model,
    class: &ClassName,
    facts: &BTreeSet<FactName>,
    period: Period,
) -> Option<bool> {
    let (_, retention) = model.retention_of(class, &|fact| facts.contains(fact))?;
    let choices = choices(retention, Chooser::Record);
    (!choices.is_empty()).then(|| choices.iter().all(|choice| allows(choice, period)))
}

/// Whether a period lies inside the bounds. Periods of different units that can be equally long count as equal: the
/// calendar decides then, and no date ever leaves the bounds.
fn allows(choice: &Choice, period: Period) -> bool {
    let shorter = |one: Period, other: Period| {
        if one.unit == other.unit { one.count < other.count } else { one.hours().1 < other.hours().0 }
    };
    !shorter(period, choice.least) && !shorter(choice.most, period)
}

#[cfg(test)]
mod tests {
    use obhut_core::period::Unit;

    use super::*;

    #[test]
    fn a_choice_stays_inside_its_bounds() {
        let choice =
            Choice { by: Chooser::Tenant, least: Period::new(7, Unit::Day), most: Period::new(24, Unit::Month) };
        for (count, unit, fits) in [
            (7, Unit::Day, true),
            (6, Unit::Day, false),
            (1, Unit::Week, true),
            (24, Unit::Month, true),
            (25, Unit::Month, false),
            (2, Unit::Year, true),
            (3, Unit::Year, false),
            (100, Unit::Hour, false),
        ] {
            assert_eq!(allows(&choice, Period::new(count, unit)), fits, "{count} {unit:?}");
        }
    }
}
