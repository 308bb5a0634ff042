//! Rules that come to a date: no events in a circle, no bounds that exclude each other, no part without effect.

use std::collections::HashMap;

use obhut_core::{
    id::EventName,
    model::Model,
    period::Period,
    rule::{Anchoring, Rounding, Rule},
};

use super::{Check, links, time};
use crate::{diagnostic::Diagnostic, sentence};

pub(super) fn run(check: &mut Check<'_>) {
    two_sources(check);
    event_circle(check);
    choice_bounds(check);
    fiscal_year(check);
    cancels_itself(check);
    idle_branch(check);
}

/// An event is the withdrawal of a consent, or follows from a rule.
fn two_sources(check: &mut Check<'_>) {
    for (name, event) in &check.model.events {
        if event.derived.is_none() || event.withdrawal.is_none() {
            continue;
        }
        let place = check.at(&format!("event.{name}.withdrawal"));
        check.report(
            Diagnostic::error("misplaced-key", &place, format!("[event.\"{name}\"] has `derived` and `withdrawal`"))
                .label("beside `derived`")
                .help("make two events of it, and join them where they count: \"earliest of (until one, until the other)\""),
        );
    }
}

/// An event that happens by itself after itself never happens, or for ever.
fn event_circle(check: &mut Check<'_>) {
    for circle in circles(check.model) {
        let [first, next, ..] = circle.as_slice() else { continue };
        let names: Vec<_> = circle.iter().map(|event| format!("`{event}`")).collect();
        let place = check.at(&format!("event.{first}.derived[{next}]"));
        check.report(
            Diagnostic::error(
                "event-circle",
                &place,
                format!("the event `{first}` is derived from itself: {}", names.join(" from ")),
            )
            .label("closes the circle")
            .help("derive it from an event that is reported, such as the last message or the end of the contract")
            .article("Art. 5(1)(e), 13(2)(a) GDPR: a period from which no date follows is none"),
        );
    }
}

/// The circles among derived events, each with its first event at both ends. A walk with a stack of its own: chains of
/// events can be long.
fn circles(model: &Model) -> Vec<Vec<&EventName>> {
    #[derive(PartialEq, Eq)]
    enum Seen {
        Open,
        Done,
    }
    let from = |event: &EventName| -> Vec<&EventName> {
        let derived = model.events.get(event).and_then(|event| event.derived.as_ref());
        derived.map(|rule| rule.events().into_iter().map(|(event, _)| event).collect()).unwrap_or_default()
    };
    let mut seen: HashMap<&EventName, Seen> = HashMap::new();
    let mut found = Vec::new();
    for start in model.events.keys() {
        if seen.contains_key(start) {
            continue;
        }
        seen.insert(start, Seen::Open);
        let mut path = vec![(start, from(start).into_iter())];
        while let Some((event, next)) = path.last_mut() {
            let event = *event;
            match next.next() {
                None => {
                    seen.insert(event, Seen::Done);
                    path.pop();
                }
                Some(next) => match seen.get(next) {
                    Some(Seen::Done) => {}
                    Some(Seen::Open) => {
                        let circle = path.iter().map(|(event, _)| *event).skip_while(|event| *event != next);
                        found.push(circle.chain([next]).collect());
                    }
                    None => {
                        seen.insert(next, Seen::Open);
                        path.push((next, from(next).into_iter()));
                    }
                },
            }
        }
    }
    found
}

/// What a rule states lies within the bounds of the choice.
fn choice_bounds(check: &mut Check<'_>) {
    for (path, rule) in links::rules(check) {
        for (stated, choice) in time::choices(rule) {
            let text = sentence::period_text;
            let message = if time::longer(choice.least, choice.most) {
                format!(
                    "the shortest choice, {}, is longer than the longest, {}",
                    text(choice.least),
                    text(choice.most)
                )
            } else if time::longer(choice.least, stated) || time::longer(stated, choice.most) {
                format!(
                    "what holds without a choice, {}, is not between {} and {}",
                    text(stated),
                    text(choice.least),
                    text(choice.most)
                )
            } else {
                continue;
            };
            let place = check.at(&path);
            check.report(
                Diagnostic::error("choice-bounds", &place, message)
                    .label("bounds that cannot be kept")
                    .help("for example \"90 days (tenant chooses 7 days to 24 months) after ticket.closed\"")
                    .article("Art. 5(1)(a), 13(2)(a) GDPR: the period people are told is the one that holds"),
            );
        }
    }
}

