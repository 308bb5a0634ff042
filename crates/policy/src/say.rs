//! Rules, periods and refusals in words.
//!
//! Every sentence is made from the same syntax tree in both languages, so German and English cannot say different
//! things. Each language is written as its readers write it: cases and genders in German, the legal order of words in
//! English.
//!
//! | function | says |
//! |---|---|
//! | [`rule`], [`moment`] | a time rule: "innerhalb von 14 Tagen nach …", "within 14 days after …" |
//! | [`period`], [`within`] | a period |
//! | [`condition`] | for which records a rule holds |
//! | [`retention`], [`access`], [`contact`], [`disclosure`] | why a date is what it is; why something is refused |
//! | [`date`], [`instant`], [`country`], [`statute`] | single words and figures |

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use obhut_core::{
    id::EventName,
    model::{Condition, Lang, Lifetime, Model},
    period::{Period, Unit},
    rule::{Anchoring, Choice as PeriodChoice, Chooser, Rounding, Rule},
};

mod reason;
mod word;

pub use reason::{access, contact, disclosure, retention};
pub use word::{country, field, in_country, place, statute, value};

/// Formats one of two texts, by language: `words!(lang, "… {x}", "… {x}")`.
macro_rules! words {
    ($lang:expr, $de:literal, $en:literal $(,)?) => {
        match $lang {
            obhut_core::model::Lang::De => format!($de),
            obhut_core::model::Lang::En => format!($en),
        }
    };
}
pub(crate) use words;

/// The rule as a phrase that stands on its own: "bis zum Ende …", "14 Tage nach …".
pub fn rule(model: &Model, rule: &Rule, lang: Lang) -> String {
    match rule {
        Rule::Until(anchor, event) => {
            let event = occurrence(model, event, *anchor, lang);
            match lang {
                Lang::De => format!("bis {}", with_preposition("zu", &event)),
                Lang::En => format!("until {event}"),
            }
        }
        _ => moment(model, rule, lang),
    }
}

/// How long something on a device lives, as it continues "verfällt …" / "expires …".
pub fn lifetime(model: &Model, keep: &Lifetime, lang: Lang) -> String {
    match keep {
        Lifetime::Session => words!(lang, "mit dem Schließen des Browsers", "when you close your browser"),
        Lifetime::For(length) => {
            let length = period(*length, lang);
            words!(lang, "{length} nach dem Setzen", "{length} after it is set")
        }
        Lifetime::Rule(keep) => rule(model, keep, lang),
    }
}

/// The rule as the moment at which something happens: "mit dem Ende …", "14 Tage nach …".
pub fn moment(model: &Model, rule: &Rule, lang: Lang) -> String {
    match rule {
        Rule::Earliest(rules) => choice(model, rules, lang, Choice::Earliest),
        Rule::Latest(rules) => choice(model, rules, lang, Choice::Latest),
        Rule::After { within: bounded, period: length, choice, anchor, event, rounding } => {
            let length = if *bounded { within(*length, lang) } else { period(*length, lang) };
            let event = occurrence(model, event, *anchor, lang);
            let end = match (rounding, lang) {
                (None, _) => "",
                (Some(Rounding::Year), Lang::De) => ", zum Ende des Kalenderjahres",
                (Some(Rounding::Year), Lang::En) => ", at the end of the calendar year",
                (Some(Rounding::FiscalYear), Lang::De) => ", zum Ende des Geschäftsjahres",
                (Some(Rounding::FiscalYear), Lang::En) => ", at the end of the financial year",
            };
            let bounds = choice.map_or_else(String::new, |choice| format!(" ({})", chooses(choice, lang)));
            words!(lang, "{length}{bounds} nach {event}{end}", "{length}{bounds} after {event}{end}")
        }
        Rule::Immediately(anchor, event) => {
            let event = occurrence(model, event, *anchor, lang);
            words!(lang, "unverzüglich nach {event}", "immediately after {event}")
        }
        Rule::Until(anchor, event) => {
            let event = occurrence(model, event, *anchor, lang);
            words!(lang, "mit {event}", "upon {event}")
        }
    }
}

/// Who may choose another period, and in which bounds.
fn chooses(choice: PeriodChoice, lang: Lang) -> String {
    let (least, most) = (period(choice.least, lang), period(choice.most, lang));
    match choice.by {
        Chooser::Tenant => words!(
            lang,
            "der Verantwortliche kann zwischen {least} und {most} wählen",
            "the controller may choose between {least} and {most}",
        ),
        Chooser::Record => words!(
            lang,
            "bei der Erfassung kann zwischen {least} und {most} gewählt werden",
            "between {least} and {most} may be chosen when the data are entered",
        ),
    }
}

/// Whether [`moment`] ends in an insertion, after which German sets a comma.
pub(crate) fn ends_in_insertion(rule: &Rule) -> bool {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => match rules.as_slice() {
            [only] => ends_in_insertion(only),
            _ => true,
        },
        Rule::After { rounding, .. } => rounding.is_some(),
        Rule::Immediately(..) | Rule::Until(..) => false,
    }
}

#[derive(Clone, Copy)]
enum Choice {
    Earliest,
    Latest,
}

