//! The rights of the person, and how they are used (Art. 12, 13(2)(b)(c), 15-22).

use obhut_core::{
    id::RoleName,
    model::{Acts, Basis, ExportFormat, Relation, RequestChannel},
};

use super::{Draft, Item, Voice, identity, voice::sentence};
use crate::say::{self, words};

const ARTICLES: &[&str] = &["13(2)(b)"];

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let stored = voice.has_data();
    let purposes = voice.purposes();
    let rests = |wanted: fn(&Basis) -> bool| purposes.iter().any(|(_, purpose)| wanted(&purpose.basis));
    let right = |name: &str, term: String, text: String| Item::new("rights", name, ARTICLES, text).about(&term);
    let mut items = vec![Item::new("rights", "contact", ARTICLES, contact(voice))];
    if let Some(channels) = channels(voice) {
        items.push(Item::new("rights", "channels", &["12(2)"], channels));
    }
    items.push(Item::new("rights", "deadline", ARTICLES, deadline(voice)));
    if voice.model.rights.written {
        let text = voice.pick(
            "Wir antworten Ihnen ausschließlich schriftlich; mündliche Auskünfte über gespeicherte Daten geben wir nicht.",
            "We answer you in writing only; we do not give oral information about stored data.",
        );
        items.push(Item::new("rights", "written", &["12(1)"], text));
    }
    items.extend(identity::items(voice));
    items.push(right(
        "access",
        voice.pick("Auskunft (Art. 15 DSGVO)", "Access (Article 15 GDPR)"),
        voice.pick(
            "Sie können Auskunft darüber verlangen, ob und welche Daten über Sie verarbeitet werden, und eine Kopie \
             dieser Daten erhalten.",
            "You may obtain confirmation as to whether data about you are processed and, if so, which, together with a copy \
             of them.",
        ),
    ));
    items.push(right(
        "rectification",
        voice.pick("Berichtigung (Art. 16 DSGVO)", "Rectification (Article 16 GDPR)"),
        voice.pick(
            "Sie können verlangen, dass unrichtige Daten berichtigt und unvollständige vervollständigt werden.",
            "You may have inaccurate data corrected and incomplete data completed.",
        ),
    ));
    items.push(right("erasure", voice.pick("Löschung (Art. 17 DSGVO)", "Erasure (Article 17 GDPR)"), erasure(voice)));
    items.push(right(
        "restriction",
        voice.pick("Einschränkung der Verarbeitung (Art. 18 DSGVO)", "Restriction of processing (Article 18 GDPR)"),
        voice.pick(
            "Unter den Voraussetzungen des Art. 18 DSGVO können Sie verlangen, dass Ihre Daten nur noch gespeichert und \
             nicht mehr genutzt werden.",
            "Subject to the conditions of Article 18 GDPR, you may require that your data only be stored and no longer \
             be used.",
        ),
    ));
    if rests(|basis| matches!(basis, Basis::Contract | Basis::Consent(_))) {
        items.extend(portability(voice));
    }
    if let Some(text) = objection(voice) {
        items.push(right("objection", voice.pick("Widerspruch (Art. 21 DSGVO)", "Objection (Article 21 GDPR)"), text));
    }
    if !voice.consents().is_empty() {
        items.push(
            Item::new(
                "rights",
                "withdrawal",
                &["13(2)(c)"],
                voice.pick(
                    "Jede erteilte Einwilligung können Sie jederzeit mit Wirkung für die Zukunft widerrufen, und zwar so \
                     einfach, wie Sie sie erteilt haben.",
                    "You may withdraw any consent at any time with effect for the future, as easily as you gave it.",
                ),
            )
            .about(&voice.pick("Widerruf (Art. 7 Abs. 3 DSGVO)", "Withdrawal of consent (Article 7(3) GDPR)")),
        );
    }
    if stored {
        items.push(Item::new("export", "formats", ARTICLES, export(voice)));
        items.extend(links(voice));
    }
    if let Some(can) = voice.model.rights.tenant_can.as_ref().filter(|_| stored) {
        let can = can.get(voice.lang);
        let text = match voice.audience.relation {
            Relation::Tenant => Some(words!(
                voice.lang,
                "Ohne unser Zutun können Sie jederzeit {can}.",
                "At any time, and without involving us, you can {can}.",
            )),
            Relation::SubjectOfTenant => Some(words!(
                voice.lang,
                "Der Kunde kann jederzeit selbst {can}.",
                "The client can itself, at any time, {can}.",
            )),
            _ => None,
        };
        items.extend(text.map(|text| Item::new("rights", "tenant", &[], text)));
    }
    let lead = if stored {
        voice.pick(
            "Sie haben die folgenden Rechte. Solange die Verarbeitung Ihrer Daten auf Ihr Verlangen eingeschränkt ist, \
             werden sie gespeichert, aber nicht genutzt.",
            "You have the following rights. For as long as processing of your data is restricted at your request, they \
             are stored but not used.",
        )
    } else {
        voice.pick("Sie haben die folgenden Rechte.", "You have the following rights.")
    };
    Draft { name: "rights", title: voice.pick("Ihre Rechte", "Your rights"), lead: Some(lead), items }
}

