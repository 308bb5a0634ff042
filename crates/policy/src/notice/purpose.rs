//! Why, and on what basis (Art. 13(1)(c)(d), 13(2)(c), 7).

use obhut_core::{
    model::{Acts, Basis, Consent, Method, Purpose, Role},
    rule::Anchoring,
};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let lead = if voice.has_data() {
        voice.pick(
            "Ihre Daten werden nur zu den folgenden Zwecken verarbeitet. Jede andere Verwendung ist ausgeschlossen.",
            "Your data are processed only for the following purposes. Any other use is ruled out.",
        )
    } else if voice.in_transit() {
        voice.pick(
            "Über Sie werden keine Daten gespeichert und deshalb auch keine verwendet. Nur Ihre IP-Adresse dient, solange \
             die Verbindung besteht, der Auslieferung der Seite (siehe „Cookies und Serverprotokolle“).",
            "No data about you are stored, and so none are used. Your IP address alone serves to deliver the page for as \
             long as the connection lasts (see “Cookies and server logs”).",
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
        words!(lang, "Verwendet werden nur: {fields}.", "Only the following are used: {fields}.")
    } else {
        let labels = voice.labels(&purpose.data);
        words!(lang, "Verwendet werden: {labels}.", "The following are used: {labels}.")
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
    if let Some(event) = &purpose.requires {
        let event = say::occurrence(voice.model, event, Anchoring::First, lang);
        sentences.push(words!(
            lang,
            "Ein Zugriff zu diesem Zweck ist erst nach {event} möglich.",
            "Access for this purpose is possible only after {event}.",
        ));
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

pub(super) fn consents(voice: &Voice<'_>) -> Option<Draft> {
    let items: Vec<_> = voice
        .consents()
        .into_iter()
        .map(|(name, consent)| {
            let place = say::place(&consent.asked_on, voice.lang);
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
    if let Some(expires) = consent.expires {
        let period = say::period_dative(expires, lang);
        sentences.push(words!(
            lang,
            "Nach {period} erlischt sie und muss neu erteilt werden.",
            "It lapses after {period} and has to be given anew.",
        ));
    }
    sentences.join(" ")
}
