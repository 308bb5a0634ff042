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
//! | [`every`], [`figure`] | an interval; a period as a figure of a table |
//! | [`happening`] | when an event counts as having happened by itself |
//! | [`condition`] | for which records a rule holds |
//! | [`retention`], [`access`], [`contact`], [`disclosure`] | why a date is what it is; why something is refused |
//! | [`date`], [`instant`], [`country`], [`statute`] | single words and figures |

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use obhut_core::{
    id::{ConsentName, EventName},
    model::{Condition, Lang, Lifetime, Model},
    period::{Period, Unit},
    rule::{Anchoring, Choice as PeriodChoice, Chooser, Rounding, Rule},
};

mod reason;
mod word;

pub use reason::{access, contact, disclosure, retention};
pub use word::{country, field, in_country, place, statute, topic, value};

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
            let end = rounding.map_or_else(String::new, |rounding| rounded(model, rounding, lang));
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

/// To the end of which year a date is rounded up.
fn rounded(model: &Model, rounding: Rounding, lang: Lang) -> String {
    match (rounding, model.policy.fiscal_year) {
        (Rounding::Year, _) => words!(lang, ", zum Ende des Kalenderjahres", ", at the end of the calendar year"),
        (Rounding::FiscalYear, None) => {
            words!(lang, ", zum Ende des Geschäftsjahres", ", at the end of the financial year")
        }
        (Rounding::FiscalYear, Some(first)) => {
            let last = Date::new(2001, first.month, first.day).and_then(Date::yesterday).unwrap_or(Date::MAX);
            let (day, month) = (last.day(), month(last.month(), lang));
            words!(
                lang,
                ", zum Ende des Geschäftsjahres ({day}. {month})",
                ", at the end of the financial year ({day} {month})",
            )
        }
    }
}

/// Who may choose another period, and in which bounds.
fn chooses(choice: PeriodChoice, lang: Lang) -> String {
    let (least, most) = (period_dative(choice.least, lang), period_dative(choice.most, lang));
    match choice.by {
        Chooser::Tenant => words!(
            lang,
            "vom Kunden wählbar zwischen {least} und {most}",
            "the client may choose between {least} and {most}",
        ),
        Chooser::Record => words!(
            lang,
            "bei der Erfassung wählbar zwischen {least} und {most}",
            "on entry, any period between {least} and {most} may be chosen",
        ),
    }
}

/// The last moment until which something is possible: "bis 30 Tage nach …", "until 30 days after …".
pub fn deadline(model: &Model, until: &Rule, lang: Lang) -> String {
    match until {
        Rule::Until(..) => rule(model, until, lang),
        Rule::Immediately(anchor, event) => rule(model, &Rule::Until(*anchor, event.clone()), lang),
        Rule::After { period, choice, anchor, event, rounding, .. } => {
            let kept = Rule::After {
                within: false,
                period: *period,
                choice: *choice,
                anchor: *anchor,
                event: event.clone(),
                rounding: *rounding,
            };
            let moment = moment(model, &kept, lang);
            words!(lang, "bis {moment}", "until {moment}")
        }
        Rule::Earliest(_) | Rule::Latest(_) => {
            let moment = moment(model, until, lang);
            words!(lang, "bis zu folgendem Zeitpunkt: {moment}", "until the following moment: {moment}")
        }
    }
}

/// When an event counts as having happened although nobody reported it; none for one that only happens.
pub fn happening(model: &Model, event: &EventName, anchor: Anchoring, lang: Lang) -> Option<String> {
    let known = model.events.get(event)?;
    let event = occurrence(model, event, anchor, lang);
    if let Some(consent) = &known.withdrawal {
        return Some(withdrawal(model, &event, consent, lang));
    }
    let derived = known.derived.as_ref()?;
    let moment = moment(model, &at_once(derived), lang);
    Some(match lang {
        Lang::De => {
            let event = capital(&with_preposition("zu", &event));
            format!("{event} kommt es auch ohne weiteres Zutun, und zwar {moment}.")
        }
        Lang::En => {
            let event = capital(&event);
            format!("{event} also occurs without any further action, namely {moment}.")
        }
    })
}

/// An event that every withdrawal of a consent is.
fn withdrawal(model: &Model, event: &str, consent: &ConsentName, lang: Lang) -> String {
    let form = model.consents.get(consent).map_or(consent.as_str(), |known| known.asked_on.as_str());
    let place = place(model, form, lang);
    // Where the event itself is called a withdrawal, only the consent is left to be named.
    let itself = event.to_lowercase().contains(if lang == Lang::De { "widerruf" } else { "withdraw" });
    match (lang, itself) {
        (Lang::De, true) => format!("Gemeint ist die Einwilligung, die Sie {place} erteilt haben."),
        (Lang::En, true) => format!("This refers to the consent you gave {place}."),
        (Lang::De, false) => {
            let event = capital(event);
            format!("{event} steht es gleich, wenn Sie die {place} erteilte Einwilligung widerrufen.")
        }
        (Lang::En, false) => format!("Withdrawing the consent you gave {place} has the same effect as {event}."),
    }
}

/// The same rule with every "immediately after" as "upon": what is derived coincides with its cause.
fn at_once(rule: &Rule) -> Rule {
    match rule {
        Rule::Immediately(anchor, event) => Rule::Until(*anchor, event.clone()),
        Rule::Earliest(rules) => Rule::Earliest(rules.iter().map(at_once).collect()),
        Rule::Latest(rules) => Rule::Latest(rules.iter().map(at_once).collect()),
        other => other.clone(),
    }
}

