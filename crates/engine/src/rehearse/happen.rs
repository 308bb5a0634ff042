//! What happens to people who are there already.

use std::collections::BTreeSet;

use obhut_core::{
    consent::{ConsentEvent, ConsentKind},
    history::History,
    id::{ClassName, ConsentName, EventName, HoldName, RecordId},
    model::{Acts, HoldKind, Lang},
    retention::ActiveHold,
};

use super::{
    Happened,
    play::{Filing, Rehearsal, Step},
    scenario::{Addition, What},
};
use crate::{
    Error,
    people::Submission,
    prove::{Actor, PlayedErasure},
};

impl Rehearsal<'_> {
    pub(super) async fn happening(&mut self, place: usize) -> Result<(), Error> {
        let Some(happening) = self.plan.scenario.happens.get(place) else { return Ok(()) };
        let Some(person) = self.played.people.iter().position(|actor| actor.key == happening.to) else {
            return Err(Error::Unknown { kind: "person or tenant in the scenario" });
        };
        let Some(actor) = self.played.people.get(person).cloned() else { return Ok(()) };
        let to = happening.to.clone();
        match &happening.what {
            What::Event(event) => {
                self.event(person, &actor, event, happening.about.as_ref()).await?;
                self.tell(Happened::Event { to, event: event.to_string() });
            }
            What::Gives(consent) => {
                self.gives(person, &actor, consent).await?;
                self.tell(Happened::Gave { person: to, consent: consent.to_string() });
            }
            What::Withdraws(consent) => {
                let speaker = self.speaker(&actor).await?;
                let tenant = self.tenant_id(actor.tenant);
                self.engine.withdraw(&speaker, tenant, actor.subject, consent, Lang::De).await?;
                let at = self.engine.now();
                let event = ConsentEvent { at, consent: consent.clone(), kind: ConsentKind::Withdrawn };
                self.change(person, |actor| actor.declare(event));
                self.tell(Happened::Withdrew { person: to, consent: consent.to_string() });
            }
            What::Erased(_) => {
                let copy = self.plan.scratch.join(format!("before-{}.db", self.played.erasures.len()));
                self.engine.store().copy_to(&copy).await?;
                let controller = self.controller(&actor).await?;
                self.engine.erase(&controller, self.tenant_id(actor.tenant), actor.subject).await?;
                let now = self.engine.now();
                self.played.erasures.push(PlayedErasure { person, at: now, copy });
                self.change(person, |actor| actor.erased = Some(now));
                self.tell(Happened::Erased { person: to });
            }
            What::Ends(_) => self.ends(person, &actor, to).await?,
            What::Adds(addition) => self.adds(person, &actor, addition).await?,
            What::Hold(hold) => {
                self.holds(person, &actor, hold).await?;
                self.tell(Happened::Held { person: to, hold: hold.clone() });
            }
            What::Lifts(hold) => {
                let caller = self.disputant(&actor, hold)?;
                self.engine.lift_hold(&caller, self.tenant_id(actor.tenant), actor.subject, hold).await?;
                self.change(person, |actor| {
                    actor.records.iter_mut().for_each(|record| record.holds.retain(|held| held.hold != *hold));
                });
                self.tell(Happened::Lifted { person: to, hold: hold.clone() });
            }
        }
        let of_tenant = |(place, other): (usize, &Actor)| (other.tenant == actor.tenant).then_some(place);
        let people: Vec<usize> = match &happening.what {
            What::Ends(_) => self.played.people.iter().enumerate().filter_map(of_tenant).collect(),
            _ => vec![person],
        };
        self.look_after(&people).await
    }

    async fn event(
        &mut self,
        person: usize,
        actor: &Actor,
        event: &EventName,
        about: Option<&ClassName>,
    ) -> Result<(), Error> {
        let speaker = self.speaker(actor).await?;
        let (tenant, now) = (self.tenant_id(actor.tenant), self.engine.now());
        let Some(class) = about else {
            self.engine.report_event(&speaker, tenant, actor.subject, None, event, None).await?;
            self.change(person, |actor| actor.history.insert(event.clone(), now));
            return Ok(());
        };
        let there = self.there(actor, &|of| of == class).await?;
        if there.is_empty() {
            return Err(Error::Unknown { kind: "record of this class" });
        }
        for record in &there {
            self.engine.report_event(&speaker, tenant, actor.subject, Some(*record), event, None).await?;
        }
        self.change(person, |actor| {
            for record in actor.records.iter_mut().filter(|record| there.contains(&record.id)) {
                record.history.insert(event.clone(), now);
            }
        });
        Ok(())
    }

    async fn gives(&mut self, person: usize, actor: &Actor, consent: &ConsentName) -> Result<(), Error> {
        let speaker = self.speaker(actor).await?;
        let tenant = self.tenant_id(actor.tenant);
        let form = self.asked_on(consent).ok_or(Error::Unknown { kind: "consent" })?;
        for declaration in self.granting(consent) {
            self.engine.declare(&speaker, tenant, actor.subject, &declaration, &form).await?;
        }
        let granted = self.granted(consent);
        self.change(person, |actor| granted.into_iter().for_each(|event| actor.declare(event)));
        Ok(())
    }

    async fn ends(&mut self, person: usize, actor: &Actor, key: String) -> Result<(), Error> {
        let Some(place) = actor.tenant else { return Err(Error::Unknown { kind: "tenant in the scenario" }) };
        let staff = self.controller(actor).await?;
        self.engine.end_tenant(&staff, self.tenant_id(Some(place))).await?;
        let now = self.engine.now();
        if let Some(tenant) = self.played.tenants.get_mut(place) {
            tenant.ended = Some(now);
        }
        let event = self.plan.published.tenant_end().cloned();
        self.change(person, |actor| {
            if let Some(event) = event {
                actor.history.insert(event, now);
            }
        });
        // Its people go with its own data: when one sweep has passed, or when an export window is over.
        let published = &self.plan.published;
        let mut windows: BTreeSet<_> = [published.policy.sweep.after(now, &published.policy.zone)].into();
        if let Some(account) = self.played.people.get(person) {
            let verdicts = (0..account.records.len()).filter_map(|record| account.verdict(published, record, now));
            windows.extend(verdicts.filter_map(|verdict| verdict.gone_by).filter(|by| *by > now));
        }
        let own = |(person, actor): (usize, &Actor)| (actor.tenant == Some(place)).then_some(person);
        let people: BTreeSet<usize> = self.played.people.iter().enumerate().filter_map(own).collect();
        for at in windows {
            self.at(at, Step::Boundary(people.clone()));
        }
        self.tell(Happened::Ended { tenant: key });
        self.tell_receipts().await
    }

    async fn adds(&mut self, person: usize, actor: &Actor, addition: &Addition) -> Result<(), Error> {
        let now = self.engine.now();
        let tenant = self.tenant_id(actor.tenant);
        let caller = self.caller(&addition.role, tenant);
        let submission = Submission {
            subject: Some(actor.subject),
            purpose: addition.purpose.clone(),
            values: addition.values.clone(),
            facts: addition.facts.clone(),
            choice: addition.choice.map(|choice| choice.0),
            events: Vec::new(),
            declarations: Vec::new(),
            notice: self.engine.model().policy.hash,
            origin: self.form_for(&addition.values),
        };
        let stored = self.engine.submit(&caller, tenant, &submission).await?;
        for record in &stored.records {
            self.engine.report_event(&caller, tenant, actor.subject, Some(*record), &addition.event, None).await?;
        }
        let own: History = [(addition.event.clone(), now)].into_iter().collect();
        let filing =
            Filing { key: &actor.key, tenant: actor.tenant, role: None, submission, consents: &[], declared: true };
        let records = self.records(&filing, &stored.records, &own);
        self.change(person, |actor| actor.records.extend(records));
        self.tell(Happened::Event { to: actor.key.clone(), event: addition.event.to_string() });
        Ok(())
    }

    async fn holds(&mut self, person: usize, actor: &Actor, hold: &HoldName) -> Result<(), Error> {
        let caller = self.disputant(actor, hold)?;
        let published = &self.plan.published;
        let declared = published.holds.get(hold).ok_or(Error::Unknown { kind: "hold" })?;
        let there = self.there(actor, &|class| declared.data.contains(class)).await?;
        self.engine.place_hold(&caller, self.tenant_id(actor.tenant), actor.subject, hold).await?;
        let until = match &declared.kind {
            HoldKind::Dispute { until } => Some(until.after(self.engine.now(), &published.policy.zone)),
            HoldKind::Statute { .. } => None,
        };
        self.change(person, |actor| {
            for record in actor.records.iter_mut().filter(|record| there.contains(&record.id)) {
                if !record.holds.iter().any(|held| held.hold == *hold) {
                    record.holds.push(ActiveHold { hold: hold.clone(), until });
                }
            }
        });
        Ok(())
    }

    /// Who acts for the purpose of a hold: the tenant's staff if they do, else the operator's.
    fn disputant(&self, actor: &Actor, hold: &HoldName) -> Result<obhut_core::access::Caller, Error> {
        let published = &self.plan.published;
        let purpose = published.holds.get(hold).and_then(|hold| published.purposes.get(&hold.purpose));
        let roles = purpose.map(|purpose| &purpose.roles).ok_or(Error::Unknown { kind: "hold" })?;
        let acts = |acts: Acts| roles.iter().find(|role| self.acts(role) == Some(acts));
        let staff = actor.tenant.and_then(|_| acts(Acts::Tenant));
        let role = staff.or_else(|| acts(Acts::Operator)).ok_or(Error::Unknown { kind: "role of the hold" })?;
        Ok(self.caller(role, self.tenant_id(actor.tenant)))
    }

    /// The person's records of some classes that are there and still say something.
    async fn there(&self, actor: &Actor, of: &(dyn Fn(&ClassName) -> bool + Sync)) -> Result<Vec<RecordId>, Error> {
        let stored = self.engine.store().subject(self.tenant_id(actor.tenant), actor.subject).await?;
        let records = stored.ok_or(Error::NotFound)?.records;
        let open = records.into_iter().filter(|record| of(&record.class) && record.anonymised.is_none());
        Ok(open.map(|record| record.id).collect())
    }
}
