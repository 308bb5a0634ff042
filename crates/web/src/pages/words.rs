//! Texts that handlers put together. Fixed texts of the interface are in [`crate::texts`].

use obhut_core::{
    model::Lang,
    period::{Period, Unit},
};
use obhut_policy::say;

/// One of two texts.
pub(super) const fn pick<'a>(lang: Lang, de: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::De => de,
        Lang::En => en,
    }
}

/// The text with its first letter in upper case.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "alle 5 Minuten", "jede Stunde" / "every 5 minutes", "every hour".
pub(super) fn every(period: Period, lang: Lang) -> String {
    let one = match (lang, period.unit) {
        _ if period.count != 1 => {
            let length = say::period(period, lang);
            return format!("{} {length}", pick(lang, "alle", "every"));
        }
        (Lang::De, Unit::Minute) => "jede Minute",
        (Lang::De, Unit::Hour) => "jede Stunde",
        (Lang::De, Unit::Day) => "jeden Tag",
        (Lang::De, Unit::Week) => "jede Woche",
        (Lang::De, Unit::Month) => "jeden Monat",
        (Lang::De, Unit::Year) => "jedes Jahr",
        (Lang::En, Unit::Minute) => "every minute",
        (Lang::En, Unit::Hour) => "every hour",
        (Lang::En, Unit::Day) => "every day",
        (Lang::En, Unit::Week) => "every week",
        (Lang::En, Unit::Month) => "every month",
        (Lang::En, Unit::Year) => "every year",
    };
    one.to_owned()
}

/// What a reader sees instead of the reasons why nothing was checked, which are fixed words of the engine.
pub(super) fn evidence(text: &str, lang: Lang) -> String {
    match (lang, text) {
        (Lang::De, "not checked yet") => "noch nicht geprüft".to_owned(),
        (Lang::De, "its occasion did not come up") => "der Anlass zur Prüfung trat noch nicht ein".to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_in_words() {
        assert_eq!(every(Period::new(5, Unit::Minute), Lang::De), "alle 5 Minuten");
        assert_eq!(every(Period::new(1, Unit::Hour), Lang::De), "jede Stunde");
        assert_eq!(every(Period::new(5, Unit::Minute), Lang::En), "every 5 minutes");
    }
}
