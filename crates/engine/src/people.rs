//! Data comes in: one submission of a form or a program, all classes, events and declarations together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use obhut_core::{
    access::{Caller, Collection, decide_write},
    change::{
        AuditOutcome, AuditRecord, Change, ConsentRow, Expect, KeySlot, Occurrence, Operation, Record, Subject, Tenant,
        TenantState,
    },
    consent::{ConsentEvent, ConsentKind},
    id::{
        AudienceName, ClassName, ConsentName, EventName, FactName, FieldName, PurposeName, RecordId, SubjectId,
        TenantId,
    },
    model::{Lang, PolicyHash, Relation},
    period::Period,
};
use obhut_keyring::{Facets, Place};
use obhut_store::{CommitError, SubjectSnapshot};

use crate::{Dossier, Engine, Error, choices::record_may_choose, retrying};

/// The longest value of a field, in bytes.
pub const MAX_VALUE: usize = 64 * 1024;

/// What is submitted about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The person, if known by id. Otherwise the identity field decides, and without one it is a new person.
    pub subject: Option<SubjectId>,
    /// The purpose for which it is collected.
    pub purpose: PurposeName,
    /// The values, by class and field.
    pub values: BTreeMap<ClassName, BTreeMap<FieldName, String>>,
    /// The facts that are true of these records.
    pub facts: BTreeSet<FactName>,
    /// The period that is chosen for them, where the policy leaves them a choice.
    pub choice: Option<Period>,
    /// What happened with it: now, if no instant is given, and never later than now.
    pub events: Vec<(EventName, Option<Timestamp>)>,
    /// What the person declared.
    pub declarations: Vec<Declaration>,
    /// The version of the notice that was shown.
    pub notice: PolicyHash,
    /// The form or interface.
    pub origin: String,
}

/// A person's declaration about a consent, as shown on a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Which consent.
    pub consent: ConsentName,
    /// What was declared.
    pub kind: ConsentKind,
    /// The language in which the text was shown.
    pub lang: Lang,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Whose it is.
    pub subject: SubjectId,
    /// The records, in the order of their classes.
    pub records: Vec<RecordId>,
    /// Whether the person is new in this tenant.
    pub new: bool,
}

impl Engine {
    /// Stores a submission: checks it against the policy, seals every value, and commits records, events,
    /// declarations, due dates and the audit record as one batch.
    pub async fn submit(&self, caller: &Caller, tenant: TenantId, submission: &Submission) -> Result<Stored, Error> {
        let tenant = self.enter(caller, tenant).await?;
        if tenant.state != TenantState::Active {
            return Err(Error::TenantEnded);
        }
        self.submit_to(caller, &tenant, submission, None).await
    }

    /// The same for a tenant that may not be stored yet: then `opening` adds it in the same batch.
    pub(crate) async fn submit_to(
        &self,
        caller: &Caller,
        tenant: &Tenant,
        submission: &Submission,
        opening: Option<Change>,
    ) -> Result<Stored, Error> {
        let audience = self.check(tenant, submission)?;
        let identities = self.identities(tenant.id, submission)?;
        retrying(|| self.submit_once(caller, tenant, submission, &audience, &identities, opening.clone())).await
    }

