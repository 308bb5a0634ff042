//! A second, naive retention calculus, compared with the real one on random cases.
//!
//! It is written from the text of the rule grammar, shares nothing with the implementation but the syntax tree, and
//! finds its dates the slow way: by walking the calendar day by day and by looking through every occurrence. It has
//! its own leap years, its own lengths of months and its own summer time (last Sunday of March to last Sunday of
//! October, 01:00 UTC).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "oracle/calendar.rs"]
mod calendar;
mod common;

use std::{collections::BTreeSet, fmt::Write as _};

use calendar::{Calendar, DAY, HOUR, Micros, Zone, length};
use common::{consent, empty_model, retention, text};
use jiff::{Timestamp, tz::TimeZone};
use obhut_core::{
    consent::{ConsentEvent, ConsentKind},
    history::History,
    id::RetentionName,
    model::{Action, Event, Hold, HoldKind, Method, Model, Retention, Stage},
    period::{Period, Unit},
    retention::{ActiveHold, Case, Due, Side, assess},
    rule::{Anchoring, Choice, Chooser, Chosen, MonthDay, Rounding, Rule},
};

/// How many comparisons; fifty times as many with `OBHUT_SOAK=1`.
const CASES: u64 = 120_000;
const SEED: u64 = 0x0b_4a_17;

/// One random case, in the plainest form.
#[derive(Debug, Clone)]
struct Story {
    zone: Zone,
    sweep: Period,
    retention: Retention,
    method: Method,
    expires: Option<Period>,
    occurrences: Vec<(&'static str, Micros)>,
    declared: Vec<(ConsentKind, Micros)>,
    holds: Vec<Option<Micros>>,
    /// What the tenant chose, and what the record chose.
    chosen: (Option<Period>, Option<Period>),
    /// The first month and day of the fiscal year.
    fiscal: Option<(i64, i64)>,
    /// Events that also happen by themselves.
    derived: Vec<(&'static str, Rule)>,
    /// Until when statutes keep it.
    statutes: Vec<Rule>,
}

/// A date, and whether the thing must be gone by then (or else kept until then).
type Date = (Micros, bool);

/// What the oracle says.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    stage: usize,
    due: Option<Date>,
    fires_at: Option<Micros>,
    gone_by: Option<Micros>,
}

struct Oracle<'a> {
    calendar: &'a Calendar,
    story: &'a Story,
    now: Micros,
}

/// For what a rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// For the retention rule: what was undone does not count, what was chosen does.
    Retention,
    /// For something beside it: a statute, an event that cancels.
    Itself,
}

