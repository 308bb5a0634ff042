//! Why, and on what basis (Art. 13(1)(c)(d), 13(2)(c), 7).

use obhut_core::{
    model::{Acts, Basis, Consent, Exception, Lang, Method, Purpose, Role, Withdraw},
    rule::Anchoring,
};

use super::{
    Draft, Item, Voice,
    voice::{sentence, short},
};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let lead = if voice.has_data() || !voice.purposes().is_empty() {
        voice.pick(
            "Ihre Daten werden nur zu den folgenden Zwecken verarbeitet. Jede andere Verwendung ist ausgeschlossen.",
            "Your data are processed only for the following purposes. Any other use is ruled out.",
        )
    } else if voice.in_transit() {
        voice.pick(
            "Über Sie werden keine Daten gespeichert und deshalb auch keine verwendet. Nur Ihre IP-Adresse dient, solange \
             die Verbindung besteht, der Auslieferung der Seite (siehe „Serverprotokolle“).",
            "No data about you are stored, and so none are used. Your IP address alone serves to deliver the page for as \
             long as the connection lasts (see “Server logs”).",
        )
    } else if !voice.kept_logs().is_empty() {
        voice.pick(
            "Über Sie wird nur verwendet, was in Serverprotokollen steht (siehe „Serverprotokolle“).",
            "Nothing about you is used beyond what server logs contain (see “Server logs”).",
        )
    } else {
        voice.pick(
            "Über Sie werden keine Daten gespeichert und deshalb auch keine verwendet.",
            "No data about you are stored, and so none are used.",
        )
    };
    let items = voice
        .purposes()
        .into_iter()
        .map(|(name, purpose)| {
            let articles: &[&str] = match purpose.basis {
                Basis::Interest(_) => &["13(1)(c)", "13(1)(d)"],
                _ => &["13(1)(c)"],
            };
            Item::new("purpose", name.as_str(), articles, text(voice, purpose)).about(purpose.label.get(voice.lang))
        })
        .collect();
    let title = voice.pick("Zwecke und Rechtsgrundlagen", "Purposes and legal bases");
    Draft { name: "purposes", title, lead: Some(lead), items }
}

