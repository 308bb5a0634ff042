//! To whom, where, and who writes (Art. 13(1)(e)(f), 26, 28, 44-49).

use obhut_core::model::{DisclosureGround, Lang, Others, Recipient, RecipientKind, Relation};

use super::{Draft, Item, Voice, voice::sentence};
use crate::{
    read::in_eea,
    say::{self, words},
};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let mut items: Vec<_> = voice
        .recipients()
        .into_iter()
        .map(|(name, recipient)| {
            let articles: &[&str] = match (outside(recipient), recipient.kind) {
                (true, RecipientKind::Joint) => &["13(1)(e)", "13(1)(f)", "26(2)"],
                (false, RecipientKind::Joint) => &["13(1)(e)", "26(2)"],
                (true, _) => &["13(1)(e)", "13(1)(f)"],
                (false, _) => &["13(1)(e)"],
            };
            Item::new("recipient", name.as_str(), articles, text(voice, recipient)).about(&term(voice, recipient))
        })
        .collect();
    items.push(Item::new("storage", "place", &["13(1)(f)"], storage(voice)));
    items.push(Item::new("transfer", "third-countries", &["13(1)(f)"], transfers(voice)));
    items.push(Item::new("disclosure", voice.name.as_str(), &["13(1)(e)"], others(voice)));
    if voice.model.disclosure.never_sold {
        let text = voice.pick(
            "Daten über Sie werden nicht verkauft, vermietet oder gegen eine andere Leistung überlassen.",
            "Data about you are not sold, rented or traded.",
        );
        items.push(Item::new("disclosure", "sale", &["13(1)(e)"], text));
    }
    let lead = if voice.has_data() || !voice.kept_logs().is_empty() || voice.recipients().len() > 1 {
        voice.pick(
            "Ihre Daten erhalten nur die in diesem Abschnitt genannten Empfänger.",
            "Your data are disclosed only to the recipients named in this section.",
        )
    } else {
        voice.pick(
            "Über Sie wird nichts gespeichert, was weitergegeben werden könnte; technisch beteiligt ist nur, wer hier \
             genannt ist.",
            "Nothing about you is stored that could be passed on; only those named here are technically involved.",
        )
    };
    let title = voice.pick("Empfänger und Speicherort", "Recipients and place of storage");
    Draft { name: "recipients", title, lead: Some(lead), items }
}

/// Name and country where it is one company, else what it is.
pub(super) fn term(voice: &Voice<'_>, recipient: &Recipient) -> String {
    let label = recipient.label.get(voice.lang);
    match (&recipient.name, &recipient.country) {
        (Some(name), Some(country)) => format!("{name} ({})", say::country(country, voice.lang)),
        (Some(name), None) => name.clone(),
        (None, Some(country)) => format!("{label} ({})", say::country(country, voice.lang)),
        (None, None) => label.to_owned(),
    }
}

fn outside(recipient: &Recipient) -> bool {
    recipient.country.as_ref().is_some_and(|country| !in_eea(country))
}

