//! Reading the sentences of a table: periods, rules, conditions.

use obhut_core::{
    model::Condition,
    period::{Period, Unit},
    rule::Rule,
};

use super::{
    section::{Demand, Reader, Section},
    tree::Node,
};
use crate::{
    diagnostic::{Diagnostic, Place},
    sentence::{self, SentenceError},
};

impl Reader<'_> {
    /// A period; minutes only where they are allowed.
    pub(super) fn period(&mut self, section: &mut Section<'_>, key: &'static str, minutes: bool) -> Option<Period> {
        let node = self.node(section, key)?;
        let text = self.content(node, &format!("write {key} = \"14 days\""))?;
        match sentence::parse_period(text) {
            Ok(period) if period.unit == Unit::Minute && !minutes => {
                self.report(
                    Diagnostic::error("period", &node.place, format!("`{key}` cannot be in minutes"))
                        .label("minutes")
                        .help("only `sweep` in [policy] counts minutes; use hours, days, weeks, months or years"),
                );
                None
            }
            Ok(period) => Some(period),
            Err(error) => {
                self.broken_sentence(node, "period", error);
                None
            }
        }
    }

    /// The same, demanded.
    pub(super) fn needed_period(
        &mut self,
        section: &mut Section<'_>,
        key: &'static str,
        minutes: bool,
        demand: Demand,
    ) -> Period {
        let value = self.period(section, key, minutes);
        self.demand(section, key, demand, value).unwrap_or(Period::new(1, Unit::Month))
    }

    /// A time rule.
    pub(super) fn rule(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<Rule> {
        let node = self.node(section, key)?;
        let text = self.content(node, "for example \"14 days after last shopper.activity\"")?;
        match sentence::parse_rule(text) {
            Ok(rule) => {
                self.place_events(section, key, node, text, &rule);
                Some(rule)
            }
            Err(error) => {
                self.broken_sentence(node, "rule", error);
                None
            }
        }
    }

    /// Remembers where in a rule each event stands, so that a finding underlines its name and not the whole sentence.
    fn place_events(&mut self, section: &Section<'_>, key: &str, node: &Node, text: &str, rule: &Rule) {
        if !node.verbatim {
            return;
        }
        for (event, _) in rule.events() {
            let name = event.as_str();
            let part_of_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
            let found = text.match_indices(name).find(|(at, _)| {
                let before = text.get(..*at).is_some_and(|before| before.ends_with(part_of_word));
                let after = text.get(at + name.len()..).is_some_and(|after| after.starts_with(part_of_word));
                !before && !after
            });
            if let Some((at, _)) = found {
                let start = node.place.span.start + 1 + at;
                let place = Place { source: node.place.source, span: start..start + name.len() };
                self.places.insert(format!("{}[{name}]", section.path_of(key)), place);
            }
        }
    }

    /// A condition.
    pub(super) fn condition(&mut self, section: &mut Section<'_>, key: &'static str) -> Option<Condition> {
        let node = self.node(section, key)?;
        let text = self.content(node, "for example \"contract and not invoice\"")?;
        sentence::parse_condition(text).map_err(|error| self.broken_sentence(node, "condition", error)).ok()
    }

    fn broken_sentence(&mut self, node: &Node, what: &str, error: SentenceError) {
        let mut place = node.place.clone();
        if node.verbatim {
            let start = place.span.start + 1;
            place.span = start + error.span.start..(start + error.span.end).min(place.span.end);
        }
        let (message, label, article) = match error.code {
            "rule-vague" => (
                error.message,
                "no date follows from this",
                Some("Art. 5(1)(e), 13(2)(a) GDPR: the period, or its criteria"),
            ),
            _ => (format!("this is not a {what}: {}", error.message), "here", None),
        };
        let finding = Diagnostic::error(error.code, &place, message).label(label).help(error.help);
        self.report(match article {
            Some(article) => finding.article(article),
            None => finding,
        });
    }
}