fn contact(voice: &Voice<'_>) -> String {
    let rights = &voice.model.rights;
    let email = &rights.email;
    let ways = match &rights.contact_url {
        Some(url) => words!(
            voice.lang,
            "per E-Mail an {email} oder über die Kontaktseite {url}",
            "by email to {email} or via the contact page {url}",
        ),
        None => words!(voice.lang, "per E-Mail an {email}", "by email to {email}"),
    };
    if voice.on_behalf() && rights.forwards {
        voice.pick(
            "Um Ihre Rechte auszuüben, wenden Sie sich an den Kunden. Anfragen, die bei uns eingehen, leiten wir unverzüglich \
             an ihn weiter, ohne selbst Auskunft zu geben.",
            "To exercise your rights, contact the client. We forward requests that reach us to the client without delay and \
             give no information ourselves.",
        )
    } else if voice.on_behalf() {
        words!(
            voice.lang,
            "Um Ihre Rechte auszuüben, wenden Sie sich nach Ihrer Wahl an den Kunden oder an uns: {ways}. Eine formlose \
             Mitteilung genügt; sie ist kostenlos, und Sie erhalten eine Vorgangsnummer. Anfragen, die bei uns eingehen, \
             bearbeiten wir für den Kunden und unterrichten ihn darüber.",
            "To exercise your rights, contact either the client or us, as you prefer: {ways}. An informal message is \
             enough; it is free of charge, and you will receive a reference number. We handle requests addressed to us \
             on behalf of the client and inform the client of them.",
        )
    } else {
        words!(
            voice.lang,
            "Um Ihre Rechte auszuüben, wenden Sie sich an uns: {ways}. Eine formlose Mitteilung genügt; sie ist kostenlos, \
             und Sie erhalten eine Vorgangsnummer.",
            "To exercise your rights, contact us: {ways}. An informal message is enough; it is free of charge, and you \
             will receive a reference number.",
        )
    }
}