fn text(voice: &Voice<'_>, recipient: &Recipient) -> String {
    let lang = voice.lang;
    let mut sentences = Vec::new();
    if recipient.name.is_some() {
        let label = say::capital(recipient.label.get(lang));
        sentences.push(words!(lang, "{label}.", "{label}."));
    }
    if let Some(what) = what(voice, recipient) {
        sentences.push(what);
    }
    sentences.extend(ground(voice, recipient));
    if let Some(only_if) = &recipient.only_if {
        let only_if = only_if.get(lang).trim_end_matches('.');
        let clause = continues(only_if, lang);
        sentences.push(if clause {
            words!(lang, "Weitergabe nur, {only_if}.", "Disclosure only {only_if}.")
        } else {
            words!(lang, "Weitergabe nur in diesem Fall: {only_if}.", "Disclosure only in this case: {only_if}.")
        });
    }
    let approvals = match (recipient.approvals, lang) {
        (0 | 1, Lang::De) => "einer Person".to_owned(),
        (0 | 1, Lang::En) => "one person".to_owned(),
        (2, Lang::De) => "zwei Personen".to_owned(),
        (2, Lang::En) => "two people".to_owned(),
        (more, Lang::De) => format!("{more} Personen"),
        (more, Lang::En) => format!("{more} people"),
    };
    if recipient.kind == RecipientKind::Authority {
        sentences.push(words!(
            lang,
            "Jede Herausgabe setzt voraus, dass Behörde, Aktenzeichen und Rechtsgrundlage festgehalten sind und \
             mindestens {approvals} zugestimmt haben.",
            "Every disclosure requires that the authority, its file number and the legal ground be recorded and that at \
             least {approvals} approve it.",
        ));
    } else if recipient.approvals > 1 {
        sentences.push(words!(
            lang,
            "Jede Weitergabe setzt voraus, dass mindestens {approvals} zugestimmt haben.",
            "Every disclosure requires that at least {approvals} approve it.",
        ));
    }
    sentences.extend(extent(voice, recipient));
    let purposes: Vec<_> = recipient.purposes.iter().filter(|name| concerned(voice, name)).collect();
    if !purposes.is_empty() {
        let (purposes, list) = voice.purposes_and_list(purposes);
        sentences.push(words!(lang, "Dies geschieht nur {purposes}: {list}.", "This is done only {purposes}: {list}."));
    }
    if !recipient.subprocessors.is_empty() {
        let list: Vec<_> = recipient.subprocessors.iter().map(|known| named(known, lang)).collect();
        let list = list.join("; ");
        sentences.push(words!(
            lang,
            "Dort eingesetzte weitere Auftragsverarbeiter: {list}.",
            "Sub-processors engaged there: {list}.",
        ));
    }
    let mail = recipient.contact.as_ref().map(|mail| words!(lang, "E-Mail {mail}", "email {mail}"));
    let ways: Vec<_> = recipient.address.clone().into_iter().chain(mail).collect();
    if !ways.is_empty() {
        let ways = ways.join("; ");
        sentences.push(words!(lang, "Kontakt: {ways}.", "Contact: {ways}."));
    }
    sentences.join(" ")
}

/// Whether the purpose stands in the audience's notice.
fn concerned(voice: &Voice<'_>, wanted: &obhut_core::id::PurposeName) -> bool {
    voice.purposes().iter().any(|(name, _)| *name == wanted)
}

/// Whether a condition continues a sentence ("wenn …", "where …").
fn continues(condition: &str, lang: Lang) -> bool {
    let first = condition.split_whitespace().next().unwrap_or_default();
    match lang {
        Lang::De => ["wenn", "soweit", "sofern", "falls", "solange", "sobald"].contains(&first),
        Lang::En => ["if", "where", "when", "as", "once", "to", "with", "on", "in", "for", "at", "upon", "after"]
            .contains(&first),
    }
}

/// Which of the audience's data it gets.
fn extent(voice: &Voice<'_>, recipient: &Recipient) -> Option<String> {
    let lang = voice.lang;
    if !voice.has_data() || recipient.kind == RecipientKind::Authority {
        return None;
    }
    if let Some(fields) = &recipient.fields {
        let fields = voice.fields(&recipient.data, fields);
        let (one, fields) = (fields.len() == 1, say::enumeration(&fields, lang));
        return Some(if one {
            words!(lang, "Übermittelt wird nur diese Angabe: {fields}.", "Only this item is disclosed: {fields}.")
        } else {
            words!(lang, "Übermittelt werden nur diese Angaben: {fields}.", "Only these items are disclosed: {fields}.")
        })
        .filter(|_| !fields.is_empty());
    }
    if voice.classes().all(|(name, _)| recipient.data.contains(name)) {
        return Some(voice.pick("Betroffen sind alle Ihre Daten.", "This concerns all your data."));
    }
    let labels = voice.labels(&recipient.data);
    (!labels.is_empty()).then(|| words!(lang, "Das betrifft: {labels}.", "This concerns: {labels}."))
}

/// "Name, CC" as "Name (country)".
fn named(known: &str, lang: Lang) -> String {
    match subprocessor_country(known) {
        Some((name, country)) => format!("{name} ({})", say::country(country, lang)),
        None => known.to_owned(),
    }
}

/// The name and the country of a further processor.
fn subprocessor_country(known: &str) -> Option<(&str, &str)> {
    let (name, country) = known.rsplit_once(", ")?;
    (country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())).then_some((name, country))
}

