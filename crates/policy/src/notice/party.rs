//! Who answers for the processing (Art. 13(1)(a)(b), 28).

use obhut_core::model::Dpo;

use super::{Draft, Item, Voice};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let title = if voice.on_behalf() {
        voice.pick("Verantwortlicher und Auftragsverarbeiter", "Controller and processor")
    } else {
        voice.pick("Verantwortlicher", "Controller")
    };
    let mut items = Vec::new();
    if voice.on_behalf() {
        items.push(tenant(voice));
        items.push(processor(voice));
    } else {
        items.push(controller(voice));
    }
    items.push(dpo(voice));
    Draft { name: "controller", title, lead: None, items }
}

/// Name and postal address, on one line.
fn address(voice: &Voice<'_>) -> String {
    let party = &voice.model.controller;
    format!("{}, {}, {}", party.name, party.address, say::country(&party.country, voice.lang))
}

/// How we are reached.
fn contact(voice: &Voice<'_>) -> String {
    let party = &voice.model.controller;
    let mut ways = vec![format!("{} {}", voice.pick("E-Mail", "email"), party.email)];
    if let Some(phone) = &party.phone {
        ways.push(format!("{} {phone}", voice.pick("Telefon", "telephone")));
    }
    if let Some(url) = &party.contact_url {
        ways.push(format!("{} {url}", voice.pick("Kontaktseite", "contact page")));
    }
    ways.join(", ")
}

fn controller(voice: &Voice<'_>) -> Item {
    let (address, contact) = (address(voice), contact(voice));
    Item::new(
        "controller",
        "identity",
        &["13(1)(a)"],
        words!(
            voice.lang,
            "Verantwortlich für die Verarbeitung Ihrer Daten sind wir (Art. 4 Nr. 7 DSGVO): {address}; {contact}.",
            "We are the controller of your data (Article 4(7) GDPR): {address}; {contact}.",
        ),
    )
}

fn tenant(voice: &Voice<'_>) -> Item {
    let tenant = voice.tenant();
    let told = tenant.starts_with("der Kunde") || tenant.starts_with("the client");
    let client = if told { String::new() } else { voice.pick(", unser Kunde", ", our client") };
    Item::new(
        "controller",
        "tenant",
        &["13(1)(a)"],
        words!(
            voice.lang,
            "Verantwortlich für die Verarbeitung Ihrer Daten (Art. 4 Nr. 7 DSGVO) ist {tenant}{client} (im Folgenden „der \
             Kunde“). Der Kunde entscheidet, zu welchen Zwecken Ihre Daten verarbeitet werden; seine Kontaktdaten erhalten \
             Sie von ihm und auf Anfrage auch von uns.",
            "The controller of your data (Article 4(7) GDPR) is {tenant}{client} (“the client”). The client determines the \
             purposes for which your data are processed; you can obtain its contact details from the client and, on \
             request, from us.",
        ),
    )
}

fn processor(voice: &Voice<'_>) -> Item {
    let (address, contact) = (address(voice), contact(voice));
    Item::new(
        "controller",
        "processor",
        &["13(1)(a)", "13(1)(e)"],
        words!(
            voice.lang,
            "Wir verarbeiten Ihre Daten ausschließlich im Auftrag und nach Weisung des Kunden (Auftragsverarbeitung, \
             Art. 28 DSGVO). Wir sind: {address}; {contact}.",
            "We process your data solely on behalf and on the instructions of the client, as its processor \
             (Article 28 GDPR). We are: {address}; {contact}.",
        ),
    )
}

fn dpo(voice: &Voice<'_>) -> Item {
    let mut text = match &voice.model.dpo {
        Dpo::Appointed { name, email } => {
            words!(voice.lang, "Benannt ist: {name}, E-Mail {email}.", "We have designated: {name}, email {email}.",)
        }
        Dpo::NotRequired { reason } => reason.get(voice.lang).to_owned(),
    };
    if voice.on_behalf() {
        text.push(' ');
        text.push_str(&voice.pick(
            "Ob der Kunde einen Datenschutzbeauftragten benannt hat und wie dieser zu erreichen ist, teilt Ihnen der \
             Kunde mit.",
            "The client will tell you whether it has designated a data protection officer and how to contact that \
             officer.",
        ));
    }
    Item::new("dpo", "contact", &["13(1)(b)"], text)
        .about(&voice.pick("Datenschutzbeauftragter", "Data protection officer"))
}
