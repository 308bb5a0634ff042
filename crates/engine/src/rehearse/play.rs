//! Playing a scenario: everything that is to happen in one queue by time, the sweeps in between.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{Timestamp, ToSpan};
use obhut_core::{
    change::{Cause, TenantState},
    clock::{ManualClock, to_micros},
    consent::{ConsentEvent, ConsentKind, Consents},
    history::History,
    id::{ConsentName, EventName, RoleName, SubjectId, TenantId},
    model::{Acts, Lang},
    promise::Standing,
};

use super::{
    Happened, Moment, Plan, Report, look,
    scenario::{Addition, Values, What},
    unlooked,
};
use crate::{
    Engine, Error, NewTenant,
    credentials::{NewKey, installer},
    people::{Declaration, Submission},
    prove::{Actor, Played, PlayedErasure, PlayedTenant, When},
};

/// Something to be played.
enum Step {
    Person(usize),
    Happening(usize),
    Invented(usize),
    /// A date of these people: only looked at.
    Boundary(BTreeSet<usize>),
}

/// A rehearsal that is running.
pub struct Rehearsal<'a> {
    plan: &'a Plan<'a>,
    engine: &'a Engine,
    clock: &'a ManualClock,
    played: Played,
    queue: BTreeMap<Timestamp, Vec<Step>>,
    standings: BTreeMap<String, Standing>,
    timeline: Vec<Moment>,
    instants: u64,
    seen_receipts: BTreeSet<obhut_core::id::ReceiptId>,
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
            seen_receipts: BTreeSet::new(),
        }
    }

    /// Plays everything to the end.
    pub async fn run(mut self) -> Result<Report, Error> {
        let scenario = self.plan.scenario;
        self.clock.advance_to(scenario.start);
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
                    Step::Boundary(people) => {
                        let focus: Vec<usize> = people.into_iter().collect();
                        self.look(When::Always, &focus).await?;
                    }
                }
            }
        }
        self.look(When::Happens, &[]).await?;
        self.look(When::End, &[]).await?;
        Ok(Report {
            promises: self.standings,
            timeline: self.timeline,
            instants: self.instants,
            people: self.played.people.len(),
            ended: self.engine.now(),
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

    fn at(&mut self, at: Timestamp, step: Step) {
        self.queue.entry(to_micros(at)).or_default().push(step);
    }

    fn tell(&mut self, what: Happened) {
        self.timeline.push(Moment { at: self.engine.now(), what });
    }

    async fn look(&mut self, when: When, focus: &[usize]) -> Result<(), Error> {
        look(self.plan, self.engine, &self.played, (when, focus), &mut self.standings, &mut self.timeline).await
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

    async fn tell_receipts(&mut self) -> Result<(), Error> {
        let mut swept: BTreeMap<(Timestamp, obhut_core::id::RetentionName), (Vec<String>, u64, u64)> = BTreeMap::new();
        for tenant in &self.played.tenants {
            let receipts = self.engine.store().receipts(tenant.id, Timestamp::MIN, usize::MAX).await?;
            for receipt in receipts.into_iter().filter(|receipt| receipt.cause == Cause::Retention) {
                let Some(rule) = receipt.rule.filter(|_| self.seen_receipts.insert(receipt.id)) else { continue };
                let entry = swept.entry((receipt.at, rule)).or_default();
                let actor = self.played.people.iter().find(|actor| actor.subject == receipt.subject);
                entry.0.extend(actor.map(|actor| actor.key.clone()));
                entry.1 += receipt.records;
                entry.2 += receipt.cascaded;
            }
        }
        for ((at, rule), (people, records, cascaded)) in swept {
            self.timeline.push(Moment { at, what: Happened::Swept { rule, people, records, cascaded } });
        }
        Ok(())
    }

    async fn open_tenant(&mut self, key: &str) -> Result<(), Error> {
        let Some(declared) = self.plan.scenario.tenant.get(key) else { return Ok(()) };
        let operator = self.role_for(Acts::Operator, &declared.purpose)?;
        let caller = obhut_core::access::Caller { credential: None, tenant: None, role: operator, purposes: None };
        let new = NewTenant {
            name: declared.name.clone(),
            purpose: declared.purpose.clone(),
            values: declared.values.clone(),
            notice: self.engine.model().policy.hash,
        };
        let tenant = self.engine.open_tenant(&caller, &new).await?;
        let staff = self.plan.published.roles.iter().find(|(_, role)| role.acts == Acts::Tenant);
        let staff = staff.map(|(name, _)| name.clone()).ok_or(Error::Unknown { kind: "role of tenants" })?;
        let new = NewKey { tenant: Some(tenant.id), role: staff, purposes: None, expires: None };
        let (_, secret) = self.engine.create_key(&installer(), new).await?;
        let now = self.engine.now();
        let mut idle_log_ins = Vec::new();
        if let Some((_, secret)) = self.engine.log_in(secret.expose(), Some(Lang::De)).await? {
            idle_log_ins.push((secret.expose().to_owned(), now));
        }
        self.played.tenants.push(PlayedTenant {
            key: key.to_owned(),
            id: tenant.id,
            secret: secret.expose().to_owned(),
            ended: None,
            idle_log_ins,
        });
        let place = self.played.tenants.len() - 1;
        self.note(key, place, tenant.account, &declared.values, &[], &[], true);
        self.tell(Happened::Opened { tenant: key.to_owned() });
        Ok(())
    }

    async fn person(&mut self, place: usize) -> Result<(), Error> {
        let Some((key, declared)) = self.plan.scenario.person.iter().nth(place) else { return Ok(()) };
        let submission =
            self.submission(declared.purpose.clone(), &declared.values, &declared.events, &declared.consents);
        self.come(key, &declared.tenant, &submission, &declared.consents, true).await
    }

    async fn invented(&mut self, number: usize) -> Result<(), Error> {
        let Some(invented) = &self.plan.scenario.invented else { return Ok(()) };
        let tenants: Vec<&String> = self.plan.scenario.tenant.keys().collect();
        let Some(tenant) = tenants.get(number.checked_rem(tenants.len()).unwrap_or(0)) else { return Ok(()) };
        let mut values = invented.values.clone();
        for value in values.values_mut().flat_map(BTreeMap::values_mut) {
            *value = value.replace("{n}", &number.to_string());
        }
        let consents: Vec<ConsentName> =
            invented.consent.iter().filter(|_| number.is_multiple_of(5)).cloned().collect();
        let submission = self.submission(invented.purpose.clone(), &values, &invented.events, &consents);
        self.come(&format!("invented-{number}"), tenant, &submission, &consents, false).await
    }

    fn submission(
        &self,
        purpose: obhut_core::id::PurposeName,
        values: &Values,
        events: &[EventName],
        consents: &[ConsentName],
    ) -> Submission {
        let form = self.plan.published.consents.values().next().map_or("form", |consent| consent.asked_on.as_str());
        Submission {
            subject: None,
            purpose,
            values: values.clone(),
            facts: [].into(),
            events: events.iter().map(|event| (event.clone(), None)).collect(),
            declarations: consents
                .iter()
                .map(|consent| Declaration { consent: consent.clone(), kind: ConsentKind::Granted, lang: Lang::De })
                .collect(),
            notice: self.engine.model().policy.hash,
            origin: form.to_owned(),
        }
    }

    async fn come(
        &mut self,
        key: &str,
        tenant: &str,
        submission: &Submission,
        consents: &[ConsentName],
        declared: bool,
    ) -> Result<(), Error> {
        let Some(place) = self.played.tenants.iter().position(|known| known.key == tenant) else {
            return Err(Error::Unknown { kind: "tenant in the scenario" });
        };
        let role = self.role_for(Acts::Form, &submission.purpose)?;
        let Some(to) = self.played.tenants.get(place).map(|tenant| tenant.id) else { return Ok(()) };
        let caller = obhut_core::access::Caller { credential: None, tenant: Some(to), role, purposes: None };
        let stored = match self.engine.submit(&caller, to, submission).await {
            Err(Error::TenantEnded) if !declared => return Ok(()),
            stored => stored?,
        };
        let events: Vec<EventName> = submission.events.iter().map(|(event, _)| event.clone()).collect();
        let actor = self.note(key, place, stored.subject, &submission.values, &events, consents, declared);
        if declared {
            self.tell(Happened::Came { person: key.to_owned(), tenant: tenant.to_owned() });
            self.look(When::Happens, &[]).await?;
        } else {
            self.look(When::Always, &[actor]).await?;
        }
        Ok(())
    }

    /// Writes down what came in, and when it must be looked at.
    #[expect(clippy::too_many_arguments, reason = "one line of the book for each")]
    fn note(
        &mut self,
        key: &str,
        tenant: usize,
        subject: SubjectId,
        values: &Values,
        events: &[EventName],
        consents: &[ConsentName],
        declared: bool,
    ) -> usize {
        let now = self.engine.now();
        let audience = values.keys().find_map(|class| Some(self.plan.published.data.get(class)?.audience.clone()));
        let known = self.played.people.iter().position(|actor| actor.subject == subject);
        let place = known.unwrap_or_else(|| {
            self.played.people.push(Actor {
                key: key.to_owned(),
                tenant,
                subject,
                audience: audience.unwrap_or_else(|| "nobody".into()),
                declared,
                records: Vec::new(),
                history: History::default(),
                consents: Consents::default(),
                touched: now,
                erased: None,
            });
            self.played.people.len() - 1
        });
        if let Some(actor) = self.played.people.get_mut(place) {
            actor.records.extend(values.keys().map(|class| (class.clone(), History::default())));
            for event in events {
                actor.history.insert(event.clone(), now);
            }
            for consent in consents {
                actor.declare(ConsentEvent { at: now, consent: consent.clone(), kind: ConsentKind::Granted });
            }
            actor.touched = now;
        }
        self.watch(place);
        place
    }

    /// Puts the boundaries of a person's windows into the queue.
    fn watch(&mut self, place: usize) {
        let now = self.engine.now();
        let published = Arc::clone(&self.plan.published);
        let sweep = published.policy.sweep;
        let zone = &published.policy.zone;
        let Some(actor) = self.played.people.get(place) else { return };
        let mut boundaries = BTreeSet::new();
        for record in 0..actor.records.len() {
            let Some(verdict) = actor.verdict(&published, record, now) else { continue };
            let opens = verdict.fires_at.and_then(|at| at.checked_sub(1.second()).ok());
            boundaries.extend(opens);
            // The window closes by the rule, or one sweep after the last change.
            boundaries.extend(verdict.gone_by.map(|by| by.max(sweep.after(actor.touched, zone))));
            // A consent keeps it: look again when it would have gone, and long after.
            if verdict.due.is_none() && !actor.consents.iter().all(|event| event.kind != ConsentKind::Granted) {
                for days in [15_i64, 365, 5 * 366] {
                    boundaries.extend(now.checked_add((days * 24).hours()).ok());
                }
            }
        }
        for at in boundaries.into_iter().filter(|at| *at >= now) {
            let at = to_micros(at);
            let steps = self.queue.entry(at).or_default();
            let boundary = steps.iter_mut().find_map(|step| match step {
                Step::Boundary(people) => Some(people),
                _ => None,
            });
            match boundary {
                Some(people) => {
                    people.insert(place);
                }
                None => steps.push(Step::Boundary([place].into())),
            }
        }
    }

    async fn happening(&mut self, place: usize) -> Result<(), Error> {
        let Some(happening) = self.plan.scenario.happens.get(place) else { return Ok(()) };
        let Some(actor) = self.played.people.iter().position(|actor| actor.key == happening.to) else {
            return Err(Error::Unknown { kind: "person or tenant in the scenario" });
        };
        let Some((tenant_place, subject)) = self.played.people.get(actor).map(|a| (a.tenant, a.subject)) else {
            return Ok(());
        };
        let Some((tenant, secret)) = self.played.tenants.get(tenant_place).map(|t| (t.id, t.secret.clone())) else {
            return Ok(());
        };
        let now = self.engine.now();
        let to = happening.to.clone();
        match &happening.what {
            What::Event(event) => {
                let staff = self.staff(tenant, &secret).await?;
                self.engine.report_event(&staff, tenant, subject, None, event, None).await?;
                self.change(actor, |actor| actor.history.insert(event.clone(), now));
                self.tell(Happened::Event { to, event: event.to_string() });
            }
            What::Withdraws(consent) => {
                let staff = self.staff(tenant, &secret).await?;
                self.engine.withdraw(&staff, tenant, subject, consent, Lang::De).await?;
                let event = ConsentEvent { at: now, consent: consent.clone(), kind: ConsentKind::Withdrawn };
                self.change(actor, |actor| actor.declare(event));
                self.tell(Happened::Withdrew { person: to, consent: consent.to_string() });
            }
            What::Erased(_) => {
                let copy = self.plan.scratch.join(format!("before-{}.db", self.played.erasures.len()));
                self.engine.store().copy_to(&copy).await?;
                let staff = self.staff(tenant, &secret).await?;
                self.engine.erase(&staff, tenant, subject).await?;
                self.played.erasures.push(PlayedErasure { person: actor, at: now, copy });
                self.change(actor, |actor| actor.erased = Some(now));
                self.tell(Happened::Erased { person: to });
            }
            What::Ends(_) => {
                let staff = self.staff(tenant, &secret).await?;
                self.engine.end_tenant(&staff, tenant).await?;
                if let Some(tenant) = self.played.tenants.get_mut(tenant_place) {
                    tenant.ended = Some(now);
                }
                let event = self.plan.published.tenant_end().cloned();
                self.change(actor, |actor| {
                    if let Some(event) = event {
                        actor.history.insert(event, now);
                    }
                });
                // When one sweep has passed, everything must be done.
                let done = self.plan.published.policy.sweep.after(now, &self.plan.published.policy.zone);
                let own = |(place, actor): (usize, &Actor)| (actor.tenant == tenant_place).then_some(place);
                let people = self.played.people.iter().enumerate().filter_map(own).collect();
                self.at(done, Step::Boundary(people));
                self.tell(Happened::Ended { tenant: to });
                self.tell_receipts().await?;
            }
            What::Adds(addition) => self.adds(actor, tenant, addition).await?,
        }
        self.look(When::Happens, &[]).await
    }

    async fn adds(&mut self, actor: usize, tenant: TenantId, addition: &Addition) -> Result<(), Error> {
        let now = self.engine.now();
        let Some(subject) = self.played.people.get(actor).map(|actor| actor.subject) else { return Ok(()) };
        let caller =
            obhut_core::access::Caller { credential: None, tenant: None, role: addition.role.clone(), purposes: None };
        let mut submission = self.submission(addition.purpose.clone(), &addition.values, &[], &[]);
        submission.subject = Some(subject);
        let stored = self.engine.submit(&caller, tenant, &submission).await?;
        for record in &stored.records {
            self.engine.report_event(&caller, tenant, subject, Some(*record), &addition.event, None).await?;
        }
        let own: History = [(addition.event.clone(), now)].into_iter().collect();
        let classes: Vec<_> = addition.values.keys().cloned().collect();
        self.change(actor, |actor| actor.records.extend(classes.into_iter().map(|class| (class, own.clone()))));
        let to = self.played.people.get(actor).map(|actor| actor.key.clone()).unwrap_or_default();
        self.tell(Happened::Event { to, event: addition.event.to_string() });
        Ok(())
    }

    fn change(&mut self, place: usize, change: impl FnOnce(&mut Actor)) {
        let now = self.engine.now();
        if let Some(actor) = self.played.people.get_mut(place) {
            change(actor);
            actor.touched = now;
        }
        self.watch(place);
    }

    async fn staff(&self, tenant: TenantId, secret: &str) -> Result<obhut_core::access::Caller, Error> {
        let known = self.engine.authenticate(secret).await?;
        let active = self.engine.store().tenant(tenant).await?.is_some_and(|found| found.state == TenantState::Active);
        known.filter(|_| active).map(|known| known.caller).ok_or(Error::TenantEnded)
    }

    /// The role that acts so for a purpose; without one, the first role of the purpose.
    fn role_for(&self, acts: Acts, purpose: &obhut_core::id::PurposeName) -> Result<RoleName, Error> {
        let purpose = self.plan.published.purposes.get(purpose).ok_or(Error::Unknown { kind: "purpose" })?;
        let fits = |role: &&RoleName| self.plan.published.roles.get(*role).is_some_and(|role| role.acts == acts);
        let role = purpose.roles.iter().find(fits).or_else(|| purpose.roles.first());
        role.cloned().ok_or(Error::Unknown { kind: "role of the purpose" })
    }
}
