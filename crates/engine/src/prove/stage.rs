//! What a check looks at: the running engine, the published policy, and what was played on it.

use std::path::PathBuf;

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    consent::{ConsentEvent, Consents},
    history::History,
    id::{AudienceName, ClassName, EventName, PurposeName, RoleName, SubjectId, TenantId},
    model::{Acts, Model, Relation},
    retention::{Case, Standing, Verdict, assess},
    rule::Chosen,
};

use crate::{Engine, Error};

/// What was played on the engine, as the one who played it wrote it down. Checks take it as the truth about what
/// happened, not what the store says.
#[derive(Debug, Default)]
pub struct Played {
    /// The tenants.
    pub tenants: Vec<PlayedTenant>,
    /// The people, with the tenants' own accounts.
    pub people: Vec<Actor>,
    /// The erasures on request.
    pub erasures: Vec<PlayedErasure>,
}

/// A tenant that was opened.
#[derive(Debug)]
pub struct PlayedTenant {
    /// Its name in the scenario.
    pub key: String,
    /// Its id.
    pub id: TenantId,
    /// The API key of its staff.
    pub secret: String,
    /// When it was ended.
    pub ended: Option<Timestamp>,
    /// Remembered log-ins that nobody uses, with the instant of their last use.
    pub idle_log_ins: Vec<(String, Timestamp)>,
}

/// A person that submitted data.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The name in the scenario.
    pub key: String,
    /// The tenant's place in [`Played::tenants`].
    pub tenant: usize,
    /// The id the engine gave.
    pub subject: SubjectId,
    /// The audience.
    pub audience: AudienceName,
    /// Declared in the scenario, not invented.
    pub declared: bool,
    /// The records: class, and the events about the record alone.
    pub records: Vec<(ClassName, History)>,
    /// What happened.
    pub history: History,
    /// What was declared.
    pub consents: Consents,
    /// When anything last happened.
    pub touched: Timestamp,
    /// When the tenant's staff erased the person.
    pub erased: Option<Timestamp>,
}

/// An erasure on request, with a copy of the store from just before.
#[derive(Debug, Clone)]
pub struct PlayedErasure {
    /// The person's place in [`Played::people`].
    pub person: usize,
    /// When.
    pub at: Timestamp,
    /// The copy.
    pub copy: PathBuf,
}

/// What must be true of a record at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It must be there.
    There,
    /// It must be gone.
    Gone,
    /// The window of the sweep is open.
    Either,
}

/// The stage of a check.
pub struct Stage<'a> {
    /// The engine that runs.
    pub engine: &'a Engine,
    /// The policy that is published.
    pub published: &'a Model,
    /// What was played; none on real data.
    pub played: Option<&'a Played>,
    /// The people this run is about, by their place; empty: all declared ones.
    pub focus: &'a [usize],
}

impl Actor {
    /// What the published rule says about one of the person's records, from what was played.
    pub fn verdict(&self, model: &Model, record: usize, now: Timestamp) -> Option<Verdict> {
        let (class, own) = self.records.get(record)?;
        let mut history = self.history.clone();
        history.extend(own);
        let facts = [].into();
        let case = Case { history: &history, facts: &facts, consents: &self.consents, holds: &[], chosen: Chosen::default() };
        assess(model, class, &case, now)
    }

    /// Whether the event happened to the person.
    pub fn has(&self, event: &EventName, now: Timestamp) -> bool {
        self.history.has_happened(event, now)
    }

    /// Notes a declaration.
    pub fn declare(&mut self, event: ConsentEvent) {
        self.touched = self.touched.max(event.at);
        self.consents.insert(event);
    }
}

