//! Technical and organisational measures (Art. 32).

use obhut_core::model::Measure;

use super::{Draft, Item, Voice, voice::sentence};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Option<Draft> {
    let items: Vec<_> = voice
        .model
        .measures
        .iter()
        .map(|(name, measure)| {
            Item::new("measure", name.as_str(), &["32(1)"], text(voice, measure)).about(measure.label.get(voice.lang))
        })
        .collect();
    let title = voice.pick("Schutz der Daten", "How data are protected");
    let lead = voice.pick(
        "Personenbezogene Daten sind durch die folgenden technischen und organisatorischen Maßnahmen geschützt (Art. 32 \
         DSGVO).",
        "Personal data are protected by the following technical and organisational measures (Article 32 GDPR).",
    );
    (!items.is_empty()).then_some(Draft { name: "measures", title, lead: Some(lead), items })
}

fn text(voice: &Voice<'_>, measure: &Measure) -> String {
    let lang = voice.lang;
    let mut sentences = vec![sentence(measure.text.get(lang))];
    if let Some(review) = measure.review {
        let every = say::every(review, lang);
        sentences.push(words!(lang, "Überprüft wird dies {every}.", "This is reviewed {every}."));
    }
    if let Some(until) = measure.until {
        let until = say::date(until, lang);
        sentences.push(words!(
            lang,
            "Der Nachweis dafür gilt bis zum {until}.",
            "The evidence for this is valid until {until}.",
        ));
    }
    sentences.join(" ")
}