/// Whether [`moment`] ends in an insertion or, in German, in a clause of its event ("der Weisung, zu helfen"), after
/// which a comma is set.
pub(crate) fn ends_in_insertion(model: &Model, rule: &Rule, lang: Lang) -> bool {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => match rules.as_slice() {
            [only] => ends_in_insertion(model, only, lang),
            _ => true,
        },
        Rule::After { rounding: Some(_), .. } => true,
        Rule::After { anchor, event, .. } | Rule::Immediately(anchor, event) | Rule::Until(anchor, event) => {
            lang == Lang::De && occurrence(model, event, *anchor, lang).contains(',')
        }
    }
}

#[derive(Clone, Copy)]
enum Choice {
    Earliest,
    Latest,
}

fn choice(model: &Model, rules: &[Rule], lang: Lang, choice: Choice) -> String {
    // A branch in brackets does not begin the sentence: "or" has no order.
    let (plain, nested): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| !is_choice(rule));
    let rules: Vec<&Rule> = plain.into_iter().chain(nested).collect();
    let [first, others @ ..] = rules.as_slice() else { return String::new() };
    let Some((last, middle)) = others.split_last() else { return moment(model, first, lang) };
    let mut text = branch(model, first, lang);
    for rule in middle {
        text.push_str(", ");
        text.push_str(&branch(model, rule, lang));
    }
    // The insertion "at the end of the calendar year" is closed before the next branch.
    let before = middle.last().unwrap_or(first);
    if ends_in_insertion(model, before, lang) && !is_choice(before) {
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

/// A period as a figure, as it stands in a table: "1 Monat", "2 Jahre" / "1 month", "2 years".
pub fn figure(period: Period, lang: Lang) -> String {
    let count = period.count;
    match (lang, count) {
        (Lang::De, 1) => {
            let (_, noun) = unit(period, Case::Accusative);
            format!("1 {noun}")
        }
        (Lang::De, _) => german(period, Case::Accusative),
        (Lang::En, 1) => english(period).replacen("one", "1", 1),
        (Lang::En, _) => english(period),
    }
}

/// An interval: "alle 6 Stunden", "jeden Monat" / "every 6 hours", "every month".
pub fn every(period: Period, lang: Lang) -> String {
    match (lang, period.count, period.unit) {
        (Lang::De, 1, Unit::Minute) => "jede Minute".to_owned(),
        (Lang::De, 1, Unit::Hour) => "jede Stunde".to_owned(),
        (Lang::De, 1, Unit::Day) => "jeden Tag".to_owned(),
        (Lang::De, 1, Unit::Week) => "jede Woche".to_owned(),
        (Lang::De, 1, Unit::Month) => "jeden Monat".to_owned(),
        (Lang::De, 1, Unit::Year) => "jedes Jahr".to_owned(),
        (Lang::De, ..) => format!("alle {}", german(period, Case::Accusative)),
        (Lang::En, 1, _) => english(period).replacen("one", "every", 1),
        (Lang::En, ..) => format!("every {}", english(period)),
    }
}

/// A small number above one in letters, as prose has it: "zwei" / "two"; from 13 in figures.
pub(crate) fn number(count: usize, lang: Lang) -> String {
    let names = match lang {
        Lang::De => ["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
        Lang::En => ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    };
    let name = count.checked_sub(2).and_then(|index| names.get(index));
    name.map_or_else(|| count.to_string(), |name| (*name).to_owned())
}

/// A period as an upper bound: "innerhalb von 14 Tagen", "innerhalb eines Monats" / "within one month".
pub fn within(period: Period, lang: Lang) -> String {
    match lang {
        Lang::De if period.count == 1 => format!("innerhalb {}", german(period, Case::Genitive)),
        Lang::De => format!("innerhalb von {}", german(period, Case::Dative)),
        Lang::En => format!("within {}", english(period)),
    }
}

/// For which records something holds: "Datensätze zu einem Vertrag …" / "records about a contract …".
pub fn condition(model: &Model, condition: &Condition, lang: Lang) -> String {
    let text = clause(model, condition, true, lang, None);
    words!(lang, "Datensätze {text}", "records {text}")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

/// Negation is carried inwards (De Morgan), because a language negates a mark, not a sentence with "and" in it.
fn clause(model: &Model, condition: &Condition, positive: bool, lang: Lang, inside: Option<Join>) -> String {
    let join = match condition {
        Condition::Fact(fact) => return word::fact(model, fact.as_str(), positive, lang),
        Condition::Not(inner) => return clause(model, inner, !positive, lang, inside),
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
    collect(condition, positive, join, &mut |part, positive| {
        parts.push(clause(model, part, positive, lang, Some(join)));
    });
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

/// A list after a colon, whose members may be several things themselves: "Rechnungen und Gutschriften; Zahlungsdaten".
pub fn enumeration<T: AsRef<str>>(members: &[T], lang: Lang) -> String {
    let and = if lang == Lang::De { " und " } else { " and " };
    let members: Vec<&str> = members.iter().map(AsRef::as_ref).collect();
    if members.len() > 1 && members.iter().any(|member| member.contains(and)) {
        return members.join("; ");
    }
    list(&members, lang)
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
