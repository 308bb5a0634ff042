//! Deletion classes (DIN 66398): each is a start event together with a standard period.

use obhut_core::{
    id::{ClassName, EventName, RetentionName},
    model::{Lang, Model},
    period::Period,
    rule::{Anchoring, Rounding, Rule},
};

use super::words;
use crate::say::{self, words as both};

/// A deletion class, with the data and the rules that belong to it.
pub(super) struct DeletionClass<'a> {
    number: usize,
    event: &'a EventName,
    anchoring: Anchoring,
    key: PeriodKey,
    /// Whether a rule has it beside others.
    pub(super) combined: bool,
    pub(super) data: Vec<&'a ClassName>,
    pub(super) rules: Vec<&'a RetentionName>,
}

/// A standard period: at once, or a length that may run to the end of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PeriodKey {
    length: Option<Period>,
    rounding: Option<Rounding>,
}

impl DeletionClass<'_> {
    /// "LK 3" / "DC 3".
    pub(super) fn name(&self, lang: Lang) -> String {
        let number = self.number;
        both!(lang, "LK {number}", "DC {number}")
    }

    pub(super) const fn key(&self) -> PeriodKey {
        self.key
    }

    pub(super) const fn start(&self) -> (&EventName, Anchoring) {
        (self.event, self.anchoring)
    }
}

impl PeriodKey {
    /// The period as the head of a column.
    pub(super) fn text(self, lang: Lang) -> String {
        let Some(length) = self.length else { return words::pick(lang, "Sofort", "At once") };
        let text = say::figure(length, lang);
        match self.rounding {
            None => text,
            Some(Rounding::Year) => {
                both!(lang, "{text} zum Ende des Kalenderjahres", "{text}, end of calendar year")
            }
            Some(Rounding::FiscalYear) => {
                both!(lang, "{text} zum Ende des Geschäftsjahres", "{text}, end of financial year")
            }
        }
    }

    fn order(self) -> (u32, bool) {
        (self.length.map_or(0, |length| length.hours().1), self.rounding.is_some())
    }
}

/// The start event as it stands in a table: German in the nominative is not known, so the phrase of the policy stands
/// after "nach".
pub(super) fn start(model: &Model, event: &EventName, anchoring: Anchoring, lang: Lang) -> String {
    let text = say::occurrence(model, event, anchoring, lang);
    both!(lang, "Nach {text}", "After {text}")
}

/// All deletion classes, in the order in which the rules of the policy need them.
pub(super) fn all(model: &Model) -> Vec<DeletionClass<'_>> {
    let mut found: Vec<DeletionClass<'_>> = Vec::new();
    for (name, retention) in &model.retentions {
        let simple: Vec<_> = retention.stages.iter().flat_map(|stage| words::simple(&stage.rule)).collect();
        let combined = retention.stages.iter().any(|stage| matches!(&stage.rule, Rule::Earliest(_) | Rule::Latest(_)));
        for rule in simple {
            let (event, anchoring, key) = parts(rule);
            let Some(event) = event else { continue };
            let known = found.iter_mut().find(|one| one.event == event && one.anchoring == anchoring && one.key == key);
            match known {
                Some(known) => {
                    known.combined |= combined;
                    known.data.extend(retention.data.iter());
                    known.rules.push(name);
                }
                None => found.push(DeletionClass {
                    number: found.len().saturating_add(1),
                    event,
                    anchoring,
                    key,
                    combined,
                    data: retention.data.iter().collect(),
                    rules: vec![name],
                }),
            }
        }
    }
    for one in &mut found {
        let mut seen: Vec<&ClassName> = Vec::new();
        one.data.retain(|class| {
            let new = !seen.contains(class);
            seen.push(class);
            new
        });
    }
    found
}

fn parts(rule: &Rule) -> (Option<&EventName>, Anchoring, PeriodKey) {
    let at_once = PeriodKey { length: None, rounding: None };
    match rule {
        Rule::After { period, anchor, event, rounding, .. } => {
            (Some(event), *anchor, PeriodKey { length: Some(*period), rounding: *rounding })
        }
        Rule::Immediately(anchor, event) | Rule::Until(anchor, event) => (Some(event), *anchor, at_once),
        Rule::Earliest(_) | Rule::Latest(_) => (None, Anchoring::First, at_once),
    }
}

/// The standard periods, the shortest first.
pub(super) fn periods(found: &[DeletionClass<'_>]) -> Vec<PeriodKey> {
    let mut keys: Vec<PeriodKey> = Vec::new();
    for one in found {
        if !keys.contains(&one.key) {
            keys.push(one.key);
        }
    }
    keys.sort_by_key(|key| key.order());
    keys
}