impl<'a> Stage<'a> {
    /// The instant of this run.
    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// What was played; nothing on real data.
    pub fn tenants(&self) -> &'a [PlayedTenant] {
        self.played.map_or(&[], |played| &played.tenants)
    }

    /// The people this run is about.
    pub fn people(&self) -> impl Iterator<Item = (&'a Actor, &'a PlayedTenant)> + use<'a> {
        let focus = self.focus;
        let tenants = self.tenants();
        self.played
            .map_or(&[][..], |played| &played.people)
            .iter()
            .enumerate()
            .filter(move |(place, actor)| if focus.is_empty() { actor.declared } else { focus.contains(place) })
            .filter_map(|(_, actor)| Some((actor, tenants.get(actor.tenant)?)))
    }

    /// The people of tenants this run is about, without the tenants' own accounts.
    pub fn tenants_people(&self) -> impl Iterator<Item = (&'a Actor, &'a PlayedTenant)> + use<'a> {
        let published = self.published;
        self.people().filter(move |(actor, _)| relation(published, actor) == Some(Relation::SubjectOfTenant))
    }

    /// What must be true of a person's record now, by the published policy and what was played.
    pub fn expected(&self, actor: &Actor, record: usize) -> Expected {
        let now = self.now();
        let sweep = self.published.policy.sweep;
        let zone = &self.published.policy.zone;
        let Some((class, _)) = actor.records.get(record) else { return Expected::Either };
        if actor.erased.is_some() {
            return Expected::Gone;
        }
        if let Some(ended) = self.tenants().get(actor.tenant).and_then(|tenant| tenant.ended) {
            let goes = self.published.retentions.values().any(|rule| rule.cascade.contains(class));
            if goes {
                return if now >= sweep.after(ended, zone) { Expected::Gone } else { Expected::Either };
            }
        }
        let Some(verdict) = actor.verdict(self.published, record, now) else { return Expected::Either };
        match (verdict.standing, verdict.gone_by) {
            (Standing::Due { .. }, Some(by)) => {
                // If something happened after the window had closed (a consent withdrawn late), one sweep remains.
                let by = by.max(sweep.after(actor.touched, zone));
                if now >= by { Expected::Gone } else { Expected::Either }
            }
            _ => Expected::There,
        }
    }

    /// Whether all records of a person must be there.
    pub fn is_there(&self, actor: &Actor) -> bool {
        (0..actor.records.len()).all(|record| self.expected(actor, record) == Expected::There)
    }

    /// The staff of a tenant, authenticated as they would be.
    pub async fn staff(&self, tenant: &PlayedTenant) -> Result<Caller, Error> {
        Ok(self.engine.authenticate(&tenant.secret).await?.ok_or(Error::NotFound)?.caller)
    }

    /// A caller without a credential, in a role, bound to a tenant or not.
    pub fn somebody(&self, role: &RoleName, tenant: Option<TenantId>) -> Caller {
        Caller { credential: None, tenant, role: role.clone(), purposes: None }
    }

    /// The published roles that act so.
    pub fn roles(&self, acts: Acts) -> impl Iterator<Item = &'a RoleName> + use<'a> {
        self.published.roles.iter().filter(move |(_, role)| role.acts == acts).map(|(name, _)| name)
    }

    /// The published purposes that need one of the person's classes.
    pub fn purposes_of(&self, actor: &'a Actor) -> impl Iterator<Item = &'a PurposeName> + use<'a> {
        self.published
            .purposes
            .iter()
            .filter(|(_, purpose)| actor.records.iter().any(|(class, _)| purpose.data.contains(class)))
            .map(|(name, _)| name)
    }

    /// The purposes of tenants' staff that open a person's data whatever else holds: no event, no consent needed.
    pub fn staff_purposes(&self) -> Vec<PurposeName> {
        let staff: Vec<_> = self.roles(Acts::Tenant).collect();
        self.published
            .purposes
            .iter()
            .filter(|(_, purpose)| purpose.roles.iter().any(|role| staff.contains(&role)))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// How the person stands to the operator.
pub(super) fn relation(model: &Model, actor: &Actor) -> Option<Relation> {
    model.audiences.get(&actor.audience).map(|audience| audience.relation)
}
