//! The book of a rehearsal: who came with what, who acts for whom, and when to look again.

use std::collections::BTreeSet;

use jiff::ToSpan;
use obhut_core::{
    access::Caller,
    change::TenantState,
    consent::{ConsentEvent, ConsentKind, Consents},
    history::History,
    id::{AudienceName, ClassName, ConsentName, PurposeName, RecordId, RoleName, SubjectId, TenantId},
    model::{Acts, Lang, Method, Relation},
};

use super::{
    play::{Filing, Rehearsal, Step, somebody},
    scenario::Values,
};
use crate::{
    Error,
    people::Declaration,
    prove::{Actor, PlayedRecord},
};

impl Rehearsal<'_> {
    /// Writes down what came in, and when it must be looked at.
    pub(super) fn note(&mut self, filing: &Filing<'_>, subject: SubjectId, ids: &[RecordId]) -> usize {
        let now = self.engine.now();
        let audience = self.audience_of(&filing.submission.values);
        let chooses =
            filing.tenant.and_then(|place| self.played.tenants.get(place)).map(|tenant| tenant.chooses.clone());
        let known = self.played.people.iter().position(|actor| actor.subject == subject);
        let place = known.unwrap_or_else(|| {
            self.played.people.push(Actor {
                key: filing.key.to_owned(),
                tenant: filing.tenant,
                subject,
                audience: audience.unwrap_or_else(|| "nobody".into()),
                declared: filing.declared,
                records: Vec::new(),
                history: History::default(),
                consents: Consents::default(),
                chosen: chooses.unwrap_or_default(),
                touched: now,
                erased: None,
            });
            self.played.people.len() - 1
        });
        let granted: Vec<ConsentEvent> = filing.consents.iter().flat_map(|consent| self.granted(consent)).collect();
        let records = self.records(filing, ids, &History::default());
        if let Some(actor) = self.played.people.get_mut(place) {
            actor.records.extend(records);
            for (event, _) in &filing.submission.events {
                actor.history.insert(event.clone(), now);
            }
            for event in granted {
                actor.declare(event);
            }
            actor.touched = now;
        }
        self.watch(place, true);
        place
    }

    /// The records of a submission, as the book has them.
    pub(super) fn records(&self, filing: &Filing<'_>, ids: &[RecordId], own: &History) -> Vec<PlayedRecord> {
        let now = self.engine.now();
        let submission = &filing.submission;
        let record = |((class, values), id): ((&ClassName, &_), &RecordId)| PlayedRecord {
            id: *id,
            class: class.clone(),
            history: own.clone(),
            facts: submission.facts.clone(),
            choice: submission.choice,
            holds: Vec::new(),
            came: now,
            values: std::collections::BTreeMap::clone(values),
        };
        submission.values.iter().zip(ids).map(record).collect()
    }

    /// Puts the boundaries of a person's windows into the queue; after a change also those of what keeps it.
    pub(super) fn watch(&mut self, place: usize, changed: bool) {
        let now = self.engine.now();
        let published = &self.plan.published;
        let (sweep, zone) = (published.policy.sweep, &published.policy.zone);
        let Some(actor) = self.played.people.get(place) else { return };
        let mut boundaries = BTreeSet::new();
        let mut lapses = BTreeSet::new();
        for record in 0..actor.records.len() {
            let Some(verdict) = actor.verdict(published, record, now) else { continue };
            let opens = verdict.fires_at.and_then(|at| at.checked_sub(1.second()).ok());
            boundaries.extend(opens);
            // The window closes by the rule, or one sweep after the last change.
            boundaries.extend(verdict.gone_by.map(|by| by.max(sweep.after(actor.touched, zone))));
            let consent = published.retentions.get(&verdict.rule).and_then(|rule| rule.unless.as_ref());
            let given = consent.and_then(|consent| {
                let declared = published.consents.get(consent)?;
                Some((declared, actor.consents.given_since(consent, declared, now, zone)?))
            });
            let Some((declared, since)) = given.filter(|_| changed) else { continue };
            // A consent keeps it: look again when it would have gone, long after, and when the consent expires.
            for days in [15_i64, 365, 5 * 366] {
                boundaries.extend(now.checked_add((days * 24).hours()).ok());
            }
            lapses.extend(declared.expires.map(|period| period.after(since, zone)));
        }
        for at in boundaries.into_iter().filter(|at| *at >= now && (changed || *at > now)) {
            self.at(at, Step::Boundary([place].into()));
        }
        for at in lapses.into_iter().filter(|at| *at > now) {
            self.at(at, Step::Lapse(place));
        }
    }

    /// Changes a person's page of the book, now.
    pub(super) fn change(&mut self, place: usize, change: impl FnOnce(&mut Actor)) {
        let now = self.engine.now();
        if let Some(actor) = self.played.people.get_mut(place) {
            change(actor);
            actor.touched = now;
        }
        self.watch(place, true);
    }

    /// The form on which a consent is asked.
    pub(super) fn asked_on(&self, consent: &ConsentName) -> Option<String> {
        self.plan.published.consents.get(consent).map(|consent| consent.asked_on.clone())
    }

    /// The form on which data of these classes usually comes: where its people are asked for a consent.
    pub(super) fn form_for(&self, values: &Values) -> String {
        let audience = self.audience_of(values);
        let asks = |audience: &AudienceName| {
            self.plan.published.consents.values().find(|consent| consent.audiences.contains(audience))
        };
        audience.as_ref().and_then(asks).map_or_else(|| "form".to_owned(), |consent| consent.asked_on.clone())
    }

    /// What a person declares to give a consent: with double opt-in, the request and its confirmation.
    pub(super) fn granting(&self, consent: &ConsentName) -> Vec<Declaration> {
        let double = self.plan.published.consents.get(consent).is_some_and(|c| c.method == Method::DoubleOptIn);
        let declared = |kind| Declaration { consent: consent.clone(), kind, lang: Lang::De };
        let requested = double.then(|| declared(ConsentKind::Requested));
        requested.into_iter().chain([declared(ConsentKind::Granted)]).collect()
    }

    /// The same, as the book has it.
    pub(super) fn granted(&self, consent: &ConsentName) -> Vec<ConsentEvent> {
        let at = self.engine.now();
        let event = |declared: Declaration| ConsentEvent { at, consent: declared.consent, kind: declared.kind };
        self.granting(consent).into_iter().map(event).collect()
    }

    fn audience_of(&self, values: &Values) -> Option<AudienceName> {
        values.keys().find_map(|class| Some(self.plan.published.data.get(class)?.audience.clone()))
    }

    /// Whether the classes are about tenants' people.
    pub(super) fn is_of_tenants(&self, values: &Values) -> bool {
        let relation = values.keys().find_map(|class| Some(self.plan.published.audience_of(class)?.relation));
        relation == Some(Relation::SubjectOfTenant)
    }

    /// The role that acts so for a purpose; without one, the first role of the purpose.
    pub(super) fn role_for(&self, acts: Acts, purpose: &PurposeName) -> Result<RoleName, Error> {
        let purpose = self.plan.published.purposes.get(purpose).ok_or(Error::Unknown { kind: "purpose" })?;
        let role = purpose.roles.iter().find(|role| self.acts(role) == Some(acts)).or_else(|| purpose.roles.first());
        role.cloned().ok_or(Error::Unknown { kind: "role of the purpose" })
    }

    pub(super) fn acts(&self, role: &RoleName) -> Option<Acts> {
        self.plan.published.roles.get(role).map(|role| role.acts)
    }

    /// Somebody in a role, as near to the tenant as the role comes: the operator's staff are bound to none.
    pub(super) fn caller(&self, role: &RoleName, tenant: TenantId) -> Caller {
        somebody(role, (self.acts(role) != Some(Acts::Operator)).then_some(tenant))
    }

    /// Who speaks for a person: the staff of its tenant with their own key, or where they have nothing to do with such
    /// people, and for the operator's own people, some role that has.
    pub(super) async fn speaker(&self, actor: &Actor) -> Result<Caller, Error> {
        let published = &self.plan.published;
        let concerned = |role: &RoleName| {
            published.purposes.values().any(|purpose| {
                let of = |class: &ClassName| published.data.get(class).is_some_and(|d| d.audience == actor.audience);
                purpose.roles.contains(role) && purpose.data.iter().any(of)
            })
        };
        if let Some(tenant) = actor.tenant.and_then(|place| self.played.tenants.get(place)) {
            let staff = self.staff(tenant.id, &tenant.secret).await?;
            if concerned(&staff.role) {
                return Ok(staff);
            }
        }
        let to = self.tenant_id(actor.tenant);
        let preferred = [Acts::Tenant, Acts::Operator, Acts::System, Acts::Form];
        let own = actor.tenant.is_none();
        let role = preferred.iter().filter(|acts| !own || **acts != Acts::Tenant).find_map(|acts| {
            published.roles.iter().find(|(name, role)| role.acts == *acts && concerned(name)).map(|(name, _)| name)
        });
        role.map(|role| self.caller(role, to)).ok_or(Error::Unknown { kind: "role that acts for this audience" })
    }

    /// Who decides for the controller: the tenant's staff, or the operator's for its own people.
    pub(super) async fn controller(&self, actor: &Actor) -> Result<Caller, Error> {
        if let Some(tenant) = actor.tenant.and_then(|place| self.played.tenants.get(place)) {
            return self.staff(tenant.id, &tenant.secret).await;
        }
        let operator = self.plan.published.roles.iter().find(|(_, role)| role.acts == Acts::Operator);
        operator.map(|(name, _)| somebody(name, None)).ok_or(Error::Unknown { kind: "role of the operator" })
    }

    pub(super) async fn staff(&self, tenant: TenantId, secret: &str) -> Result<Caller, Error> {
        let known = self.engine.authenticate(secret).await?;
        let active = self.engine.store().tenant(tenant).await?.is_some_and(|found| found.state == TenantState::Active);
        known.filter(|_| active).map(|known| known.caller).ok_or(Error::TenantEnded)
    }
}
