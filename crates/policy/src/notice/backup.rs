//! Copies: how often, how long, where, and what erasure means for them (Art. 32(1)(b)(c), 17).

use std::collections::BTreeSet;

use obhut_core::{
    id::PlaceName,
    model::{Backup, Copies, Each, Place, Relation, TenantBackup, Tier},
};

use super::{Draft, Item, Voice};
use crate::say::{self, words};

const ARTICLES: &[&str] = &["32(1)(b)", "32(1)(c)"];

pub(super) fn section(voice: &Voice<'_>) -> Option<Draft> {
    let backup = voice.model.backup.as_ref().filter(|_| voice.has_data())?;
    let title = voice.pick("Sicherungskopien", "Backups");
    let tenants = tenants(voice, backup).map(|text| Item::new("backup", "tenants", ARTICLES, text));
    if excluded(voice, backup) {
        return Some(Draft { name: "backups", title, lead: None, items: tenants.into_iter().collect() });
    }
    let item = |name: &str, text: String| Item::new("backup", name, ARTICLES, text);
    let mut items = vec![
        item("every", every(voice, backup)),
        item("keep", keep(voice, backup)),
        item("places", places(voice, backup)),
    ];
    items.extend(places_of_backups(voice).into_iter().map(|(name, place)| at(voice, name, place)));
    if let Some(test) = backup.restore_test {
        let every = say::every(test, voice.lang);
        let text = words!(
            voice.lang,
            "Die Wiederherstellung aus den Sicherungskopien wird {every} erprobt.",
            "Restoring from the backups is tested {every}.",
        );
        items.push(item("restore", text));
    }
    items.extend(tenants);
    let erasure = voice.pick(
        "Gelöschte Daten sind auch in jeder Sicherungskopie unlesbar, weil mit der Löschung der Schlüssel vernichtet wird, \
         unter dem sie verschlüsselt sind; auch eine Wiederherstellung bringt sie nicht zurück.",
        "Erased data are unreadable in every backup as well, because erasure destroys the key under which they are \
         encrypted; a restore does not bring them back either.",
    );
    items.push(Item::new("backup", "erasure", &["17"], erasure));
    Some(Draft { name: "backups", title, lead: None, items })
}

/// Whether nothing about the audience is in the backups.
fn excluded(voice: &Voice<'_>, backup: &Backup) -> bool {
    voice.on_behalf() && backup.tenants == TenantBackup::Never
}

fn every(voice: &Voice<'_>, backup: &Backup) -> String {
    let every = say::every(backup.every, voice.lang);
    words!(voice.lang, "Sicherungskopien werden {every} angelegt.", "Backups are made {every}.")
}

fn keep(voice: &Voice<'_>, backup: &Backup) -> String {
    let lang = voice.lang;
    let tiers: Vec<_> = backup.keep.iter().map(|tier| kept(voice, *tier)).collect();
    let list = say::list(&tiers, lang);
    let one = tiers.len() == 1;
    let be = if one { "wird" } else { "werden" };
    words!(
        lang,
        "Aufbewahrt {be} {list}; danach werden die Kopien gelöscht.",
        "Backups are kept as follows: {list}; after that, they are deleted.",
    )
}

/// "eine Kopie je Tag für 30 Tage".
fn kept(voice: &Voice<'_>, tier: Tier) -> String {
    let which = match tier.each {
        Each::All => voice.pick("jede Kopie", "every backup"),
        Each::Hourly => voice.pick("eine Kopie je Stunde", "one backup per hour"),
        Each::Daily => voice.pick("eine Kopie je Tag", "one backup per day"),
        Each::Weekly => voice.pick("eine Kopie je Woche", "one backup per week"),
        Each::Monthly => voice.pick("eine Kopie je Monat", "one backup per month"),
        Each::Yearly => voice.pick("eine Kopie je Jahr", "one backup per year"),
    };
    let period = say::period(tier.keep, voice.lang);
    words!(voice.lang, "{which} für {period}", "{which} for {period}")
}

fn places(voice: &Voice<'_>, backup: &Backup) -> String {
    let lang = voice.lang;
    let known: Vec<_> = backup.places.iter().filter_map(|name| voice.model.places.get(name)).collect();
    let cities: BTreeSet<_> = known.iter().map(|place| place.city.as_str()).collect();
    let (count, several) = (say::number(known.len(), lang), say::number(cities.len(), lang));
    match (known.len(), cities.len()) {
        (0 | 1, _) => voice.pick("Die Sicherungskopien liegen an einem Ort.", "The backups are kept in one place."),
        (all, different) if all == different => words!(
            lang,
            "Die Sicherungskopien liegen an {count} Orten in verschiedenen Städten.",
            "The backups are kept in {count} places in different cities.",
        ),
        (_, 1) => words!(
            lang,
            "Die Sicherungskopien liegen an {count} Orten in derselben Stadt.",
            "The backups are kept in {count} places in the same city.",
        ),
        _ => words!(
            lang,
            "Die Sicherungskopien liegen an {count} Orten in {several} Städten.",
            "The backups are kept in {count} places in {several} cities.",
        ),
    }
}

