//! Periods and calendar arithmetic.
//!
//! Months and years clamp to the end of the month (31 January + 1 month = 28 or 29 February; Art. 3(2)(c) of
//! Regulation (EEC, Euratom) No 1182/71), a day is a calendar day also across a change of summer time, an hour is
//! sixty minutes. Periods are always added to the start event itself, never to an earlier deadline: adding one month
//! twice from 31 January is not adding two months.

use jiff::{Span, Timestamp, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::rule::MonthDay;

/// The unit of a [`Period`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Sixty seconds; only for intervals of jobs, not for retention periods.
    Minute,
    /// Sixty minutes.
    Hour,
    /// A calendar day.
    Day,
    /// Seven calendar days.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

/// A length of time as the notice states it: `14 days`, `8 years`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// How many units; at least 1 and at most [`Period::MAX_COUNT`] in a checked policy.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// The largest count the language accepts for any unit.
    pub const MAX_COUNT: u16 = 1000;

    /// A period of `count` units.
    pub const fn new(count: u16, unit: Unit) -> Self {
        Self { count, unit }
    }

    fn span(self) -> Span {
        let count = i64::from(self.count);
        let span = Span::new();
        // The counts of a `u16` lie inside the limits of every unit of a span, so none of these is refused.
        match self.unit {
            Unit::Minute => span.try_minutes(count),
            Unit::Hour => span.try_hours(count),
            Unit::Day => span.try_days(count),
            Unit::Week => span.try_weeks(count),
            Unit::Month => span.try_months(count),
            Unit::Year => span.try_years(i64::from(self.count.min(19_998))),
        }
        .unwrap_or_default()
    }

    /// The instant one period after `at`, on the calendar of `zone`. Past the end of the calendar (year 9999) it is
    /// the last instant there is: what cannot be dated is kept, not lost.
    pub fn after(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        at.to_zoned(zone.clone()).checked_add(self.span()).map_or(Timestamp::MAX, |later| later.timestamp())
    }

    /// The instant one period before `at`, on the calendar of `zone`.
    pub fn before(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        at.to_zoned(zone.clone()).checked_sub(self.span()).map_or(Timestamp::MIN, |earlier| earlier.timestamp())
    }

    /// The shortest and the longest this period can be, in hours; for comparing periods of different units.
    pub fn hours(self) -> (u32, u32) {
        let count = u32::from(self.count);
        let (shortest, longest) = match self.unit {
            Unit::Minute => return (count / 60, count.div_ceil(60)),
            Unit::Hour => (1, 1),
            Unit::Day => (23, 25),
            Unit::Week => (167, 169),
            Unit::Month => (28 * 24, 31 * 24),
            Unit::Year => (365 * 24, 366 * 24),
        };
        (count.saturating_mul(shortest), count.saturating_mul(longest))
    }
}

/// The last second of the calendar year in which `at` lies in `zone` (statutory periods that start or end "with the
/// close of the calendar year", for example s. 147(4) AO), or of the fiscal year that starts on `first`.
pub fn end_of_year(at: Timestamp, zone: &TimeZone, first: Option<MonthDay>) -> Timestamp {
    let first = first.unwrap_or(MonthDay { month: 1, day: 1 });
    let day = at.to_zoned(zone.clone()).date();
    let starts = |year: i16| jiff::civil::Date::new(year, first.month, first.day);
    let next = match starts(day.year()) {
        Ok(start) if day < start => Ok(start),
        _ => starts(day.year().saturating_add(1)),
    };
    next.and_then(jiff::civil::Date::yesterday)
        .and_then(|day| day.to_datetime(Time::constant(23, 59, 59, 0)).to_zoned(zone.clone()))
        .map_or(Timestamp::MAX, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[track_caller]
    fn check(at: &str, period: Period, expected: &str) {
        let at = at.parse::<jiff::Zoned>().unwrap().timestamp();
        let later = period.after(at, &berlin()).to_zoned(berlin());
        assert_eq!(later.strftime("%F %T %:z").to_string(), expected);
    }

    #[test]
    fn months_and_years_clamp() {
        check("2026-01-31T12:00[Europe/Berlin]", Period::new(1, Unit::Month), "2026-02-28 12:00:00 +01:00");
        check("2028-01-31T12:00[Europe/Berlin]", Period::new(1, Unit::Month), "2028-02-29 12:00:00 +01:00");
        check("2028-02-29T00:00[Europe/Berlin]", Period::new(2, Unit::Year), "2030-02-28 00:00:00 +01:00");
    }

    #[test]
    fn a_day_is_a_day_and_an_hour_an_hour_across_summer_time() {
        check("2026-03-28T12:00[Europe/Berlin]", Period::new(1, Unit::Day), "2026-03-29 12:00:00 +02:00");
        check("2026-03-28T12:00[Europe/Berlin]", Period::new(24, Unit::Hour), "2026-03-29 13:00:00 +02:00");
        check("2026-03-28T02:30[Europe/Berlin]", Period::new(1, Unit::Day), "2026-03-29 03:30:00 +02:00");
    }

    #[test]
    fn years_end_on_their_last_second() {
        let at = "2026-12-31T23:30:00Z".parse().unwrap();
        // In Berlin it is already 2027.
        assert_eq!(end_of_year(at, &berlin(), None).to_string(), "2027-12-31T22:59:59Z");
        assert_eq!(end_of_year(at, &TimeZone::UTC, None).to_string(), "2026-12-31T23:59:59Z");
    }

    #[test]
    fn a_fiscal_year_ends_before_its_first_day() {
        let july = MonthDay::new(7, 1);
        let end = |at: &str| end_of_year(at.parse().unwrap(), &TimeZone::UTC, july).to_string();
        assert_eq!(end("2026-06-30T23:59:59Z"), "2026-06-30T23:59:59Z");
        assert_eq!(end("2026-07-01T00:00:00Z"), "2027-06-30T23:59:59Z");
        assert_eq!(end("2026-12-31T12:00:00Z"), "2027-06-30T23:59:59Z");
        assert_eq!(MonthDay::new(2, 29), None);
    }

    #[test]
    fn the_end_of_the_calendar_is_reached_without_a_panic() {
        assert_eq!(Period::new(u16::MAX, Unit::Year).after(Timestamp::MAX, &berlin()), Timestamp::MAX);
        assert_eq!(Period::new(1, Unit::Year).before(Timestamp::MIN, &berlin()), Timestamp::MIN);
    }
}
