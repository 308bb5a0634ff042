//! A person's snapshot with the questions the use cases ask of it.

use jiff::Timestamp;
use obhut_core::{
    change::{Batch, Change, DueRow, Expect, Record},
    consent::Consents,
    history::History,
    id::{ClassName, RecordId, RetentionName},
    model::{Model, Retention},
    retention::{self, ActiveHold, Case, Standing, Verdict},
    rule::{Chooser, Chosen},
};
use obhut_store::SubjectSnapshot;

use crate::choices::choices;

/// Everything stored about one person, under one policy.
#[derive(Debug, Clone)]
pub struct Dossier<'m> {
    model: &'m Model,
    /// What is stored, with the changes of the running use case applied.
    pub snapshot: SubjectSnapshot,
}

impl<'m> Dossier<'m> {
    /// The dossier of a snapshot.
    pub const fn new(model: &'m Model, snapshot: SubjectSnapshot) -> Self {
        Self { model, snapshot }
    }

    /// What happened about a record: to the person, and to the record itself. Without a record: to the person.
    pub fn history(&self, record: Option<RecordId>) -> History {
        let occurrences = self.snapshot.occurrences.iter();
        let about = occurrences.filter(|occurrence| occurrence.record.is_none() || occurrence.record == record);
        let mut history: History = about.map(|occurrence| (occurrence.event.clone(), occurrence.at)).collect();
        history.extend(&self.model.withdrawals(&self.consents()));
        history
    }

    /// The person's consents.
    pub fn consents(&self) -> Consents {
        self.snapshot.consents.iter().map(|row| row.event.clone()).collect()
    }

    /// The holds that were placed on a record.
    pub fn holds(&self, record: RecordId) -> Vec<ActiveHold> {
        self.snapshot
            .holds
            .iter()
            .filter(|row| row.record == record)
            .map(|row| ActiveHold { hold: row.hold.clone(), until: row.until })
            .collect()
    }

    /// What the calculus says about a record; none if the policy does not know its class any more.
    pub fn verdict(&self, record: &Record, now: Timestamp) -> Option<Verdict> {
        let history = self.history(Some(record.id));
        let holds = self.holds(record.id);
        let consents = self.consents();
        let (name, _) = self.rule_of(record)?;
        let chosen = Chosen { tenant: self.snapshot.chosen.get(name).copied(), record: record.choice };
        let case = Case { history: &history, facts: &record.facts, consents: &consents, holds: &holds, chosen };
        let verdict = retention::assess(self.model, &record.class, &case, now)?;
        Some(if record.anonymised.is_some() { nobodys(verdict) } else { verdict })
    }

    /// The rule that applies to a record.
    fn rule_of(&self, record: &Record) -> Option<(&'m RetentionName, &'m Retention)> {
        self.model.retention_of(&record.class, &|fact| record.facts.contains(fact))
    }

    /// Whether a record stays although its erasure is asked for: by a statute or a dispute (Art. 17(3)(b), (e)).
    pub fn stays_on_request(&self, record: &Record, now: Timestamp) -> bool {
        let mut holds = self.holds(record.id);
        let history = self.history(Some(record.id));
        holds.extend(retention::statutory_holds(self.model, &record.class, &history, now));
        retention::stays_on_request(self.model, &record.class, &holds, now)
    }

    /// When a sweep has to look at a record, by the rule and the facts as they are.
    pub fn due_row(&self, record: &Record, now: Timestamp) -> Option<DueRow> {
        let verdict = self.verdict(record, now).filter(|_| record.anonymised.is_none())?;
        // A consent that expires brings the date back without any event: look again then.
        let expiry = || {
            let consent = self.model.retentions.get(&verdict.rule)?.unless.as_ref()?;
            let declared = self.model.consents.get(consent)?;
            let since = self.consents().given_since(consent, declared, now, &self.model.policy.zone)?;
            Some(declared.expires?.after(since, &self.model.policy.zone))
        };
        let fires_at = verdict.fires_at.or_else(expiry)?;
        Some(DueRow { subject: self.snapshot.subject.id, record: record.id, rule: verdict.rule, fires_at })
    }

    /// The due dates of all records, as changes.
    pub fn due_changes(&self, now: Timestamp) -> Vec<Change> {
        self.snapshot
            .records
            .iter()
            .map(|record| match self.due_row(record, now) {
                Some(row) => Change::SetDue(row),
                None => Change::ClearDue { record: record.id },
            })
            .collect()
    }

    /// Adds the due dates of all records to a batch, which then relies on what the tenant chose.
    pub fn date(&self, batch: &mut Batch, now: Timestamp) {
        for (name, retention) in self.snapshot.records.iter().filter_map(|record| self.rule_of(record)) {
            let period = self.snapshot.chosen.get(name).copied();
            let expected = Expect::Chosen { rule: name.clone(), period };
            if !choices(retention, Chooser::Tenant).is_empty() && !batch.expect.contains(&expected) {
                batch.expect.push(expected);
            }
        }
        batch.changes.extend(self.due_changes(now));
    }

    /// The classes of which there are records, each once.
    pub fn classes(&self) -> Vec<ClassName> {
        let mut classes: Vec<_> = self.snapshot.records.iter().map(|record| record.class.clone()).collect();
        classes.sort();
        classes.dedup();
        classes
    }
}

/// The verdict on a record that says nothing about anybody any more: it is never due again.
fn nobodys(verdict: Verdict) -> Verdict {
    Verdict { due: None, fires_at: None, gone_by: None, standing: Standing::Active, because: Vec::new(), ..verdict }
}
