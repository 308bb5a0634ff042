//! The audit log: every act is in it, with who, when, why and about whom (Art. 5(2), 30, 32).

use async_trait::async_trait;
use obhut_core::{
    change::{AuditOutcome, Operation},
    id::SubjectId,
    promise::Outcome,
};
use obhut_store::{AuditEntry, AuditFilter};

use super::{
    Check, PlayedTenant, Stage,
    memory::{Memory, outcome, reading_roles},
};
use crate::{Error, promises::Promise};

/// Everything noted about a person.
async fn notes(stage: &Stage<'_>, tenant: &PlayedTenant, subject: SubjectId) -> Result<Vec<AuditEntry>, Error> {
    let filter = AuditFilter { subject: Some(subject), ..AuditFilter::default() };
    Ok(stage.engine.store().audit(tenant.id, &filter, usize::MAX).await?)
}

/// Each write, reading and erasure has an entry with actor, instant, purpose and person.
#[derive(Default)]
pub(super) struct EveryActNoted(Memory);

#[async_trait]
impl Check for EveryActNoted {
    fn name(&self) -> &'static str {
        "every-act-noted"
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        let policy = stage.published.policy.hash;
        let mut failures = Vec::new();
        let (mut written, mut read, mut erased) = (0, 0, 0);
        for (actor, tenant) in stage.touched().filter(|(actor, _)| actor.touched == now) {
            let before = notes(stage, tenant, actor.subject).await?;
            // What was just played with the person: data, an event, a declaration, a hold, an erasure.
            let acts = [
                Operation::Write,
                Operation::Event,
                Operation::Consent,
                Operation::Restrict,
                Operation::Erase,
                Operation::Tenant,
            ];
            let just = before.iter().find(|entry| entry.at == now && acts.contains(&entry.record.operation));
            match just {
                None => failures.push(format!("{}: what was just done is not noted", actor.key)),
                Some(entry) => {
                    written += 1;
                    let purpose = entry.record.operation != Operation::Write || entry.record.purpose.is_some();
                    if entry.role.as_str().is_empty() || entry.record.policy != policy || !purpose {
                        failures.push(format!("{}: a note lacks who, why or by which policy", actor.key));
                    }
                }
            }
            if actor.erased.is_some() || just.is_some_and(|entry| entry.record.operation == Operation::Erase) {
                let noted = before.iter().any(|entry| entry.record.operation == Operation::Erase);
                erased += usize::from(noted);
                if !noted {
                    failures.push(format!("{}: the erasure is not noted", actor.key));
                }
            }

            // A reading of our own: exactly one note more, and it says everything.
            'reading: for (name, purpose) in &stage.published.purposes {
                for role in reading_roles(stage).filter(|role| purpose.roles.contains(role)) {
                    let caller = stage.near(role, tenant);
                    let Some(person) = stage.open(&caller, tenant, actor, name).await? else { continue };
                    let after = notes(stage, tenant, actor.subject).await?;
                    let opened: Vec<&AuditEntry> = after
                        .iter()
                        .filter(|entry| !before.iter().any(|known| known.seq == entry.seq))
                        .filter(|entry| entry.record.outcome == AuditOutcome::Done)
                        .collect();
                    let mut classes: Vec<_> = person.records.iter().map(|record| record.class.clone()).collect();
                    classes.sort();
                    classes.dedup();
                    let complete = matches!(opened.as_slice(), [entry]
                        if entry.record.operation == Operation::Read
                            && entry.at == now
                            && entry.role == *role
                            && entry.credential == caller.credential
                            && entry.record.subject == Some(actor.subject)
                            && entry.record.purpose.as_ref() == Some(name)
                            && entry.record.classes == classes
                            && entry.record.policy == policy);
                    read += 1;
                    if !complete {
                        failures.push(format!("{}: a reading is not noted with all its particulars", actor.key));
                    }
                    break 'reading;
                }
            }
        }
        let new = written + read + erased;
        let [written, read, erased] = self.0.add(promise, [written, read, erased]);
        let held = format!(
            "{written} acts, {read} readings and {erased} erasures, each noted with actor, instant, purpose, person, policy"
        );
        Ok(outcome(failures, (new, written > 0 && read > 0), held, "nothing was done yet"))
    }
}
