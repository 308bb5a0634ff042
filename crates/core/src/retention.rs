//! The retention calculus: rule + events + holds + now -> verdict with reasons.
//!
//! Due dates are derived, never a truth of their own: whatever is stored for speed is rebuilt and compared.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    consent::Consents,
    history::History,
    id::{ClassName, ConsentName, EventName, FactName, HoldName, PurposeName, RetentionName},
    model::{Action, HoldKind, Lifetime, Meanwhile, Model, Retention},
    period::{Period, end_of_year},
    rule::{Anchoring, Choice, Chosen, Rounding, Rule},
};

/// Two-sided time: what a date promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// `within N after E`: gone by then.
    GoneBy,
    /// `N after E`: kept until then, gone one sweep later.
    KeepUntil,
}

/// A date with its promise. Ordered by instant; of two equal ones the stricter for erasure comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// What that promises.
    pub side: Side,
}

impl Due {
    /// From when the sweep takes the record, and until when it must be gone: one sweep interval, before the date for
    /// "gone by", after it for "keep until". A sweep that runs once per interval therefore keeps both promises.
    pub fn window(&self, sweep: Period, zone: &TimeZone) -> (Timestamp, Timestamp) {
        match self.side {
            Side::GoneBy => (sweep.before(self.at, zone), self.at),
            Side::KeepUntil => (self.at, sweep.after(self.at, zone)),
        }
    }
}

/// Why a date is what it is. The policy crate says it in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// The event occurred then and the period leads to the date.
    Starts {
        /// The event.
        event: EventName,
        /// Its occurrence that counts.
        at: Timestamp,
        /// Where that leads.
        due: Timestamp,
    },
    /// The event has not happened.
    NotYet {
        /// The event.
        event: EventName,
    },
    /// An event undid what was before it.
    Cancelled {
        /// The cancelling event.
        event: EventName,
        /// When it occurred.
        at: Timestamp,
    },
    /// The person consented to longer storage.
    Consent {
        /// Which consent.
        consent: ConsentName,
        /// Since when.
        since: Timestamp,
    },
    /// A hold keeps it.
    Held {
        /// Which hold.
        hold: HoldName,
        /// Until when; none while it is open.
        until: Option<Timestamp>,
    },
}

/// A hold that lies on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveHold {
    /// Which one.
    pub hold: HoldName,
    /// Until when; none while it is open.
    pub until: Option<Timestamp>,
}

/// Everything a verdict depends on, beside the rule and `now`.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The occurrences about the record and its subject.
    pub history: &'a History,
    /// The facts that hold for the record.
    pub facts: &'a BTreeSet<FactName>,
    /// The subject's consents.
    pub consents: &'a Consents,
    /// The holds that were placed on the record; those of a statute follow from the policy.
    pub holds: &'a [ActiveHold],
    /// The periods that were chosen for the rule that applies.
    pub chosen: Chosen,
}

/// How a record may be used now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "kebab-case")]
pub enum Standing {
    /// For its purposes.
    Active,
    /// The period is over; only this consent keeps it, so only purposes based on it may use it.
    OnConsent {
        /// Which.
        consent: ConsentName,
    },
    /// Stored, not used (Art. 18).
    Restricted,
    /// Only handed out to the one it belongs to.
    ExportOnly,
    /// Used for one purpose only.
    OnlyFor {
        /// Which.
        purpose: PurposeName,
    },
    /// The period is over; a hold keeps it for its one purpose.
    Held {
        /// Which.
        hold: HoldName,
    },
    /// Due: the next sweep acts.
    Due {
        /// What it does.
        action: Action,
    },
}

/// What the calculus says about a record at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The rule that applies.
    pub rule: RetentionName,
    /// When the next stage is due; none while it is never yet.
    pub due: Option<Due>,
    /// What happens then.
    pub action: Action,
    /// The place of that stage in the rule, from 0.
    pub stage: usize,
    /// From when a sweep acts on it.
    pub fires_at: Option<Timestamp>,
    /// Until when it must have acted.
    pub gone_by: Option<Timestamp>,
    /// How the record may be used now.
    pub standing: Standing,
    /// Why.
    pub because: Vec<Reason>,
}