fn choice(model: &Model, rules: &[Rule], lang: Lang, choice: Choice) -> String {
    let [first, others @ ..] = rules else { return String::new() };
    let Some((last, middle)) = others.split_last() else { return moment(model, first, lang) };
    let mut text = branch(model, first, lang);
    for rule in middle {
        text.push_str(", ");
        text.push_str(&branch(model, rule, lang));
    }
    // The insertion "at the end of the calendar year" is closed before the next branch.
    if ends_in_insertion(middle.last().unwrap_or(first)) && !is_choice(middle.last().unwrap_or(first)) {
        text.push(',');
    }
    let last = branch(model, last, lang);
    let which = match (choice, middle.is_empty(), lang) {
        (Choice::Earliest, true, Lang::De) => "je nachdem, was früher eintritt",
        (Choice::Earliest, false, Lang::De) => "je nachdem, was zuerst eintritt",
        (Choice::Latest, true, Lang::De) => "je nachdem, was später eintritt",
        (Choice::Latest, false, Lang::De) => "je nachdem, was zuletzt eintritt",
        (Choice::Earliest, true, Lang::En) => "whichever is earlier",
        (Choice::Earliest, false, Lang::En) => "whichever is earliest",
        (Choice::Latest, true, Lang::En) => "whichever is later",
        (Choice::Latest, false, Lang::En) => "whichever is latest",
    };
    words!(lang, "{text} oder {last}, {which}", "{text} or {last}, {which}")
}

/// A branch of a choice. A choice inside a choice stands in brackets, so that it can be read in one way only.
fn branch(model: &Model, rule: &Rule, lang: Lang) -> String {
    let text = moment(model, rule, lang);
    if is_choice(rule) { format!("({text})") } else { text }
}

fn is_choice(rule: &Rule) -> bool {
    matches!(rule, Rule::Earliest(rules) | Rule::Latest(rules) if rules.len() > 1)
}

/// The event as it continues a sentence; German in the dative.
pub fn occurrence(model: &Model, event: &EventName, anchor: Anchoring, lang: Lang) -> String {
    let Some(known) = model.events.get(event) else {
        return words!(lang, "„{event}“", "“{event}”");
    };
    let text = match anchor {
        Anchoring::First => &known.phrase,
        Anchoring::Last => known.last.as_ref().unwrap_or(&known.phrase),
    };
    text.get(lang).to_owned()
}

/// "zu" + "dem Ende" -> "zum Ende": the contraction that German readers expect.
fn with_preposition(preposition: &str, dative: &str) -> String {
    if let Some(rest) = dative.strip_prefix("dem ") {
        format!("{preposition}m {rest}")
    } else if let Some(rest) = dative.strip_prefix("der ") {
        format!("{preposition}r {rest}")
    } else {
        format!("{preposition} {dative}")
    }
}

#[derive(Clone, Copy)]
enum Case {
    Accusative,
    Dative,
    Genitive,
}

fn unit(period: Period, case: Case) -> (&'static str, &'static str) {
    // The article and the noun in the singular, or nothing and the noun in the plural.
    let one = period.count == 1;
    match (period.unit, case) {
        (Unit::Minute, _) if !one => ("", "Minuten"),
        (Unit::Hour, _) if !one => ("", "Stunden"),
        (Unit::Week, _) if !one => ("", "Wochen"),
        (Unit::Day, Case::Dative) if !one => ("", "Tagen"),
        (Unit::Day, _) if !one => ("", "Tage"),
        (Unit::Month, Case::Dative) if !one => ("", "Monaten"),
        (Unit::Month, _) if !one => ("", "Monate"),
        (Unit::Year, Case::Dative) if !one => ("", "Jahren"),
        (Unit::Year, _) if !one => ("", "Jahre"),
        (Unit::Minute, Case::Accusative) => ("eine", "Minute"),
        (Unit::Hour, Case::Accusative) => ("eine", "Stunde"),
        (Unit::Week, Case::Accusative) => ("eine", "Woche"),
        (Unit::Minute, _) => ("einer", "Minute"),
        (Unit::Hour, _) => ("einer", "Stunde"),
        (Unit::Week, _) => ("einer", "Woche"),
        (Unit::Day, Case::Accusative) => ("einen", "Tag"),
        (Unit::Day, Case::Dative) => ("einem", "Tag"),
        (Unit::Day, Case::Genitive) => ("eines", "Tages"),
        (Unit::Month, Case::Accusative) => ("einen", "Monat"),
        (Unit::Month, Case::Dative) => ("einem", "Monat"),
        (Unit::Month, Case::Genitive) => ("eines", "Monats"),
        (Unit::Year, Case::Accusative) => ("ein", "Jahr"),
        (Unit::Year, Case::Dative) => ("einem", "Jahr"),
        (Unit::Year, Case::Genitive) => ("eines", "Jahres"),
    }
}

fn german(period: Period, case: Case) -> String {
    match unit(period, case) {
        ("", noun) => format!("{} {noun}", period.count),
        (article, noun) => format!("{article} {noun}"),
    }
}

