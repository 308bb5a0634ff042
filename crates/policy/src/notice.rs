//! The notice: a plain tree of sentences for one audience in one language.
//!
//! Both languages are made from one model by one walk, so they have the same items in the same order. Every item has
//! the anchor of the entry it renders: `prove` reports on it, and a refusal names it.
//!
//! | module | subject |
//! |---|---|
//! | `voice` | what concerns an audience, and how it is addressed |
//! | `party`, `inventory`, `purpose`, `term`, `access` | who answers, what, why, how long, who inside |
//! | `recipient`, `message`, `device`, `service`, `log`, `backup` | to whom it goes, and where it lies |
//! | `measure`, `right`, `identity`, `closing`, `jurisdiction` | protection, rights, what ends the notice |
//! | `summary`, `table` | the table that stands first; entries as a table |
//! | [`html`], [`markdown`], [`json`] | the forms it is published in |

use jiff::civil::Date;
use obhut_core::{
    id::{Anchor, AudienceName},
    model::{Lang, Model, PolicyHash},
};

use crate::say::{self, words};

mod access;
mod backup;
mod closing;
mod device;
pub mod html;
mod identity;
mod inventory;
pub mod json;
mod jurisdiction;
mod log;
pub mod markdown;
mod measure;
mod message;
mod party;
mod purpose;
mod recipient;
mod right;
mod service;
mod summary;
mod table;
mod term;
mod voice;

use voice::Voice;
pub(crate) use voice::short;

/// A notice for one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whom it addresses.
    pub audience: AudienceName,
    /// In which language.
    pub lang: Lang,
    /// The title.
    pub title: String,
    /// Version and validity.
    pub meta: Meta,
    /// The opening paragraphs.
    pub intro: Vec<String>,
    /// The first layer: what, why, how long, to whom. Absent if nothing at all is processed.
    pub summary: Option<Summary>,
    /// The second layer.
    pub sections: Vec<Section>,
}

/// Which policy the notice renders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Id of the deployment.
    pub policy: String,
    /// The version, for people.
    pub version: String,
    /// From when it applies.
    pub valid_from: Date,
    /// The hash of the policy.
    pub hash: PolicyHash,
    /// Where it is published.
    pub url: String,
}

/// The table that stands first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What the table shows.
    pub caption: String,
    /// The heads of the columns: what, why, how long, to whom.
    pub heads: [String; 4],
    /// One row for each class of data.
    pub rows: Vec<[Vec<Cell>; 4]>,
}

/// One entry of a cell, with the item that says more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The short text.
    pub text: String,
    /// The item of the second layer.
    pub anchor: Anchor,
}

/// A numbered section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its anchor, for example `notice.purposes`.
    pub anchor: Anchor,
    /// Its number, from 1.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// The sentence that holds for all of it.
    pub lead: Option<String>,
    /// Its items.
    pub items: Vec<Item>,
}

/// One promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The entry of the policy it renders, for example `retain.shopper`.
    pub anchor: Anchor,
    /// What it is about, where the text alone does not say so.
    pub term: Option<String>,
    /// The sentences.
    pub text: String,
    /// The provisions of the GDPR under which it has to be stated, for example `13(1)(c)`.
    pub articles: Vec<&'static str>,
    /// The same in short for a table, in the order of its columns; empty for what is no entry of a list.
    pub facts: Vec<Fact>,
}

/// One fact about an entry, for example its lifetime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The head of the column.
    pub head: &'static str,
    /// What holds for the entry.
    pub value: String,
}

impl Item {
    fn new(kind: &str, name: &str, articles: &[&'static str], text: String) -> Self {
        Self { anchor: Anchor::of(kind, name), term: None, text, articles: articles.to_vec(), facts: Vec::new() }
    }

    fn about(mut self, term: &str) -> Self {
        self.term = Some(say::capital(term));
        self
    }

    /// The item as a text that can stand alone.
    pub fn sentence(&self) -> String {
        match &self.term {
            Some(term) => format!("{term}: {}", self.text),
            None => self.text.clone(),
        }
    }
}

impl Notice {
    /// The notice for an audience; none if the policy does not have it. Where a tenant is the controller, it is
    /// described ("the business whose website you are using").
    pub fn of(model: &Model, audience: &AudienceName, lang: Lang) -> Option<Self> {
        Self::for_tenant(model, audience, lang, None)
    }

