//! The words of the renderings: the fixed lists of the format as they stand in a table, and the few sentences that
//! address nobody.

use obhut_core::{
    id::{ClassName, FieldName},
    model::{
        Acts, Basis, CookieCategory, DataClass, Evidence, Exception, Lang, Meanwhile, Model, Protects, Recipient,
        RecipientKind, Retention, Special,
    },
    period::{Period, Unit},
    rule::Rule,
};

use crate::{
    notice::short,
    read::in_eea,
    say::{self, words},
};

pub(super) fn pick(lang: Lang, de: &str, en: &str) -> String {
    if lang == Lang::De { de } else { en }.to_owned()
}

/// A field in words.
pub(super) fn field(model: &Model, field: &FieldName, lang: Lang) -> String {
    say::field(model, field.as_str(), lang)
}

/// For which records a retention rule holds, if not for all.
pub(super) fn condition(model: &Model, retention: &Retention, lang: Lang) -> Option<String> {
    retention.when.as_ref().map(|when| say::condition(model, when, lang))
}

/// Where a consent is asked: "im Kaufformular".
pub(super) fn asked(model: &Model, consent: &obhut_core::id::ConsentName, lang: Lang) -> String {
    let form = model.consents.get(consent).map_or(consent.as_str(), |known| known.asked_on.as_str());
    say::place(model, form, lang)
}

/// What a class is called where its fields need not be listed.
pub(super) fn label(class: &DataClass, lang: Lang) -> String {
    say::capital(short(class.label.get(lang)))
}

/// The short labels of classes, each on its own.
pub(super) fn labels(model: &Model, classes: &[ClassName], lang: Lang) -> Vec<String> {
    classes.iter().filter_map(|name| model.data.get(name)).map(|class| label(class, lang)).collect()
}

/// The first letter of a provision in brackets: "Art. 6 Abs. 1 Buchst. b DSGVO" / "Article 6(1)(b) GDPR".
fn article(article: u8, paragraph: u8, letter: char, lang: Lang) -> String {
    words!(
        lang,
        "Art. {article} Abs. {paragraph} Buchst. {letter} DSGVO",
        "Article {article}({paragraph})({letter}) GDPR",
    )
}

/// The letter of Art. 6(1).
pub(super) const fn letter(basis: &Basis) -> char {
    match basis {
        Basis::Consent(_) => 'a',
        Basis::Contract => 'b',
        Basis::Law(_) => 'c',
        Basis::Vital => 'd',
        Basis::Public => 'e',
        Basis::Interest(_) => 'f',
    }
}

/// The letter of Art. 9(2).
pub(super) const fn exception_letter(exception: Exception) -> char {
    match exception {
        Exception::ExplicitConsent => 'a',
        Exception::Employment => 'b',
        Exception::Vital => 'c',
        Exception::PublicBySubject => 'e',
        Exception::Claims => 'f',
        Exception::PublicInterest => 'g',
        Exception::HealthCare => 'h',
        Exception::Research => 'j',
    }
}

/// The legal basis (Art. 6(1)) for a reader who is not the person.
pub(super) fn basis(model: &Model, basis: &Basis, lang: Lang) -> String {
    let provision = article(6, 1, letter(basis), lang);
    let what = match basis {
        Basis::Contract => pick(
            lang,
            "Erfüllung eines Vertrags oder vorvertragliche Maßnahmen",
            "performance of a contract or steps prior to entering into one",
        ),
        Basis::Law(law) => {
            let law = say::statute(law, lang);
            words!(lang, "rechtliche Verpflichtung: {law}", "legal obligation: {law}")
        }
        Basis::Interest(interest) => {
            let interest = interest.get(lang).trim_end_matches('.');
            words!(lang, "berechtigtes Interesse: {interest}", "legitimate interest: {interest}")
        }
        Basis::Consent(name) => {
            let place = asked(model, name, lang);
            words!(lang, "Einwilligung {place}", "consent given {place}")
        }
        Basis::Vital => pick(lang, "lebenswichtige Interessen", "vital interests"),
        Basis::Public => pick(lang, "Aufgabe im öffentlichen Interesse", "task carried out in the public interest"),
    };
    format!("{provision} ({what})")
}

