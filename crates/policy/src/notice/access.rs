//! Who inside may see what (Art. 25, 32).

use obhut_core::{
    model::{Acts, Noted, Relation},
    rule::Anchoring,
};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let title = voice.pick("Zugriff", "Access");
    if !voice.has_data() && voice.kept_logs().is_empty() {
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
    if voice.is_operated() {
        items.extend(operator(voice));
    } else if voice.has_data() {
        let text = voice.pick(
            "Unsere eigenen Mitarbeiter haben keinen Zugriff auf Ihre Daten.",
            "Our own staff have no access to your data.",
        );
        items.push(Item::new("access", voice.name.as_str(), &[], text));
    }
    Draft { name: "access", title, lead: Some(lead(voice)), items }
}

/// How the operator's staff come to a tenant's data, and what is noted of it (Art. 28(3)(a), 32(4)).
fn operator(voice: &Voice<'_>) -> Vec<Item> {
    let (lang, access) = (voice.lang, &voice.model.access);
    let (tenant, on_behalf) = (voice.audience.relation == Relation::Tenant, voice.on_behalf());
    if voice.has_tenants() && !tenant && !on_behalf {
        return Vec::new();
    }
    let item = |name: &str, text: String| Item::new("access", name, &["28(3)(a)", "32(4)"], text);
    let mut items = Vec::new();
    let party = tenant || on_behalf;
    if let Some(event) = access.instruction.as_ref().filter(|_| party) {
        let event = say::occurrence(voice.model, event, Anchoring::First, lang);
        items.push(item(
            "instruction",
            if tenant {
                words!(
                    lang,
                    "Unsere Mitarbeiter öffnen die Daten, die Sie bei uns speichern, erst nach {event}.",
                    "Our staff open the data you store with us only after {event}.",
                )
            } else {
                words!(
                    lang,
                    "Unsere Mitarbeiter öffnen Ihre Daten erst nach {event}.",
                    "Our staff open your data only after {event}.",
                )
            },
        ));
    }
    if let Some(emergency) = access.emergency.filter(|_| party) {
        items.push(item("emergency", urgent(voice, emergency)));
    }
    if !access.notes.is_empty() {
        let notes: Vec<_> = access.notes.iter().map(|noted| note(voice, *noted)).collect();
        let notes = say::list(&notes, lang);
        items.push(item(
            "notes",
            words!(
                lang,
                "Von jedem Zugriff unserer Mitarbeiter wird festgehalten: {notes}.",
                "Of every access by our staff, the following is recorded: {notes}.",
            ),
        ));
    }
    if let Some(notify) = access.notify.filter(|_| party) {
        let within = say::within(notify, lang);
        items.push(item(
            "notify",
            if tenant {
                words!(
                    lang,
                    "Über jeden Zugriff unserer Mitarbeiter auf diese Daten unterrichten wir Sie {within}.",
                    "We inform you of every access by our staff to those data {within}.",
                )
            } else {
                words!(
                    lang,
                    "Über jeden Zugriff unserer Mitarbeiter auf Ihre Daten unterrichten wir den Kunden {within}.",
                    "We inform the client of every access by our staff to your data {within}.",
                )
            },
        ));
    }
    if let Some(review) = access.review {
        let every = say::every(review, lang);
        items.push(item(
            "review",
            words!(
                lang,
                "Welche unserer Mitarbeiter welche Rolle haben, wird {every} überprüft.",
                "Which members of our staff hold which role is reviewed {every}.",
            ),
        ));
    }
    if let Some(unused) = access.unused {
        let period = say::period(unused, lang);
        items.push(item(
            "unused",
            words!(
                lang,
                "Eine Berechtigung, die {period} lang nicht genutzt wurde, wird entzogen.",
                "A permission that has not been used for {period} is withdrawn.",
            ),
        ));
    }
    items
}

fn urgent(voice: &Voice<'_>, emergency: bool) -> String {
    if !emergency {
        return voice.pick(
            "Auch in einem Notfall gibt es davon keine Ausnahme.",
            "There is no exception to this, not even in an emergency.",
        );
    }
    let lang = voice.lang;
    let whom = if voice.audience.relation == Relation::Tenant {
        voice.pick("Ihnen", "you")
    } else {
        voice.pick("dem Kunden", "the client")
    };
    match voice.model.access.notify {
        Some(notify) => {
            let within = say::within(notify, lang);
            words!(
                lang,
                "Ohne vorherige Weisung öffnen sie die Daten nur in einem Notfall; das teilen wir {whom} {within} mit.",
                "They open the data without prior instruction only in an emergency; we report this to {whom} {within}.",
            )
        }
        None => voice.pick(
            "Ohne vorherige Weisung öffnen sie die Daten nur in einem Notfall.",
            "They open the data without prior instruction only in an emergency.",
        ),
    }
}

fn note(voice: &Voice<'_>, noted: Noted) -> String {
    match noted {
        Noted::Date => voice.pick("Datum", "date"),
        Noted::Time => voice.pick("Uhrzeit", "time"),
        Noted::Purpose => voice.pick("Zweck", "purpose"),
        Noted::Subjects => voice.pick("betroffene Personen", "the people concerned"),
        Noted::Role => voice.pick("Rolle des Zugreifenden", "the role of the person who accessed the data"),
    }
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