impl Oracle<'_> {
    /// What was reported so far.
    fn reported(&self, name: &str) -> Vec<Micros> {
        let of_name = self.story.occurrences.iter().filter(|(known, _)| *known == name);
        of_name.map(|(_, at)| *at).filter(|at| *at <= self.now).collect()
    }

    /// The occurrence of `event` that starts a period: something that was reported and that nothing undid, or the date
    /// at which it happens by itself, even if that lies ahead.
    fn start(&self, event: &str, anchor: Anchoring, what_for: For) -> Option<Micros> {
        let mut counting = self.reported(event);
        if let (For::Retention, Some(cancel)) = (what_for, &self.story.retention.cancel) {
            let by_itself = self.by_itself(cancel.as_str(), For::Itself).filter(|at| *at <= self.now);
            for undone in self.reported(cancel.as_str()).into_iter().chain(by_itself) {
                counting.retain(|at| *at > undone);
            }
        }
        counting.extend(self.by_itself(event, what_for));
        match anchor {
            Anchoring::First => counting.into_iter().min(),
            Anchoring::Last => counting.into_iter().max(),
        }
    }

    /// When the event happens without anybody reporting it.
    fn by_itself(&self, event: &str, what_for: For) -> Option<Micros> {
        let (_, rule) = self.story.derived.iter().find(|(name, _)| *name == event)?;
        Some(self.date(rule, what_for)?.0)
    }

    fn date(&self, rule: &Rule, what_for: For) -> Option<Date> {
        let zone = self.story.zone;
        match rule {
            Rule::Earliest(rules) => {
                let mut found: Option<Date> = None;
                for date in rules.iter().filter_map(|rule| self.date(rule, what_for)) {
                    found = match found {
                        Some(known) if known.0 < date.0 || (known.0 == date.0 && known.1) => Some(known),
                        _ => Some(date),
                    };
                }
                found
            }
            Rule::Latest(rules) => {
                let mut found: Option<Date> = None;
                for rule in rules {
                    // One branch that is never yet makes the whole never yet.
                    let date = self.date(rule, what_for)?;
                    found = match found {
                        Some(known) if known.0 > date.0 || (known.0 == date.0 && !known.1) => Some(known),
                        _ => Some(date),
                    };
                }
                found
            }
            Rule::After { within, period, choice, anchor, event, rounding } => {
                let start = self.start(event.as_str(), *anchor, what_for)?;
                let end = |period| self.calendar.shift(zone, start, period, 1);
                let own = choice.filter(|_| what_for == For::Retention).and_then(|choice| match choice.by {
                    Chooser::Tenant => self.story.chosen.0,
                    Chooser::Record => self.story.chosen.1,
                });
                let mut at = match (choice, own) {
                    (Some(choice), Some(own)) if end(own) < end(choice.least) => end(choice.least),
                    (Some(choice), Some(own)) if end(own) > end(choice.most) => end(choice.most),
                    (Some(_), Some(own)) => end(own),
                    _ => end(*period),
                };
                match rounding {
                    Some(Rounding::Year) => at = self.calendar.end_of_year(zone, at, (1, 1)),
                    Some(Rounding::FiscalYear) => {
                        at = self.calendar.end_of_year(zone, at, self.story.fiscal.unwrap_or((1, 1)));
                    }
                    None => {}
                }
                Some((at, *within))
            }
            Rule::Immediately(anchor, event) | Rule::Until(anchor, event) => {
                Some((self.start(event.as_str(), *anchor, what_for)?, false))
            }
        }
    }

    /// Whether the consent that keeps the data stands: the declarations one after the other.
    fn consented(&self) -> bool {
        if self.story.retention.unless.is_none() {
            return false;
        }
        let mut declared = self.story.declared.clone();
        declared.retain(|(_, at)| *at <= self.now);
        let caution = |kind: ConsentKind| match kind {
            ConsentKind::Requested => 0,
            ConsentKind::Granted => 1,
            ConsentKind::Refused => 2,
            ConsentKind::Withdrawn => 3,
        };
        declared.sort_by_key(|(kind, at)| (*at, caution(*kind)));
        let (mut asked, mut given) = (false, None);
        for (kind, at) in declared {
            (asked, given) = match kind {
                ConsentKind::Requested => (true, None),
                ConsentKind::Granted if self.story.method == Method::OptIn => (asked, Some(at)),
                // The confirmation of a request counts once, however often it is repeated.
                ConsentKind::Granted if asked => (asked, given.or(Some(at))),
                ConsentKind::Granted => (asked, None),
                ConsentKind::Refused | ConsentKind::Withdrawn => (false, None),
            };
        }
        given.is_some_and(|at| {
            self.story.expires.is_none_or(|period| self.now < self.calendar.shift(self.story.zone, at, period, 1))
        })
    }

    /// Every end of a hold that is known: those of disputes, and those of statutes.
    fn ends_of_holds(&self) -> Vec<Micros> {
        let statutes = self.story.statutes.iter().filter_map(|rule| Some(self.date(rule, For::Itself)?.0));
        self.story.holds.iter().flatten().copied().chain(statutes).collect()
    }

    /// One sweep before a date by which the data must be gone, one sweep after a date until which it is kept; never
    /// before the end of a hold, unless it is only restricted.
    fn window(&self, (at, within): Date, action: Action) -> (Date, Micros, Micros) {
        let sweep = |at, step| self.calendar.shift(self.story.zone, at, self.story.sweep, step);
        let (opens, closes) = if within { (sweep(at, -1), at) } else { (at, sweep(at, 1)) };
        match self.ends_of_holds().into_iter().max() {
            _ if action == Action::Restrict => ((at, within), opens, closes),
            Some(end) if end > at => ((end, false), end, sweep(end, 1)),
            Some(end) if end > opens => ((at, within), end, closes.max(sweep(end, 1))),
            _ => ((at, within), opens, closes),
        }
    }

    fn answer(&self) -> Answer {
        let mut stage = 0;
        let mut window = None;
        for (place, step) in self.story.retention.stages.iter().enumerate() {
            stage = place;
            window = self.date(&step.rule, For::Retention).map(|date| self.window(date, step.action));
            match window {
                Some((_, opens, _)) if opens <= self.now => {}
                _ => break,
            }
        }
        // A living consent keeps everything, an open hold keeps it from being erased.
        let restricts = self.story.retention.stages[stage].action == Action::Restrict;
        if self.consented() || (self.story.holds.contains(&None) && !restricts) {
            window = None;
        }
        Answer {
            stage,
            due: window.map(|(due, ..)| due),
            fires_at: window.map(|(_, opens, _)| opens),
            gone_by: window.map(|(.., closes)| closes),
        }
    }
}

