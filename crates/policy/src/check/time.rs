//! Comparing periods and rules: only what is certain on every calendar.

use obhut_core::{
    period::{Period, Unit},
    rule::{Choice, Rule},
};

/// The shortest and the longest a period can be, in minutes.
pub(super) fn minutes(period: Period) -> (u64, u64) {
    if period.unit == Unit::Minute {
        return (period.count.into(), period.count.into());
    }
    let (shortest, longest) = period.hours();
    (u64::from(shortest) * 60, u64::from(longest) * 60)
}

/// Whether one period is longer than the other, whenever both start.
pub(super) fn longer(one: Period, other: Period) -> bool {
    let count = |period: Period| u32::from(period.count);
    let months = |period: Period| match period.unit {
        Unit::Month => Some(count(period)),
        Unit::Year => Some(count(period) * 12),
        _ => None,
    };
    let days = |period: Period| match period.unit {
        Unit::Day => Some(count(period)),
        Unit::Week => Some(count(period) * 7),
        _ => None,
    };
    match ((months(one), months(other)), (days(one), days(other))) {
        ((Some(one), Some(other)), _) | (_, (Some(one), Some(other))) => one > other,
        _ => minutes(one).0 > minutes(other).1,
    }
}

/// The longest period a rule states.
pub(super) fn longest(rule: &Rule) -> Option<Period> {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => rules.iter().filter_map(longest).reduce(longer_of),
        Rule::After { period, choice, .. } => Some(choice.map_or(*period, |choice| choice.most)),
        Rule::Immediately(..) | Rule::Until(..) => None,
    }
}

/// The period after which the data goes at the latest, once the events of the rule have happened.
pub(super) fn bound(rule: &Rule) -> Option<Period> {
    match rule {
        Rule::Earliest(rules) => {
            rules.iter().filter_map(bound).reduce(|one, other| if longer(one, other) { other } else { one })
        }
        Rule::Latest(rules) => rules.iter().filter_map(bound).reduce(longer_of),
        Rule::After { period, choice, .. } => Some(choice.map_or(*period, |choice| choice.most)),
        Rule::Immediately(..) | Rule::Until(..) => None,
    }
}

/// The longer one of two periods.
pub(super) fn longer_of(one: Period, other: Period) -> Period {
    if longer(other, one) { other } else { one }
}

/// Whether the rule acts at an event itself in at least one case, without any period.
pub(super) fn at_once(rule: &Rule) -> bool {
    match rule {
        Rule::Earliest(rules) => rules.iter().any(at_once),
        Rule::Latest(rules) => !rules.is_empty() && rules.iter().all(at_once),
        Rule::Immediately(..) | Rule::Until(..) => true,
        Rule::After { .. } => false,
    }
}

/// The periods that somebody may choose, with what the rule states.
pub(super) fn choices(rule: &Rule) -> Vec<(Period, Choice)> {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => rules.iter().flat_map(choices).collect(),
        Rule::After { period, choice: Some(choice), .. } => vec![(*period, *choice)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentence::{parse_period, parse_rule};

    #[test]
    fn only_certain_comparisons_count() {
        let longer = |one: &str, other: &str| longer(parse_period(one).unwrap(), parse_period(other).unwrap());
        assert!(longer("13 months", "1 year") && !longer("12 months", "1 year") && !longer("1 year", "12 months"));
        assert!(longer("15 days", "2 weeks") && !longer("24 hours", "1 day"));
        assert!(!longer("31 days", "1 month") && longer("33 days", "1 month") && longer("1 hour", "59 minutes"));
    }

    #[test]
    fn the_bound_of_a_rule_is_its_nearest_end() {
        let bound = |rule: &str| bound(&parse_rule(rule).unwrap()).map(crate::sentence::period_text);
        assert_eq!(bound("earliest of (10 years after a, 2 years after b)").as_deref(), Some("2 years"));
        assert_eq!(bound("latest of (10 years after a, until b)").as_deref(), Some("10 years"));
        assert_eq!(bound("7 days (tenant chooses 1 day to 90 days) after a").as_deref(), Some("90 days"));
        assert_eq!(bound("until a"), None);
    }
}
