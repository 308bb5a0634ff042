//! Which of two rules ends earlier, whatever happens.

use obhut_core::{
    period::Period,
    rule::{Anchoring, Rounding, Rule},
};

/// Whether `a` is never later than `b`: shown from the text of both, for every history. A rule that is never yet counts
/// as later than any date. If this does not hold, the opposite need not hold either.
pub fn never_later(a: &Rule, b: &Rule) -> bool {
    if let (Some(a), Some(b)) = (plain(a), plain(b)) {
        return plain_never_later(&a, &b);
    }
    match (a, b) {
        // All of `b`'s branches bound it: being no later than one of them is enough.
        (_, Rule::Latest(rules)) if rules.iter().any(|rule| never_later(a, rule)) => true,
        (Rule::Earliest(rules), _) if rules.iter().any(|rule| never_later(rule, b)) => true,
        (Rule::Latest(rules), _) => !rules.is_empty() && rules.iter().all(|rule| never_later(rule, b)),
        (_, Rule::Earliest(rules)) => !rules.is_empty() && rules.iter().all(|rule| never_later(a, rule)),
        _ => false,
    }
}

/// A rule of one event.
struct Plain<'r> {
    event: &'r str,
    anchor: Anchoring,
    /// None: at once.
    least: Option<Period>,
    most: Option<Period>,
    rounding: Option<Rounding>,
    within: bool,
}

fn plain(rule: &Rule) -> Option<Plain<'_>> {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => match rules.as_slice() {
            [only] => plain(only),
            _ => None,
        },
        Rule::After { within, period, choice, anchor, event, rounding } => Some(Plain {
            event: event.as_str(),
            anchor: *anchor,
            least: Some(choice.map_or(*period, |choice| choice.least)),
            most: Some(choice.map_or(*period, |choice| choice.most)),
            rounding: *rounding,
            within: *within,
        }),
        Rule::Immediately(anchor, event) | Rule::Until(anchor, event) => Some(Plain {
            event: event.as_str(),
            anchor: *anchor,
            least: None,
            most: None,
            rounding: None,
            within: false,
        }),
    }
}

fn plain_never_later(a: &Plain<'_>, b: &Plain<'_>) -> bool {
    let anchored = a.anchor == b.anchor || a.anchor == Anchoring::First;
    // The end of a year never lies before the date itself; two kinds of years do not compare.
    let rounded = a.rounding == b.rounding || a.rounding.is_none();
    // "within" is acted upon before the date, the other side after it.
    let side = a.within || !b.within;
    a.event == b.event && anchored && rounded && side && no_longer(a.most, b.least)
}

/// Whether `a` is never longer than `b`: of one unit by the count, of different ones in hours at their extremes.
fn no_longer(a: Option<Period>, b: Option<Period>) -> bool {
    match (a, b) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) if a.unit == b.unit => a.count <= b.count,
        (Some(a), Some(b)) => same(a, b) || a.hours().1 <= b.hours().0,
    }
}

/// Whether two periods of different units are the same on every calendar: twelve months and a year, seven days and a week.
fn same(a: Period, b: Period) -> bool {
    use obhut_core::period::Unit::{Day, Month, Week, Year};
    let small = |period: Period| match period.unit {
        Year => Some((Month, u32::from(period.count) * 12)),
        Week => Some((Day, u32::from(period.count) * 7)),
        unit @ (Month | Day) => Some((unit, u32::from(period.count))),
        _ => None,
    };
    small(a).is_some() && small(a) == small(b)
}
