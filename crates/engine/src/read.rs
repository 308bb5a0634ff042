//! Reading: only for a purpose, only what the purpose needs, noted before the value leaves.

use jiff::Timestamp;
use obhut_core::{
    access::{Caller, Permit, Reason, Refusal, Request, Situation, decide},
    change::{AuditOutcome, AuditRecord, ConsentRow, Occurrence, Operation, Record, Subject},
    id::{ClassName, FieldName, PurposeName, RecordId, SubjectId, TenantId},
    model::{Acts, PolicyHash},
    retention::{Standing, Verdict},
};
use obhut_keyring::Plain;
use obhut_store::SubjectSnapshot;

use crate::{Dossier, Engine, Error, people::reasons};

/// A person with what the purpose may see.
pub struct Person {
    /// The person.
    pub subject: Subject,
    /// The records that were opened.
    pub records: Vec<Opened>,
    /// The records that stay closed to this caller and purpose.
    pub closed: Vec<Closed>,
    /// What happened.
    pub occurrences: Vec<Occurrence>,
    /// What the person declared.
    pub consents: Vec<ConsentRow>,
}

/// An opened record.
pub struct Opened {
    /// Its id.
    pub id: RecordId,
    /// Its class.
    pub class: ClassName,
    /// When it was written.
    pub created: Timestamp,
    /// Since when its values are made up: then they say nothing about anybody.
    pub anonymised: Option<Timestamp>,
    /// The version of the notice that was shown.
    pub notice: PolicyHash,
    /// The form or interface.
    pub origin: String,
    /// The purpose for which it was opened.
    pub purpose: PurposeName,
    /// The values the purpose needs, in the order of the class.
    pub fields: Vec<(FieldName, Plain)>,
    /// Until when it is kept, and why.
    pub verdict: Verdict,
}

/// A record that stays closed.
#[derive(Debug, Clone)]
pub struct Closed {
    /// Its class.
    pub class: ClassName,
    /// Why, for the first of the purposes asked for.
    pub reasons: Vec<Reason>,
}

impl Person {
    /// The value of a field, from the newest record that has it.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.records.iter().rev().find_map(|record| {
            let (_, value) = record.fields.iter().find(|(name, _)| name.as_str() == field)?;
            Some(value.expose())
        })
    }
}

impl Engine {
    /// Opens what is stored about a person for the first of `purposes` that allows it, record by record.
    ///
    /// The caller names the purposes it acts for; nothing is opened "just so". If no record may be opened, that is a
    /// refusal, and it is noted.
    pub async fn read(
        &self,
        caller: &Caller,
        tenant: TenantId,
        subject: SubjectId,
        purposes: &[PurposeName],
    ) -> Result<Person, Error> {
        self.enter(caller, tenant).await?;
        let snapshot = self.store.subject(tenant, subject).await?.ok_or(Error::NotFound)?;
        let now = self.now();
        let asked = Asked { caller, tenant, purposes, now, operation: Operation::Read };
        let person = self.open(&asked, snapshot)?;
        if person.records.is_empty() {
            let refusal = Refusal { reasons: person.closed.into_iter().flat_map(|closed| closed.reasons).collect() };
            let about = (Some(subject), purposes.first(), Vec::new());
            self.audit_refusal(Operation::Read, tenant, caller, about, reasons(&refusal)).await?;
            return Err(refusal.into());
        }
        self.note_opened(&asked, std::slice::from_ref(&person)).await?;
        Ok(person)
    }

    /// One page of the people of an audience, opened as [`Engine::read`] opens one; people of whom nothing may be
    /// opened are listed with their closed records.
    pub async fn list(
        &self,
        caller: &Caller,
        tenant: TenantId,
        audience: &obhut_core::id::AudienceName,
        purposes: &[PurposeName],
        after: Option<SubjectId>,
        limit: usize,
    ) -> Result<Vec<Person>, Error> {
        self.page(caller, tenant, audience, purposes, (after, limit), Operation::Read).await
    }

    pub(crate) async fn page(
        &self,
        caller: &Caller,
        tenant: TenantId,
        audience: &obhut_core::id::AudienceName,
        purposes: &[PurposeName],
        (after, limit): (Option<SubjectId>, usize),
        operation: Operation,
    ) -> Result<Vec<Person>, Error> {
        self.enter(caller, tenant).await?;
        // Who may act for none of the purposes learns nothing, not even that there are people.
        if let Err(refusal) = self.admit(caller, purposes) {
            let about = (None, purposes.first(), Vec::new());
            self.audit_refusal(operation, tenant, caller, about, reasons(&refusal)).await?;
            return Err(refusal.into());
        }
        let snapshots = self.store.subjects(tenant, audience, after, limit).await?;
        let asked = Asked { caller, tenant, purposes, now: self.now(), operation };
        let people: Result<Vec<_>, _> = snapshots.into_iter().map(|snapshot| self.open(&asked, snapshot)).collect();
        let people = people?;
        self.note_opened(&asked, &people).await?;
        Ok(people)
    }