/// The channels by which requests come, each with where it leads if the policy says so.
fn channels(voice: &Voice<'_>) -> Option<String> {
    let (model, lang) = (voice.model, voice.lang);
    // What leads there, after a word of its own: "E-Mail an …", "Formular unter …".
    let with = |name: String, detail: Option<&String>| match detail {
        Some(detail) => format!("{name} {detail}"),
        None => name.split(' ').next().unwrap_or_default().to_owned(),
    };
    let ways: Vec<_> = model
        .rights
        .channels
        .iter()
        .map(|channel| match channel {
            RequestChannel::Email => with(voice.pick("E-Mail an", "email to"), Some(&model.rights.email)),
            RequestChannel::Post => with(voice.pick("Post an", "post to"), Some(&model.controller.address)),
            RequestChannel::Phone => with(voice.pick("Telefon", "telephone"), model.controller.phone.as_ref()),
            RequestChannel::Fax => voice.pick("Fax", "fax"),
            RequestChannel::Form => with(voice.pick("Formular unter", "form at"), model.rights.contact_url.as_ref()),
            RequestChannel::Helpdesk => voice.pick("Helpdesk", "helpdesk"),
            RequestChannel::Portal => voice.pick("Ihre persönliche Seite bei uns", "your personal page with us"),
        })
        .collect();
    if ways.is_empty() {
        return None;
    }
    let ways = ways.join("; ");
    Some(words!(
        lang,
        "Anfragen nehmen wir auf folgenden Wegen entgegen: {ways}.",
        "We accept requests through the following channels: {ways}.",
    ))
}

/// Art. 20, and whether data goes to another controller directly.
fn portability(voice: &Voice<'_>) -> [Item; 2] {
    let lang = voice.lang;
    let text = voice.pick(
        "Daten, die Sie bereitgestellt haben, können Sie in einem strukturierten, gängigen und maschinenlesbaren Format \
         erhalten.",
        "You may receive the data you have provided in a structured, commonly used and machine-readable format.",
    );
    let term = voice.pick("Datenübertragbarkeit (Art. 20 DSGVO)", "Data portability (Article 20 GDPR)");
    let transfer = match &voice.model.export.no_transfer {
        None => voice.pick(
            "Auf Ihren Wunsch werden diese Daten unmittelbar einem anderen Verantwortlichen übermittelt, soweit das \
             technisch machbar ist (Art. 20 Abs. 2 DSGVO).",
            "At your request, those data are transmitted directly to another controller where this is technically \
             feasible (Article 20(2) GDPR).",
        ),
        Some(reason) => {
            let reason = sentence(reason.get(lang));
            words!(
                lang,
                "Unmittelbar an einen anderen Verantwortlichen (Art. 20 Abs. 2 DSGVO) übermitteln wir die Daten nicht: \
                 {reason}",
                "We do not transmit the data directly to another controller (Article 20(2) GDPR): {reason}",
            )
        }
    };
    [
        Item::new("rights", "portability", ARTICLES, text).about(&term),
        Item::new("export", "transfer", &["20(2)"], transfer),
    ]
}

