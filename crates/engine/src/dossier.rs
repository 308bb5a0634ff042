//! A person's snapshot with the questions the use cases ask of it.

use jiff::Timestamp;
use obhut_core::{
    change::{Change, DueRow, Record},
    consent::Consents,
    history::History,
    id::{ClassName, RecordId},
    model::Model,
    retention::{self, ActiveHold, Case, Verdict},
    rule::Chosen,
};
use obhut_store::SubjectSnapshot;

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
        self.snapshot
            .occurrences
            .iter()
            .filter(|occurrence| occurrence.record.is_none() || occurrence.record == record)
            .map(|occurrence| (occurrence.event.clone(), occurrence.at))
            .collect()
    }

    /// The person's consents.
    pub fn consents(&self) -> Consents {
        self.snapshot.consents.iter().map(|row| row.event.clone()).collect()
    }

    /// The holds on a record.
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
        let case = Case { history: &history, facts: &record.facts, consents: &consents, holds: &holds, chosen: Chosen::default() };
        retention::assess(self.model, &record.class, &case, now)
    }

    /// When a sweep has to look at a record, by the rule and the facts as they are.
    pub fn due_row(&self, record: &Record, now: Timestamp) -> Option<DueRow> {
        let verdict = self.verdict(record, now)?;
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

    /// The classes of which there are records, each once.
    pub fn classes(&self) -> Vec<ClassName> {
        let mut classes: Vec<_> = self.snapshot.records.iter().map(|record| record.class.clone()).collect();
        classes.sort();
        classes.dedup();
        classes
    }
}
