//! Playing a scenario: everything that is to happen in one queue by time, the sweeps in between.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};
use obhut_core::{
    access::Caller,
    change::{Cause, Receipt},
    clock::{ManualClock, to_micros},
    id::{ConsentName, EventName, ReceiptId, RoleName, TenantId},
    model::{Acts, Lang},
    period::Period,
    promise::Standing,
};

use super::{
    Happened, Moment, Plan, Report, look,
    scenario::{DeclaredPerson, Values},
    unlooked,
};
use crate::{
    Engine, Error, NewTenant,
    credentials::{NewKey, installer},
    people::Submission,
    prove::{Played, PlayedTenant, When},
};

/// Something to be played.
pub(super) enum Step {
    Person(usize),
    Happening(usize),
    Invented(usize),
    /// A consent of this person expired.
    Lapse(usize),
    /// A date of these people: only looked at.
    Boundary(BTreeSet<usize>),
}

/// A rehearsal that is running.
pub struct Rehearsal<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) engine: &'a Engine,
    clock: &'a ManualClock,
    pub(super) played: Played,
    queue: BTreeMap<Timestamp, Vec<Step>>,
    standings: BTreeMap<String, Standing>,
    timeline: Vec<Moment>,
    instants: u64,
    happened: u64,
    seen_receipts: BTreeSet<ReceiptId>,
    receipts_since: Timestamp,
}

/// What somebody files, and for whom.
pub(super) struct Filing<'s> {
    pub(super) key: &'s str,
    /// The tenant's place; none: the operator's own.
    pub(super) tenant: Option<usize>,
    pub(super) role: Option<&'s RoleName>,
    pub(super) submission: Submission,
    pub(super) consents: &'s [ConsentName],
    pub(super) declared: bool,
}

impl<'a> Rehearsal<'a> {
    /// A rehearsal at its start.
    pub fn new(plan: &'a Plan<'a>, engine: &'a Engine, clock: &'a ManualClock) -> Self {
        Self {
            plan,
            engine,
            clock,
            played: Played::default(),
            queue: BTreeMap::new(),
            standings: unlooked(plan),
            timeline: Vec::new(),
            instants: 0,
            happened: 0,
            seen_receipts: BTreeSet::new(),
            receipts_since: Timestamp::MIN,
        }
    }

    /// Plays everything to the end.
    pub async fn run(mut self) -> Result<Report, Error> {
        let scenario = self.plan.scenario;
        self.clock.advance_to(scenario.start);
        self.own_staff().await?;
        for key in scenario.tenant.keys() {
            self.open_tenant(key).await?;
        }
        for (place, person) in scenario.person.values().enumerate() {
            self.at(person.at, Step::Person(place));
        }
        for (place, happening) in scenario.happens.iter().enumerate() {
            self.at(happening.at, Step::Happening(place));
        }
        for number in 0..self.plan.invented {
            // One every quarter of an hour, from the first hour on.
            let minutes = 60 + i64::try_from(number).unwrap_or(0) * 15;
            self.at(scenario.start.checked_add(minutes.minutes()).unwrap_or(scenario.start), Step::Invented(number));
        }
        self.look(When::Happens, &[]).await?;

        let limit = [self.plan.until, scenario.until].into_iter().flatten().min().unwrap_or(Timestamp::MAX);
        while let Some((at, steps)) = self.queue.pop_first() {
            if at > limit {
                break;
            }
            self.advance(at).await?;
            self.instants += 1;
            for step in steps {
                match step {
                    Step::Person(place) => {
                        let done = self.person(place).await;
                        let key = self.plan.scenario.person.keys().nth(place);
                        self.done(key.cloned().unwrap_or_default(), done)?;
                    }
                    Step::Happening(place) => {
                        let done = self.happening(place).await;
                        let to = self.plan.scenario.happens.get(place).map(|happening| happening.to.clone());
                        self.done(to.unwrap_or_default(), done)?;
                    }
                    Step::Invented(number) => self.invented(number).await?,
                    Step::Lapse(person) => self.change(person, |_| {}),
                    Step::Boundary(people) => {
                        let focus: Vec<usize> = people.into_iter().collect();
                        self.look(When::Always, &focus).await?;
                        // Behind this date may lie that of the next stage.
                        for place in focus {
                            self.watch(place, false);
                        }
                    }
                }
            }
        }
        self.look(When::Happens, &[]).await?;
        self.look(When::End, &[]).await?;
        // The folder of the copies is no part of what happened.
        for erasure in &mut self.played.erasures {
            erasure.copy = erasure.copy.file_name().map(Into::into).unwrap_or_default();
        }
        Ok(Report {
            promises: self.standings,
            timeline: self.timeline,
            instants: self.instants,
            people: self.played.people.len(),
            ended: self.engine.now(),
            receipts: all_receipts(self.engine, &self.played, Timestamp::MIN).await?,
            played: self.played,
        })
    }