    /// Whether the caller may act for one of the purposes at all, whatever the data.
    fn admit(&self, caller: &Caller, purposes: &[PurposeName]) -> Result<(), Refusal> {
        if self.model.roles.get(&caller.role).is_some_and(|role| role.acts == Acts::Form) {
            return Err(Refusal { reasons: vec![Reason::CollectsOnly { role: caller.role.clone() }] });
        }
        let mut refused = Vec::new();
        for name in purposes {
            let purpose = name.clone();
            refused.push(match self.model.purposes.get(name) {
                None => Reason::UnknownPurpose { purpose },
                Some(known) if !known.roles.contains(&caller.role) => {
                    Reason::NotForThisRole { purpose, role: caller.role.clone() }
                }
                Some(_) if caller.purposes.as_ref().is_some_and(|allowed| !allowed.contains(name)) => {
                    Reason::NotForThisCredential { purpose }
                }
                Some(_) => return Ok(()),
            });
        }
        Err(Refusal { reasons: refused })
    }

    /// The person with this identity in the tenant, for a caller who may enter it.
    pub async fn find(
        &self,
        caller: &Caller,
        tenant: TenantId,
        field: &FieldName,
        value: &str,
    ) -> Result<Option<SubjectId>, Error> {
        self.enter(caller, tenant).await?;
        let identifies = |class: &&obhut_core::model::DataClass| class.identity.as_ref() == Some(field);
        let class = self.model.data.values().find(identifies).ok_or(Error::Unknown { kind: "identity field" })?;
        self.concerned(caller, &class.audience)?;
        let hash = self.keys.blind_index(tenant, field, value, &*self.host.random)?;
        let found = self.store.find(tenant, field, hash).await?;
        let note = AuditRecord {
            subject: found,
            count: u64::from(found.is_some()),
            detail: "looked up by identity".into(),
            ..self.audit(Operation::Read, AuditOutcome::Done)
        };
        self.store.commit(self.batch(tenant, self.now(), caller, note)).await?;
        Ok(found)
    }

    pub(crate) fn open(&self, asked: &Asked<'_>, snapshot: SubjectSnapshot) -> Result<Person, Error> {
        let mut dossier = Dossier::new(&self.model, snapshot);
        let mut opened = Vec::new();
        let mut closed = Vec::new();
        for record in &dossier.snapshot.records {
            let Some(verdict) = dossier.verdict(record, asked.now) else { continue };
            match self.permit(asked, &dossier, record, &verdict.standing) {
                Ok(permit) => {
                    let statutory = self.model.data.get(&record.class).is_some_and(|class| class.statutory);
                    let key = dossier.snapshot.subject.key;
                    opened.push(Opened {
                        id: record.id,
                        class: record.class.clone(),
                        created: record.created,
                        anonymised: record.anonymised,
                        notice: record.notice,
                        origin: record.origin.clone(),
                        purpose: permit.purpose().clone(),
                        fields: self.keys.open_record(&permit, key, statutory, record)?,
                        verdict,
                    });
                }
                Err(refusal) => closed.push(Closed { class: record.class.clone(), reasons: refusal.reasons }),
            }
        }
        // Whoever may open nothing learns nothing of what happened either.
        if opened.is_empty() {
            dossier.snapshot.occurrences.clear();
            dossier.snapshot.consents.clear();
        }
        Ok(Person {
            occurrences: std::mem::take(&mut dossier.snapshot.occurrences),
            consents: std::mem::take(&mut dossier.snapshot.consents),
            subject: dossier.snapshot.subject,
            records: opened,
            closed,
        })
    }

    fn permit(
        &self,
        asked: &Asked<'_>,
        dossier: &Dossier<'_>,
        record: &Record,
        standing: &Standing,
    ) -> Result<Permit, Refusal> {
        let history = dossier.history(Some(record.id));
        let consents = dossier.consents();
        let situation = Situation {
            history: &history,
            consents: &consents,
            standing,
            restricted: dossier.snapshot.subject.restricted,
        };
        let mut first = None;
        for purpose in asked.purposes {
            let request = Request {
                caller: asked.caller,
                tenant: asked.tenant,
                subject: dossier.snapshot.subject.id,
                class: &record.class,
                purpose,
            };
            match decide(&self.model, &request, &situation, asked.now) {
                Ok(permit) => return Ok(permit),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        Err(first.unwrap_or(Refusal { reasons: Vec::new() }))
    }

    /// Notes, by purpose, what was opened; only then may it leave.
    pub(crate) async fn note_opened(&self, asked: &Asked<'_>, people: &[Person]) -> Result<(), Error> {
        let mut notes = Vec::new();
        for purpose in asked.purposes {
            let opened: Vec<_> =
                people.iter().filter(|person| person.records.iter().any(|record| record.purpose == *purpose)).collect();
            let mut classes: Vec<_> = opened
                .iter()
                .flat_map(|person| &person.records)
                .filter(|record| record.purpose == *purpose)
                .map(|record| record.class.clone())
                .collect();
            classes.sort();
            classes.dedup();
            if classes.is_empty() {
                continue;
            }
            notes.push(AuditRecord {
                subject: match &*opened {
                    [person] => Some(person.subject.id),
                    _ => None,
                },
                purpose: Some(purpose.clone()),
                classes,
                count: opened.len() as u64,
                ..self.audit(asked.operation, AuditOutcome::Done)
            });
        }
        let mut notes = notes.into_iter();
        let Some(first) = notes.next() else { return Ok(()) };
        let mut batch = self.batch(asked.tenant, asked.now, asked.caller, first);
        notes.for_each(|note| batch.also(note));
        Ok(self.store.commit(batch).await?)
    }
}

/// Who asks for what.
pub(crate) struct Asked<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) tenant: TenantId,
    pub(crate) purposes: &'a [PurposeName],
    pub(crate) now: Timestamp,
    pub(crate) operation: Operation,
}
