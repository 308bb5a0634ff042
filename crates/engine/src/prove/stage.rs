//! What a check looks at: the running engine, the published policy, and what was played on it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use jiff::{SignedDuration, Timestamp};
use obhut_core::{
    access::Caller,
    consent::{ConsentEvent, Consents},
    history::History,
    id::{
        AudienceName, ClassName, ConsentName, EventName, FactName, FieldName, PurposeName, RecordId, RetentionName,
        RoleName, SubjectId, TenantId,
    },
    model::{Action, Acts, Basis, Model, Purpose, Relation, Retention},
    period::Period,
    retention::{
        ActiveHold, Case, Course, Standing, Verdict, assess, due, happened, statutory_holds, stays_on_request,
    },
    rule::Chosen,
};

use crate::{Engine, Error, read::Person};

/// What was played on the engine, as the one who played it wrote it down. Checks take it as the truth about what
/// happened, not what the store says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// The tenants.
    pub tenants: Vec<PlayedTenant>,
    /// The operator itself, to whom people belong that are no tenant's: its id is [`TenantId::OPERATOR`].
    pub own: PlayedTenant,
    /// The people, with the tenants' own accounts.
    pub people: Vec<Actor>,
    /// The erasures on request.
    pub erasures: Vec<PlayedErasure>,
}

impl Default for Played {
    fn default() -> Self {
        let own = PlayedTenant {
            key: String::new(),
            id: TenantId::OPERATOR,
            secret: String::new(),
            chooses: BTreeMap::new(),
            ended: None,
            idle_log_ins: Vec::new(),
        };
        Self { tenants: Vec::new(), own, people: Vec::new(), erasures: Vec::new() }
    }
}

impl Played {
    /// Whose person this is: the tenant's, or the operator's own.
    pub fn tenant_of(&self, actor: &Actor) -> Option<&PlayedTenant> {
        actor.tenant.map_or(Some(&self.own), |place| self.tenants.get(place))
    }
}

/// A tenant that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayedTenant {
    /// Its name in the scenario.
    pub key: String,
    /// Its id.
    pub id: TenantId,
    /// The API key of its staff; of the operator's own, that of its first role.
    pub secret: String,
    /// The periods it chose.
    pub chooses: BTreeMap<RetentionName, Period>,
    /// When it was ended.
    pub ended: Option<Timestamp>,
    /// Remembered log-ins that nobody uses, with the instant of their last use.
    pub idle_log_ins: Vec<(String, Timestamp)>,
}

/// A person that submitted data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name in the scenario.
    pub key: String,
    /// The tenant's place in [`Played::tenants`]; none for the operator's own people.
    pub tenant: Option<usize>,
    /// The id the engine gave.
    pub subject: SubjectId,
    /// The audience.
    pub audience: AudienceName,
    /// Declared in the scenario, not invented.
    pub declared: bool,
    /// The records, in the order in which they came.
    pub records: Vec<PlayedRecord>,
    /// What happened.
    pub history: History,
    /// What was declared.
    pub consents: Consents,
    /// The periods that the tenant chose.
    pub chosen: BTreeMap<RetentionName, Period>,
    /// When anything last happened.
    pub touched: Timestamp,
    /// When the controller's staff erased the person on request.
    pub erased: Option<Timestamp>,
}

/// A record that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayedRecord {
    /// The id the engine gave.
    pub id: RecordId,
    /// Its class.
    pub class: ClassName,
    /// The events about this record alone.
    pub history: History,
    /// The facts that are true of it.
    pub facts: BTreeSet<FactName>,
    /// The period it chose itself.
    pub choice: Option<Period>,
    /// The disputes it is held for.
    pub holds: Vec<ActiveHold>,
    /// When it came in.
    pub came: Timestamp,
    /// The values as they were submitted.
    pub values: BTreeMap<FieldName, String>,
}