    async fn submit_once(
        &self,
        caller: &Caller,
        tenant: &Tenant,
        submission: &Submission,
        audience: &AudienceName,
        identities: &[(FieldName, [u8; 16])],
        opening: Option<Change>,
    ) -> Result<Stored, Error> {
        let now = self.now();
        let known = match submission.subject {
            // The account of a tenant that is only being opened is not stored yet.
            Some(subject) => match self.store.subject(tenant.id, subject).await? {
                None if opening.is_none() => return Err(Error::NotFound),
                known => known,
            },
            None => match self.recognise(tenant.id, identities).await? {
                Some(subject) => self.store.subject(tenant.id, subject).await?,
                None => None,
            },
        };
        if known.as_ref().is_some_and(|known| known.subject.audience != *audience) {
            return Err(Error::Contradiction("the person belongs to another audience than the data"));
        }
        let new = known.is_none();
        let subject = match (&known, submission.subject) {
            (Some(known), _) => known.subject.id,
            (None, Some(subject)) => subject,
            (None, None) => SubjectId::new(now, self.host.ten_bytes()),
        };

        let chosen = if known.is_none() { self.store.choices(tenant.id).await? } else { BTreeMap::new() };
        let snapshot = known.unwrap_or_else(|| SubjectSnapshot {
            subject: Subject {
                id: subject,
                audience: audience.clone(),
                key: KeySlot(0),
                restricted: false,
                version: 0,
                created: now,
            },
            records: Vec::new(),
            occurrences: Vec::new(),
            consents: Vec::new(),
            holds: Vec::new(),
            chosen,
        });
        let mut dossier = Dossier::new(&self.model, snapshot);
        for (event, at) in &submission.events {
            let at = at.map_or(now, |at| at.min(now));
            dossier.snapshot.occurrences.push(Occurrence { subject, record: None, event: event.clone(), at });
        }
        let history = dossier.history(None);
        let mut consents = dossier.consents();
        for declaration in &submission.declarations {
            consents.insert(ConsentEvent { at: now, consent: declaration.consent.clone(), kind: declaration.kind });
        }
        let collection = Collection {
            caller,
            tenant: tenant.id,
            subject,
            purpose: &submission.purpose,
            values: &submission.values,
            history: &history,
            consents: &consents,
        };
        if let Err(refusal) = decide_write(&self.model, &collection, now) {
            let about = (None, Some(&submission.purpose), submission.values.keys().cloned().collect());
            self.audit_refusal(Operation::Write, tenant.id, caller, about, reasons(&refusal)).await?;
            return Err(refusal.into());
        }

        // The key is durable before the first row that needs it. If the commit fails, the key is orphaned: remove it.
        if new {
            dossier.snapshot.subject.key = self.keys.add_subject(tenant.id, subject, &*self.host.random)?;
        }
        let slot = dossier.snapshot.subject.key;
        let committed =
            self.commit_submission(caller, tenant, submission, identities, opening, dossier, (now, new)).await;
        // A storage failure may have come after the commit: then the key stays, at worst without an owner.
        if new && committed.as_ref().is_err_and(|error| !matches!(error, Error::Commit(CommitError::Store(_)))) {
            self.keys.destroy(&[(tenant.id, slot)], Facets::All)?;
        }
        committed
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `submit_once`, split for length")]
    async fn commit_submission(
        &self,
        caller: &Caller,
        tenant: &Tenant,
        submission: &Submission,
        identities: &[(FieldName, [u8; 16])],
        opening: Option<Change>,
        mut dossier: Dossier<'_>,
        (now, new): (Timestamp, bool),
    ) -> Result<Stored, Error> {
        let person = dossier.snapshot.subject.clone();
        let subject = person.id;
        let audit = AuditRecord {
            subject: Some(subject),
            purpose: Some(submission.purpose.clone()),
            classes: submission.values.keys().cloned().collect(),
            count: submission.values.len() as u64,
            detail: submission.origin.clone(),
            ..self.audit(Operation::Write, AuditOutcome::Done)
        };
        let mut batch = self.batch(tenant.id, now, caller, audit);
        if opening.is_none() {
            batch.expect.push(Expect::TenantActive);
        }
        batch.changes.extend(opening);
        if new {
            batch.changes.push(Change::AddSubject(person.clone()));
            for (field, hash) in identities {
                batch.expect.push(Expect::NoIdentity { field: field.clone(), hash: *hash });
                batch.changes.push(Change::AddIdentity { field: field.clone(), hash: *hash, subject });
            }
        } else {
            batch.expect.push(Expect::Subject { subject, version: person.version });
            batch.changes.push(Change::TouchSubject(subject));
        }

        let mut records = Vec::with_capacity(submission.values.len());
        for (class, fields) in &submission.values {
            let record = self.seal(tenant.id, &person, submission, class, fields, now)?;
            records.push(record.id);
            dossier.snapshot.records.push(record.clone());
            batch.changes.push(Change::PutRecord(record));
        }
        for (event, at) in &submission.events {
            let at = at.map_or(now, |at| at.min(now));
            batch.changes.push(self.occurred(Occurrence { subject, record: None, event: event.clone(), at }));
        }
        for declaration in &submission.declarations {
            let row = self.consent_row(subject, declaration, submission.notice, &submission.origin, now)?;
            batch.also(self.consent_audit(&row));
            dossier.snapshot.consents.push(row.clone());
            batch.changes.push(Change::Consented(row));
        }
        dossier.date(&mut batch, now);
        self.store.commit(batch).await?;
        Ok(Stored { subject, records, new })
    }

    fn seal(
        &self,
        tenant: TenantId,
        person: &Subject,
        submission: &Submission,
        class: &ClassName,
        fields: &BTreeMap<FieldName, String>,
        now: Timestamp,
    ) -> Result<Record, Error> {
        let record = RecordId::new(now, self.host.ten_bytes());
        let statutory = self.model.data.get(class).is_some_and(|class| class.statutory);
        let mut sealed = Vec::with_capacity(fields.len());
        for (field, value) in fields {
            let place = Place {
                tenant,
                subject: person.id,
                subject_key: person.key,
                statutory,
                class,
                record,
                version: 1,
                field,
            };
            sealed.push((field.clone(), self.keys.seal(&place, value, &*self.host.random)?));
        }
        Ok(Record {
            id: record,
            subject: person.id,
            class: class.clone(),
            version: 1,
            created: now,
            notice: submission.notice,
            origin: submission.origin.clone(),
            facts: submission.facts.clone(),
            choice: submission
                .choice
                .filter(|period| record_may_choose(&self.model, class, &submission.facts, *period).is_some()),
            anonymised: None,
            sealed,
        })
    }

    /// Checks what needs no snapshot and tells the audience.
    fn check(&self, tenant: &Tenant, submission: &Submission) -> Result<AudienceName, Error> {
        if submission.notice != self.model.policy.hash {
            return Err(Error::OtherNotice);
        }
        for (event, _) in &submission.events {
            self.model.events.get(event).ok_or(Error::Unknown { kind: "event" })?;
        }
        let mut audiences = BTreeSet::new();
        for (class, fields) in &submission.values {
            let declared = self.model.data.get(class).ok_or(Error::Unknown { kind: "data class" })?;
            audiences.insert(declared.audience.clone());
            for (field, value) in fields {
                let field = || field.clone();
                if value.trim().is_empty() {
                    return Err(Error::Invalid { field: field(), problem: "is empty; leave it out instead" });
                }
                if value.len() > MAX_VALUE {
                    return Err(Error::Invalid { field: field(), problem: "is longer than 64 KiB" });
                }
                if value.contains('\0') {
                    return Err(Error::Invalid { field: field(), problem: "contains a NUL character" });
                }
            }
        }
        let mut audiences = audiences.into_iter();
        let (Some(audience), None) = (audiences.next(), audiences.next()) else {
            return Err(Error::Contradiction("a submission is about one person: classes of exactly one audience"));
        };
        let relation = self.model.audiences.get(&audience).map(|audience| audience.relation);
        let of_tenants = matches!(relation, Some(Relation::Tenant | Relation::SubjectOfTenant));
        match (tenant.id == TenantId::OPERATOR, of_tenants) {
            (true, true) => {
                return Err(Error::Contradiction("data of tenants and of their people belongs to a tenant"));
            }
            (false, false) => {
                return Err(Error::Contradiction("data of the operator's own people belongs to no tenant"));
            }
            _ => {}
        }
        if let Some(period) = submission.choice {
            let fits = |class| record_may_choose(&self.model, class, &submission.facts, period);
            let asked: Vec<bool> = submission.values.keys().filter_map(fits).collect();
            if asked.is_empty() {
                return Err(Error::Contradiction("the policy leaves these records no choice of a period"));
            }
            if asked.contains(&false) {
                return Err(Error::Contradiction("the period lies outside the bounds that the policy sets"));
            }
        }
        let is_tenant = relation == Some(Relation::Tenant);
        if is_tenant != (submission.subject == Some(tenant.account)) {
            return Err(Error::Contradiction(
                "data of the tenant itself belongs to its account, and nothing else does",
            ));
        }
        for declaration in &submission.declarations {
            let consent = self.model.consents.get(&declaration.consent).ok_or(Error::Unknown { kind: "consent" })?;
            if !consent.audiences.contains(&audience) {
                return Err(Error::Contradiction("this consent is not asked of this audience"));
            }
        }
        Ok(audience)
    }

    fn identities(&self, tenant: TenantId, submission: &Submission) -> Result<Vec<(FieldName, [u8; 16])>, Error> {
        let mut identities = Vec::new();
        for (class, fields) in &submission.values {
            let Some(field) = self.model.data.get(class).and_then(|class| class.identity.as_ref()) else { continue };
            let value = fields
                .get(field)
                .ok_or_else(|| Error::Invalid { field: field.clone(), problem: "is missing: it is the identity" })?;
            let hash = self.keys.blind_index(tenant, field, value, &*self.host.random)?;
            identities.push((field.clone(), hash));
        }
        Ok(identities)
    }

    async fn recognise(
        &self,
        tenant: TenantId,
        identities: &[(FieldName, [u8; 16])],
    ) -> Result<Option<SubjectId>, Error> {
        for (field, hash) in identities {
            if let Some(subject) = self.store.find(tenant, field, *hash).await? {
                return Ok(Some(subject));
            }
        }
        Ok(None)
    }

    pub(crate) fn occurred(&self, occurrence: Occurrence) -> Change {
        let only_last = self.model.keeps_only_last(&occurrence.event);
        Change::Occurred { occurrence, only_last }
    }

    pub(crate) fn consent_row(
        &self,
        subject: SubjectId,
        declaration: &Declaration,
        notice: PolicyHash,
        form: &str,
        now: Timestamp,
    ) -> Result<ConsentRow, Error> {
        let consent = self.model.consents.get(&declaration.consent).ok_or(Error::Unknown { kind: "consent" })?;
        Ok(ConsentRow {
            subject,
            event: ConsentEvent { at: now, consent: declaration.consent.clone(), kind: declaration.kind },
            text_hash: obhut_keyring::sha256(consent.text.get(declaration.lang).as_bytes()),
            notice,
            form: form.to_owned(),
            lang: declaration.lang,
        })
    }

    pub(crate) fn consent_audit(&self, row: &ConsentRow) -> AuditRecord {
        let what = match row.event.kind {
            ConsentKind::Requested => "requested",
            ConsentKind::Granted => "granted",
            ConsentKind::Refused => "refused",
            ConsentKind::Withdrawn => "withdrawn",
        };
        AuditRecord {
            subject: Some(row.subject),
            detail: format!("{} {what}", row.event.consent),
            ..self.audit(Operation::Consent, AuditOutcome::Done)
        }
    }
}

/// The names of the reasons of a refusal: fixed words, for the audit log.
pub(crate) fn reasons(refusal: &obhut_core::access::Refusal) -> String {
    let words = refusal.reasons.iter().map(|reason| {
        let value = serde_json::to_value(reason).unwrap_or_default();
        value.get("reason").and_then(|word| word.as_str()).unwrap_or("refused").to_owned()
    });
    words.collect::<Vec<_>>().join(" ")
}
