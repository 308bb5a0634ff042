//! What became of every record of a rehearsal: from coming in to its end, with what held in between and why it ended.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use obhut_core::{
    change::{Cause, Receipt},
    consent::ConsentKind,
    id::{Anchor, ClassName, TenantId},
    model::{Action, Model},
    retention::{Reason, Standing},
};
use obhut_engine::{
    prove::{Actor, PlayedRecord},
    rehearse::Report,
};

/// What a rehearsal showed of one class.
pub(super) struct Class<'a> {
    /// The class.
    pub name: &'a ClassName,
    /// The declared people's records, in the order of the scenario.
    pub lanes: Vec<Lane>,
    /// The invented people: at each instant of a change, how many have data of this class.
    pub crowd: Vec<(Timestamp, usize)>,
    /// How many invented people came.
    pub came: usize,
    /// How many of them are gone.
    pub gone: usize,
}

/// One record of a declared person.
pub(super) struct Lane {
    /// The name in the scenario.
    pub person: String,
    /// When it came in.
    pub came: Timestamp,
    /// What held from when to when.
    pub spans: Vec<Span>,
    /// What happened.
    pub marks: Vec<Mark>,
    /// How it ended; none: it is still there.
    pub end: Option<End>,
}

/// A time in which one thing held.
pub(super) struct Span {
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
    /// What held.
    pub use_: Use,
}

/// How a record may be used in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// For its purposes.
    Active,
    /// Restricted, or for one purpose only.
    Restricted,
    /// Kept on a consent.
    OnConsent,
    /// Kept by a statute or a dispute.
    Held,
    /// Random values.
    Anonymous,
}

/// Something that happened.
pub(super) struct Mark {
    /// When.
    pub at: Timestamp,
    /// Of which kind.
    pub kind: Kind,
    /// What.
    pub what: String,
}

/// A kind of mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An event.
    Event,
    /// A consent was given.
    Given,
    /// A consent was withdrawn or refused.
    Withdrawn,
    /// Values became random ones.
    Anonymised,
}

/// How a record ended.
pub(super) struct End {
    /// When.
    pub at: Timestamp,
    /// Why, in a word.
    pub why: &'static str,
    /// The sentence of the notice that said so.
    pub anchor: Anchor,
}

/// The classes of a rehearsal, in the order of the policy; those of which nothing came in are left out.
pub(super) fn classes<'a>(model: &'a Model, report: &Report) -> Vec<Class<'a>> {
    let mut receipts: BTreeMap<(TenantId, obhut_core::id::SubjectId), Vec<&Receipt>> = BTreeMap::new();
    for (tenant, receipt) in &report.receipts {
        receipts.entry((*tenant, receipt.subject)).or_default().push(receipt);
    }
    let known = |actor: &Actor| {
        let tenant = report.played.tenant_of(actor).map(|tenant| tenant.id);
        tenant.and_then(|tenant| receipts.get(&(tenant, actor.subject))).map_or(&[][..], Vec::as_slice)
    };
    let mut classes = Vec::new();
    for name in model.data.keys() {
        let mut class = Class { name, lanes: Vec::new(), crowd: Vec::new(), came: 0, gone: 0 };
        let mut changes: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for actor in &report.played.people {
            for (place, record) in actor.records.iter().enumerate().filter(|(_, record)| record.class == *name) {
                let end = end(model, (actor, place), known(actor), report.ended);
                if actor.declared {
                    class.lanes.push(lane(model, (actor, place), end, report.ended));
                    continue;
                }
                class.came += 1;
                *changes.entry(record.came).or_default() += 1;
                if let Some(end) = end.filter(|end| end.why != ANONYMISED) {
                    class.gone += 1;
                    *changes.entry(end.at).or_default() -= 1;
                }
            }
        }
        let mut there = 0_i64;
        for (at, change) in changes {
            there += change;
            class.crowd.push((at, usize::try_from(there).unwrap_or(0)));
        }
        if !class.lanes.is_empty() || class.came > 0 {
            classes.push(class);
        }
    }
    classes
}

const ANONYMISED: &str = "anonymised";

