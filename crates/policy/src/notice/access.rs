//! Who inside may see what (Art. 25, 32).

use obhut_core::model::{Acts, Relation};

use super::{Draft, Item, Voice};
use crate::say::words;

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let title = voice.pick("Zugriff", "Access");
    if !voice.has_data() {
        let lead = voice.pick(
            "Da keine Daten über Sie gespeichert werden, kann auch niemand auf solche Daten zugreifen.",
            "As no data about you are stored, there are none that anyone could access.",
        );
        return Draft { name: "access", title, lead: Some(lead), items: Vec::new() };
    }
    let purposes = voice.purposes();
    let mut items = Vec::new();
    for (name, role) in &voice.model.roles {
        let mine: Vec<_> =
            purposes.iter().filter(|(_, purpose)| purpose.roles.contains(name)).map(|(name, _)| *name).collect();
        if !mine.is_empty() {
            let text = if role.acts == Acts::Form {
                voice.pick(
                    "Nimmt Ihre Angaben entgegen und kann gespeicherte Daten nicht lesen.",
                    "Takes down what you submit and cannot read stored data.",
                )
            } else {
                let purposes = voice.for_purposes(mine);
                words!(voice.lang, "Zugriff {purposes}.", "Access {purposes}.")
            };
            items.push(Item::new("role", name.as_str(), &[], text).about(&voice.role(role)));
        }
    }
    let operated = voice.model.roles.iter().any(|(name, role)| {
        role.acts == Acts::Operator && purposes.iter().any(|(_, purpose)| purpose.roles.contains(name))
    });
    if !operated {
        let text = voice.pick(
            "Unsere eigenen Mitarbeiter haben keinen Zugriff auf Ihre Daten.",
            "Our own staff have no access to your data.",
        );
        items.push(Item::new("access", voice.name.as_str(), &[], text));
    }
    Draft { name: "access", title, lead: Some(lead(voice)), items }
}

fn lead(voice: &Voice<'_>) -> String {
    let mut text = voice.pick(
        "Auf Ihre Daten kann nur zugreifen, wer sie für einen der genannten Zwecke benötigt; jeder Zugriff wird mit \
         seinem Zweck protokolliert.",
        "Your data can be accessed only by those who need them for one of the purposes stated; every access is \
         recorded together with its purpose.",
    );
    if voice.has_tenants() {
        text.push(' ');
        text.push_str(&match voice.audience.relation {
            Relation::Tenant => {
                let people = voice
                    .model
                    .audience_with(Relation::SubjectOfTenant)
                    .map_or_else(String::new, |(_, people)| people.label.get(voice.lang).to_owned());
                if people.is_empty() {
                    voice.pick("Andere Kunden haben keinen Zugriff.", "Other clients have no access.")
                } else {
                    words!(
                        voice.lang,
                        "Andere Kunden können weder Ihre Daten noch die Daten Ihrer {people} einsehen.",
                        "Other clients can see neither your data nor those of your {people}.",
                    )
                }
            }
            Relation::SubjectOfTenant => voice.pick(
                "Andere Kunden, die denselben Dienst nutzen, können Ihre Daten nicht einsehen.",
                "Other clients who use the same service cannot see your data.",
            ),
            _ => voice.pick("Unsere Kunden können sie nicht einsehen.", "Our clients cannot see them."),
        });
    }
    text
}
