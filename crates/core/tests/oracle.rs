//! A second, naive retention calculus, compared with the real one on random cases.
//!
//! It is written from the text of the rule grammar, shares nothing with the implementation but the syntax tree, and
//! finds its dates the slow way: by walking the calendar day by day and by looking through every occurrence. It has
//! its own leap years, its own lengths of months and its own summer time (last Sunday of March to last Sunday of
//! October, 01:00 UTC).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::fmt::Write as _;

use common::{Dice, consent, empty_model, judge, retention};
use jiff::{Timestamp, tz::TimeZone};
use obhut_core::{
    consent::{ConsentEvent, ConsentKind},
    model::{Action, Method, Model, Retention, Stage},
    period::{Period, Unit},
    retention::{ActiveHold, Due, Side},
    rule::{Anchoring, Rule},
};

const CASES: u64 = 150_000;
const SEED: u64 = 0x0b_4a_17;

/// Microseconds since 1970, as the tables of the oracle count.
type Micros = i64;

const SECOND: Micros = 1_000_000;
const MINUTE: Micros = 60 * SECOND;
const HOUR: Micros = 60 * MINUTE;
const DAY: Micros = 24 * HOUR;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    Utc,
    Berlin,
}

/// Every day from 1970 to 2259, found by walking.
struct Calendar {
    /// Year, month, day; the place is the number of days since 1970-01-01.
    days: Vec<(i64, i64, i64)>,
    /// By year from 1970: the instants at which summer time starts and ends.
    summer: Vec<(Micros, Micros)>,
    /// By year from 1970: the number of its first day.
    years: Vec<i64>,
}

fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Calendar {
    fn walk() -> Self {
        let mut days = Vec::new();
        let mut summer = Vec::new();
        let mut years = vec![0];
        let (mut year, mut month, mut day) = (1970, 1, 1);
        let mut sundays = (0, 0);
        while year < 2260 {
            let number = i64::try_from(days.len()).unwrap();
            // 1970-01-01 was a Thursday, so day 3 was a Sunday.
            if number % 7 == 3 {
                match month {
                    3 => sundays.0 = number,
                    10 => sundays.1 = number,
                    _ => {}
                }
            }
            days.push((year, month, day));
            day += 1;
            if day > length(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                summer.push((sundays.0 * DAY + HOUR, sundays.1 * DAY + HOUR));
                (year, month) = (year + 1, 1);
                years.push(number + 1);
            }
        }
        Self { days, summer, years }
    }

    fn date(&self, day: i64) -> (i64, i64, i64) {
        self.days[usize::try_from(day).unwrap()]
    }

    fn offset(&self, zone: Zone, at: Micros) -> Micros {
        if zone == Zone::Utc {
            return 0;
        }
        let year = self.date(at.div_euclid(DAY)).0;
        let (starts, ends) = self.summer[usize::try_from(year - 1970).unwrap()];
        if starts <= at && at < ends { 2 * HOUR } else { HOUR }
    }

    /// Day and time of day on the wall.
    fn wall(&self, zone: Zone, at: Micros) -> (i64, Micros) {
        let local = at + self.offset(zone, at);
        (local.div_euclid(DAY), local.rem_euclid(DAY))
    }

    /// The instant of a time on the wall: the first of two, and for one that is skipped the one as far behind the
    /// skip as it lies inside it.
    fn instant(&self, zone: Zone, day: i64, time: Micros) -> Micros {
        let local = day * DAY + time;
        let offsets = if zone == Zone::Utc { [0, 0] } else { [2 * HOUR, HOUR] };
        for offset in offsets {
            if self.offset(zone, local - offset) == offset {
                return local - offset;
            }
        }
        local - HOUR
    }

    /// The day `count` months or years away, one day at a time: the same day of the month, or its last one.
    fn walk_months(&self, from: i64, count: u16, step: i64, years: bool) -> i64 {
        let (_, start_month, wanted) = self.date(from);
        let mut day = from;
        let mut passed = 0;
        loop {
            let before = self.date(day);
            let here = self.date(day + step);
            day += step;
            let crossed = if years { before.0 != here.0 } else { before.1 != here.1 };
            if crossed {
                passed += 1;
            }
            let (year, month, number) = here;
            let right_month = !years || month == start_month;
            let right_day = number == wanted || (number < wanted && number == length(year, month));
            if passed == count && right_month && right_day {
                return day;
            }
        }
    }

    fn shift(&self, zone: Zone, at: Micros, period: Period, step: i64) -> Micros {
        let count = i64::from(period.count);
        match period.unit {
            Unit::Minute => at + step * count * MINUTE,
            Unit::Hour => at + step * count * HOUR,
            unit => {
                let (mut day, time) = self.wall(zone, at);
                match unit {
                    Unit::Month => day = self.walk_months(day, period.count, step, false),
                    Unit::Year => day = self.walk_months(day, period.count, step, true),
                    _ => {
                        let length = if unit == Unit::Week { 7 } else { 1 };
                        for _ in 0..count * length {
                            day += step;
                        }
                    }
                }
                self.instant(zone, day, time)
            }
        }
    }

    fn end_of_year(&self, zone: Zone, at: Micros) -> Micros {
        let (mut day, _) = self.wall(zone, at);
        while { (self.date(day).1, self.date(day).2) } != (12, 31) {
            day += 1;
        }
        self.instant(zone, day, DAY - SECOND)
    }
}

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