/// How the record ended, by the receipts of its person: the first one of its class from the date of its rule on.
fn end(model: &Model, (actor, place): (&Actor, usize), receipts: &[&Receipt], now: Timestamp) -> Option<End> {
    let record = actor.records.get(place)?;
    let verdict = actor.verdict(model, place, now)?;
    let of_class =
        || receipts.iter().filter(|receipt| receipt.at >= record.came && receipt.classes.contains(&record.class));
    let asked = of_class().find(|receipt| receipt.cause == Cause::Request && actor.erased.is_some());
    let went = of_class().find(|receipt| receipt.cause == Cause::Cascade);
    let due = of_class().filter(|_| matches!(verdict.standing, Standing::Due { .. }));
    let due = due.filter(|receipt| verdict.fires_at.is_none_or(|fires| receipt.at >= fires));
    let due = due.min_by_key(|receipt| receipt.at);
    let stays = actor.erased.is_some() && due.is_some_and(|due| asked.is_some_and(|asked| due.at > asked.at));
    let receipt = match (asked, went, due) {
        (Some(asked), _, _) if !stays => asked,
        (_, Some(went), due) if due.is_none_or(|due| due.at >= went.at) => went,
        (_, _, Some(due)) => due,
        (Some(asked), ..) => asked,
        _ => return None,
    };
    let held = verdict.because.iter().rev().find_map(|reason| match reason {
        Reason::Held { hold, until: Some(until) } if verdict.due.is_some_and(|due| due.at == *until) => Some(hold),
        _ => None,
    });
    let (why, anchor) = match (receipt.cause, receipt.action) {
        (Cause::Request, _) => ("erased on request", Anchor::of("rights", "erasure")),
        (Cause::Cascade, _) => {
            let rule = receipt.rule.as_ref().unwrap_or(&verdict.rule);
            ("gone with its tenant", Anchor::of("retain", rule.as_str()))
        }
        (Cause::Retention, Action::Anonymise) => (ANONYMISED, Anchor::of("retain", verdict.rule.as_str())),
        (Cause::Retention, _) => match held {
            Some(hold) => ("erased after the hold", Anchor::of("hold", hold.as_str())),
            None => ("erased", Anchor::of("retain", verdict.rule.as_str())),
        },
    };
    Some(End { at: receipt.at, why, anchor })
}

fn lane(model: &Model, (actor, place): (&Actor, usize), end: Option<End>, last: Timestamp) -> Lane {
    let none = || Lane { person: actor.key.clone(), came: last, spans: Vec::new(), marks: Vec::new(), end: None };
    let Some(record) = actor.records.get(place) else { return none() };
    let until = end.as_ref().map_or(last, |end| end.at);
    let mut marks: Vec<Mark> =
        happened(actor, record).into_iter().filter(|mark| mark.at >= record.came && mark.at <= until).collect();
    let mut spans = spans(model, (actor, place), (record.came, until), &marks);
    if let Some(end) = end.as_ref().filter(|end| end.why == ANONYMISED) {
        marks.push(Mark {
            at: end.at,
            kind: Kind::Anonymised,
            what: "random values in the place of the old ones".into(),
        });
        spans.push(Span { from: end.at, to: last, use_: Use::Anonymous });
    }
    Lane { person: actor.key.clone(), came: record.came, spans, marks, end }
}

/// Everything that happened to the person or the record, by time.
fn happened(actor: &Actor, record: &PlayedRecord) -> Vec<Mark> {
    let history = actor.history_of(record);
    let events = history.iter().map(|(event, at)| Mark { at, kind: Kind::Event, what: event.to_string() });
    let consents = actor.consents.iter().map(|event| {
        let (kind, what) = match event.kind {
            ConsentKind::Requested => (Kind::Withdrawn, "asked for confirmation of"),
            ConsentKind::Granted => (Kind::Given, "consents to"),
            ConsentKind::Refused => (Kind::Withdrawn, "refuses"),
            ConsentKind::Withdrawn => (Kind::Withdrawn, "withdraws"),
        };
        Mark { at: event.at, kind, what: format!("{what} {}", event.consent) }
    });
    let mut marks: Vec<Mark> = events.chain(consents).collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// What held when: the verdict changes with what happens, with the dates it names itself, and with the end of holds.
fn spans(
    model: &Model,
    (actor, place): (&Actor, usize),
    (from, to): (Timestamp, Timestamp),
    marks: &[Mark],
) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at = from;
    // A rule has a few stages and a person a few events; the bound only ends what can never end.
    for _ in 0..512 {
        if at >= to {
            break;
        }
        let Some(verdict) = actor.verdict(model, place, at) else { break };
        let use_ = match verdict.standing {
            Standing::Active | Standing::Due { .. } => Use::Active,
            Standing::Restricted | Standing::ExportOnly | Standing::OnlyFor { .. } => Use::Restricted,
            Standing::OnConsent { .. } => Use::OnConsent,
            Standing::Held { .. } => Use::Held,
        };
        let starts = verdict.because.iter().filter_map(|reason| match reason {
            Reason::Starts { at, due, .. } => Some([*at, *due, model.policy.sweep.before(*due, &model.policy.zone)]),
            _ => None,
        });
        let next = marks
            .iter()
            .map(|mark| mark.at)
            .chain(verdict.fires_at)
            .chain(starts.flatten())
            .filter(|next| *next > at)
            .min()
            .unwrap_or(to)
            .min(to);
        match spans.last_mut() {
            Some(span) if span.use_ == use_ => span.to = next,
            _ => spans.push(Span { from: at, to: next, use_ }),
        }
        at = if next > at { next } else { at.checked_add(1.second()).unwrap_or(to) };
    }
    spans
}