/// Why special categories may be processed (Art. 9(2)).
pub(super) fn exception(exception: Exception, lang: Lang) -> String {
    let provision = article(9, 2, exception_letter(exception), lang);
    let (de, en) = match exception {
        Exception::ExplicitConsent => ("ausdrückliche Einwilligung", "explicit consent"),
        Exception::Employment => ("Arbeits- und Sozialrecht", "employment and social security law"),
        Exception::Vital => ("lebenswichtige Interessen", "vital interests"),
        Exception::PublicBySubject => {
            ("von der betroffenen Person öffentlich gemacht", "made public by the data subject")
        }
        Exception::Claims => ("Rechtsansprüche", "legal claims"),
        Exception::PublicInterest => ("erhebliches öffentliches Interesse", "substantial public interest"),
        Exception::HealthCare => ("Gesundheitsversorgung", "health care"),
        Exception::Research => ("Archiv, Forschung, Statistik", "archiving, research, statistics"),
    };
    format!("{provision} ({})", pick(lang, de, en))
}

/// A special category of data (Art. 9(1), 10).
pub(super) fn special(special: Special, lang: Lang) -> String {
    let (de, en) = match special {
        Special::Health => ("Gesundheitsdaten", "data concerning health"),
        Special::Biometric => ("biometrische Daten", "biometric data"),
        Special::Genetic => ("genetische Daten", "genetic data"),
        Special::Religion => ("religiöse oder weltanschauliche Überzeugungen", "religious or philosophical beliefs"),
        Special::Politics => ("politische Meinungen", "political opinions"),
        Special::Union => ("Gewerkschaftszugehörigkeit", "trade union membership"),
        Special::Ethnic => ("rassische oder ethnische Herkunft", "racial or ethnic origin"),
        Special::SexLife => ("Sexualleben oder sexuelle Orientierung", "sex life or sexual orientation"),
        Special::Criminal => ("strafrechtliche Verurteilungen und Straftaten", "criminal convictions and offences"),
    };
    let what = pick(lang, de, en);
    if special == Special::Criminal {
        words!(lang, "{what}, Art. 10 DSGVO", "{what}, Article 10 GDPR")
    } else {
        words!(lang, "{what}, Art. 9 DSGVO", "{what}, Article 9 GDPR")
    }
}

/// Name and country where it is one company, else what it is.
pub(super) fn recipient(recipient: &Recipient, lang: Lang) -> String {
    let label = say::capital(recipient.label.get(lang));
    let name = recipient.name.clone().unwrap_or(label);
    match &recipient.country {
        Some(country) => format!("{name} ({})", say::country(country, lang)),
        None => name,
    }
}

/// What a recipient is in law.
pub(super) fn kind(kind: RecipientKind, on_behalf: bool, lang: Lang) -> String {
    let (de, en) = match kind {
        RecipientKind::Processor if on_behalf => ("weiterer Auftragsverarbeiter", "sub-processor"),
        RecipientKind::Processor => ("Auftragsverarbeiter", "processor"),
        RecipientKind::Tenant => ("Verantwortlicher", "controller"),
        RecipientKind::Authority => ("Behörde", "authority"),
        RecipientKind::Third => ("eigenständig Verantwortlicher", "separate controller"),
        RecipientKind::Joint => ("gemeinsam Verantwortlicher", "joint controller"),
    };
    pick(lang, de, en)
}

/// Whether the recipient sits outside the European Economic Area.
pub(super) fn abroad(recipient: &Recipient) -> bool {
    recipient.country.as_ref().is_some_and(|country| !in_eea(country))
}

/// The name and country of a further processor, where its country is outside the European Economic Area.
pub(super) fn abroad_below(subprocessor: &str) -> Option<(&str, &str)> {
    let (name, country) = subprocessor.rsplit_once(',')?;
    let country = country.trim();
    let code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    (code && !in_eea(country)).then_some((name.trim(), country))
}

/// What happens to data when, and on what terms: "Löschung 14 Tage nach …", one line for each stage.
pub(super) fn erasure(model: &Model, retention: &Retention, lang: Lang) -> Vec<String> {
    let mut lines: Vec<_> = retention
        .stages
        .iter()
        .map(|stage| {
            let moment = say::moment(model, &stage.rule, lang);
            format!("{} {moment}", action(stage.action, lang))
        })
        .collect();
    if let Some(last) = lines.last_mut() {
        if let Some(records) = condition(model, retention, lang) {
            *last = format!("{last} ({records})");
        }
        if let Some(law) = &retention.law {
            let law = say::statute(law, lang);
            *last = format!("{last} ({law})");
        }
        if let Some(consent) = &retention.unless {
            let place = asked(model, consent, lang);
            last.push_str(&words!(
                lang,
                "; nicht, solange die Einwilligung {place} besteht",
                "; not while the consent given {place} is in force",
            ));
        }
    }
    lines
}

/// What happens to data whose period ended.
pub(super) fn action(action: obhut_core::model::Action, lang: Lang) -> String {
    use obhut_core::model::Action;
    let (de, en) = match action {
        Action::Restrict => ("Einschränkung", "Restriction"),
        Action::Anonymise => ("Anonymisierung", "Anonymisation"),
        Action::Erase => ("Löschung", "Erasure"),
    };
    pick(lang, de, en)
}