impl Oracle<'_> {
    /// The occurrences of `event` that count: they happened, and nothing undid them.
    fn counting(&self, event: &str) -> Vec<Micros> {
        let happened = |name: &str| {
            let of_name = self.story.occurrences.iter().filter(move |(known, _)| *known == name);
            of_name.map(|(_, at)| *at).filter(|at| *at <= self.now).collect::<Vec<_>>()
        };
        let mut counting = happened(event);
        if let Some(cancel) = &self.story.retention.cancel {
            for undone in happened(cancel.as_str()) {
                counting.retain(|at| *at > undone);
            }
        }
        counting
    }

    fn date(&self, rule: &Rule) -> Option<Date> {
        let zone = self.story.zone;
        match rule {
            Rule::Earliest(rules) => {
                let mut found: Option<Date> = None;
                for date in rules.iter().filter_map(|rule| self.date(rule)) {
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
                    let date = self.date(rule)?;
                    found = match found {
                        Some(known) if known.0 > date.0 || (known.0 == date.0 && !known.1) => Some(known),
                        _ => Some(date),
                    };
                }
                found
            }
            Rule::After { within, period, anchor, event, end_of_year } => {
                let counting = self.counting(event.as_str());
                let start = match anchor {
                    Anchoring::First => counting.iter().min(),
                    Anchoring::Last => counting.iter().max(),
                };
                let mut at = self.calendar.shift(zone, *start?, *period, 1);
                if *end_of_year {
                    at = self.calendar.end_of_year(zone, at);
                }
                Some((at, *within))
            }
            Rule::Immediately(event) | Rule::Until(event) => {
                Some((*self.counting(event.as_str()).iter().min()?, false))
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
                ConsentKind::Granted if asked || self.story.method == Method::OptIn => (asked, Some(at)),
                ConsentKind::Granted => (asked, None),
                ConsentKind::Refused | ConsentKind::Withdrawn => (false, None),
            };
        }
        given.is_some_and(|at| {
            self.story.expires.is_none_or(|period| self.now < self.calendar.shift(self.story.zone, at, period, 1))
        })
    }

    /// One sweep before a date by which the data must be gone, one sweep after a date until which it is kept; never
    /// before the end of a hold, unless it is only restricted.
    fn window(&self, (at, within): Date, action: Action) -> (Date, Micros, Micros) {
        let sweep = |at, step| self.calendar.shift(self.story.zone, at, self.story.sweep, step);
        let (opens, closes) = if within { (sweep(at, -1), at) } else { (at, sweep(at, 1)) };
        match self.story.holds.iter().flatten().max() {
            _ if action == Action::Restrict => ((at, within), opens, closes),
            Some(&end) if end > at => ((end, false), end, sweep(end, 1)),
            Some(&end) if end > opens => ((at, within), end, closes.max(sweep(end, 1))),
            _ => ((at, within), opens, closes),
        }
    }

    fn answer(&self) -> Answer {
        let mut stage = 0;
        let mut window = None;
        for (place, step) in self.story.retention.stages.iter().enumerate() {
            stage = place;
            window = self.date(&step.rule).map(|date| self.window(date, step.action));
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

/// Makes random stories, most of them near something awkward.
struct Teller<'a> {
    dice: Dice,
    calendar: &'a Calendar,
}

const EVENTS: [&str; 3] = ["contract.ended", "invoice.issued", "shopper.activity"];
const CANCEL: &str = "usage.restarted";

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
        let event = (*self.dice.pick(&EVENTS)).into();
        if depth > 0 && self.dice.below(3) == 0 {
            let rules = (0..=self.dice.below(3)).map(|_| self.rule(depth - 1)).collect();
            return if self.dice.one_in(2) { Rule::Earliest(rules) } else { Rule::Latest(rules) };
        }
        match self.dice.below(8) {
            0 => Rule::Immediately(event),
            1 => Rule::Until(event),
            _ => Rule::After {
                within: self.dice.one_in(2),
                period: self.period(5),
                anchor: if self.dice.one_in(2) { Anchoring::First } else { Anchoring::Last },
                event,
                end_of_year: self.dice.one_in(5),
            },
        }
    }

    fn story(&mut self) -> Story {
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
        for event in EVENTS.into_iter().chain([CANCEL]) {
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
    model
}

fn real(model: &Model, story: &Story, now: Micros) -> Answer {
    let history = story.occurrences.iter().map(|(event, at)| ((*event).into(), stamp(*at))).collect();
    let event =
        |(kind, at): &(ConsentKind, Micros)| ConsentEvent { at: stamp(*at), consent: "keep".into(), kind: *kind };
    let consents = story.declared.iter().map(event).collect();
    let hold = |until: &Option<Micros>| ActiveHold { hold: "dispute".into(), until: until.map(stamp) };
    let holds: Vec<_> = story.holds.iter().map(hold).collect();
    let verdict = judge(model, &story.retention, &history, &consents, &holds, stamp(now));
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
    while tally.compared < CASES {
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
    assert!(tally.dated > CASES / 4 && tally.never_yet > CASES / 50 && tally.second_stage > CASES / 50);
    assert!(tally.kept_by_consent_or_hold > CASES / 50);
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
