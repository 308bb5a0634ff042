//! The technical and organisational measures (Art. 32, 25): those the policy declares, and those that the program
//! enforces for every policy.

use obhut_core::model::{Evidence, Lang, Model, Protects, Relation};

use super::{
    document::{Block, Document, Table, cell},
    words::{self, pick},
};
use crate::say;

/// A measure of the program: what it protects, its title, what it does; German and English.
struct BuiltIn {
    name: &'static str,
    protects: Protects,
    label: (&'static str, &'static str),
    text: (&'static str, &'static str),
}

/// What holds wherever a policy runs.
const BUILT_IN: [BuiltIn; 6] = [
    BuiltIn {
        name: "program.inventory",
        protects: Protects::Minimisation,
        label: ("Geschlossenes Inventar", "Closed inventory"),
        text: (
            "Angaben, die in keiner Datenart der Regeln stehen, werden zurückgewiesen und nicht gespeichert.",
            "Data that belong to none of the classes of the policy are refused and not stored.",
        ),
    },
    BuiltIn {
        name: "program.erasure",
        protects: Protects::Minimisation,
        label: ("Löschung durch Vernichtung der Schlüssel", "Erasure by destroying keys"),
        text: (
            "Mit der Löschung wird der Schlüssel der Daten vernichtet, sodass auch Kopien in Sicherungen unlesbar \
             bleiben.",
            "Erasure destroys the key of the data, so that copies in backups remain unreadable as well.",
        ),
    },
    BuiltIn {
        name: "program.encryption",
        protects: Protects::Confidentiality,
        label: ("Verschlüsselte Werte", "Encrypted values"),
        text: (
            "Jeder Wert wird unter einem Schlüssel der betroffenen Person und der Datenart verschlüsselt gespeichert.",
            "Every value is stored in encrypted form under a key of the person concerned and the class of data.",
        ),
    },
    BuiltIn {
        name: "program.purpose",
        protects: Protects::Confidentiality,
        label: ("Zugriff nur für einen Zweck", "Access for a purpose only"),
        text: (
            "Daten öffnet nur, wer in einer Rolle handelt, die der angegebene Zweck nennt, und nur die Daten dieses \
             Zwecks.",
            "Data are opened only to those who act in a role that the stated purpose names, and only the data of \
             that purpose.",
        ),
    },
    BuiltIn {
        name: "program.tenants",
        protects: Protects::Confidentiality,
        label: ("Trennung der Mandanten", "Separation of tenants"),
        text: (
            "Daten verschiedener Mandanten sind getrennt; kein Mandant kann Daten eines anderen abfragen.",
            "Data of different tenants are kept apart; no tenant can query the data of another.",
        ),
    },
    BuiltIn {
        name: "program.audit",
        protects: Protects::Integrity,
        label: ("Protokoll jedes Zugriffs", "Record of every access"),
        text: (
            "Jeder Zugriff und jede Änderung wird mit Zweck und Zeitpunkt festgehalten, bevor Daten herausgegeben \
             werden.",
            "Every access and every change is recorded with its purpose and time before data are handed out.",
        ),
    },
];

/// The measures of the program; separation only where there is something to separate.
fn built_in(model: &Model) -> impl Iterator<Item = &'static BuiltIn> {
    let tenants = model.audience_with(Relation::Tenant).is_some();
    BUILT_IN.iter().filter(move |one| tenants || one.name != "program.tenants")
}

/// How many measures there are.
pub(super) fn count(model: &Model) -> usize {
    built_in(model).count().saturating_add(model.measures.len())
}

/// The titles of all measures.
pub(super) fn titles(model: &Model, lang: Lang) -> Vec<String> {
    let own = model.measures.values().map(|measure| say::capital(measure.label.get(lang)));
    own.chain(built_in(model).map(|one| pick(lang, one.label.0, one.label.1))).collect()
}

fn heads(lang: Lang) -> Vec<String> {
    [
        ("Maßnahme", "Measure"),
        ("Was geschieht", "What is done"),
        ("Nachweis", "Evidence"),
        ("Überprüfung", "Review"),
        ("Bezug", "Control"),
        ("Gültig bis", "Valid until"),
    ]
    .iter()
    .map(|(de, en)| pick(lang, de, en))
    .collect()
}

/// One line for each measure with this goal of protection, after its name in the policy.
fn lines(model: &Model, goal: Protects, lang: Lang) -> Vec<(String, Vec<Vec<super::document::Entry>>)> {
    let own = model.measures.iter().filter(|(_, measure)| measure.protects == goal).map(|(name, measure)| {
        let row = vec![
            cell(say::capital(measure.label.get(lang))),
            cell(measure.text.get(lang)),
            cell(words::evidence(measure.evidence, lang)),
            cell(measure.review.map_or_else(String::new, |review| say::every(review, lang))),
            cell(measure.control.clone().unwrap_or_default()),
            cell(measure.until.map_or_else(String::new, |until| say::date(until, lang))),
        ];
        (name.as_str().to_owned(), row)
    });
    let built_in = built_in(model).filter(|one| one.protects == goal).map(|one| {
        let row = vec![
            cell(pick(lang, one.label.0, one.label.1)),
            cell(pick(lang, one.text.0, one.text.1)),
            cell(words::evidence(Evidence::Engine, lang)),
            Vec::new(),
            Vec::new(),
            Vec::new(),
        ];
        (one.name.to_owned(), row)
    });
    own.chain(built_in).collect()
}

/// The list as a document, by the goal of protection.
pub(super) fn document(model: &Model, lang: Lang) -> Document {
    let title = pick(lang, "Technische und organisatorische Maßnahmen", "Technical and organisational measures");
    let mut page = Document::new(model, lang, title);
    page.intro.push(pick(
        lang,
        "Maßnahmen nach Art. 32 und 25 DSGVO, geordnet nach dem, was sie schützen.",
        "Measures under Articles 32 and 25 GDPR, arranged by what they protect.",
    ));
    for (word, goal) in Protects::WORDS {
        let rows: Vec<_> = lines(model, *goal, lang).into_iter().map(|(_, row)| row).collect();
        let title = words::protects(*goal, lang);
        let table = Table { caption: title.clone(), heads: heads(lang), rows, ..Table::default() };
        page.section(format!("measures.{word}"), title, vec![Block::Table(table)]);
    }
    page
}

/// The list as one table.
pub(super) fn table(model: &Model, lang: Lang) -> Table {
    let mut columns = vec![pick(lang, "Kennung", "Id"), pick(lang, "Schutzziel", "Goal of protection")];
    columns.extend(heads(lang));
    let mut rows = Vec::new();
    for (_, goal) in Protects::WORDS {
        for (name, row) in lines(model, *goal, lang) {
            rows.push([cell(name), cell(words::protects(*goal, lang))].into_iter().chain(row).collect());
        }
    }
    Table { heads: columns, rows, ..Table::default() }
}
