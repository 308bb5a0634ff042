//! Single words: countries, statutes, and the names of fields, values, forms, facts and topics. The policy's own words go
//! before the common ones that are known here.

use super::words;
use obhut_core::model::{Lang, Model};

/// Code, German name, English name, and the German form after "in" where it is another one. An English name that takes
/// the article begins with it.
#[rustfmt::skip]
const COUNTRIES: [(&str, &str, &str, Option<&str>); 47] = [
    ("AT", "Österreich", "Austria", None),
    ("BE", "Belgien", "Belgium", None),
    ("BG", "Bulgarien", "Bulgaria", None),
    ("CY", "Zypern", "Cyprus", None),
    ("CZ", "Tschechien", "Czechia", None),
    ("DE", "Deutschland", "Germany", None),
    ("DK", "Dänemark", "Denmark", None),
    ("EE", "Estland", "Estonia", None),
    ("ES", "Spanien", "Spain", None),
    ("FI", "Finnland", "Finland", None),
    ("FR", "Frankreich", "France", None),
    ("GR", "Griechenland", "Greece", None),
    ("HR", "Kroatien", "Croatia", None),
    ("HU", "Ungarn", "Hungary", None),
    ("IE", "Irland", "Ireland", None),
    ("IS", "Island", "Iceland", None),
    ("IT", "Italien", "Italy", None),
    ("LI", "Liechtenstein", "Liechtenstein", None),
    ("LT", "Litauen", "Lithuania", None),
    ("LU", "Luxemburg", "Luxembourg", None),
    ("LV", "Lettland", "Latvia", None),
    ("MT", "Malta", "Malta", None),
    ("NL", "Niederlande", "the Netherlands", Some("den Niederlanden")),
    ("NO", "Norwegen", "Norway", None),
    ("PL", "Polen", "Poland", None),
    ("PT", "Portugal", "Portugal", None),
    ("RO", "Rumänien", "Romania", None),
    ("SE", "Schweden", "Sweden", None),
    ("SI", "Slowenien", "Slovenia", None),
    ("SK", "Slowakei", "Slovakia", Some("der Slowakei")),
    ("AR", "Argentinien", "Argentina", None),
    ("AU", "Australien", "Australia", None),
    ("BR", "Brasilien", "Brazil", None),
    ("CA", "Kanada", "Canada", None),
    ("CH", "Schweiz", "Switzerland", Some("der Schweiz")),
    ("CN", "China", "China", None),
    ("GB", "Vereinigtes Königreich", "the United Kingdom", Some("dem Vereinigten Königreich")),
    ("IL", "Israel", "Israel", None),
    ("IN", "Indien", "India", None),
    ("JP", "Japan", "Japan", None),
    ("KR", "Südkorea", "South Korea", None),
    ("MX", "Mexiko", "Mexico", None),
    ("NZ", "Neuseeland", "New Zealand", None),
    ("SG", "Singapur", "Singapore", None),
    ("TR", "Türkei", "Türkiye", Some("der Türkei")),
    ("UA", "Ukraine", "Ukraine", Some("der Ukraine")),
    ("US", "Vereinigte Staaten von Amerika", "the United States of America", Some("den Vereinigten Staaten von Amerika")),
];

/// The name of a country by its code (ISO 3166-1 alpha-2); the code itself where we have no name.
pub fn country(code: &str, lang: Lang) -> String {
    let known = COUNTRIES.iter().find(|known| known.0 == code);
    known.map_or(code, |known| if lang == Lang::De { known.1 } else { known.2.trim_start_matches("the ") }).to_owned()
}

/// "in Deutschland", "in der Schweiz" / "in Germany", "in the Netherlands".
pub fn in_country(code: &str, lang: Lang) -> String {
    let known = COUNTRIES.iter().find(|known| known.0 == code);
    let name = known.map_or(code, |known| match lang {
        Lang::De => known.3.unwrap_or(known.1),
        Lang::En => known.2,
    });
    format!("in {name}")
}

/// A statute. The policy names it as German law cites it; English readers get it as English lawyers cite German law.
pub fn statute(law: &str, lang: Lang) -> String {
    if lang == Lang::De {
        return law.to_owned();
    }
    let mut text = String::new();
    let mut words = law.split_whitespace();
    while let Some(word) = words.next() {
        let bare = word.trim_end_matches(',');
        let comma = if bare.len() == word.len() { "" } else { "," };
        let said = match bare {
            "§" => "section".to_owned(),
            "§§" => "sections".to_owned(),
            "Art." if several(words.clone()) => "Articles".to_owned(),
            "Art." => "Article".to_owned(),
            "Nr." => "no.".to_owned(),
            "Satz" => "sentence".to_owned(),
            "und" => "and".to_owned(),
            "bis" => "to".to_owned(),
            "DSG" => "of the Swiss Federal Act on Data Protection (DSG)".to_owned(),
            "DSGVO" => "GDPR".to_owned(),
            // The paragraph follows without a space: section 147(3), Article 6(1)(a).
            "Abs." | "Buchst." => {
                let number = words.next().unwrap_or_default();
                let bare = number.trim_end_matches(',');
                text.extend(["(", bare, ")", if bare.len() == number.len() { "" } else { "," }]);
                continue;
            }
            code => match code_of_law(code) {
                Some(name) => format!("of the German {name} ({code})"),
                None => code.to_owned(),
            },
        };
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&said);
        text.push_str(comma);
    }
    text
}