/// What a bare rule is applied to.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// What happened.
    pub history: &'a History,
    /// When an event last undid what was before it.
    pub cancelled: Option<Timestamp>,
    /// The periods that were chosen.
    pub chosen: Chosen,
    /// The present instant: what happens later does not count yet.
    pub now: Timestamp,
}

impl<'a> Course<'a> {
    /// The course of what happened, with nothing undone and nothing chosen.
    pub const fn of(history: &'a History, now: Timestamp) -> Self {
        Self { history, cancelled: None, chosen: Chosen { tenant: None, record: None }, now }
    }

    /// The occurrence of `event` that counts. A derived event also occurs at the date of its rule, which may lie ahead:
    /// then the date that follows from it is known before it happens.
    fn anchor(&self, model: &Model, event: &EventName, anchoring: Anchoring, depth: usize) -> Option<Timestamp> {
        let reported = self.history.anchor(event, anchoring, self.cancelled, self.now);
        let derived = model
            .events
            .get(event)
            .and_then(|event| event.derived.as_ref())
            .filter(|_| depth < DEEPEST_DERIVATION)
            .and_then(|rule| date(model, rule, self, depth.saturating_add(1), &mut Vec::new()))
            .map(|due| due.at);
        match (reported, derived) {
            (Some(reported), Some(derived)) if anchoring == Anchoring::First => Some(reported.min(derived)),
            (Some(reported), Some(derived)) => Some(reported.max(derived)),
            (reported, derived) => reported.or(derived),
        }
    }
}

/// How many derived events may rest on each other. A checked policy has no circle.
pub const DEEPEST_DERIVATION: usize = 8;

/// The newest occurrence of `event` by `now`, reported or derived.
pub fn happened(model: &Model, history: &History, event: &EventName, now: Timestamp) -> Option<Timestamp> {
    let reported = history.last(event, now);
    let derived = model
        .events
        .get(event)
        .and_then(|event| event.derived.as_ref())
        .and_then(|rule| due(model, rule, &Course::of(history, now), &mut Vec::new()))
        .map(|due| due.at)
        .filter(|at| *at <= now);
    reported.max(derived)
}

/// The date of a bare rule, or none while it is never yet; reasons are appended to `because`.
pub fn due(model: &Model, rule: &Rule, course: &Course<'_>, because: &mut Vec<Reason>) -> Option<Due> {
    date(model, rule, course, 0, because)
}

/// Until when something on a device used (or set) at `used` lives; none if only until the browser is closed.
pub fn lifetime_end(model: &Model, keep: &Lifetime, used: Timestamp) -> Option<Timestamp> {
    match keep {
        Lifetime::Session => None,
        Lifetime::For(period) => Some(period.after(used, &model.policy.zone)),
        Lifetime::Rule(rule) => {
            let history: History = rule.events().into_iter().map(|(event, _)| (event.clone(), used)).collect();
            due(model, rule, &Course::of(&history, used), &mut Vec::new()).map(|due| due.at)
        }
    }
}

