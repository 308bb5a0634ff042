//! The records of processing activities: of the operator as controller (Art. 30(1)) and as processor of its tenants
//! (Art. 30(2)).

use obhut_core::model::{Dpo, Lang, Model, RecipientKind, Relation};

use super::{
    activity::{self, Activity},
    document::{Block, Document, Entry, Table, cell, cells},
    words::{self, pick},
};
use crate::say::{self, words as both};

/// The records as a document, of the operator as controller or as processor for `tenant`.
pub(super) fn document(model: &Model, behalf: bool, tenant: Option<&str>, lang: Lang) -> Document {
    let title = if behalf {
        pick(
            lang,
            "Verzeichnis der Verarbeitungstätigkeiten als Auftragsverarbeiter",
            "Record of processing activities as processor",
        )
    } else {
        pick(lang, "Verzeichnis von Verarbeitungstätigkeiten", "Record of processing activities")
    };
    let mut page = Document::new(model, lang, title);
    page.intro.push(if behalf {
        pick(
            lang,
            "Dieses Verzeichnis nach Art. 30 Abs. 2 DSGVO enthält alle Kategorien von Verarbeitungen, die wir im \
             Auftrag unserer Kunden ausführen.",
            "This record under Article 30(2) GDPR contains all categories of processing that we carry out on behalf of \
             our clients.",
        )
    } else {
        pick(
            lang,
            "Dieses Verzeichnis nach Art. 30 Abs. 1 DSGVO enthält alle Verarbeitungstätigkeiten, für die wir \
             verantwortlich sind.",
            "This record under Article 30(1) GDPR contains all processing activities for which we are the controller.",
        )
    });
    let activities = activity::all(model, behalf, lang);
    if activities.is_empty() {
        page.intro.push(pick(lang, "Solche Verarbeitungen finden nicht statt.", "There is no such processing."));
    }
    let facts = parties(model, behalf, tenant, lang);
    let about = pick(lang, "Namen und Kontaktdaten", "Names and contact details");
    let caption = pick(lang, "Für alle Verarbeitungen", "For all processing");
    page.section("register.parties", about, vec![Block::Table(Table::facts(caption, facts))]);
    for Activity { anchor, name, facts } in activities {
        let caption = if behalf {
            pick(lang, "Angaben nach Art. 30 Abs. 2 DSGVO", "Information under Article 30(2) GDPR")
        } else {
            pick(lang, "Angaben nach Art. 30 Abs. 1 DSGVO", "Information under Article 30(1) GDPR")
        };
        let table = Table::facts(caption, facts);
        page.section(format!("register.{anchor}"), name, vec![Block::Table(table)]);
    }
    page
}

/// The records as one table, one activity on each line.
pub(super) fn table(model: &Model, behalf: bool, tenant: Option<&str>, lang: Lang) -> Table {
    let party = if behalf {
        pick(lang, "Auftragsverarbeiter", "Processor")
    } else {
        pick(lang, "Verantwortlicher", "Controller")
    };
    let mut heads = vec![pick(lang, "Kennung", "Id"), party];
    if behalf {
        heads.push(pick(lang, "Verantwortlicher", "Controller"));
    }
    heads.push(pick(lang, "Datenschutzbeauftragter", "Data protection officer"));
    let mut rows = Vec::new();
    let lead = heads.len();
    for activity in activity::all(model, behalf, lang) {
        heads.truncate(lead);
        heads.extend(activity.facts.iter().map(|(head, _)| head.clone()));
        let mut row = vec![cell(activity.anchor), cell(us(model, lang))];
        if behalf {
            row.push(clients(model, tenant, lang));
        }
        row.push(cell(officer(model, lang)));
        row.extend(activity.facts.into_iter().map(|(_, value)| value));
        rows.push(row);
    }
    Table { heads, rows, ..Table::default() }
}

fn parties(model: &Model, behalf: bool, tenant: Option<&str>, lang: Lang) -> Vec<(String, Vec<Entry>)> {
    let label = |de: &str, en: &str| pick(lang, de, en);
    let mut facts = Vec::new();
    if behalf {
        facts.push((label("Auftragsverarbeiter", "Processor"), cell(us(model, lang))));
        facts.push((label("Verantwortlicher", "Controller"), clients(model, tenant, lang)));
    } else {
        facts.push((label("Verantwortlicher", "Controller"), cell(us(model, lang))));
        let joint = model.recipients.values().filter(|recipient| recipient.kind == RecipientKind::Joint);
        let joint = joint.map(|recipient| {
            let contact: Vec<_> =
                [Some(words::recipient(recipient, lang)), recipient.address.clone(), recipient.contact.clone()]
                    .into_iter()
                    .flatten()
                    .collect();
            contact.join(", ")
        });
        facts.push((label("Gemeinsam Verantwortliche", "Joint controllers"), cells(joint)));
    }
    facts.push((label("Datenschutzbeauftragter", "Data protection officer"), cell(officer(model, lang))));
    let authority = model.authority.name.get(lang);
    facts.push((
        label("Aufsichtsbehörde", "Supervisory authority"),
        cell(format!("{authority}, {}", model.authority.url)),
    ));
    facts.push((label("Speicherort", "Place of storage"), places(model, lang)));
    facts.push((
        label("Maßnahmen (Art. 32 DSGVO)", "Measures (Article 32 GDPR)"),
        cells(super::measures::titles(model, lang)),
    ));
    facts
}

/// Name and contact details of the operator.
pub(super) fn us(model: &Model, lang: Lang) -> String {
    let party = &model.controller;
    let mut line = format!("{}, {}, {}", party.name, party.address, say::country(&party.country, lang));
    let email = &party.email;
    line.push_str(&both!(lang, "; E-Mail {email}", "; email {email}"));
    if let Some(phone) = &party.phone {
        line.push_str(&both!(lang, ", Telefon {phone}", ", telephone {phone}"));
    }
    line
}

/// The tenant, or whoever is one.
fn clients(model: &Model, tenant: Option<&str>, lang: Lang) -> Vec<Entry> {
    if let Some(tenant) = tenant {
        return cell(tenant);
    }
    let label = model.audience_with(Relation::Tenant).map(|(_, audience)| audience.label.get(lang));
    cells(
        label
            .map(|label| {
                both!(
                    lang,
                    "{label}, jeweils mit Namen und Kontaktdaten aus ihrem Vertrag",
                    "{label}, each with the name and contact details in its contract",
                )
            })
            .map(|line| say::capital(&line)),
    )
}

/// The data protection officer, or why there is none.
fn officer(model: &Model, lang: Lang) -> String {
    match &model.dpo {
        Dpo::Appointed { name, email } => both!(lang, "{name}, E-Mail {email}", "{name}, email {email}"),
        Dpo::NotRequired { reason } => reason.get(lang).to_owned(),
    }
}

fn places(model: &Model, lang: Lang) -> Vec<Entry> {
    let storage = &model.storage;
    let host = model.recipients.get(&storage.processor).and_then(|known| known.name.as_deref());
    let host = host.unwrap_or(storage.processor.as_str());
    let place = say::country(&storage.country, lang);
    let mut lines = vec![both!(lang, "{place}; Betreiber der Server: {host}", "{place}; servers operated by {host}")];
    lines.extend(model.places.values().map(|known| {
        let (city, country) = (&known.city, say::country(&known.country, lang));
        both!(lang, "Kopien: {city} ({country})", "Copies: {city} ({country})")
    }));
    cells(lines)
}