/// splitmix64 (public domain): small, fast, the same everywhere.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`.
    fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.roll() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// True in one of `n` cases.
    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(i64::try_from(from.len()).unwrap())).unwrap()]
    }
}

/// Makes random stories, most of them near something awkward.
struct Teller<'a> {
    dice: Dice,
    calendar: &'a Calendar,
}

const EVENTS: [&str; 3] = ["contract.ended", "invoice.issued", "shopper.activity"];
const CANCEL: &str = "usage.restarted";
/// An event that happens by itself, and one that follows from it.
const DERIVED: [&str; 2] = ["inquiry.closed", "file.archived"];

impl Teller<'_> {
    fn instant(&mut self) -> Micros {
        let year = 1998 + self.dice.below(45);
        let place = usize::try_from(year - 1970).unwrap();
        let first = self.calendar.years[place];
        let (starts, ends) = self.calendar.summer[place];
        let near = |dice: &mut Dice, at: Micros, spread: Micros| at + dice.below(2 * spread) - spread;
        match self.dice.below(10) {
            0 => near(&mut self.dice, starts, 2 * HOUR),
            1 => near(&mut self.dice, ends, 2 * HOUR),
            // The nights before and a week before summer time starts or ends: a period leads into the change.
            2 => near(&mut self.dice, starts - 7 * DAY, 2 * HOUR),
            3 => near(&mut self.dice, ends - DAY, 2 * HOUR),
            // The last days of a month, among them 29 February.
            4 | 5 => {
                let month = 1 + self.dice.below(12);
                let days: i64 = (1..=month).map(|month| length(year, month)).sum();
                (first + days) * DAY - self.dice.below(3 * DAY)
            }
            // The turn of the year.
            6 => near(&mut self.dice, first * DAY, 3 * HOUR),
            7 => (first + self.dice.below(365)) * DAY,
            _ => (first + self.dice.below(365)) * DAY + self.dice.below(DAY),
        }
    }

    fn period(&mut self, longest_unit: usize) -> Period {
        let units = [(Unit::Hour, 100), (Unit::Day, 90), (Unit::Week, 30), (Unit::Month, 40), (Unit::Year, 12)];
        let (unit, most) = *self.dice.pick(&units[..longest_unit]);
        let most = if self.dice.one_in(50) { most * 8 } else { most };
        Period::new(u16::try_from(1 + self.dice.below(most)).unwrap(), unit)
    }

    fn rule(&mut self, depth: i64) -> Rule {
        self.rule_over(depth, &[&EVENTS[..], &DERIVED[..]].concat())
    }

    fn rule_over(&mut self, depth: i64, events: &[&str]) -> Rule {
        let event = (*self.dice.pick(events)).into();
        if depth > 0 && self.dice.below(3) == 0 {
            let rules = (0..=self.dice.below(3)).map(|_| self.rule_over(depth - 1, events)).collect();
            return if self.dice.one_in(2) { Rule::Earliest(rules) } else { Rule::Latest(rules) };
        }
        let anchor = if self.dice.one_in(2) { Anchoring::First } else { Anchoring::Last };
        match self.dice.below(8) {
            0 => Rule::Immediately(anchor, event),
            1 => Rule::Until(anchor, event),
            _ => Rule::After {
                within: self.dice.one_in(2),
                period: self.period(5),
                choice: self.dice.one_in(4).then(|| self.choice()),
                anchor,
                event,
                rounding: match self.dice.below(10) {
                    0 => Some(Rounding::Year),
                    1 => Some(Rounding::FiscalYear),
                    _ => None,
                },
            },
        }
    }

    fn choice(&mut self) -> Choice {
        let by = if self.dice.one_in(2) { Chooser::Tenant } else { Chooser::Record };
        let (unit, count) = (*self.dice.pick(&[Unit::Day, Unit::Month]), 1 + self.dice.below(6));
        let period = |count| Period::new(u16::try_from(count).unwrap(), unit);
        Choice { by, least: period(count), most: period(count + self.dice.below(20)) }
    }

    fn story(&mut self) -> Story {
        let mut derived = Vec::new();
        if self.dice.one_in(2) {
            derived.push((DERIVED[0], self.rule_over(1, &EVENTS)));
            // One that rests on the other, and now and then the event that cancels.
            derived.push((DERIVED[1], self.rule_over(1, &[EVENTS[0], DERIVED[0]])));
            if self.dice.one_in(4) {
                derived.push((CANCEL, self.rule_over(0, &EVENTS)));
            }
        }
        let mut statutes = Vec::new();
        while self.dice.one_in(5) {
            statutes.push(self.rule(1));
        }
        let zone = if self.dice.one_in(4) { Zone::Utc } else { Zone::Berlin };
        let sweeps = [
            Period::new(1, Unit::Hour),
            Period::new(1, Unit::Day),
            Period::new(1, Unit::Day),
            Period::new(15, Unit::Minute),
            Period::new(1, Unit::Week),
            Period::new(1, Unit::Month),
        ];
        let sweep = *self.dice.pick(&sweeps);
        let last =
            Stage { rule: self.rule(2), action: if self.dice.one_in(4) { Action::Anonymise } else { Action::Erase } };
        let mut stages = vec![last];
        if self.dice.one_in(4) {
            stages.insert(0, Stage { rule: self.rule(1), action: Action::Restrict });
        }
        let mut retention = retention(stages);
        retention.cancel = self.dice.one_in(4).then(|| CANCEL.into());
        retention.unless = self.dice.one_in(3).then(|| "keep".into());

        let mut occurrences = Vec::new();
        let start = self.instant();
        for event in EVENTS.into_iter().chain([CANCEL, DERIVED[0]]) {
            for _ in 0..self.dice.below(4) {
                // Near the others, at the very same instant, or anywhere.
                let at = match self.dice.below(3) {
                    0 => start,
                    1 => start + self.dice.below(800 * DAY),
                    _ => self.instant(),
                };
                occurrences.push((event, at));
            }
        }
        if let (true, Some(twice)) = (self.dice.one_in(4), occurrences.first().copied()) {
            occurrences.push(twice);
        }
        let kinds = [ConsentKind::Requested, ConsentKind::Granted, ConsentKind::Refused, ConsentKind::Withdrawn];
        let mut declared = Vec::new();
        let mut at = start;
        for _ in 0..self.dice.below(5) {
            // Now and then two declarations at the same instant.
            if !self.dice.one_in(4) {
                at += self.dice.below(300 * DAY);
            }
            let kind = if self.dice.one_in(2) { ConsentKind::Granted } else { *self.dice.pick(&kinds) };
            declared.push((kind, at));
        }
        let mut holds = Vec::new();
        while self.dice.one_in(5) {
            let end = start + self.dice.below(4000 * DAY);
            holds.push((!self.dice.one_in(3)).then_some(end));
        }
        Story {
            zone,
            sweep,
            retention,
            method: if self.dice.one_in(2) { Method::OptIn } else { Method::DoubleOptIn },
            expires: self.dice.one_in(2).then(|| self.period(5)),
            occurrences,
            declared,
            holds,
            chosen: (self.dice.one_in(2).then(|| self.period(4)), self.dice.one_in(2).then(|| self.period(4))),
            fiscal: (!self.dice.one_in(4)).then(|| (1 + self.dice.below(12), 1 + self.dice.below(28))),
            derived,
            statutes,
        }
    }

    /// Instants at which to look: somewhere after the events, and around every instant at which something changes.
    fn moments(&mut self, story: &Story) -> Vec<Micros> {
        let anywhere = self.instant();
        let newest = story.occurrences.iter().map(|(_, at)| *at).max().unwrap_or(anywhere);
        let later = newest + self.dice.below(3000 * DAY);
        let mut moments = vec![anywhere, later];
        if let Some(end) = story.holds.iter().flatten().next() {
            moments.push(*end);
        }
        moments
    }
}