    /// The notice for an audience, with the tenant named that is the controller for it.
    pub fn for_tenant(model: &Model, audience: &AudienceName, lang: Lang, tenant: Option<&str>) -> Option<Self> {
        let voice = Voice::of(model, audience, lang, tenant)?;
        let label = voice.audience.label.get(lang);
        let drafts = [
            Some(party::section(&voice)),
            Some(inventory::section(&voice)),
            Some(purpose::section(&voice)),
            purpose::consents(&voice),
            term::section(&voice),
            Some(access::section(&voice)),
            Some(recipient::section(&voice)),
            Some(message::section(&voice)),
            Some(device::section(&voice)),
            service::section(&voice),
            log::section(&voice),
            backup::section(&voice),
            measure::section(&voice),
            Some(right::section(&voice)),
            Some(closing::authority(&voice)),
            Some(closing::automated(&voice)),
            closing::changes(&voice),
            jurisdiction::section(&voice),
        ];
        let sections = drafts
            .into_iter()
            .flatten()
            .zip(1..)
            .map(|(draft, number)| Section {
                anchor: Anchor::of("notice", draft.name),
                number,
                title: draft.title,
                lead: draft.lead,
                items: draft.items,
            })
            .collect();
        Some(Self {
            audience: audience.clone(),
            lang,
            title: words!(lang, "Datenschutzhinweis für {label}", "Privacy notice for {label}"),
            meta: Meta {
                policy: model.policy.id.clone(),
                version: model.policy.version.clone(),
                valid_from: model.policy.valid_from,
                hash: model.policy.hash,
                url: model.policy.notice_url.clone(),
            },
            intro: voice.intro(),
            summary: summary::table(&voice),
            sections,
        })
    }

    /// Every anchor, in the order of the text: each section, then its items.
    pub fn anchors(&self) -> Vec<&Anchor> {
        self.sections
            .iter()
            .flat_map(|section| std::iter::once(&section.anchor).chain(section.items.iter().map(|item| &item.anchor)))
            .collect()
    }

    /// The sentence with this anchor. For a section it is the sentence that holds for all of it.
    pub fn sentence(&self, anchor: &Anchor) -> Option<String> {
        self.sections.iter().find_map(|section| {
            if section.anchor == *anchor {
                return section.lead.clone().or_else(|| section.items.first().map(Item::sentence));
            }
            section.items.iter().find(|item| item.anchor == *anchor).map(Item::sentence)
        })
    }

    /// The lines of the head: version, validity, hash, address.
    pub fn head(&self) -> [(&'static str, String); 4] {
        let lang = self.lang;
        let label = |de, en| if lang == Lang::De { de } else { en };
        [
            (label("Fassung", "Version"), self.meta.version.clone()),
            (label("Gültig ab", "Valid from"), say::date(self.meta.valid_from, lang)),
            (label("Veröffentlicht unter", "Published at"), self.meta.url.clone()),
            (label("Prüfsumme der Regeln (SHA-256)", "Hash of the policy (SHA-256)"), self.meta.hash.to_string()),
        ]
    }
}

/// The sentence of the notice that an anchor names, from the first audience whose notice has it.
pub fn sentence(model: &Model, anchor: &Anchor, lang: Lang) -> Option<String> {
    model.audiences.keys().find_map(|audience| Notice::of(model, audience, lang)?.sentence(anchor))
}

/// A section before it has a number.
struct Draft {
    name: &'static str,
    title: String,
    lead: Option<String>,
    items: Vec<Item>,
}

#[cfg(test)]
mod tests;