    /// What could not be done is told, and the rehearsal goes on; only a failing machine ends it.
    fn done(&mut self, to: String, done: Result<(), Error>) -> Result<(), Error> {
        match done {
            Err(error @ (Error::Store(_) | Error::Keyring(_) | Error::Commit(_))) => Err(error),
            Err(error) => {
                self.tell(Happened::Failed { to, why: error.to_string() });
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn at(&mut self, at: Timestamp, step: Step) {
        let steps = self.queue.entry(to_micros(at)).or_default();
        let (Step::Boundary(more), Some(known)) = (&step, steps.iter_mut().find_map(boundary)) else {
            steps.push(step);
            return;
        };
        known.extend(more);
    }

    pub(super) fn tell(&mut self, what: Happened) {
        self.timeline.push(Moment { at: self.engine.now(), what });
    }

    pub(super) async fn look(&mut self, when: When, focus: &[usize]) -> Result<(), Error> {
        look(self.plan, self.engine, &self.played, (when, focus), &mut self.standings, &mut self.timeline).await
    }

    /// Looks at those to whom something happened; every tenth time at everybody, in case it happened to others too.
    pub(super) async fn look_after(&mut self, people: &[usize]) -> Result<(), Error> {
        self.happened += 1;
        let all = self.happened.is_multiple_of(10);
        self.look(When::Happens, if all { &[] } else { people }).await
    }

    /// Moves the clock and lets the sweeps on the way run; then tells what they did.
    async fn advance(&mut self, at: Timestamp) -> Result<(), Error> {
        if !self.plan.sweep {
            self.clock.advance_to(at);
            return Ok(());
        }
        let report = self.engine.play(self.clock, at).await?;
        if report.people > 0 {
            self.tell_receipts().await?;
        }
        Ok(())
    }

    pub(super) async fn tell_receipts(&mut self) -> Result<(), Error> {
        let mut swept: BTreeMap<_, (Vec<String>, u64, u64)> = BTreeMap::new();
        for (_, receipt) in all_receipts(self.engine, &self.played, self.receipts_since).await? {
            self.receipts_since = self.receipts_since.max(receipt.at);
            if receipt.cause != Cause::Retention || !self.seen_receipts.insert(receipt.id) {
                continue;
            }
            let Some(rule) = receipt.rule else { continue };
            let entry = swept.entry((receipt.at, rule, receipt.action)).or_default();
            let actor = self.played.people.iter().find(|actor| actor.subject == receipt.subject);
            entry.0.extend(actor.map(|actor| actor.key.clone()));
            entry.1 += receipt.records;
            entry.2 += receipt.cascaded;
        }
        for ((at, rule, action), (people, records, cascaded)) in swept {
            self.timeline.push(Moment { at, what: Happened::Swept { rule, action, people, records, cascaded } });
        }
        Ok(())
    }

    /// A key for the operator's staff, with whom the checks come to its own people.
    async fn own_staff(&mut self) -> Result<(), Error> {
        let operator = self.plan.published.roles.iter().find(|(_, role)| role.acts == Acts::Operator);
        if let Some((role, _)) = operator {
            let new = NewKey { tenant: None, role: role.clone(), purposes: None, expires: None };
            let (_, secret) = self.engine.create_key(&installer(), new).await?;
            secret.expose().clone_into(&mut self.played.own.secret);
        }
        Ok(())
    }

    async fn open_tenant(&mut self, key: &str) -> Result<(), Error> {
        let Some(declared) = self.plan.scenario.tenant.get(key) else { return Ok(()) };
        let operator = self.role_for(Acts::Operator, &declared.purpose)?;
        let new = NewTenant {
            name: declared.name.clone(),
            purpose: declared.purpose.clone(),
            values: declared.values.clone(),
            notice: self.engine.model().policy.hash,
        };
        let tenant = self.engine.open_tenant(&somebody(&operator, None), &new).await?;
        let staff = self.plan.published.roles.iter().find(|(_, role)| role.acts == Acts::Tenant);
        let staff = staff.map(|(name, _)| name.clone()).ok_or(Error::Unknown { kind: "role of tenants" })?;
        let new = NewKey { tenant: Some(tenant.id), role: staff, purposes: None, expires: None };
        let (_, secret) = self.engine.create_key(&installer(), new).await?;
        let now = self.engine.now();
        let mut idle_log_ins = Vec::new();
        if let Some((staff, log_in)) = self.engine.log_in(secret.expose(), Some(Lang::De)).await? {
            idle_log_ins.push((log_in.expose().to_owned(), now));
            for (rule, period) in &declared.chooses {
                let chosen = self.engine.choose(&staff.caller, tenant.id, rule, Some(period.0)).await;
                self.done(key.to_owned(), chosen)?;
            }
        }
        self.played.tenants.push(PlayedTenant {
            key: key.to_owned(),
            id: tenant.id,
            secret: secret.expose().to_owned(),
            chooses: declared.chooses.iter().map(|(rule, period)| (rule.clone(), period.0)).collect(),
            ended: None,
            idle_log_ins,
        });
        let place = self.played.tenants.len() - 1;
        let stored = self.engine.store().subject(tenant.id, tenant.account).await?;
        let records: Vec<_> = stored.map(|stored| stored.records).unwrap_or_default();
        let ids: Vec<_> = declared
            .values
            .keys()
            .filter_map(|class| records.iter().find(|record| record.class == *class).map(|record| record.id))
            .collect();
        let submission = self.submission(declared.purpose.clone(), &declared.values, &[]);
        let filing = Filing { key, tenant: Some(place), role: None, submission, consents: &[], declared: true };
        self.note(&filing, tenant.account, &ids);
        self.tell(Happened::Opened { tenant: key.to_owned() });
        for (rule, period) in &declared.chooses {
            let period: Period = period.0;
            self.tell(Happened::Chose { tenant: key.to_owned(), rule: rule.clone(), period });
        }
        Ok(())
    }

    async fn person(&mut self, place: usize) -> Result<(), Error> {
        let Some((key, declared)) = self.plan.scenario.person.iter().nth(place) else { return Ok(()) };
        let DeclaredPerson { tenant, purpose, role, values, facts, choice, events, consents, .. } = declared;
        let tenant = self.tenant_place(tenant.as_deref())?;
        let mut submission = self.submission(purpose.clone(), values, events);
        submission.facts.clone_from(facts);
        submission.choice = choice.map(|choice| choice.0);
        self.come(Filing { key, tenant, role: role.as_ref(), submission, consents, declared: true }).await
    }

    async fn invented(&mut self, number: usize) -> Result<(), Error> {
        let Some(invented) = &self.plan.scenario.invented else { return Ok(()) };
        // In turn to each tenant; where there are none, they are the operator's own.
        let of_tenants = self.is_of_tenants(&invented.values);
        let tenant = number.checked_rem(self.played.tenants.len()).filter(|_| of_tenants);
        let mut values = invented.values.clone();
        for value in values.values_mut().flat_map(BTreeMap::values_mut) {
            *value = value.replace("{n}", &number.to_string());
        }
        let consents: Vec<ConsentName> =
            invented.consent.iter().filter(|_| number.is_multiple_of(5)).cloned().collect();
        let mut submission = self.submission(invented.purpose.clone(), &values, &invented.events);
        submission.facts.clone_from(&invented.facts);
        let key = format!("invented-{number}");
        let role = invented.role.as_ref();
        self.come(Filing { key: &key, tenant, role, submission, consents: &consents, declared: false }).await
    }

    fn submission(&self, purpose: obhut_core::id::PurposeName, values: &Values, events: &[EventName]) -> Submission {
        Submission {
            subject: None,
            purpose,
            values: values.clone(),
            facts: [].into(),
            choice: None,
            events: events.iter().map(|event| (event.clone(), None)).collect(),
            declarations: Vec::new(),
            notice: self.engine.model().policy.hash,
            origin: self.form_for(values),
        }
    }

    /// Files a submission as the form or role would, with the consents given on their own forms.
    async fn come(&mut self, mut filing: Filing<'_>) -> Result<(), Error> {
        let role = match filing.role {
            Some(role) => role.clone(),
            None => self.role_for(Acts::Form, &filing.submission.purpose)?,
        };
        let to = self.tenant_id(filing.tenant);
        let caller = self.caller(&role, to);
        // One form carries what is asked on it; what is asked elsewhere is declared there.
        let form = filing.consents.iter().find_map(|consent| self.asked_on(consent));
        if let Some(form) = form {
            filing.submission.origin = form;
        }
        let (here, elsewhere): (Vec<_>, Vec<_>) = filing
            .consents
            .iter()
            .partition(|consent| self.asked_on(consent).as_ref() == Some(&filing.submission.origin));
        filing.submission.declarations = here.into_iter().flat_map(|consent| self.granting(consent)).collect();
        let stored = match self.engine.submit(&caller, to, &filing.submission).await {
            Err(Error::TenantEnded) if !filing.declared => return Ok(()),
            stored => stored?,
        };
        for consent in elsewhere {
            let form = self.asked_on(consent).unwrap_or_default();
            for declaration in self.granting(consent) {
                self.engine.declare(&caller, to, stored.subject, &declaration, &form).await?;
            }
        }
        let actor = self.note(&filing, stored.subject, &stored.records);
        if filing.declared {
            let tenant = filing.tenant.and_then(|place| self.played.tenants.get(place));
            let tenant = tenant.map(|tenant| tenant.key.clone()).unwrap_or_default();
            self.tell(Happened::Came { person: filing.key.to_owned(), tenant });
            self.look_after(&[actor]).await?;
        } else {
            self.look(When::Always, &[actor]).await?;
        }
        Ok(())
    }

    fn tenant_place(&self, key: Option<&str>) -> Result<Option<usize>, Error> {
        let Some(key) = key else { return Ok(None) };
        let place = self.played.tenants.iter().position(|known| known.key == key);
        place.map(Some).ok_or(Error::Unknown { kind: "tenant in the scenario" })
    }

    pub(super) fn tenant_id(&self, place: Option<usize>) -> TenantId {
        place.and_then(|place| self.played.tenants.get(place)).map_or(TenantId::OPERATOR, |tenant| tenant.id)
    }
}

fn boundary(step: &mut Step) -> Option<&mut BTreeSet<usize>> {
    match step {
        Step::Boundary(people) => Some(people),
        _ => None,
    }
}

/// A caller without a credential.
pub(super) fn somebody(role: &RoleName, tenant: Option<TenantId>) -> Caller {
    Caller { credential: None, tenant, role: role.clone(), purposes: None }
}

/// The receipts of all tenants and of the operator's own people, by time.
async fn all_receipts(engine: &Engine, played: &Played, since: Timestamp) -> Result<Vec<(TenantId, Receipt)>, Error> {
    let mut all = Vec::new();
    for tenant in played.tenants.iter().chain([&played.own]) {
        let receipts = engine.store().receipts(tenant.id, since, usize::MAX).await?;
        all.extend(receipts.into_iter().map(|receipt| (tenant.id, receipt)));
    }
    all.sort_by_key(|(_, receipt)| (receipt.at, receipt.id));
    Ok(all)
}
