//! The laws of the house as properties; the worked examples as tables beside them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;
#[path = "laws/opened.rs"]
mod opened;
#[path = "laws/shop.rs"]
mod shop;
#[path = "laws/worked.rs"]
mod worked;

use std::collections::{BTreeMap, BTreeSet};

use common::{consent, empty_model, retention, text};
use jiff::{Timestamp, tz::TimeZone};
use obhut_core::{
    access::{self, Caller, Collection, Request, Situation},
    clock::{Clock as _, ManualClock},
    consent::{ConsentEvent, ConsentKind, Consents},
    contact,
    disclosure::{self, Ground},
    history::History,
    id::{EventName, PurposeName},
    model::{Action, Event, Hold, HoldKind, Meanwhile, Method, Retention, Sender, Stage},
    period::{Period, Unit},
    promise::{self, Outcome, State},
    retention::{self, ActiveHold, Case, Course, Side, Standing},
    rule::{Anchoring, Choice, Chooser, Chosen, Rounding, Rule},
};
use proptest::prelude::*;
use shop::*;

/// An instant between 2000 and 2040.
fn instants() -> impl Strategy<Value = Timestamp> {
    (946_684_800_000_000_i64..2_208_988_800_000_000).prop_map(|at| Timestamp::from_microsecond(at).unwrap())
}

fn units() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year])
}

fn periods() -> impl Strategy<Value = Period> {
    (1_u16..40, units()).prop_map(|(count, unit)| Period::new(count, unit))
}

/// Few days and few events, so that they meet.
fn near() -> impl Strategy<Value = Timestamp> {
    (0_i64..900).prop_map(|day| at("2026-01-01") + jiff::SignedDuration::from_hours(12 * day))
}

fn events() -> impl Strategy<Value = EventName> {
    prop::sample::select(vec!["a", "b", "c"]).prop_map(EventName::from)
}

fn histories() -> impl Strategy<Value = Vec<(EventName, Timestamp)>> {
    prop::collection::vec((events(), near()), 0..8)
}

fn roundings() -> impl Strategy<Value = Option<Rounding>> {
    prop::sample::select(vec![None, None, Some(Rounding::Year), Some(Rounding::FiscalYear)])
}

/// A choice of somebody, from some days to some more.
fn choices() -> impl Strategy<Value = Option<Choice>> {
    let days = |count| Period::new(count, Unit::Day);
    let by = prop::sample::select(vec![Chooser::Tenant, Chooser::Record]);
    prop::option::of((by, 1_u16..20, 0_u16..60).prop_map(move |(by, least, more)| Choice {
        by,
        least: days(least),
        most: days(least + more),
    }))
}

fn simple_rules() -> impl Strategy<Value = Rule> {
    let short = (1_u16..12, prop::sample::select(vec![Unit::Day, Unit::Week, Unit::Month]))
        .prop_map(|(count, unit)| Period::new(count, unit));
    let anchors = prop::sample::select(vec![Anchoring::First, Anchoring::Last]);
    prop_oneof![
        4 => (any::<bool>(), short, choices(), anchors.clone(), events(), roundings()).prop_map(
            |(within, period, choice, anchor, event, rounding)| {
                Rule::After { within, period, choice, anchor, event, rounding }
            }
        ),
        1 => (anchors.clone(), events()).prop_map(|(anchor, event)| Rule::Immediately(anchor, event)),
        1 => (anchors, events()).prop_map(|(anchor, event)| Rule::Until(anchor, event)),
    ]
}

fn rules() -> impl Strategy<Value = Rule> {
    simple_rules().prop_recursive(2, 6, 3, |inner| {
        let branches = prop::collection::vec(inner, 1..4);
        prop_oneof![branches.clone().prop_map(Rule::Earliest), branches.prop_map(Rule::Latest)]
    })
}

