//! To whom, where, and who writes (Art. 13(1)(e)(f), 26, 28, 44-49).

use obhut_core::model::{Lang, Others, Recipient, RecipientKind, Sender};

use super::{Draft, Item, Voice};
use crate::{
    read::in_eea,
    say::{self, words},
};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let mut items: Vec<_> = voice
        .recipients()
        .into_iter()
        .map(|(name, recipient)| {
            let articles: &[&str] = if outside(recipient) { &["13(1)(e)", "13(1)(f)"] } else { &["13(1)(e)"] };
            Item::new("recipient", name.as_str(), articles, text(voice, recipient)).about(&term(voice, recipient))
        })
        .collect();
    items.push(Item::new("storage", "place", &["13(1)(f)"], storage(voice)));
    items.push(Item::new("transfer", "third-countries", &["13(1)(f)"], transfers(voice)));
    items.push(Item::new("disclosure", voice.name.as_str(), &["13(1)(e)"], others(voice)));
    let lead = if voice.has_data() {
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
    if let Some(only_if) = &recipient.only_if {
        let only_if = only_if.get(lang).trim_end_matches('.');
        sentences.push(words!(lang, "Weitergabe nur, {only_if}.", "Disclosure only {only_if}."));
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
    if voice.has_data() && recipient.kind != RecipientKind::Authority {
        let all = voice.classes().all(|(name, _)| recipient.data.contains(name));
        if all {
            sentences.push(voice.pick("Betroffen sind alle Ihre Daten.", "This concerns all your data."));
        } else {
            let labels = voice.labels(&recipient.data);
            if !labels.is_empty() {
                sentences.push(words!(lang, "Betroffen sind: {labels}.", "This concerns: {labels}."));
            }
        }
    }
    sentences.join(" ")
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
                    let day = say::date(agreed, lang);
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
        RecipientKind::Joint => voice.pick(
            "Gemeinsam mit uns verantwortlich (Art. 26 DSGVO); das Wesentliche der Vereinbarung erhalten Sie auf Anfrage.",
            "Joint controller with us (Article 26 GDPR); the essence of the arrangement is available on request.",
        ),
        RecipientKind::Third => voice.pick("Eigenständig verantwortlich.", "Acts as a separate controller."),
        RecipientKind::Authority => return None,
    })
}

fn storage(voice: &Voice<'_>) -> String {
    let storage = &voice.model.storage;
    let place = say::in_country(&storage.country, voice.lang);
    let processor = voice.model.recipients.get(&storage.processor);
    let host = processor.and_then(|known| known.name.as_deref()).unwrap_or(storage.processor.as_str());
    if voice.has_data() {
        words!(
            voice.lang,
            "Ihre Daten werden ausschließlich {place} gespeichert; Betreiber der Server: {host}.",
            "Your data are stored exclusively {place}, on servers operated by {host}.",
        )
    } else {
        words!(
            voice.lang,
            "Die Server stehen {place}; Betreiber: {host}.",
            "The servers are located {place} and operated by {host}.",
        )
    }
}

fn transfers(voice: &Voice<'_>) -> String {
    let lang = voice.lang;
    let abroad: Vec<_> = voice
        .recipients()
        .into_iter()
        .filter(|(_, recipient)| outside(recipient))
        .map(|(_, recipient)| {
            let term = term(voice, recipient);
            match &recipient.safeguard {
                Some(safeguard) => {
                    let name = safeguard.name.get(lang);
                    match safeguard.until {
                        Some(until) => {
                            let until = say::date(until, lang);
                            words!(
                                lang,
                                "{term} auf der Grundlage: {name}, gültig bis zum {until}",
                                "{term} on the basis of: {name}, valid until {until}",
                            )
                        }
                        None => words!(lang, "{term} auf der Grundlage: {name}", "{term} on the basis of: {name}"),
                    }
                }
                None => term,
            }
        })
        .collect();
    if abroad.is_empty() {
        return voice.pick(
            "Eine Übermittlung in Länder außerhalb des Europäischen Wirtschaftsraums findet nicht statt.",
            "There is no transfer to countries outside the European Economic Area.",
        );
    }
    let abroad = abroad.join("; ");
    words!(
        lang,
        "In Länder außerhalb des Europäischen Wirtschaftsraums werden Daten nur an folgende Empfänger übermittelt: \
         {abroad}. Eine Kopie der Garantien erhalten Sie auf Anfrage.",
        "Data are transferred to countries outside the European Economic Area only to the following recipients: \
         {abroad}. A copy of the safeguards is available on request.",
    )
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

pub(super) fn messages(voice: &Voice<'_>) -> Draft {
    let lang = voice.lang;
    let items: Vec<_> = voice
        .model
        .messages
        .iter()
        .filter(|(_, channel)| channel.audience == *voice.name)
        .map(|(name, channel)| {
            let purposes = voice.for_purposes(&channel.purposes);
            let ours = channel.from.contains(&Sender::Operator);
            let theirs = channel.from.contains(&Sender::Tenant);
            let text = match (ours, theirs) {
                (true, true) => words!(
                    lang,
                    "Wir und der Kunde schreiben Ihnen nur {purposes}.",
                    "We and the client write to you only {purposes}.",
                ),
                (true, false) => {
                    words!(lang, "Wir schreiben Ihnen nur {purposes}.", "We write to you only {purposes}.",)
                }
                (false, true) => words!(
                    lang,
                    "Nachrichten erhalten Sie nur im Namen und im Auftrag des Kunden und nur {purposes}. Wir \
                     selbst schreiben Ihnen nicht.",
                    "Messages reach you only in the name and on behalf of the client, and only {purposes}. \
                     We do not write to you ourselves.",
                ),
                (false, false) => voice.pick("Ihnen schreibt niemand.", "Nobody writes to you."),
            };
            Item::new("message", name.as_str(), &[], text)
        })
        .collect();
    let lead = if items.is_empty() {
        voice.pick("Wir senden Ihnen keine Nachrichten.", "We do not send you any messages.")
    } else {
        voice.pick(
            "Ihre Kontaktdaten werden für keine anderen als die hier genannten Nachrichten verwendet.",
            "Your contact details are not used for any messages other than those stated here.",
        )
    };
    Draft { name: "messages", title: voice.pick("Nachrichten", "Messages"), lead: Some(lead), items }
}