fn stamp(at: Micros) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap()
}

fn models(story: &Story, zones: &[TimeZone; 2]) -> Model {
    let zone = if story.zone == Zone::Utc { &zones[0] } else { &zones[1] };
    let mut model = empty_model(zone.clone(), story.sweep);
    model.consents.insert("keep".into(), consent(story.method, story.expires));
    model.policy.fiscal_year =
        story.fiscal.and_then(|(month, day)| MonthDay::new(i8::try_from(month).unwrap(), i8::try_from(day).unwrap()));
    model.retentions.insert("rule".into(), story.retention.clone());
    for (name, rule) in &story.derived {
        let event = Event { phrase: text("something"), last: None, derived: Some(rule.clone()), withdrawal: None };
        model.events.insert((*name).into(), event);
    }
    for (number, rule) in story.statutes.iter().enumerate() {
        let hold = Hold {
            data: vec!["order".into()],
            purpose: "claims".into(),
            ground: text("a statute"),
            kind: HoldKind::Statute { law: "s. 147 AO".into(), rule: rule.clone() },
        };
        model.holds.insert(format!("statute-{number}").as_str().into(), hold);
    }
    model
}

fn real(model: &Model, story: &Story, now: Micros) -> Answer {
    let history: History = story.occurrences.iter().map(|(event, at)| ((*event).into(), stamp(*at))).collect();
    let event =
        |(kind, at): &(ConsentKind, Micros)| ConsentEvent { at: stamp(*at), consent: "keep".into(), kind: *kind };
    let consents = story.declared.iter().map(event).collect();
    let hold = |until: &Option<Micros>| ActiveHold { hold: "dispute".into(), until: until.map(stamp) };
    let holds: Vec<_> = story.holds.iter().map(hold).collect();
    let facts = BTreeSet::new();
    let chosen = Chosen { tenant: story.chosen.0, record: story.chosen.1 };
    let case = Case { history: &history, facts: &facts, consents: &consents, holds: &holds, chosen };
    let verdict = assess(model, &"order".into(), &case, stamp(now)).unwrap();
    assert_eq!(verdict.rule, RetentionName::from("rule"));
    let date = |due: Due| (due.at.as_microsecond(), due.side == Side::GoneBy);
    Answer {
        stage: verdict.stage,
        due: verdict.due.map(date),
        fires_at: verdict.fires_at.map(Timestamp::as_microsecond),
        gone_by: verdict.gone_by.map(Timestamp::as_microsecond),
    }
}