/// An erasure on request, with a copy of the store from just before.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// It must be there with random values.
    Anonymised,
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
        let record = self.records.get(record)?;
        let mut history = self.history_of(record);
        history.extend(&model.withdrawals(&self.consents));
        let chosen = self.chosen(model, record);
        let case =
            Case { history: &history, facts: &record.facts, consents: &self.consents, holds: &record.holds, chosen };
        assess(model, &record.class, &case, now)
    }

    /// What happened to the person and to this record.
    pub fn history_of(&self, record: &PlayedRecord) -> History {
        let mut history = self.history.clone();
        history.extend(&record.history);
        history
    }

    fn chosen(&self, model: &Model, record: &PlayedRecord) -> Chosen {
        let rule = model.retention_of(&record.class, &|fact| record.facts.contains(fact));
        Chosen { tenant: rule.and_then(|(name, _)| self.chosen.get(name).copied()), record: record.choice }
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
        let played = self.played;
        self.played
            .map_or(&[][..], |played| &played.people)
            .iter()
            .enumerate()
            .filter(move |(place, actor)| if focus.is_empty() { actor.declared } else { focus.contains(place) })
            .filter_map(move |(_, actor)| Some((actor, played?.tenant_of(actor)?)))
    }

    /// The operator's own people this run is about.
    pub fn own_people(&self) -> impl Iterator<Item = &'a Actor> + use<'a> {
        self.people().filter(|(actor, _)| actor.tenant.is_none()).map(|(actor, _)| actor)
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
        let Some(of) = actor.records.get(record) else { return Expected::Either };
        if actor.erased.is_some_and(|erased| of.came <= erased && !self.stays(actor, of, erased)) {
            return Expected::Gone;
        }
        let goes_with = |rule: &Retention| rule.cascade.contains(&of.class);
        if let Some(by) = actor.tenant.and_then(|tenant| self.tenant_gone_by(tenant, &goes_with)) {
            return if now >= by { Expected::Gone } else { Expected::Either };
        }
        let Some(verdict) = actor.verdict(self.published, record, now) else { return Expected::Either };
        match (verdict.standing, verdict.gone_by) {
            (Standing::Due { action }, Some(by)) => {
                // If something happened after the window had closed (a consent withdrawn late), one sweep remains.
                let by = by.max(sweep.after(actor.touched, zone));
                match action {
                    _ if now < by => Expected::Either,
                    Action::Anonymise => Expected::Anonymised,
                    Action::Restrict | Action::Erase => Expected::Gone,
                }
            }
            _ => Expected::There,
        }
    }

    /// Whether a record stays although its erasure was asked for at that instant: a statute or a dispute keeps it.
    pub fn stays(&self, actor: &Actor, record: &PlayedRecord, at: Timestamp) -> bool {
        let mut holds = record.holds.clone();
        holds.extend(statutory_holds(self.published, &record.class, &actor.history_of(record), at));
        stays_on_request(self.published, &record.class, &holds, at)
    }

    /// By when a tenant's own data must be gone by one of these rules, once its window has opened.
    pub fn tenant_gone_by(&self, tenant: usize, rule: &dyn Fn(&Retention) -> bool) -> Option<Timestamp> {
        let published = self.published;
        let now = self.now();
        let is_account =
            |actor: &&Actor| actor.tenant == Some(tenant) && relation(published, actor) == Some(Relation::Tenant);
        let accounts = self.played.map_or(&[][..], |played| &played.people).iter().filter(is_account);
        let verdicts = accounts.flat_map(|account| {
            (0..account.records.len()).filter_map(|record| {
                let verdict = account.verdict(published, record, now)?;
                let due =
                    matches!(verdict.standing, Standing::Due { .. }) && rule(published.retentions.get(&verdict.rule)?);
                let closes = published.policy.sweep.after(account.touched, &published.policy.zone);
                verdict.gone_by.filter(|_| due).map(|by| by.max(closes))
            })
        });
        verdicts.min()
    }

    /// Whether all records of a person must be there.
    pub fn is_there(&self, actor: &Actor) -> bool {
        (0..actor.records.len()).all(|record| self.expected(actor, record) == Expected::There)
    }

    /// The staff of a tenant, authenticated as they would be.
    pub async fn staff(&self, tenant: &PlayedTenant) -> Result<Caller, Error> {
        Ok(self.engine.authenticate(&tenant.secret).await?.ok_or(Error::NotFound)?.caller)
    }

    /// The people this run is about to whom something happened at this very instant; on a date of theirs: all of them.
    pub fn touched(&self) -> impl Iterator<Item = (&'a Actor, &'a PlayedTenant)> + use<'a> {
        let now = self.now();
        let dated = !self.focus.is_empty();
        self.people().filter(move |(actor, _)| dated || actor.touched == now)
    }

    /// Somebody in a role, without a credential, as near to the person's tenant as the role may come: staff of a tenant
    /// are of this one; towards the operator's own people they are of some tenant, and so strangers.
    pub fn near(&self, role: &RoleName, tenant: &PlayedTenant) -> Caller {
        let staff = self.published.roles.get(role).is_some_and(|role| role.acts == Acts::Tenant);
        let of = match self.tenants().first() {
            Some(stranger) if tenant.id == TenantId::OPERATOR => stranger.id,
            _ => tenant.id,
        };
        self.somebody(role, staff.then_some(of))
    }

    /// Opens a person for one purpose; none if that is refused or nobody is found.
    pub async fn open(
        &self,
        caller: &Caller,
        tenant: &PlayedTenant,
        actor: &Actor,
        purpose: &PurposeName,
    ) -> Result<Option<Person>, Error> {
        match self.engine.read(caller, tenant.id, actor.subject, std::slice::from_ref(purpose)).await {
            Ok(person) => Ok(Some(person)),
            Err(Error::Refused(_) | Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a purpose opens a person's data now whatever else holds: its event has opened it, its consent is given.
    pub fn is_open(&self, purpose: &Purpose, actor: &Actor, record: &PlayedRecord) -> bool {
        let consented = match &purpose.basis {
            Basis::Consent(consent) => self.has_given(actor, consent),
            _ => true,
        };
        consented && self.is_opened(purpose, &actor.history_of(record))
    }

    /// Whether the event that a purpose requires has happened, if it requires one, and its time is not over.
    pub fn is_opened(&self, purpose: &Purpose, history: &History) -> bool {
        let now = self.now();
        let Some(event) = &purpose.requires else { return true };
        let Some(opened) = happened(self.published, history, event, now) else { return false };
        let Some(until) = &purpose.until else { return true };
        // Only what happened from then on closes it.
        let before = opened.checked_sub(SignedDuration::from_nanos(1)).ok();
        let course = Course { cancelled: before, ..Course::of(history, now) };
        due(self.published, until, &course, &mut Vec::new()).is_none_or(|end| end.at > now)
    }

    /// Whether a person has given a consent, by what was played and as the published policy counts it.
    pub fn has_given(&self, actor: &Actor, consent: &ConsentName) -> bool {
        let zone = &self.published.policy.zone;
        let declared = self.published.consents.get(consent);
        declared.is_some_and(|known| actor.consents.given_since(consent, known, self.now(), zone).is_some())
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
            .filter(|(_, purpose)| actor.records.iter().any(|record| purpose.data.contains(&record.class)))
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