fn english(period: Period) -> String {
    let noun = match period.unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    if period.count == 1 { format!("one {noun}") } else { format!("{} {noun}s", period.count) }
}

/// A period as a length of time: "14 Tage", "einen Monat" / "14 days", "one month".
pub fn period(period: Period, lang: Lang) -> String {
    match lang {
        Lang::De => german(period, Case::Accusative),
        Lang::En => english(period),
    }
}

/// A period after a preposition with the dative: "nach 14 Tagen", "nach einem Monat" / "after one month".
pub(crate) fn period_dative(period: Period, lang: Lang) -> String {
    match lang {
        Lang::De => german(period, Case::Dative),
        Lang::En => english(period),
    }
}

/// A period as an upper bound: "innerhalb von 14 Tagen", "innerhalb eines Monats" / "within one month".
pub fn within(period: Period, lang: Lang) -> String {
    match lang {
        Lang::De if period.count == 1 => format!("innerhalb {}", german(period, Case::Genitive)),
        Lang::De => format!("innerhalb von {}", german(period, Case::Dative)),
        Lang::En => format!("within {}", english(period)),
    }
}

/// For which records something holds: "Datensätze mit dem Merkmal „contract“ …" / "records marked “contract” …".
pub fn condition(condition: &Condition, lang: Lang) -> String {
    let text = clause(condition, true, lang, None);
    words!(lang, "Datensätze {text}", "records {text}")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

/// Negation is carried inwards (De Morgan), because a language negates a mark, not a sentence with "and" in it.
fn clause(condition: &Condition, positive: bool, lang: Lang, inside: Option<Join>) -> String {
    let join = match condition {
        Condition::Fact(fact) => {
            return match (lang, positive) {
                (Lang::De, true) => format!("mit dem Merkmal „{fact}“"),
                (Lang::De, false) => format!("ohne das Merkmal „{fact}“"),
                (Lang::En, true) => format!("marked “{fact}”"),
                (Lang::En, false) => format!("not marked “{fact}”"),
            };
        }
        Condition::Not(inner) => return clause(inner, !positive, lang, inside),
        Condition::And(..) => {
            if positive {
                Join::And
            } else {
                Join::Or
            }
        }
        Condition::Or(..) => {
            if positive {
                Join::Or
            } else {
                Join::And
            }
        }
    };
    let mut parts = Vec::new();
    collect(condition, positive, join, &mut |part, positive| parts.push(clause(part, positive, lang, Some(join))));
    let nested = inside.is_some_and(|outer| outer != join);
    let word = match (join, lang) {
        (Join::And, Lang::De) => "und",
        (Join::And, Lang::En) => "and",
        (Join::Or, Lang::De) => "oder",
        (Join::Or, Lang::En) => "or",
    };
    let text = joined(&parts, word);
    if nested { format!("({text})") } else { text }
}

/// The members of a chain of the same connective.
fn collect<'a>(condition: &'a Condition, positive: bool, join: Join, found: &mut dyn FnMut(&'a Condition, bool)) {
    match (condition, positive, join) {
        (Condition::Not(inner), ..) => collect(inner, !positive, join, found),
        (Condition::And(left, right), true, Join::And)
        | (Condition::And(left, right), false, Join::Or)
        | (Condition::Or(left, right), true, Join::Or)
        | (Condition::Or(left, right), false, Join::And) => {
            collect(left, positive, join, found);
            collect(right, positive, join, found);
        }
        _ => found(condition, positive),
    }
}

fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// A list as a sentence has it: "a, b und c" / "a, b and c"; with semicolons if a member has a comma itself.
pub fn list<T: AsRef<str>>(members: &[T], lang: Lang) -> String {
    let members: Vec<String> = members.iter().map(|member| member.as_ref().to_owned()).collect();
    if members.len() > 1 && members.iter().any(|member| member.contains(',')) {
        return members.join("; ");
    }
    joined(&members, if lang == Lang::De { "und" } else { "and" })
}

/// The text with its first letter in upper case, for the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name of a month, from 1; empty for a number that is none.
pub fn month(month: i8, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::De => [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        Lang::En => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    };
    usize::try_from(month).ok().and_then(|month| names.get(month.checked_sub(1)?)).unwrap_or(&"")
}

/// A date as the reader writes it: "1. Februar 2026" / "1 February 2026".
pub fn date(date: Date, lang: Lang) -> String {
    let (day, month, year) = (date.day(), month(date.month(), lang), date.year());
    words!(lang, "{day}. {month} {year}", "{day} {month} {year}")
}

/// An instant with its zone: "1. Februar 2026, 10:00 Uhr MEZ" / "1 February 2026 at 10:00 CET".
pub fn instant(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let local = at.to_zoned(zone.clone());
    let day = date(local.date(), lang);
    let time = local.strftime("%H:%M").to_string();
    let name = local.strftime("%Z").to_string();
    let name = match (name.as_str(), lang) {
        ("CET", Lang::De) => "MEZ",
        ("CEST", Lang::De) => "MESZ",
        (other, _) => other,
    };
    words!(lang, "{day}, {time} Uhr {name}", "{day} at {time} {name}")
}

#[cfg(test)]
mod tests;