#[derive(Debug, Default)]
struct Tally {
    compared: u64,
    dated: u64,
    never_yet: u64,
    kept_by_consent_or_hold: u64,
    second_stage: u64,
    kept_by_a_statute: u64,
    dated_by_itself: u64,
}

/// What a story is, in instants that can be read.
fn tell(story: &Story, now: Micros) -> String {
    let mut told = format!("{story:#?}\nnow = {}\n", stamp(now));
    for (event, at) in &story.occurrences {
        writeln!(told, "{event} {}", stamp(*at)).unwrap();
    }
    told
}

fn compare(calendar: &Calendar, model: &Model, story: &Story, now: Micros, tally: &mut Tally) -> Answer {
    let oracle = Oracle { calendar, story, now };
    let answer = oracle.answer();
    assert_eq!(
        real(model, story, now),
        answer,
        "real on the left, oracle on the right, seed {SEED:#x}\n{}",
        tell(story, now)
    );
    tally.compared += 1;
    tally.second_stage += u64::from(answer.stage > 0);
    let by_itself = |event: &&str| oracle.by_itself(event, For::Retention).is_some();
    tally.dated_by_itself += u64::from(DERIVED.iter().any(by_itself) && answer.due.is_some());
    let dates = story.statutes.iter().filter_map(|rule| Some(oracle.date(rule, For::Itself)?.0));
    let kept = dates.max().is_some_and(|end| answer.due.is_some_and(|(at, _)| at == end));
    tally.kept_by_a_statute += u64::from(kept);
    if answer.due.is_some() {
        tally.dated += 1;
    } else if oracle.consented() || story.holds.contains(&None) {
        tally.kept_by_consent_or_hold += 1;
    } else {
        tally.never_yet += 1;
    }
    answer
}