fn date(model: &Model, rule: &Rule, course: &Course<'_>, depth: usize, because: &mut Vec<Reason>) -> Option<Due> {
    let zone = &model.policy.zone;
    let mut anchored = |event: &EventName, anchoring, date: &dyn Fn(Timestamp) -> Due| {
        let Some(at) = course.anchor(model, event, anchoring, depth) else {
            because.push(Reason::NotYet { event: event.clone() });
            return None;
        };
        let due = date(at);
        because.push(Reason::Starts { event: event.clone(), at, due: due.at });
        Some(due)
    };
    match rule {
        // Every branch is asked, so that the reasons are complete.
        Rule::Earliest(rules) => {
            let dates: Vec<_> = rules.iter().map(|rule| date(model, rule, course, depth, because)).collect();
            dates.into_iter().flatten().min()
        }
        Rule::Latest(rules) => {
            let dates: Vec<_> = rules.iter().map(|rule| date(model, rule, course, depth, because)).collect();
            dates.into_iter().collect::<Option<Vec<_>>>()?.into_iter().max()
        }
        Rule::After { within, period, choice, anchor, event, rounding } => anchored(event, *anchor, &|at| {
            let exact = chosen(*period, *choice, course.chosen, at, zone);
            let first = match rounding {
                Some(Rounding::FiscalYear) => model.policy.fiscal_year,
                Some(Rounding::Year) | None => None,
            };
            Due {
                at: if rounding.is_some() { end_of_year(exact, zone, first) } else { exact },
                side: if *within { Side::GoneBy } else { Side::KeepUntil },
            }
        }),
        Rule::Immediately(anchor, event) | Rule::Until(anchor, event) => {
            anchored(event, *anchor, &|at| Due { at, side: Side::KeepUntil })
        }
    }
}

/// The end of the period from `at`: the chosen one inside its bounds, or the one the rule states.
fn chosen(period: Period, choice: Option<Choice>, chosen: Chosen, at: Timestamp, zone: &TimeZone) -> Timestamp {
    let Some((choice, own)) = choice.and_then(|choice| Some((choice, chosen.by(choice.by)?))) else {
        return period.after(at, zone);
    };
    let (least, most) = (choice.least.after(at, zone), choice.most.after(at, zone));
    own.after(at, zone).min(most).max(least)
}

/// The verdict on a record of `class`; none if the class has no rule for these facts (a checked policy has one).
pub fn assess(model: &Model, class: &ClassName, case: &Case<'_>, now: Timestamp) -> Option<Verdict> {
    let (name, retention) = model.retention_of(class, &|fact| case.facts.contains(fact))?;
    let mut holds = case.holds.to_vec();
    holds.extend(statutory_holds(model, class, case.history, now));
    Some(assess_rule(model, name, retention, &Case { holds: &holds, ..*case }, now))
}

/// The holds that statutes put on a record of `class` by themselves: those whose date is known.
pub fn statutory_holds(model: &Model, class: &ClassName, history: &History, now: Timestamp) -> Vec<ActiveHold> {
    let of_class = model.holds.iter().filter(|(_, hold)| hold.data.contains(class));
    let dated = of_class.filter_map(|(name, hold)| match &hold.kind {
        HoldKind::Statute { rule, .. } => {
            let until = due(model, rule, &Course::of(history, now), &mut Vec::new())?.at;
            Some(ActiveHold { hold: name.clone(), until: Some(until) })
        }
        HoldKind::Dispute { .. } => None,
    });
    dated.collect()
}

