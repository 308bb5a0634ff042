//! Which data (Art. 13(2)(e), 14(1)(d), 14(2)(f)).

use obhut_core::model::{DataClass, Needed, Source, Special};

use super::{Draft, Item, Voice, voice::sentence};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let lead = match (voice.has_data(), voice.on_behalf()) {
        (false, _) if !voice.kept_logs().is_empty() => voice.pick(
            "Wir speichern über Sie nur, was in Serverprotokollen steht (siehe „Serverprotokolle“).",
            "We store nothing about you beyond what server logs contain (see “Server logs”).",
        ),
        (false, _) => voice.pick("Wir speichern keine Daten über Sie.", "We do not store any data about you."),
        (true, true) => voice.pick(
            "Über Sie werden ausschließlich die folgenden Daten verarbeitet; andere Angaben werden nicht gespeichert.",
            "Only the following data about you are processed; nothing else is stored.",
        ),
        (true, false) => voice.pick(
            "Wir verarbeiten über Sie ausschließlich die folgenden Daten; andere Angaben werden nicht gespeichert.",
            "We process only the following data about you; nothing else is stored.",
        ),
    };
    let items = voice
        .classes()
        .map(|(name, class)| {
            let articles: &[&str] = match class.source {
                Source::Subject => &["13(2)(e)", "14(1)(d)"],
                Source::Own | Source::Third { .. } => &["14(1)(d)", "14(2)(f)"],
            };
            Item::new("data", name.as_str(), articles, text(voice, class)).about(class.label.get(voice.lang))
        })
        .collect();
    Draft { name: "data", title: voice.pick("Verarbeitete Daten", "Data processed"), lead: Some(lead), items }
}

fn text(voice: &Voice<'_>, class: &DataClass) -> String {
    let mut sentences = vec![match &class.source {
        Source::Subject => voice.pick("Diese Daten stammen von Ihnen selbst.", "These data are obtained from you."),
        Source::Own => voice.pick("Diese Daten entstehen bei uns.", "These data arise in our own operations."),
        Source::Third { name: from, public } => {
            let from = from.get(voice.lang).trim_end_matches('.');
            let public = if *public {
                voice.pick(" (öffentlich zugänglich)", " (publicly accessible)")
            } else {
                String::new()
            };
            words!(
                voice.lang,
                "Diese Daten stammen nicht von Ihnen; Quelle: {from}{public}.",
                "These data are not obtained from you; source: {from}{public}.",
            )
        }
    }];
    if let Some(special) = class.special {
        sentences.push(sensitive(voice, special));
    }
    if let Some(only_if) = &class.only_if {
        let field = say::field(voice.model, only_if.field.as_str(), voice.lang);
        let value = say::value(voice.model, &only_if.equals, voice.lang);
        sentences.push(words!(
            voice.lang,
            "Erhoben werden sie nur, wenn Sie bei „{field}“ die Auswahl {value} treffen.",
            "They are collected only if you select {value} as the {field}.",
        ));
    }
    if let Some(needed) = needed(voice, class) {
        sentences.push(needed);
    }
    sentences.extend(class.consequence.as_ref().map(|text| sentence(text.get(voice.lang))));
    if class.identity.is_some() && voice.on_behalf() {
        let field = class
            .identity
            .as_ref()
            .map_or_else(String::new, |field| say::field(voice.model, field.as_str(), voice.lang));
        sentences.push(words!(
            voice.lang,
            "Anhand der Angabe „{field}“ werden Ihnen weitere Vorgänge bei demselben Kunden zugeordnet.",
            "The {field} also serves to attribute further transactions with the same client to you.",
        ));
    }
    sentences.join(" ")
}