/// What holds until the date.
pub(super) fn meanwhile(model: &Model, meanwhile: &Meanwhile, lang: Lang) -> String {
    match meanwhile {
        Meanwhile::Restrict => pick(
            lang,
            "Vom Beginn der Frist an sind die Daten in ihrer Verarbeitung eingeschränkt (Art. 18 DSGVO).",
            "From the beginning of the period processing of the data is restricted (Article 18 GDPR).",
        ),
        Meanwhile::ExportOnly => pick(
            lang,
            "Vom Beginn der Frist an werden die Daten nur noch für die Herausgabe bereitgehalten.",
            "From the beginning of the period the data are held only so that they can be handed over.",
        ),
        Meanwhile::Only(purpose) => {
            let label = model.purposes.get(purpose).map_or(purpose.as_str(), |known| known.label.get(lang));
            words!(
                lang,
                "Vom Beginn der Frist an werden die Daten nur noch zu diesem Zweck verwendet: {label}.",
                "From the beginning of the period the data are used only for this purpose: {label}.",
            )
        }
    }
}

/// When data goes together with that of somebody else.
pub(super) fn taken_along(model: &Model, retention: &Retention, lang: Lang) -> Option<String> {
    let moment = say::moment(model, &retention.stages.last()?.rule, lang);
    Some(words!(lang, "in jedem Fall {moment}", "in any event {moment}"))
}

/// For whom a role acts, where its label does not say so.
pub(super) fn acts(acts: Acts, lang: Lang) -> Option<String> {
    let (de, en) = match acts {
        Acts::Tenant => return None,
        Acts::Operator => ("eigenes Personal", "own staff"),
        Acts::System => ("Programm", "program"),
        Acts::Form => ("Erhebung, ohne Lesezugriff", "collection, without read access"),
    };
    Some(pick(lang, de, en))
}

/// A goal of protection (Art. 32(1)).
pub(super) fn protects(protects: Protects, lang: Lang) -> String {
    let (de, en) = match protects {
        Protects::Confidentiality => ("Vertraulichkeit", "Confidentiality"),
        Protects::Integrity => ("Integrität", "Integrity"),
        Protects::Availability => ("Verfügbarkeit", "Availability"),
        Protects::Resilience => ("Belastbarkeit und Wiederherstellung", "Resilience and recovery"),
        Protects::Procedure => ("Regelmäßige Überprüfung", "Regular testing and evaluation"),
        Protects::Minimisation => ("Datenminimierung", "Data minimisation"),
    };
    pick(lang, de, en)
}

/// How a measure is known to hold.
pub(super) fn evidence(evidence: Evidence, lang: Lang) -> String {
    let (de, en) = match evidence {
        Evidence::Engine => ("vom Programm erzwungen", "enforced by the program"),
        Evidence::Probe => ("laufend gemessen", "measured continuously"),
        Evidence::Job => ("wiederkehrende Aufgabe mit Vermerk", "recurring task, noted when done"),
        Evidence::Attest => ("Erklärung mit Beleg", "statement with evidence"),
    };
    pick(lang, de, en)
}

/// What kind of use something on a device has.
pub(super) fn category(category: CookieCategory, lang: Lang) -> String {
    let (de, en) = match category {
        CookieCategory::Necessary => ("unbedingt erforderlich", "strictly necessary"),
        CookieCategory::Functional => ("funktional", "functional"),
        CookieCategory::Statistics => ("Statistik", "statistics"),
        CookieCategory::Marketing => ("Marketing", "marketing"),
    };
    pick(lang, de, en)
}

/// The length of a period (ISO 8601), where it is one: `P14D`.
pub(super) fn iso(period: Period) -> String {
    let count = period.count;
    match period.unit {
        Unit::Minute => format!("PT{count}M"),
        Unit::Hour => format!("PT{count}H"),
        Unit::Day => format!("P{count}D"),
        Unit::Week => format!("P{}D", u32::from(count).saturating_mul(7)),
        Unit::Month => format!("P{count}M"),
        Unit::Year => format!("P{count}Y"),
    }
}

/// The text with its first letter in lower case, for after a colon; it must not begin with a name.
pub(super) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The simple rules a rule is made of, in order of the text.
pub(super) fn simple(rule: &Rule) -> Vec<&Rule> {
    match rule {
        Rule::Earliest(rules) | Rule::Latest(rules) => rules.iter().flat_map(simple).collect(),
        Rule::After { .. } | Rule::Immediately(..) | Rule::Until(..) => vec![rule],
    }
}