#[test]
fn the_calculus_agrees_with_a_calendar_walked_day_by_day() {
    let calendar = Calendar::walk();
    let zones = [TimeZone::UTC, TimeZone::get("Europe/Berlin").unwrap()];
    let mut teller = Teller { dice: Dice(SEED), calendar: &calendar };
    let mut tally = Tally::default();
    let mut stories = 0_u64;
    #[expect(clippy::disallowed_methods, reason = "the length of a test is set from outside")]
    let cases = if std::env::var("OBHUT_SOAK").is_ok_and(|soak| soak == "1") { 50 * CASES } else { CASES };
    while tally.compared < cases {
        let story = teller.story();
        let model = models(&story, &zones);
        stories += 1;
        for now in teller.moments(&story) {
            let answer = compare(&calendar, &model, &story, now, &mut tally);
            if let Some((opens, closes)) = answer.fires_at.zip(answer.gone_by) {
                // A hold that ends inside the window, or near it.
                let mut held = story.clone();
                let end = opens - HOUR + teller.dice.below(closes - opens + 2 * HOUR);
                held.holds.push(Some(*teller.dice.pick(&[opens, closes, end, end])));
                compare(&calendar, &model, &held, now, &mut tally);
                compare(&calendar, &model, &held, opens, &mut tally);
                compare(&calendar, &model, &held, closes, &mut tally);
            }
            // The very instants at which something changes, and one microsecond to either side.
            if let (Some(opens), Some(closes)) = (answer.fires_at, answer.gone_by) {
                for at in [opens, closes] {
                    compare(&calendar, &model, &story, at - 1, &mut tally);
                    compare(&calendar, &model, &story, at, &mut tally);
                }
            }
        }
    }
    println!("seed {SEED:#x}: {stories} stories, {tally:?}, 0 differences");
    assert!(tally.dated > cases / 4 && tally.never_yet > cases / 50 && tally.second_stage > cases / 50);
    assert!(tally.kept_by_consent_or_hold > cases / 50 && tally.kept_by_a_statute > cases / 50);
    assert!(tally.dated_by_itself > cases / 50);
}

#[test]
fn the_oracle_knows_the_calendar() {
    let calendar = Calendar::walk();
    let day = |y, m, d| i64::try_from(calendar.days.iter().position(|known| *known == (y, m, d)).unwrap()).unwrap();
    let shifted = |from, count, unit| {
        let at = calendar.shift(Zone::Berlin, calendar.instant(Zone::Berlin, from, 0), Period::new(count, unit), 1);
        calendar.date(calendar.wall(Zone::Berlin, at).0)
    };
    assert_eq!(day(2000, 3, 1), 11_017);
    assert_eq!(shifted(day(2026, 1, 31), 1, Unit::Month), (2026, 2, 28));
    assert_eq!(shifted(day(2028, 1, 31), 1, Unit::Month), (2028, 2, 29));
    assert_eq!(shifted(day(2028, 2, 29), 2, Unit::Year), (2030, 2, 28));
    assert_eq!(shifted(day(2028, 2, 29), 4, Unit::Year), (2032, 2, 29));
    // Summer time of 2026: 29 March to 25 October.
    assert_eq!(calendar.summer[56], (day(2026, 3, 29) * DAY + HOUR, day(2026, 10, 25) * DAY + HOUR));
}