/// The verdict of one rule.
pub fn assess_rule(
    model: &Model,
    name: &RetentionName,
    retention: &Retention,
    case: &Case<'_>,
    now: Timestamp,
) -> Verdict {
    let zone = &model.policy.zone;
    let mut because = Vec::new();

    let cancelled = retention.cancel.as_ref().and_then(|event| {
        let at = happened(model, case.history, event, now)?;
        because.push(Reason::Cancelled { event: event.clone(), at });
        Some(at)
    });
    let given = retention.unless.as_ref().and_then(|consent| {
        let since = case.consents.given_since(consent, model.consents.get(consent)?, now, zone)?;
        Some((consent.clone(), since))
    });

    let course = Course { history: case.history, cancelled, chosen: case.chosen, now };

    // The stages in order: those whose window has opened are past, the first one that has not is the next.
    // A verdict on a terminal stage stays there.
    let mut stage = 0;
    let mut action = Action::Erase;
    let mut date = None;
    let mut reached = None;
    for (index, step) in retention.stages.iter().enumerate() {
        let mut reasons = Vec::new();
        let step_due = due(model, &step.rule, &course, &mut reasons);
        // A hold keeps data; it does not put off a restriction.
        let holds = if step.action == Action::Restrict { &[] } else { case.holds };
        stage = index;
        action = step.action;
        date = step_due.map(|due| prolong(model, due, holds));
        because.extend(reasons);
        if date.is_some_and(|(_, (opens, _))| opens <= now) {
            reached = Some(step.action);
        } else {
            break;
        }
    }

    let open_hold = case.holds.iter().find(|hold| hold.until.is_none());
    let running_hold = case.holds.iter().find(|hold| hold.until.is_none_or(|end| end > now));
    because.extend(case.holds.iter().map(|hold| Reason::Held { hold: hold.hold.clone(), until: hold.until }));

    // What the dates would be without holds and consent says whether only these still keep the record.
    let mut unheld = Vec::new();
    let over = !retention.stages.is_empty()
        && retention
            .stages
            .iter()
            .all(|step| due(model, &step.rule, &course, &mut unheld).is_some_and(|due| model.window(&due).0 <= now));
    // The date of a derived event may be known before it happens; nothing has begun until then.
    let began = |reason: &Reason| matches!(reason, Reason::Starts { at, .. } if *at <= now);
    let started = date.is_some() && because.iter().any(began);

    if let Some((consent, since)) = &given {
        because.push(Reason::Consent { consent: consent.clone(), since: *since });
    }
    if given.is_some() || (open_hold.is_some() && action != Action::Restrict) {
        date = None;
    }
    let meanwhile = retention.meanwhile.as_ref().filter(|_| started);
    let standing = match (&given, running_hold) {
        // The hold before the consent: otherwise withdrawing the consent would open the purpose of the hold.
        (_, Some(hold)) if over => Standing::Held { hold: hold.hold.clone() },
        (Some((consent, _)), None) if over => Standing::OnConsent { consent: consent.clone() },
        (None, None) if reached.is_some_and(|action| action != Action::Restrict) => {
            Standing::Due { action: reached.unwrap_or(Action::Erase) }
        }
        _ if reached == Some(Action::Restrict) => Standing::Restricted,
        _ => match meanwhile {
            Some(Meanwhile::Restrict) => Standing::Restricted,
            Some(Meanwhile::ExportOnly) => Standing::ExportOnly,
            Some(Meanwhile::Only(purpose)) => Standing::OnlyFor { purpose: purpose.clone() },
            None => Standing::Active,
        },
    };
    let window = date.map(|(_, window)| window);
    Verdict {
        rule: name.clone(),
        due: date.map(|(due, _)| due),
        action,
        stage,
        fires_at: window.map(|(opens, _)| opens),
        gone_by: window.map(|(_, closes)| closes),
        standing,
        because,
    }
}

/// Whether a record stays although its erasure was asked for (Art. 17(3)(b), (e)): a statute or a running hold keeps
/// it.
pub fn stays_on_request(model: &Model, class: &ClassName, holds: &[ActiveHold], now: Timestamp) -> bool {
    model.data.get(class).is_some_and(|class| class.statutory)
        || holds.iter().any(|hold| hold.until.is_none_or(|end| end > now))
}

/// The later of the date and the end of every dated hold, with its window. A date moved by a hold is kept until the
/// hold ends; the window never opens before that, also where the hold ends inside it.
fn prolong(model: &Model, due: Due, holds: &[ActiveHold]) -> (Due, (Timestamp, Timestamp)) {
    let (opens, closes) = model.window(&due);
    let latest = holds.iter().filter_map(|hold| hold.until).max();
    match latest {
        Some(end) if end > opens => {
            let kept = Due { at: end, side: Side::KeepUntil };
            let (opens, held_closes) = model.window(&kept);
            (if end > due.at { kept } else { due }, (opens, held_closes.max(closes)))
        }
        _ => (due, (opens, closes)),
    }
}