/// The end of the fiscal year is known.
fn fiscal_year(check: &mut Check<'_>) {
    fn rounds(rule: &Rule) -> bool {
        match rule {
            Rule::Earliest(rules) | Rule::Latest(rules) => rules.iter().any(rounds),
            Rule::After { rounding, .. } => *rounding == Some(Rounding::FiscalYear),
            Rule::Immediately(..) | Rule::Until(..) => false,
        }
    }
    if check.model.policy.fiscal_year.is_some() || check.draft.places.get("policy.fiscal_year").is_some() {
        return;
    }
    if let Some((path, _)) = links::rules(check).into_iter().find(|(_, rule)| rounds(rule)) {
        let place = check.at(&path);
        check.report(
            Diagnostic::error(
                "fiscal-year-missing",
                &place,
                "the rule ends with the fiscal year, but the policy does not say when that begins",
            )
            .label("no date follows from this")
            .help("add to [policy] for example\nfiscal_year = \"07-01\"\nor write \", end of year\" for the calendar year")
            .article("Art. 5(1)(e), 13(2)(a) GDPR: the period, or its criteria"),
        );
    }
}

/// A rule that counts from the event that undoes it has no date, ever.
fn cancels_itself(check: &mut Check<'_>) {
    fn never(rule: &Rule, cancel: &EventName) -> bool {
        match rule {
            Rule::Earliest(rules) => !rules.is_empty() && rules.iter().all(|rule| never(rule, cancel)),
            Rule::Latest(rules) => rules.iter().any(|rule| never(rule, cancel)),
            Rule::After { event, .. } | Rule::Immediately(_, event) | Rule::Until(_, event) => event == cancel,
        }
    }
    for (name, retention) in &check.model.retentions {
        let Some(cancel) = &retention.cancel else { continue };
        if let Some(index) = retention.stages.iter().position(|stage| never(&stage.rule, cancel)) {
            let place = check.at(&format!("retain.{name}.cancel"));
            let which = if retention.stages.len() > 1 {
                format!("stage {} of [retain.{name}] never comes", index + 1)
            } else {
                format!("[retain.{name}] never comes to a date")
            };
            check.report(
                Diagnostic::error("never-due", &place, format!("{which}: it counts from `{cancel}`, which cancels it"))
                    .label("undoes the event that starts the period")
                    .help("`cancel` names what makes the start undone, for example the renewal of a contract that had ended")
                    .article("Art. 5(1)(e) GDPR: storage limitation"),
            );
        }
    }
}

/// A branch that another one always outruns changes nothing, and whoever reads it is misled.
fn idle_branch(check: &mut Check<'_>) {
    for (path, rule) in links::rules(check) {
        let Some((idle, by, kind)) = idle(rule) else { continue };
        let (idle, by) = (sentence::canonical(idle), sentence::canonical(by));
        let place = check.at(&path);
        check.report(
            Diagnostic::warning(
                "branch-idle",
                &place,
                format!("`{idle}` has no effect: `{by}` always {}", if kind { "comes first" } else { "comes later" }),
            )
            .label("one of its parts never counts")
            .help("leave it away, or correct its period or its event")
            .article("Art. 12(1) GDPR: concise and intelligible"),
        );
    }
}

/// A part of a rule that never decides, the part that outruns it, and whether the earliest one counts.
fn idle(rule: &Rule) -> Option<(&Rule, &Rule, bool)> {
    let (Rule::Earliest(rules) | Rule::Latest(rules)) = rule else { return None };
    let earliest = matches!(rule, Rule::Earliest(_));
    for (index, one) in rules.iter().enumerate() {
        let outruns = |other: &&Rule| if earliest { not_after(other, one) } else { not_after(one, other) };
        let others = rules.iter().enumerate().filter(|(at, other)| *at != index && (*other != one || *at < index));
        if let Some(by) = others.map(|(_, other)| other).find(outruns) {
            // Of two parts that always give the same date the later one is the idle one.
            let same = not_after(one, by) && not_after(by, one);
            let first = rules.iter().position(|rule| rule == by).is_some_and(|at| at > index);
            if !(same && first) {
                return Some((one, by, earliest));
            }
        }
    }
    rules.iter().find_map(idle)
}

/// Whether `one` never comes after `other`: the same event, the same rounding, and no longer a period.
fn not_after(one: &Rule, other: &Rule) -> bool {
    let parts = |rule: &Rule| match rule {
        Rule::After { period, choice: None, anchor, event, rounding, .. } => {
            Some((Some(*period), *anchor, event.clone(), *rounding))
        }
        Rule::Immediately(anchor, event) | Rule::Until(anchor, event) => Some((None, *anchor, event.clone(), None)),
        _ => None,
    };
    let (Some(one), Some(other)) = (parts(one), parts(other)) else { return false };
    let no_longer = |one: Option<Period>, other: Option<Period>| match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => one == other || time::longer(other, one),
    };
    one.2 == other.2
        && (one.1 == other.1 || one.1 == Anchoring::First)
        && (one.3 == other.3 || one.3.is_none())
        && no_longer(one.0, other.0)
}