/// On what the disclosure rests.
fn ground(voice: &Voice<'_>, recipient: &Recipient) -> Option<String> {
    let lang = voice.lang;
    let ground = match recipient.ground.as_ref()? {
        DisclosureGround::Contract if voice.on_behalf() => voice.pick(
            "Ihr Vertrag mit dem Kunden (Art. 6 Abs. 1 Buchst. b DSGVO)",
            "your contract with the client (Article 6(1)(b) GDPR)",
        ),
        DisclosureGround::Contract => voice.pick(
            "der Vertrag mit Ihnen (Art. 6 Abs. 1 Buchst. b DSGVO)",
            "the contract with you (Article 6(1)(b) GDPR)",
        ),
        DisclosureGround::Law => voice.pick(
            "eine rechtliche Verpflichtung (Art. 6 Abs. 1 Buchst. c DSGVO)",
            "a legal obligation (Article 6(1)(c) GDPR)",
        ),
        DisclosureGround::Consent(consent) => {
            let place = voice.asked(consent);
            words!(
                lang,
                "Ihre Einwilligung, die Sie {place} erteilen können (Art. 6 Abs. 1 Buchst. a DSGVO)",
                "your consent, which you may give {place} (Article 6(1)(a) GDPR)",
            )
        }
        DisclosureGround::Interest => voice.pick(
            "ein berechtigtes Interesse (Art. 6 Abs. 1 Buchst. f DSGVO)",
            "a legitimate interest (Article 6(1)(f) GDPR)",
        ),
        DisclosureGround::Claims => voice.pick(
            "die Geltendmachung, Ausübung oder Verteidigung von Rechtsansprüchen (Art. 6 Abs. 1 Buchst. f DSGVO)",
            "the establishment, exercise or defence of legal claims (Article 6(1)(f) GDPR)",
        ),
        DisclosureGround::Succession => voice.pick(
            "der Übergang des Unternehmens oder eines Teils davon (Art. 6 Abs. 1 Buchst. f DSGVO)",
            "the transfer of the business or of a part of it (Article 6(1)(f) GDPR)",
        ),
        DisclosureGround::Instruction if voice.on_behalf() => {
            voice.pick("eine Weisung des Kunden", "an instruction of the client")
        }
        DisclosureGround::Instruction if voice.audience.relation == Relation::Tenant => {
            voice.pick("Ihre Weisung", "your instruction")
        }
        DisclosureGround::Instruction => {
            voice.pick("eine Weisung des Verantwortlichen", "an instruction of the controller")
        }
    };
    Some(words!(lang, "Grundlage der Weitergabe ist {ground}.", "The disclosure rests on {ground}."))
}

/// In what capacity it gets the data.
fn what(voice: &Voice<'_>, recipient: &Recipient) -> Option<String> {
    let lang = voice.lang;
    Some(match recipient.kind {
        RecipientKind::Processor => {
            let provision = if voice.on_behalf() {
                voice.pick(
                    "Tätig als weiterer Auftragsverarbeiter nach Art. 28 Abs. 4 DSGVO",
                    "Acts as a sub-processor under Article 28(4) GDPR",
                )
            } else {
                voice.pick(
                    "Tätig als Auftragsverarbeiter nach Art. 28 DSGVO",
                    "Acts as our processor under Article 28 GDPR",
                )
            };
            match recipient.agreement {
                Some(agreed) => {
                    let mut day = say::date(agreed, lang);
                    if let Some(until) = recipient.agreement_until {
                        let until = say::date(until, lang);
                        day.push_str(&words!(lang, ", gültig bis zum {until}", ", valid until {until}"));
                    }
                    words!(
                        lang,
                        "{provision} (Vertrag zur Auftragsverarbeitung vom {day}).",
                        "{provision} (data processing agreement of {day}).",
                    )
                }
                None => format!("{provision}."),
            }
        }
        RecipientKind::Tenant => voice.pick(
            "Der Kunde erhält Ihre Daten als Verantwortlicher.",
            "The client receives your data as the controller.",
        ),
        RecipientKind::Joint if recipient.arrangement.is_some() => {
            let essence = recipient.arrangement.as_ref().map_or("", |text| text.get(lang));
            let essence = sentence(essence);
            words!(
                lang,
                "Gemeinsam mit uns verantwortlich (Art. 26 DSGVO). Das Wesentliche der Vereinbarung: {essence}",
                "Joint controller with us (Article 26 GDPR). The essence of the arrangement: {essence}",
            )
        }
        RecipientKind::Joint => voice.pick(
            "Gemeinsam mit uns verantwortlich (Art. 26 DSGVO); das Wesentliche der Vereinbarung erhalten Sie auf Anfrage.",
            "Joint controller with us (Article 26 GDPR); the essence of the arrangement is available on request.",
        ),
        RecipientKind::Third => voice.pick("Eigenständig verantwortlich.", "Responsible in their own right, as a controller."),
        RecipientKind::Authority => return None,
    })
}

