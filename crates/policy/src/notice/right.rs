//! The rights of the person, the authority, automated decisions, changes (Art. 13(2)(b)-(d)(f), 15-22).

use obhut_core::model::{Basis, ExportFormat, Relation};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

const ARTICLES: &[&str] = &["13(2)(b)"];

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let stored = voice.has_data();
    let purposes = voice.purposes();
    let rests = |wanted: fn(&Basis) -> bool| purposes.iter().any(|(_, purpose)| wanted(&purpose.basis));
    let right = |name: &str, term: String, text: String| Item::new("rights", name, ARTICLES, text).about(&term);
    let mut items = vec![Item::new("rights", "contact", ARTICLES, contact(voice))];
    items.push(Item::new("rights", "deadline", ARTICLES, deadline(voice)));
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
        items.push(right(
            "portability",
            voice.pick("Datenübertragbarkeit (Art. 20 DSGVO)", "Data portability (Article 20 GDPR)"),
            voice.pick(
                "Daten, die Sie bereitgestellt haben, können Sie in einem strukturierten, gängigen und maschinenlesbaren \
                 Format erhalten oder einem anderen Verantwortlichen übermitteln lassen.",
                "You may receive the data you have provided in a structured, commonly used and machine-readable format \
                 or have them transmitted to another controller.",
            ),
        ));
    }
    if voice.in_transit() || rests(|basis| matches!(basis, Basis::Interest(_) | Basis::Public)) {
        items.push(right(
            "objection",
            voice.pick("Widerspruch (Art. 21 DSGVO)", "Objection (Article 21 GDPR)"),
            voice.pick(
                "Soweit die Verarbeitung auf Art. 6 Abs. 1 Buchst. e oder f DSGVO beruht, können Sie ihr aus Gründen, die \
                 sich aus Ihrer besonderen Situation ergeben, jederzeit widersprechen.",
                "Where processing is based on Article 6(1)(e) or (f) GDPR, you may object to it at any time on grounds \
                 relating to your particular situation.",
            ),
        ));
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
    if voice.on_behalf() {
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
    words!(
        voice.lang,
        "Alle Daten, die über Sie gespeichert sind, können Sie jederzeit in gängigen Dateiformaten herunterladen \
         ({formats}).",
        "You can download all data stored about you at any time in commonly used file formats ({formats}).",
    )
}

pub(super) fn authority(voice: &Voice<'_>) -> Draft {
    let (name, url) = (voice.model.authority.name.get(voice.lang), &voice.model.authority.url);
    let mut text = voice.pick(
        "Sie können sich bei einer Datenschutz-Aufsichtsbehörde beschweren, insbesondere an Ihrem Aufenthaltsort, an Ihrem \
         Arbeitsplatz oder am Ort des mutmaßlichen Verstoßes (Art. 77 DSGVO).",
        "You may lodge a complaint with a data protection supervisory authority, in particular where you habitually \
         reside, where you work or where the alleged infringement took place (Article 77 GDPR).",
    );
    text.push(' ');
    text.push_str(&if voice.on_behalf() {
        words!(
            voice.lang,
            "Für den Kunden ist die Behörde an seinem Sitz zuständig, für uns: {name}, {url}",
            "The client is supervised by the authority at its place of establishment; the authority responsible for us is: \
             {name}, {url}",
        )
    } else {
        words!(voice.lang, "Für uns zuständig ist: {name}, {url}", "The authority responsible for us is: {name}, {url}")
    });
    Draft {
        name: "authority",
        title: voice.pick("Beschwerde bei einer Aufsichtsbehörde", "Complaint to a supervisory authority"),
        lead: None,
        items: vec![Item::new("authority", "complaint", &["13(2)(d)"], text)],
    }
}

pub(super) fn automated(voice: &Voice<'_>) -> Draft {
    Draft {
        name: "automated",
        title: voice.pick("Automatisierte Entscheidungen", "Automated decision-making"),
        lead: None,
        items: vec![Item::new(
            "automated",
            "decisions",
            &["13(2)(f)"],
            voice.model.automated_decisions.text.get(voice.lang).to_owned(),
        )],
    }
}

pub(super) fn changes(voice: &Voice<'_>) -> Option<Draft> {
    let announce = voice.model.policy.announce?;
    let period = say::period(announce, voice.lang);
    let url = &voice.model.policy.notice_url;
    let text = words!(
        voice.lang,
        "Wesentliche Änderungen dieses Hinweises werden mindestens {period} vor ihrem Inkrafttreten hier angekündigt: {url}",
        "Material changes to this notice are announced at least {period} before they take effect, at {url}",
    );
    Some(Draft {
        name: "changes",
        title: voice.pick("Änderungen dieses Hinweises", "Changes to this notice"),
        lead: None,
        items: vec![Item::new("policy", "announce", &[], text)],
    })
}
