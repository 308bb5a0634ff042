//! Exactly one retention rule applies to every record: proven over all combinations of facts.

use std::collections::BTreeSet;

use obhut_core::{
    id::{ClassName, FactName, RetentionName},
    model::Retention,
};

use super::Check;
use crate::diagnostic::Diagnostic;

/// The most facts the rules of one class may ask for; the truth table doubles with each.
const MOST_FACTS: usize = 12;
/// The most rules one class may have.
const MOST_RULES: usize = 64;

const ARTICLE: &str = "Art. 5(1)(e), 13(2)(a), 30(1)(f) GDPR: a period for every category of data";

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    for class in model.data.keys() {
        let rules: Vec<_> = model.retentions.iter().filter(|(_, retention)| retention.data.contains(class)).collect();
        one(check, class, &rules);
    }
}

fn one(check: &mut Check<'_>, class: &ClassName, rules: &[(&RetentionName, &Retention)]) {
    let Some((first, _)) = rules.first() else {
        let place = check.at(&format!("data.{class}"));
        check.report(
            Diagnostic::error("class-without-rule", &place, format!("no rule says how long [data.{class}] is kept"))
                .label("kept for ever")
                .help(format!(
                    "add for example\n[retain.{class}]\ndata = [\"{class}\"]\nrule = \"2 years after contract.ended\"\n\
                     action = \"erase\""
                ))
                .article(ARTICLE),
        );
        return;
    };
    // A condition that could not be read was reported; nothing can be said about the branches without it.
    let unread = |name: &RetentionName, rule: &Retention| {
        rule.when.is_none() && check.draft.places.get(&format!("retain.{name}.when")).is_some()
    };
    if rules.iter().any(|(name, rule)| unread(name, rule)) {
        return;
    }
    let facts: BTreeSet<&FactName> =
        rules.iter().filter_map(|(_, rule)| rule.when.as_ref()).flat_map(|when| when.facts()).collect();
    let facts: Vec<_> = facts.into_iter().collect();
    if facts.len() > MOST_FACTS || rules.len() > MOST_RULES {
        let place = check.at(&format!("retain.{first}.when"));
        check.report(
            Diagnostic::error(
                "too-many-branches",
                &place,
                format!(
                    "too many cases for [data.{class}]: {} facts (at most {MOST_FACTS}) in {} rules (at most {MOST_RULES})",
                    facts.len(),
                    rules.len()
                ),
            )
            .label("one of its rules")
            .help("nobody can follow that many cases: split the class"),
        );
        return;
    }
    let mut gap = None;
    let mut clash = None;
    let mut never: Vec<bool> = vec![true; rules.len()];
    for row in 0..1_usize << facts.len() {
        let holds =
            |fact: &FactName| facts.iter().position(|known| *known == fact).is_some_and(|bit| row >> bit & 1 == 1);
        let applies: Vec<_> =
            rules.iter().map(|(_, rule)| rule.when.as_ref().is_none_or(|when| when.holds(&holds))).collect();
        never.iter_mut().zip(&applies).for_each(|(never, applies)| *never &= !applies);
        let mut applying = rules.iter().zip(&applies).filter(|(_, applies)| **applies).map(|(rule, _)| rule);
        match (applying.next(), applying.next()) {
            (None, _) => gap = gap.or(Some(row)),
            (Some((a, _)), Some((b, _))) => clash = clash.or(Some((row, *a, *b))),
            (Some(_), None) => {}
        }
        if gap.is_some() && clash.is_some() && !never.contains(&true) {
            break;
        }
    }
    for ((name, _), _) in rules.iter().zip(&never).filter(|(_, never)| **never) {
        let place = check.at(&format!("retain.{name}.when"));
        check.report(
            Diagnostic::error("when-never", &place, format!("no record ever meets the condition of [retain.{name}]"))
                .label("contradicts itself")
                .help("for example \"contract and not invoice\"; a fact and its contrary never hold together"),
        );
    }
    let case = |row: usize| {
        let facts: Vec<_> = facts
            .iter()
            .enumerate()
            .map(|(bit, fact)| if row >> bit & 1 == 1 { fact.to_string() } else { format!("not {fact}") })
            .collect();
        facts.join(" and ")
    };
    if let Some(row) = gap {
        let place = check.at(&format!("retain.{first}.when"));
        let case = case(row);
        check.report(
            Diagnostic::error(
                "branches-gap",
                &place,
                format!("no rule applies to records of [data.{class}] with `{case}`"),
            )
            .label("the branches leave a gap")
            .help(format!("add a rule for the rest, for example when = \"{case}\""))
            .article(ARTICLE),
        );
    }
    if let Some((row, a, b)) = clash {
        let (path, about) = match rules.iter().find(|(name, _)| *name == b).and_then(|(_, rule)| rule.when.as_ref()) {
            Some(_) => (format!("retain.{b}.when"), "the branches overlap"),
            None => (format!("retain.{b}.data[{class}]"), "a second rule for it"),
        };
        let which = if facts.is_empty() { String::new() } else { format!(" with `{}`", case(row)) };
        let place = check.at(&path);
        check.report(
            Diagnostic::error(
                "branches-overlap",
                &place,
                format!("two rules apply to records of [data.{class}]{which}: [retain.{a}] and [retain.{b}]"),
            )
            .label(about)
            .help(
                "give each record one rule: separate them by `when`, for example \"contract\" and \"not contract\", or join \
                 them by \"earliest of (…)\" or \"latest of (…)\"",
            )
            .article(ARTICLE),
        );
    }
}