fn retentions() -> impl Strategy<Value = Retention> {
    let meanwhile = vec![Meanwhile::Restrict, Meanwhile::ExportOnly, Meanwhile::Only("answer".into())];
    let meanwhile = prop::option::of(prop::sample::select(meanwhile));
    (rules(), prop::option::of(rules()), meanwhile, any::<bool>()).prop_map(|(last, first, meanwhile, unless)| {
        let mut stages = vec![erase(last)];
        if let Some(rule) = first {
            stages.insert(0, Stage { rule, action: Action::Restrict });
        }
        let mut retention = retention(stages);
        retention.meanwhile = meanwhile;
        retention.unless = unless.then(|| "keep".into());
        retention
    })
}

fn all_holds() -> impl Strategy<Value = Vec<ActiveHold>> {
    let hold = prop::option::of(near()).prop_map(|until| ActiveHold { hold: "dispute".into(), until });
    prop::collection::vec(hold, 0..3)
}

fn declarations() -> impl Strategy<Value = Vec<ConsentEvent>> {
    let kinds = prop::sample::select(vec![
        ConsentKind::Requested,
        ConsentKind::Granted,
        ConsentKind::Granted,
        ConsentKind::Refused,
        ConsentKind::Withdrawn,
    ]);
    let names = prop::sample::select(vec!["keep", "news"]);
    let event = (kinds, names, near()).prop_map(|(kind, name, at)| ConsentEvent { at, consent: name.into(), kind });
    prop::collection::vec(event, 0..7)
}

/// The things in one order and in another.
fn shuffled<T: Clone + std::fmt::Debug>(
    things: impl Strategy<Value = Vec<T>>,
) -> impl Strategy<Value = (Vec<T>, Vec<T>)> {
    things.prop_flat_map(|things| (Just(things.clone()), Just(things).prop_shuffle()))
}