/// Whether two or more articles of one law follow: "15 und 20 DSGVO".
fn several<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    let number = |word: &str| word.trim_end_matches(',').starts_with(|letter: char| letter.is_ascii_digit());
    let first = words.next().unwrap_or_default();
    match words.next() {
        Some("und" | "bis") => words.next().is_some_and(number),
        Some(next) => first.ends_with(',') && number(next),
        None => false,
    }
}

fn code_of_law(code: &str) -> Option<&'static str> {
    Some(match code {
        "AO" => "Fiscal Code",
        "HGB" => "Commercial Code",
        "BGB" => "Civil Code",
        "BDSG" => "Federal Data Protection Act",
        "TDDDG" => "Telecommunications Digital Services Data Protection Act",
        "UStG" => "Value Added Tax Act",
        "AGG" => "General Act on Equal Treatment",
        "ArbGG" => "Labour Courts Act",
        "GwG" => "Money Laundering Act",
        "StGB" => "Criminal Code",
        _ => return None,
    })
}

/// What the policy itself calls it (`[word.X]`).
fn own<'a>(model: &'a Model, name: &str, lang: Lang) -> Option<&'a str> {
    let text = model.words.get(name)?.text.get(lang);
    (!text.is_empty()).then_some(text)
}

/// A field of the inventory: by its word, the common ones by their name, others by their id.
pub fn field(model: &Model, name: &str, lang: Lang) -> String {
    if let Some(own) = own(model, name, lang) {
        return own.to_owned();
    }
    let (de, en) = match name {
        "account_holder" => ("Kontoinhaber", "account holder"),
        "address" => ("Anschrift", "postal address"),
        "balance" => ("Guthaben", "balance"),
        "company" => ("Firma", "company"),
        "configuration" => ("Konfigurationsvorgänge", "configuration transactions"),
        "email" => ("E-Mail-Adresse", "email address"),
        "iban" => ("IBAN", "IBAN"),
        "invoice" => ("Rechnung", "invoice"),
        "name" => ("Name", "name"),
        "payment_method" => ("Zahlungsart", "payment method"),
        "phone" => ("Telefonnummer", "telephone number"),
        "product" => ("Produktdaten", "product data"),
        other => return words!(lang, "„{other}“", "“{other}”"),
    };
    if lang == Lang::De { de } else { en }.to_owned()
}

/// A value that a condition names: by its word, the common ones by their name, others as they are; in quotation marks.
pub fn value(model: &Model, name: &str, lang: Lang) -> String {
    let known = own(model, name, lang).unwrap_or(match (name, lang) {
        ("debit", Lang::De) => "Lastschrift",
        ("debit", Lang::En) => "direct debit",
        ("invoice", Lang::De) => "Rechnung",
        ("yes", Lang::De) => "ja",
        ("no", Lang::De) => "nein",
        (other, _) => other,
    });
    words!(lang, "„{known}“", "“{known}”")
}

/// A topic of messages.
pub fn topic(model: &Model, name: &str, lang: Lang) -> String {
    own(model, name, lang).map_or_else(|| words!(lang, "„{name}“", "“{name}”"), str::to_owned)
}

/// What is said of records with or without a fact: "zu einem Vertrag", "ohne Vertrag".
pub(super) fn fact(model: &Model, name: &str, holds: bool, lang: Lang) -> String {
    let known = model.words.get(name).and_then(|word| if holds { Some(&word.text) } else { word.without.as_ref() });
    match (known.map(|text| text.get(lang)), holds) {
        (Some(known), _) if !known.is_empty() => known.to_owned(),
        (_, true) => words!(lang, "mit dem Merkmal „{name}“", "marked “{name}”"),
        (_, false) => words!(lang, "ohne das Merkmal „{name}“", "not marked “{name}”"),
    }
}

/// Where consent is asked: "im Kaufformular" / "in the purchase form".
pub fn place(model: &Model, form: &str, lang: Lang) -> String {
    if let Some(own) = own(model, form, lang) {
        return own.to_owned();
    }
    let (de, en) = match form {
        "client-account" => ("im Kundenkonto", "in the client account"),
        "contact-form" => ("im Kontaktformular", "in the contact form"),
        "consent-banner" => ("im Einwilligungsdialog", "in the consent dialogue"),
        "login-form" => ("im Anmeldeformular", "in the login form"),
        "newsletter-form" => ("im Newsletter-Formular", "in the newsletter form"),
        "purchase-form" => ("im Kaufformular", "in the purchase form"),
        "registration-form" => ("im Registrierungsformular", "in the registration form"),
        other => return words!(lang, "im Formular „{other}“", "in the form “{other}”"),
    };
    if lang == Lang::De { de } else { en }.to_owned()
}