/// A special category (Art. 9(1), 10).
fn sensitive(voice: &Voice<'_>, special: Special) -> String {
    let which = match special {
        Special::Health => voice.pick("Gesundheitsdaten", "data concerning health"),
        Special::Biometric => voice.pick("biometrische Daten", "biometric data"),
        Special::Genetic => voice.pick("genetische Daten", "genetic data"),
        Special::Religion => {
            voice.pick("religiöse oder weltanschauliche Überzeugungen", "religious or philosophical beliefs")
        }
        Special::Politics => voice.pick("politische Meinungen", "political opinions"),
        Special::Union => voice.pick("Gewerkschaftszugehörigkeit", "trade union membership"),
        Special::Ethnic => voice.pick("rassische oder ethnische Herkunft", "racial or ethnic origin"),
        Special::SexLife => voice.pick("Sexualleben oder sexuelle Orientierung", "sex life or sexual orientation"),
        Special::Criminal => {
            return voice.pick(
                "Diese Daten betreffen strafrechtliche Verurteilungen oder Straftaten (Art. 10 DSGVO).",
                "These data relate to criminal convictions or offences (Article 10 GDPR).",
            );
        }
    };
    words!(
        voice.lang,
        "Dabei handelt es sich um besondere Kategorien personenbezogener Daten ({which}, Art. 9 Abs. 1 DSGVO).",
        "They belong to the special categories of personal data ({which}, Article 9(1) GDPR).",
    )
}

/// Whether the data has to be given (Art. 13(2)(e)); data that arises with us is not given by anyone.
fn needed(voice: &Voice<'_>, class: &DataClass) -> Option<String> {
    let told = class.consequence.is_some();
    Some(match (&class.source, class.needed) {
        // What follows is said by the policy itself.
        (Source::Subject, Needed::Contract) if told && voice.on_behalf() => voice.pick(
            "Zu ihrer Bereitstellung sind Sie weder gesetzlich noch vertraglich verpflichtet.",
            "You are under no statutory or contractual obligation to provide them.",
        ),
        (Source::Subject, Needed::Contract) if told => {
            voice.pick("Für den Vertrag sind sie erforderlich.", "They are required for the contract.")
        }
        (Source::Subject, Needed::No) if told => {
            voice.pick("Ihre Bereitstellung ist freiwillig.", "Their provision is voluntary.")
        }
        (Source::Subject, Needed::Contract) if class.only_if.is_some() => voice.pick(
            "Zu ihrer Bereitstellung sind Sie nicht verpflichtet; ohne sie steht Ihnen diese Auswahl aber nicht zur \
             Verfügung.",
            "You are not obliged to provide them; without them, however, that option is not available to you.",
        ),
        (Source::Subject, Needed::Contract) if voice.on_behalf() => voice.pick(
            "Zu ihrer Bereitstellung sind Sie weder gesetzlich noch vertraglich verpflichtet; ohne sie kann der Vertrag \
             mit dem Kunden aber nicht geschlossen oder erfüllt werden.",
            "You are under no statutory or contractual obligation to provide them; without them, however, the \
             contract with the client cannot be concluded or performed.",
        ),
        (Source::Subject, Needed::Contract) => voice.pick(
            "Für den Vertrag sind sie erforderlich; ohne sie können wir ihn nicht schließen oder erfüllen.",
            "They are required for the contract; without them we cannot conclude or perform it.",
        ),
        (Source::Subject, Needed::Law) => voice.pick(
            "Ihre Bereitstellung ist gesetzlich vorgeschrieben.",
            "Their provision is a statutory requirement.",
        ),
        (Source::Subject, Needed::No) => voice.pick(
            "Ihre Bereitstellung ist freiwillig; verzichten Sie darauf, entstehen Ihnen daraus keine Nachteile.",
            "Their provision is voluntary; you suffer no disadvantage if you do not provide them.",
        ),
        (_, Needed::Law) => voice.pick(
            "Wir sind gesetzlich verpflichtet, sie zu erstellen und aufzubewahren.",
            "We are required by law to create and keep them.",
        ),
        _ => return None,
    })
}