/// None is never, and never is later than any date.
fn or_never(at: Option<Timestamp>) -> Timestamp {
    at.unwrap_or(Timestamp::MAX)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_later_start_is_never_due_earlier(one in instants(), other in instants(), period in periods()) {
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(period.after(early, &TimeZone::UTC) <= period.after(late, &TimeZone::UTC));
        prop_assert!(period.after(early, &TimeZone::UTC) > early);
        // Where the clock is set back or forward two instants can change places, by less than the hour it is set.
        let (sooner, later) = (period.after(early, &berlin()), period.after(late, &berlin()));
        prop_assert!(sooner < later + jiff::SignedDuration::from_hours(1));
        let wall = |at: Timestamp| at.to_zoned(berlin()).datetime();
        if period.unit != Unit::Hour && wall(early) <= wall(late) && wall(later).hour() != 3 {
            prop_assert!(wall(sooner) <= wall(later) || wall(sooner).hour() == 3);
        }
    }

    #[test]
    fn another_occurrence_of_a_moving_anchor_never_brings_the_date_forward(
        history in histories(), more in near(), count in 1_u16..30, now in near(),
    ) {
        let model = empty_model(TimeZone::UTC, Period::new(1, Unit::Day));
        let rule = retention(vec![erase(after_last(count, Unit::Day, "a"))]);
        let mut history: History = history.into_iter().collect();
        let due = |history: &History| judge(&model, &rule, history, &Consents::default(), &[], now).due;
        let before = due(&history);
        history.insert("a".into(), more);
        prop_assert!(before.is_none() || before <= due(&history));
    }

    #[test]
    fn adding_a_hold_never_brings_erasure_forward(
        retention in retentions(), history in histories(), consents in declarations(), holds in all_holds(),
        more in prop::option::of(near()), now in near(),
    ) {
        let model = shop();
        let (history, consents): (History, Consents) = (history.into_iter().collect(), consents.into_iter().collect());
        let free = judge(&model, &retention, &history, &consents, &holds, now);
        let mut with_one_more = holds.clone();
        with_one_more.push(ActiveHold { hold: "dispute".into(), until: more });
        let held = judge(&model, &retention, &history, &consents, &with_one_more, now);
        prop_assert!(held.stage <= free.stage);
        prop_assert!(or_never(held.due.map(|due| due.at)) >= or_never(free.due.map(|due| due.at)));
        prop_assert!(or_never(held.fires_at) >= or_never(free.fires_at));
        prop_assert!(or_never(held.gone_by) >= or_never(free.gone_by));
        if more.is_none_or(|end| end > now) {
            let is_due = matches!(held.standing, Standing::Due { .. });
            prop_assert!(!is_due);
            prop_assert!(held.action == Action::Restrict || or_never(held.fires_at) > now);
        }
    }

    #[test]
    fn a_chosen_period_never_leaves_its_bounds(
        start in near(), stated in 1_u16..60, least in 1_u16..30, more in 0_u16..300, own in periods(),
        others in prop::option::of(periods()), by in prop::sample::select(vec![Chooser::Tenant, Chooser::Record]),
    ) {
        let mut model = empty_model(berlin(), Period::new(1, Unit::Day));
        model.retentions.clear();
        let days = |count| Period::new(count, Unit::Day);
        let choice = Choice { by, least: days(least), most: days(least + more) };
        let rule = Rule::After {
            within: false, period: days(stated), choice: Some(choice), anchor: Anchoring::First, event: "a".into(), rounding: None,
        };
        let history = History::from_iter([("a".into(), start)]);
        let due = |chosen| {
            let course = Course { history: &history, cancelled: None, chosen, now: start };
            retention::due(&model, &rule, &course, &mut Vec::new()).unwrap().at
        };
        // What somebody else chose does not count, and without a choice the rule's own period does.
        let (mine, theirs) = match by {
            Chooser::Tenant => (Chosen { tenant: Some(own), record: others }, Chosen { tenant: None, record: others }),
            Chooser::Record => (Chosen { tenant: others, record: Some(own) }, Chosen { tenant: others, record: None }),
        };
        prop_assert_eq!(due(theirs), days(stated).after(start, &berlin()));
        let (first, last) = (days(least).after(start, &berlin()), days(least + more).after(start, &berlin()));
        prop_assert!(first <= due(mine) && due(mine) <= last);
        let wanted = own.after(start, &berlin());
        prop_assert!(due(mine) == wanted || wanted < first || wanted > last);
    }

    #[test]
    fn a_derived_event_dates_like_the_same_event_reported_then(
        rule in simple_rules(), derived in rules(), history in histories(), later in 0_i64..9000,
    ) {
        let mut model = shop();
        let event = |derived| Event { phrase: text("an event"), last: None, derived, withdrawal: None };
        model.events.insert("closed".into(), event(Some(derived.clone())));
        let now = history.iter().map(|known| known.1).max().unwrap_or_default() + jiff::SignedDuration::from_hours(later);
        let history: History = history.into_iter().collect();
        let happens = retention::due(&model, &derived, &Course::of(&history, now), &mut Vec::new()).map(|due| due.at);
        let asked = |rule: &Rule, anchoring| match rule.clone() {
            Rule::After { within, period, choice, rounding, .. } => {
                Rule::After { within, period, choice, anchor: anchoring, event: "closed".into(), rounding }
            }
            Rule::Until(..) => Rule::Until(anchoring, "closed".into()),
            _ => Rule::Immediately(anchoring, "closed".into()),
        };
        for anchoring in [Anchoring::First, Anchoring::Last] {
            let rule = asked(&rule, anchoring);
            let by_itself = retention::due(&model, &rule, &Course::of(&history, now), &mut Vec::new());
            model.events.insert("closed".into(), event(None));
            let mut reported = history.clone();
            if let Some(at) = happens {
                reported.insert("closed".into(), at);
            }
            let then = happens.unwrap_or(now).max(now);
            let dated = retention::due(&model, &rule, &Course::of(&reported, then), &mut Vec::new());
            prop_assert_eq!(by_itself, dated);
            model.events.insert("closed".into(), event(Some(derived.clone())));
        }
        // It has happened once its date has come, and not before.
        let happened = retention::happened(&model, &history, &"closed".into(), now);
        prop_assert_eq!(happened, happens.filter(|at| *at <= now));
    }

    #[test]
    fn a_statute_keeps_until_its_date_and_never_shortens(
        retention in retentions(), statute in rules(), history in histories(), now in near(),
    ) {
        let mut model = shop();
        model.retentions.clear();
        model.retentions.insert("rule".into(), retention.clone());
        model.holds.clear();
        let history: History = history.into_iter().collect();
        let free = judge(&model, &retention, &history, &Consents::default(), &[], now);
        let kind = HoldKind::Statute { law: "s. 147 AO".into(), rule: statute.clone() };
        let hold = Hold { data: vec!["order".into()], purpose: "claims".into(), ground: text("a statute"), kind };
        model.holds.insert("tax".into(), hold);
        let (facts, consents) = (BTreeSet::new(), Consents::default());
        let case = Case { history: &history, facts: &facts, consents: &consents, holds: &[], chosen: Chosen::default() };
        let held = retention::assess(&model, &"order".into(), &case, now).unwrap();
        let end = retention::due(&model, &statute, &Course::of(&history, now), &mut Vec::new()).map(|due| due.at);
        prop_assert!(or_never(held.fires_at) >= or_never(free.fires_at));
        let running = end.is_some_and(|end| end > now);
        if running {
            let due_now = matches!(held.standing, Standing::Due { .. });
            prop_assert!(!due_now);
            if matches!(free.standing, Standing::Due { .. }) {
                prop_assert_eq!(held.standing, Standing::Held { hold: "tax".into() });
                prop_assert_eq!(held.fires_at, end);
            }
        } else {
            prop_assert_eq!(held.standing, free.standing);
        }
    }

    #[test]
    fn a_verdict_agrees_with_itself(
        retention in retentions(), history in histories(), consents in declarations(), holds in all_holds(),
        now in near(),
    ) {
        let model = shop();
        let (history, consents): (History, Consents) = (history.into_iter().collect(), consents.into_iter().collect());
        let verdict = judge(&model, &retention, &history, &consents, &holds, now);
        prop_assert_eq!(verdict.due.is_some(), verdict.fires_at.is_some());
        prop_assert!(verdict.fires_at <= verdict.gone_by);
        // Due now means that a sweep acts now, and the other way round.
        let acts = verdict.action != Action::Restrict && verdict.fires_at.is_some_and(|opens| opens <= now);
        prop_assert_eq!(matches!(verdict.standing, Standing::Due { .. }), acts, "{:?}", verdict);
    }

    #[test]
    fn sweeping_once_per_interval_keeps_both_promises(
        start in instants(), period in periods(), within in any::<bool>(), hours in 1_u16..48, phase in 0_i64..48 * 3600,
    ) {
        let model = empty_model(berlin(), Period::new(hours, Unit::Hour));
        let rule = Rule::After {
            within, period, anchor: Anchoring::First, event: "a".into(), rounding: None, choice: None,
        };
        let history = History::from_iter([("a".into(), start)]);
        let verdict =
            judge(&model, &retention(vec![erase(rule)]), &history, &Consents::default(), &[], start);
        let (due, fires_at) = (verdict.due.unwrap(), verdict.fires_at.unwrap());
        // The first sweep that finds the window open comes at most one interval after it opened.
        let sweep = fires_at + jiff::SignedDuration::from_secs(phase % (i64::from(hours) * 3600));
        match due.side {
            Side::GoneBy => prop_assert!(sweep <= due.at),
            Side::KeepUntil => prop_assert!(sweep >= due.at),
        }
        prop_assert!(sweep <= verdict.gone_by.unwrap());
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        (declared, declared_otherwise) in shuffled(declarations()),
        (history, history_otherwise) in shuffled(histories()),
        now in near(),
    ) {
        let consents: Consents = declared.into_iter().collect();
        let otherwise: Consents = declared_otherwise.into_iter().collect();
        prop_assert_eq!(&consents, &otherwise);
        for method in [Method::OptIn, Method::DoubleOptIn] {
            let asked = consent(method, Some(Period::new(3, Unit::Month)));
            let since = |consents: &Consents| consents.given_since(&"keep".into(), &asked, now, &berlin());
            prop_assert_eq!(since(&consents), since(&otherwise));
        }
        prop_assert_eq!(History::from_iter(history), History::from_iter(history_otherwise));
    }

    #[test]
    fn an_event_reported_twice_changes_nothing(history in histories()) {
        let once: History = history.iter().cloned().collect();
        let mut twice = once.clone();
        for (event, at) in history {
            twice.insert(event, at);
        }
        prop_assert_eq!(&once, &twice);
        twice.extend(&once);
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(once.iter().count(), twice.iter().count());
    }

    #[test]
    fn withdrawing_a_consent_never_opens_anything(
        retention in retentions(), history in histories(), consents in declarations(), holds in all_holds(),
        now in near(), restricted in any::<bool>(), method in prop::sample::select(vec![Method::OptIn, Method::DoubleOptIn]),
    ) {
        let mut model = shop();
        model.consents.insert("keep".into(), consent(method, None));
        model.purposes.get_mut("documents").unwrap().requires = Some("a".into());
        let history: History = history.into_iter().collect();
        let opens = |consents: &Consents, purpose: &PurposeName| {
            let verdict = judge(&model, &retention, &history, consents, &holds, now);
            let situation = Situation { history: &history, consents, standing: &verdict.standing, restricted };
            let (me, class) = (client(&model), "order".into());
            let request = Request { caller: &me, tenant: TENANT, subject: SUBJECT, class: &class, purpose };
            access::decide(&model, &request, &situation, now).is_ok()
        };
        let before: Consents = consents.into_iter().collect();
        let mut after = before.clone();
        after.insert(ConsentEvent { at: now, consent: "keep".into(), kind: ConsentKind::Withdrawn });
        for purpose in model.purposes.keys() {
            prop_assert!(opens(&before, purpose) || !opens(&after, purpose), "{} was opened", purpose);
        }
    }

    #[test]
    fn a_permit_covers_only_what_class_and_purpose_share(
        declared in prop::collection::btree_set("[a-f]", 0..6), needed in prop::option::of(prop::collection::btree_set("[a-h]", 0..6)),
    ) {
        let mut model = shop();
        let names: Vec<_> = declared.iter().map(String::as_str).collect();
        model.data.insert("order".into(), class("shopper", &names));
        let fields = needed.as_ref().map(|needed| needed.iter().map(|field| field.as_str().into()).collect());
        model.purposes.get_mut("answer").unwrap().fields = fields;
        let (history, consents) = (History::default(), Consents::default());
        let situation = Situation { history: &history, consents: &consents, standing: &Standing::Active, restricted: false };
        let permit = open(&model, &client(&model), "order", "answer", &situation).unwrap();
        let opened: BTreeSet<_> = permit.fields().iter().map(|field| field.as_str().to_owned()).collect();
        let shared = needed.map_or(declared.clone(), |needed| &needed & &declared);
        prop_assert_eq!(opened, shared);
    }

    #[test]
    fn what_is_not_kept_is_not_missed(
        retention in retentions(), cancel in prop::option::of(events()), history in histories(), later in 0_i64..9000,
        derived in prop::option::of(rules().prop_filter("no circle", |rule| rule.events().iter().all(|(e, _)| e.as_str() != "c"))),
        statute in prop::option::of(rules()),
    ) {
        let mut model = shop();
        let retention = Retention { cancel, ..retention };
        model.retentions.clear();
        model.retentions.insert("rule".into(), retention.clone());
        model.events.insert("c".into(), Event { phrase: text("an event"), last: None, derived, withdrawal: None });
        if let Some(rule) = statute {
            let kind = HoldKind::Statute { law: "s. 147 AO".into(), rule };
            let hold = Hold { data: vec!["order".into()], purpose: "claims".into(), ground: text("a statute"), kind };
            model.holds.insert("tax".into(), hold);
        }
        // Older occurrences of an event of which only the newest is kept are never looked at again.
        let newest = |event: &EventName| history.iter().filter(|known| known.0 == *event).map(|known| known.1).max();
        let thinned: History = history
            .iter()
            .filter(|(event, at)| !model.keeps_only_last(event) || newest(event) == Some(*at))
            .cloned()
            .collect();
        let now = history.iter().map(|known| known.1).max().unwrap_or_default() + jiff::SignedDuration::from_hours(later);
        let verdict = |history: &History| {
            let (facts, consents) = (BTreeSet::new(), Consents::default());
            let case = Case { history, facts: &facts, consents: &consents, holds: &[], chosen: Chosen::default() };
            retention::assess(&model, &"order".into(), &case, now)
        };
        let all: History = history.iter().cloned().collect();
        prop_assert_eq!(verdict(&all), verdict(&thinned));
    }

    #[test]
    fn a_promise_once_broken_stays_broken(runs in prop::collection::vec(0_u8..3, 0..8)) {
        let mut standing = promise::Standing::default();
        for run in &runs {
            let seen = "seen".to_owned();
            standing.add(match run {
                0 => Outcome::NotRun(seen),
                1 => Outcome::Held(seen),
                _ => Outcome::Failed(seen),
            });
        }
        let expected = match (runs.contains(&2), runs.contains(&1)) {
            (true, _) => State::Broken,
            (false, true) => State::Kept,
            (false, false) => State::Unproven,
        };
        prop_assert_eq!(standing.state, expected);
        prop_assert_eq!(standing.checks, u64::try_from(runs.iter().filter(|run| **run > 0).count()).unwrap());
    }

    #[test]
    fn a_clock_never_goes_back(moves in prop::collection::vec(instants(), 1..10)) {
        let clock = ManualClock::new(moves[0]);
        for (done, at) in moves.iter().enumerate() {
            clock.advance_to(*at);
            prop_assert_eq!(clock.now(), *moves[..=done].iter().max().unwrap());
        }
    }

    #[test]
    fn an_empty_policy_opens_nothing(role in "[a-z]{1,6}", class in "[a-z]{1,6}", purpose in "[a-z]{1,6}", bound in any::<bool>()) {
        let model = empty_model(berlin(), Period::new(1, Unit::Day));
        let caller = Caller { credential: None, tenant: bound.then_some(TENANT), role: role.as_str().into(), purposes: None };
        let (history, consents) = (History::default(), Consents::default());
        let situation = Situation { history: &history, consents: &consents, standing: &Standing::Active, restricted: false };
        prop_assert!(open(&model, &caller, &class, &purpose, &situation).is_err());
        let (audience, purpose) = (class.as_str().into(), PurposeName::from(purpose.as_str()));
        prop_assert!(contact::decide(&model, Sender::Operator, &audience, &purpose).is_err());
        for ground in [Ground::listed(role.as_str()), Ground::Agreement { to: role.clone() }] {
            prop_assert!(disclosure::decide(&model, &audience, &[], &ground, &consents, at("2026-06-01")).is_err());
        }
        let values = BTreeMap::new();
        let collection = Collection { caller: &caller, tenant: TENANT, subject: SUBJECT, purpose: &purpose, values: &values, history: &history, consents: &consents };
        prop_assert!(access::decide_write(&model, &collection, at("2026-06-01")).is_err());
    }
}