/// Art. 21: what may be objected to, and how far.
fn objection(voice: &Voice<'_>) -> Option<String> {
    let purposes = voice.purposes();
    let weighed = |basis: &Basis| matches!(basis, Basis::Interest(_) | Basis::Public);
    let general = voice.in_transit() || purposes.iter().any(|(_, purpose)| weighed(&purpose.basis));
    let mut sentences = Vec::new();
    if general {
        sentences.push(voice.pick(
            "Soweit die Verarbeitung auf Art. 6 Abs. 1 Buchst. e oder f DSGVO beruht, können Sie ihr aus Gründen, die sich \
             aus Ihrer besonderen Situation ergeben, jederzeit widersprechen.",
            "Where processing is based on Article 6(1)(e) or (f) GDPR, you may object to it at any time on grounds relating \
             to your particular situation.",
        ));
    }
    if purposes.iter().any(|(_, purpose)| purpose.objection.is_some()) {
        sentences.push(voice.pick(
            "Wo ein Widerspruch nicht möglich ist, steht das mit dem Grund bei dem jeweiligen Zweck.",
            "Where no objection is possible, this is stated, with the reason, under the purpose in question.",
        ));
    }
    if purposes.iter().any(|(_, purpose)| purpose.marketing) {
        sentences.push(voice.pick(
            "Der Verarbeitung für Direktwerbung können Sie jederzeit ohne Angabe von Gründen widersprechen; Ihre Daten werden \
             dann nicht mehr dafür verwendet (Art. 21 Abs. 2 und 3 DSGVO).",
            "You may object to processing for direct marketing at any time without giving reasons; your data are then no \
             longer used for it (Article 21(2) and (3) GDPR).",
        ));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn deadline(voice: &Voice<'_>) -> String {
    let within = say::within(voice.model.rights.deadline, voice.lang);
    words!(
        voice.lang,
        "Ihre Anfrage wird unverzüglich, spätestens aber {within} nach ihrem Eingang beantwortet.",
        "Your request is answered without undue delay and in any event {within} of receipt.",
    )
}

/// Erasure on request; what a statute keeps is named as the exception it is (Art. 17(3)(b)).
fn erasure(voice: &Voice<'_>) -> String {
    let mut text = voice
        .pick("Sie können verlangen, dass Ihre Daten gelöscht werden.", "You may require that your data be erased.");
    let kept: Vec<_> =
        voice.classes().filter(|(_, class)| class.statutory).map(|(_, class)| class.label.get(voice.lang)).collect();
    if !kept.is_empty() {
        let kept = say::list(&kept, voice.lang);
        text.push(' ');
        text.push_str(&words!(
            voice.lang,
            "Ausgenommen ist, was wir aufgrund eines Gesetzes aufbewahren müssen (Art. 17 Abs. 3 Buchst. b DSGVO): {kept}.",
            "This does not extend to what we are required by law to keep (Article 17(3)(b) GDPR): {kept}.",
        ));
    }
    text
}

fn export(voice: &Voice<'_>) -> String {
    let formats: Vec<_> = voice
        .model
        .export
        .formats
        .iter()
        .map(|format| match format {
            ExportFormat::Json => "JSON",
            ExportFormat::Csv => "CSV",
        })
        .collect();
    let formats = say::list(&formats, voice.lang);
    // Somebody who hands the data over to the reader is not the reader.
    let by_hand = |name: &RoleName| {
        voice.model.roles.get(name).is_some_and(|role| match role.acts {
            Acts::Operator => true,
            Acts::Tenant => voice.audience.relation != Relation::Tenant,
            Acts::System | Acts::Form => false,
        })
    };
    let purposes = voice.purposes();
    let mut roles =
        purposes.iter().filter(|(_, purpose)| purpose.export).flat_map(|(_, purpose)| &purpose.roles).peekable();
    if roles.peek().is_none() || roles.any(|role| !by_hand(role)) {
        return words!(
            voice.lang,
            "Alle Daten, die über Sie gespeichert sind, können Sie jederzeit in gängigen Dateiformaten herunterladen \
             ({formats}).",
            "You can download all data stored about you at any time in commonly used file formats ({formats}).",
        );
    }
    words!(
        voice.lang,
        "Alle Daten, die über Sie gespeichert sind, erhalten Sie auf Anfrage in gängigen Dateiformaten ({formats}).",
        "On request, you receive all data stored about you in commonly used file formats ({formats}).",
    )
}

/// How long a download is there: for a tenant after its contract, and by a link.
fn links(voice: &Voice<'_>) -> Vec<Item> {
    let (lang, export) = (voice.lang, &voice.model.export);
    let mut items = Vec::new();
    if let Some(window) = export.window.as_ref().filter(|_| voice.audience.relation == Relation::Tenant) {
        let until = say::deadline(voice.model, window, lang);
        let text = words!(
            lang,
            "Nach dem Ende Ihres Vertrags können Sie Ihre Daten noch herunterladen, und zwar {until}.",
            "After your contract has ended, you can still download your data {until}.",
        );
        items.push(Item::new("export", "window", ARTICLES, text));
    }
    if let Some(link) = export.link {
        let period = say::period(link, lang);
        let text =
            words!(lang, "Ein Link zum Herunterladen gilt {period} lang.", "A download link is valid for {period}.",);
        items.push(Item::new("export", "link", ARTICLES, text));
    }
    items
}