fn text(voice: &Voice<'_>, purpose: &Purpose) -> String {
    let lang = voice.lang;
    let basis = voice.basis(&purpose.basis);
    let mut sentences = vec![if let Some(fields) = &purpose.fields {
        let fields = voice.fields(&purpose.data, fields);
        let (one, fields) = (fields.len() == 1, say::enumeration(&fields, lang));
        if one {
            words!(lang, "Verwendet wird nur diese Angabe: {fields}.", "Only this item is used: {fields}.")
        } else {
            words!(lang, "Verwendet werden nur diese Angaben: {fields}.", "Only these items are used: {fields}.")
        }
    } else {
        let mut labels = voice.labels(&purpose.data);
        if labels.is_empty() {
            labels = voice.pick("Serverprotokolle", "server logs");
        }
        words!(lang, "Verwendete Daten: {labels}.", "Data used: {labels}.")
    }];
    let (forms, readers): (Vec<_>, Vec<_>) =
        purpose.roles.iter().filter_map(|role| voice.model.roles.get(role)).partition(|role| role.acts == Acts::Form);
    let names = |roles: &[&Role]| say::list(&roles.iter().map(|role| voice.role(role)).collect::<Vec<_>>(), lang);
    if !forms.is_empty() {
        let (forms, one) = (names(&forms), forms.len() == 1);
        let serves = if one { "dient" } else { "dienen" };
        sentences.push(words!(lang, "Zur Erhebung {serves} {forms}.", "They are collected by means of {forms}.",));
    }
    sentences.push(words!(lang, "Rechtsgrundlage ist {basis}.", "The legal basis is {basis}."));
    if let Some(exception) = purpose.exception {
        let exception = allowed(voice, exception);
        sentences.push(words!(
            lang,
            "Besondere Kategorien personenbezogener Daten werden dabei auf der Grundlage von {exception} verarbeitet.",
            "Special categories of personal data are processed on the basis of {exception}.",
        ));
    }
    if purpose.profiling {
        sentences.push(voice.pick(
            "Dabei findet Profiling statt (Art. 4 Nr. 4 DSGVO): Persönliche Aspekte werden anhand dieser Daten \
             automatisiert bewertet.",
            "This involves profiling (Article 4(4) GDPR): personal aspects are evaluated by automated means using these \
             data.",
        ));
    }
    if purpose.marketing {
        sentences.push(voice.pick(
            "Dieser Verwendung für Direktwerbung können Sie jederzeit und ohne Begründung widersprechen; danach endet sie \
             (Art. 21 Abs. 2 und 3 DSGVO).",
            "You may object to this use for direct marketing at any time and without giving reasons; it then ends (Article \
             21(2) and (3) GDPR).",
        ));
    }
    if let Some(objection) = &purpose.objection {
        let objection = sentence(objection.get(lang));
        let first = objection.split_whitespace().next().unwrap_or_default();
        sentences.push(if ["weil", "da", "because", "since", "as"].contains(&first) {
            words!(
                lang,
                "Ein Widerspruch ist hier nicht möglich, {objection}",
                "No objection is possible here, {objection}",
            )
        } else {
            words!(
                lang,
                "Ein Widerspruch ist hier nicht möglich: {objection}",
                "No objection is possible here: {objection}",
            )
        });
    }
    if let Some(event) = &purpose.requires {
        let event = say::occurrence(voice.model, event, Anchoring::First, lang);
        // An infinitive or a relative clause ends with a comma of its own.
        let comma = if event.contains(',') { "," } else { "" };
        sentences.push(words!(
            lang,
            "Ein Zugriff zu diesem Zweck ist erst nach {event}{comma} möglich.",
            "Access for this purpose is possible only after {event}.",
        ));
        if let Some(until) = &purpose.until {
            let end = say::moment(voice.model, until, lang);
            sentences.push(words!(lang, "Der Zugriff endet {end}.", "Access ends {end}."));
        }
    }
    if !readers.is_empty() {
        // A role is named in the singular ("unser Kundendienst"); the reader is addressed in the plural.
        let can =
            if readers.len() == 1 && !readers.iter().any(|role| voice.is_reader(role)) { "kann" } else { "können" };
        let readers = names(&readers);
        sentences.push(words!(
            lang,
            "Zugreifen {can} zu diesem Zweck nur {readers}.",
            "Access for this purpose is limited to {readers}.",
        ));
    }
    sentences.join(" ")
}

/// The exception of Art. 9(2).
fn allowed(voice: &Voice<'_>, exception: Exception) -> String {
    let (letter, de, en) = match exception {
        Exception::ExplicitConsent => ("a", "ausdrückliche Einwilligung", "explicit consent"),
        Exception::Employment => ("b", "Arbeits- und Sozialrecht", "employment and social security law"),
        Exception::Vital => ("c", "Schutz lebenswichtiger Interessen", "protection of vital interests"),
        Exception::PublicBySubject => {
            ("e", "von Ihnen offensichtlich öffentlich gemacht", "manifestly made public by you")
        }
        Exception::Claims => ("f", "Rechtsansprüche", "legal claims"),
        Exception::PublicInterest => ("g", "erhebliches öffentliches Interesse", "substantial public interest"),
        Exception::HealthCare => ("h", "Gesundheitsversorgung", "health care"),
        Exception::Research => ("j", "Archivzwecke, Forschung oder Statistik", "archiving, research or statistics"),
    };
    words!(voice.lang, "Art. 9 Abs. 2 Buchst. {letter} DSGVO ({de})", "Article 9(2)({letter}) GDPR ({en})")
}

