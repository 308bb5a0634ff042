//! The notice in brief, for most audiences one printed page: who, what, why, how long, to whom, which rights. Every line
//! leads to the sentence of the notice that says it in full.

use obhut_core::{
    id::{Anchor, AudienceName},
    model::{Lang, Model},
};

use super::{
    document::{Block, Document, Entry, Table, cell},
    words::{lower, pick},
};
use crate::{
    notice::{Cell, Notice, Section, Summary},
    say::{self, words as both},
};

/// The summary for these audiences.
pub(super) fn document(model: &Model, audiences: &[AudienceName], tenant: Option<&str>, lang: Lang) -> Document {
    let title = pick(lang, "Datenschutz in Kürze", "Privacy in brief");
    let mut page = Document::new(model, lang, title);
    let url = &model.policy.notice_url;
    page.head = vec![
        (pick(lang, "Fassung", "Version"), model.policy.version.clone()),
        (pick(lang, "Gültig ab", "Valid from"), say::date(model.policy.valid_from, lang)),
        (pick(lang, "Vollständiger Hinweis", "Complete notice"), url.clone()),
    ];
    page.intro.push(pick(
        lang,
        "Diese Seite fasst zusammen, was der vollständige Hinweis sagt; dieser geht ihr vor.",
        "This page summarises the complete notice, which takes precedence over it.",
    ));
    for name in audiences {
        let Some(notice) = Notice::for_tenant(model, name, lang, tenant) else { continue };
        let label = model.audiences.get(name).map_or(name.as_str(), |audience| audience.label.get(lang));
        let title = both!(lang, "Für {label}", "For {label}");
        page.section(format!("summary.{name}"), title, blocks(model, &notice, url, lang));
    }
    page
}

fn blocks(model: &Model, notice: &Notice, url: &str, lang: Lang) -> Vec<Block> {
    let mut facts = vec![(pick(lang, "Wer", "Who"), who(model, notice, url, lang))];
    let questions = [
        pick(lang, "Welche Daten", "Which data"),
        pick(lang, "Wozu", "Why"),
        pick(lang, "Wie lange", "How long"),
        pick(lang, "An wen", "To whom"),
    ];
    if let Some(summary) = &notice.summary {
        for (index, question) in questions.into_iter().enumerate() {
            // A period means nothing without what it is the period of.
            let named = index == 2 && summary.rows.len() > 1;
            facts.push((question, if named { periods(summary, url) } else { column(summary, index, url) }));
        }
    } else {
        let none = notice.sections.iter().find(|section| section.anchor.as_str() == "notice.data");
        let text = none.and_then(|section| section.lead.clone()).unwrap_or_default();
        facts.push((pick(lang, "Welche Daten", "Which data"), cell(text)));
    }
    facts.push((pick(lang, "Ihre Rechte", "Your rights"), rights(notice, url)));
    facts.push((pick(lang, "So erreichen Sie uns", "How to reach us"), contact(model, url, lang)));
    let caption = pick(lang, "Das Wichtigste", "The essentials");
    vec![Block::Table(Table { dense: true, ..Table::facts(caption, facts) })]
}

/// The entries of a column, each once.
fn column(summary: &Summary, index: usize, url: &str) -> Vec<Entry> {
    let mut seen: Vec<Entry> = Vec::new();
    for one in summary.rows.iter().filter_map(|row| row.get(index)).flatten() {
        let entry = Entry::to(&one.text, format!("{url}#{}", one.anchor.as_str()));
        if !seen.contains(&entry) {
            seen.push(entry);
        }
    }
    seen
}

/// The periods, each with the data it holds for.
fn periods(summary: &Summary, url: &str) -> Vec<Entry> {
    let mut groups: Vec<(&Cell, Vec<&str>)> = Vec::new();
    for [what, _, how_long, _] in &summary.rows {
        for period in how_long {
            let labels = what.iter().map(|cell| cell.text.as_str());
            match groups.iter_mut().find(|(known, _)| *known == period) {
                Some((_, known)) => known.extend(labels),
                None => groups.push((period, labels.collect())),
            }
        }
    }
    let all = summary.rows.len();
    let line = |(period, labels): (&Cell, Vec<&str>)| {
        let text = if labels.len() == all {
            period.text.clone()
        } else {
            format!("{}: {}", labels.join("; "), lower(&period.text))
        };
        Entry::to(&text, format!("{url}#{}", period.anchor.as_str()))
    };
    groups.into_iter().map(line).collect()
}

/// Who is responsible, and how to reach them.
fn who(model: &Model, notice: &Notice, url: &str, lang: Lang) -> Vec<Entry> {
    let party = &model.controller;
    let (name, email) = (&party.name, &party.email);
    let tenant = Anchor::of("controller", "tenant");
    let behalf = notice.sentence(&tenant).is_some();
    let text = if behalf {
        both!(
            lang,
            "Verantwortlich ist das Unternehmen, dessen Dienst Sie nutzen. {name} verarbeitet die Daten in seinem \
             Auftrag; E-Mail {email}",
            "The business whose service you use is the controller. {name} processes the data on its behalf; email \
             {email}",
        )
    } else {
        both!(lang, "Verantwortlich ist {name}; E-Mail {email}", "The controller is {name}; email {email}")
    };
    let anchor = if behalf { tenant } else { Anchor::of("controller", "identity") };
    vec![Entry::to(&text, format!("{url}#{}", anchor.as_str()))]
}

/// The names of the rights, each leading to its sentence.
fn rights(notice: &Notice, url: &str) -> Vec<Entry> {
    let section = |section: &&Section| section.anchor.as_str() == "notice.rights";
    notice
        .sections
        .iter()
        .find(section)
        .into_iter()
        .flat_map(|section| &section.items)
        .filter(|item| item.anchor.as_str().starts_with("rights."))
        .filter_map(|item| Some(Entry::to(item.term.as_ref()?, format!("{url}#{}", item.anchor.as_str()))))
        .chain(complaint(notice, url))
        .collect()
}

/// How a right is exercised.
fn contact(model: &Model, url: &str, lang: Lang) -> Vec<Entry> {
    let (email, within) = (&model.rights.email, say::within(model.rights.deadline, lang));
    let text = both!(
        lang,
        "Eine formlose Nachricht an {email} genügt; Sie erhalten {within} eine Antwort.",
        "An informal message to {email} is enough; you receive an answer {within}.",
    );
    vec![Entry::to(&text, format!("{url}#rights.contact"))]
}

fn complaint(notice: &Notice, url: &str) -> Option<Entry> {
    let section = notice.sections.iter().find(|section| section.anchor.as_str() == "notice.authority")?;
    Some(Entry::to(&section.title, format!("{url}#{}", section.anchor.as_str())))
}
