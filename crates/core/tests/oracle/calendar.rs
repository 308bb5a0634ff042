//! A calendar found by walking it, with its own leap years, lengths of months and summer time.

use obhut_core::period::{Period, Unit};

/// Microseconds since 1970, as the tables of the oracle count.
pub(crate) type Micros = i64;

pub(crate) const SECOND: Micros = 1_000_000;
pub(crate) const MINUTE: Micros = 60 * SECOND;
pub(crate) const HOUR: Micros = 60 * MINUTE;
pub(crate) const DAY: Micros = 24 * HOUR;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Utc,
    Berlin,
}

/// Every day from 1970 to 2259, found by walking.
pub(crate) struct Calendar {
    /// Year, month, day; the place is the number of days since 1970-01-01.
    pub(crate) days: Vec<(i64, i64, i64)>,
    /// By year from 1970: the instants at which summer time starts and ends.
    pub(crate) summer: Vec<(Micros, Micros)>,
    /// By year from 1970: the number of its first day.
    pub(crate) years: Vec<i64>,
}

pub(crate) fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

pub(crate) fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Calendar {
    pub(crate) fn walk() -> Self {
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

    pub(crate) fn date(&self, day: i64) -> (i64, i64, i64) {
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
    pub(crate) fn wall(&self, zone: Zone, at: Micros) -> (i64, Micros) {
        let local = at + self.offset(zone, at);
        (local.div_euclid(DAY), local.rem_euclid(DAY))
    }

    /// The instant of a time on the wall: the first of two, and for one that is skipped the one as far behind the
    /// skip as it lies inside it.
    pub(crate) fn instant(&self, zone: Zone, day: i64, time: Micros) -> Micros {
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

    pub(crate) fn shift(&self, zone: Zone, at: Micros, period: Period, step: i64) -> Micros {
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

    /// The last second of the year that starts on this month and day: the days one after the other, until the next
    /// one is the first of a year.
    pub(crate) fn end_of_year(&self, zone: Zone, at: Micros, first: (i64, i64)) -> Micros {
        let (mut day, _) = self.wall(zone, at);
        while { (self.date(day + 1).1, self.date(day + 1).2) } != first {
            day += 1;
        }
        self.instant(zone, day, DAY - SECOND)
    }
}