/// The places whose copies concern the audience as backups.
pub(super) fn places_of_backups<'a>(voice: &Voice<'a>) -> Vec<(&'a PlaceName, &'a Place)> {
    let Some(backup) = &voice.model.backup else { return Vec::new() };
    if !voice.has_data() || excluded(voice, backup) {
        return Vec::new();
    }
    let places = voice.model.places.iter();
    places.filter(|(name, place)| place.holds.contains(&Copies::Backup) || backup.places.contains(name)).collect()
}

/// The places that hold copies of the audience's log lines and stand in no other section.
pub(super) fn places_of_logs(voice: &Voice<'_>) -> Vec<Item> {
    if voice.kept_logs().is_empty() {
        return Vec::new();
    }
    let told = places_of_backups(voice);
    let told = |name| told.iter().any(|(known, _)| *known == name);
    let places = voice.model.places.iter();
    places
        .filter(|(name, place)| place.holds.contains(&Copies::Log) && !told(*name))
        .map(|(name, place)| at(voice, name, place))
        .collect()
}

fn at(voice: &Voice<'_>, name: &PlaceName, place: &Place) -> Item {
    let lang = voice.lang;
    let holds: Vec<_> = place
        .holds
        .iter()
        .map(|copies| match copies {
            Copies::Backup => voice.pick("Sicherungskopien", "backups"),
            Copies::Log => voice.pick("Kopien der Serverprotokolle", "copies of server logs"),
        })
        .collect();
    let holds = say::list(&holds, lang);
    let mut sentences = vec![words!(lang, "Hier liegen {holds}.", "This is where {holds} are kept.")];
    let processor = place.processor.as_ref().and_then(|name| voice.model.recipients.get(name));
    sentences.push(match processor.and_then(|known| known.name.as_deref()) {
        Some(name) => words!(lang, "Betreiber: {name}.", "Operated by: {name}."),
        None => voice.pick("Betreiber sind wir selbst.", "Operated by ourselves."),
    });
    if let Some(certificate) = &place.certificate {
        let name = &certificate.name;
        sentences.push(match certificate.until {
            Some(until) => {
                let until = say::date(until, lang);
                words!(
                    lang,
                    "Zertifiziert nach {name}; das Zertifikat gilt bis zum {until}.",
                    "Certified to {name}; the certificate is valid until {until}.",
                )
            }
            None => words!(lang, "Zertifiziert nach {name}.", "Certified to {name}."),
        });
    }
    let (city, country) = (&place.city, say::country(&place.country, lang));
    Item::new("place", name.as_str(), ARTICLES, sentences.join(" ")).about(&format!("{city} ({country})"))
}

/// Whether data of tenants' people is in the backups; said to tenants and their people.
fn tenants(voice: &Voice<'_>, backup: &Backup) -> Option<String> {
    let lang = voice.lang;
    match voice.audience.relation {
        Relation::SubjectOfTenant => Some(match backup.tenants {
            TenantBackup::Included => {
                voice.pick("Unsere Sicherungskopien enthalten auch Ihre Daten.", "Our backups include your data.")
            }
            TenantBackup::OnRequest => voice.pick(
                "Unsere Sicherungskopien enthalten Ihre Daten nur, wenn der Kunde das beauftragt hat.",
                "Our backups include your data only if the client has ordered this.",
            ),
            TenantBackup::Never => voice
                .pick("Unsere Sicherungskopien enthalten Ihre Daten nicht.", "Our backups do not include your data."),
        }),
        Relation::Tenant => {
            let (_, people) = voice.model.audience_with(Relation::SubjectOfTenant)?;
            let people = people.label.get(lang);
            Some(match backup.tenants {
                TenantBackup::Included => words!(
                    lang,
                    "Unsere Sicherungskopien enthalten auch die Daten Ihrer {people}.",
                    "Our backups also include the data of your {people}.",
                ),
                TenantBackup::OnRequest => words!(
                    lang,
                    "Die Daten Ihrer {people} enthalten unsere Sicherungskopien nur, wenn Sie das beauftragt haben; \
                     andernfalls sichern Sie diese Daten selbst.",
                    "Our backups include the data of your {people} only if you have ordered this; otherwise you back up \
                     those data yourself.",
                ),
                TenantBackup::Never => words!(
                    lang,
                    "Die Daten Ihrer {people} enthalten unsere Sicherungskopien nicht; diese Daten sichern Sie selbst.",
                    "Our backups do not include the data of your {people}; you back up those data yourself.",
                ),
            })
        }
        _ => None,
    }
}