fn storage(voice: &Voice<'_>) -> String {
    let (lang, storage) = (voice.lang, &voice.model.storage);
    let place = say::in_country(&storage.country, lang);
    let processor = voice.model.recipients.get(&storage.processor);
    let host = processor.and_then(|known| known.name.as_deref()).unwrap_or(storage.processor.as_str());
    if !voice.has_data() {
        return words!(lang, "Die Server stehen {place} bei: {host}.", "The servers are located {place} at {host}.",);
    }
    let mut abroad: Vec<_> = voice
        .model
        .places
        .values()
        .filter(|copy| copy.country != storage.country)
        .map(|copy| say::in_country(&copy.country, lang))
        .collect();
    abroad.sort();
    abroad.dedup();
    if abroad.is_empty() {
        return words!(
            lang,
            "Wir speichern Ihre Daten ausschließlich {place}; die Server stehen bei: {host}.",
            "We store your data exclusively {place}, on servers located at {host}.",
        );
    }
    let abroad = say::list(&abroad, lang);
    words!(
        lang,
        "Wir speichern Ihre Daten {place}; die Server stehen bei: {host}. Kopien liegen außerdem {abroad}.",
        "We store your data {place}, on servers located at {host}. Copies are also kept {abroad}.",
    )
}

/// Everything of the audience that lies or goes outside the European Economic Area, each with what allows it.
fn transfers(voice: &Voice<'_>) -> String {
    let lang = voice.lang;
    let mut abroad = Vec::new();
    for (_, recipient) in voice.recipients() {
        let safeguard = safeguarded(recipient, lang);
        if outside(recipient) {
            abroad.push(format!("{}{safeguard}", term(voice, recipient)));
        }
        let further = recipient.subprocessors.iter().filter_map(|known| subprocessor_country(known));
        abroad.extend(further.filter(|(_, country)| !in_eea(country)).map(|(name, country)| {
            let (country, term) = (say::country(country, lang), term(voice, recipient));
            words!(
                lang,
                "{name} ({country}) als weiterer Auftragsverarbeiter von {term}{safeguard}",
                "{name} ({country}) as sub-processor of {term}{safeguard}",
            )
        }));
    }
    for (_, service) in voice.services() {
        let told = service.provider.as_ref().and_then(|name| voice.model.recipients.get(name)).is_some_and(outside);
        let country = service.country.as_ref().filter(|country| !told && !in_eea(country));
        abroad.extend(country.map(|country| format!("{} ({})", service.label.get(lang), say::country(country, lang))));
    }
    if voice.has_data() {
        let places = voice.model.places.values().filter(|place| !in_eea(&place.country));
        abroad.extend(places.map(|place| {
            let (city, country) = (&place.city, say::country(&place.country, lang));
            words!(lang, "Kopien in {city} ({country})", "copies in {city} ({country})")
        }));
    }
    if abroad.is_empty() {
        return voice.pick(
            "Eine Übermittlung in Länder außerhalb des Europäischen Wirtschaftsraums findet nicht statt.",
            "There is no transfer to countries outside the European Economic Area.",
        );
    }
    let abroad = abroad.join("; ");
    words!(
        lang,
        "In Länder außerhalb des Europäischen Wirtschaftsraums werden Daten nur in folgenden Fällen übermittelt: {abroad}. \
         Eine Kopie der Garantien erhalten Sie auf Anfrage.",
        "Data are transferred to countries outside the European Economic Area only in the following cases: {abroad}. A copy \
         of the safeguards is available on request.",
    )
}

/// What allows the transfer to a recipient; begins with a space.
fn safeguarded(recipient: &Recipient, lang: Lang) -> String {
    let Some(safeguard) = &recipient.safeguard else { return String::new() };
    let name = safeguard.name.get(lang);
    match safeguard.until {
        Some(until) => {
            let until = say::date(until, lang);
            words!(
                lang,
                " auf der Grundlage: {name}, gültig bis zum {until}",
                " on the basis of: {name}, valid until {until}",
            )
        }
        None => words!(lang, " auf der Grundlage: {name}", " on the basis of: {name}"),
    }
}

fn others(voice: &Voice<'_>) -> String {
    match voice.model.disclosure.others.get(voice.name) {
        Some(Others::WithConsent(consent)) => {
            let place = voice.asked(consent);
            words!(
                voice.lang,
                "An andere Empfänger werden Ihre Daten nur weitergegeben, wenn Sie dem {place} ausdrücklich zugestimmt \
                 haben.",
                "Your data are disclosed to any other recipient only if you have expressly agreed to it {place}.",
            )
        }
        Some(Others::Never) | None => voice.pick(
            "An andere Empfänger werden Daten über Sie nicht weitergegeben.",
            "Data about you are not disclosed to any other recipient.",
        ),
    }
}