pub(super) fn consents(voice: &Voice<'_>) -> Option<Draft> {
    let items: Vec<_> = voice
        .consents()
        .into_iter()
        .map(|(name, consent)| {
            let place = say::place(voice.model, &consent.asked_on, voice.lang);
            let term = words!(voice.lang, "Einwilligung {place}", "Consent {place}");
            Item::new("consent", name.as_str(), &["13(1)(c)", "13(2)(c)"], declaration(voice, consent)).about(&term)
        })
        .collect();
    let lead = voice.pick(
        "Jede Einwilligung ist freiwillig; auch ohne sie können Sie das Angebot nutzen. Sie können sie jederzeit mit \
         Wirkung für die Zukunft widerrufen; die Rechtmäßigkeit der Verarbeitung bis zum Widerruf bleibt unberührt \
         (Art. 7 Abs. 3 DSGVO).",
        "Every consent is voluntary; you can use the service without it. You may withdraw consent at any time with \
         effect for the future; the lawfulness of processing before the withdrawal is not affected (Article 7(3) GDPR).",
    );
    let title = voice.pick("Einwilligungen", "Consent");
    (!items.is_empty()).then_some(Draft { name: "consents", title, lead: Some(lead), items })
}

fn declaration(voice: &Voice<'_>, consent: &Consent) -> String {
    let lang = voice.lang;
    let text = consent.text.get(lang);
    let mut sentences = vec![
        words!(lang, "Ihre Erklärung lautet: „{text}“", "Your declaration reads: “{text}”"),
        voice.pick(
            "Das Kästchen ist nicht vorab angekreuzt; nur wenn Sie es selbst ankreuzen, ist die Einwilligung erteilt.",
            "The box is not ticked in advance; consent is given only if you tick it yourself.",
        ),
    ];
    if consent.method == Method::DoubleOptIn {
        sentences.push(voice.pick(
            "Wirksam wird sie erst, wenn Sie sie über die Ihnen zugesandte E-Mail bestätigt haben.",
            "It takes effect only once you have confirmed it using the email sent to you.",
        ));
    }
    if let Some(confirm) = consent.confirm_within {
        let within = say::within(confirm, lang);
        sentences.push(words!(
            lang,
            "Bestätigen Sie sie nicht {within}, werden die dafür gemachten Angaben gelöscht.",
            "If you do not confirm it {within}, the details given for it are erased.",
        ));
    }
    if let Some(proof) = consent.proof.as_ref().and_then(|class| voice.model.data.get(class)) {
        let label = short(proof.label.get(lang));
        sentences.push(words!(
            lang,
            "Zum Nachweis (Art. 7 Abs. 1 DSGVO) wird gespeichert, was unter „{label}“ genannt ist.",
            "As evidence (Article 7(1) GDPR), what is stated under “{label}” is stored.",
        ));
    }
    if let Some(expires) = consent.expires {
        let period = say::period_dative(expires, lang);
        sentences.push(words!(
            lang,
            "Nach {period} erlischt sie und muss neu erteilt werden.",
            "It lapses after {period} and has to be given anew.",
        ));
    }
    let ways: Vec<_> = consent.withdraw.iter().map(|way| withdrawn(voice, *way)).collect();
    let ways = match (ways.as_slice(), lang) {
        ([first @ .., last], Lang::De) if !first.is_empty() => format!("{} oder {last}", first.join(", ")),
        ([first @ .., last], Lang::En) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        (ways, _) => ways.concat(),
    };
    if !ways.is_empty() {
        sentences.push(words!(lang, "Widerrufen können Sie sie {ways}.", "You can withdraw it {ways}."));
    }
    sentences.join(" ")
}

fn withdrawn(voice: &Voice<'_>, way: Withdraw) -> String {
    match way {
        Withdraw::Page => voice.pick("auf der dafür vorgesehenen Seite", "on the page provided for this"),
        Withdraw::Account => {
            voice.pick("in Ihrem Konto oder indem Sie es löschen", "in your account or by deleting it")
        }
        Withdraw::Link => voice.pick("über den Link in jeder Nachricht", "using the link in every message"),
        Withdraw::Email => {
            let email = &voice.model.rights.email;
            words!(voice.lang, "per E-Mail an {email}", "by email to {email}")
        }
    }
}
