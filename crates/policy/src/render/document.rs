//! A document for print, before it has a form: sections of paragraphs and tables.

use obhut_core::model::{Lang, Model};

use crate::say::{self, words};

/// A document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) lang: Lang,
    pub(super) title: String,
    /// The facts that stand below the title.
    pub(super) head: Vec<(String, String)>,
    /// The opening paragraphs.
    pub(super) intro: Vec<String>,
    pub(super) sections: Vec<Section>,
}

/// A numbered section.
#[derive(Debug)]
pub(super) struct Section {
    /// Its anchor; no two sections have the same.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// What a section consists of.
#[derive(Debug)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Table),
}

/// A table. The first cell of a row is its head.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) caption: String,
    /// The heads of the columns; none: the heads of the rows suffice.
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<Vec<Entry>>>,
    /// On paper the entries of a cell follow one another instead of standing below one another.
    pub(super) dense: bool,
}

/// A text that may lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

impl Entry {
    /// A text that leads to `href`.
    pub(super) fn to(text: &str, href: String) -> Self {
        Self { text: text.to_owned(), href: Some(href) }
    }
}

impl From<String> for Entry {
    fn from(text: String) -> Self {
        Self { text, href: None }
    }
}

impl From<&str> for Entry {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A cell with one text; empty if there is nothing to say.
pub(super) fn cell(text: impl Into<String>) -> Vec<Entry> {
    let text = text.into();
    if text.is_empty() { Vec::new() } else { vec![text.into()] }
}

/// A cell with one line for each text.
pub(super) fn cells<T: Into<Entry>>(texts: impl IntoIterator<Item = T>) -> Vec<Entry> {
    texts.into_iter().map(Into::into).collect()
}

impl Document {
    /// An empty document about a policy, with its version.
    pub(super) fn new(model: &Model, lang: Lang, title: String) -> Self {
        let policy = &model.policy;
        let label = |de: &str, en: &str| if lang == Lang::De { de } else { en }.to_owned();
        let head = vec![
            (label("Fassung der Regeln", "Version of the policy"), policy.version.clone()),
            (label("Gültig ab", "Valid from"), say::date(policy.valid_from, lang)),
            (label("Prüfsumme der Regeln (SHA-256)", "Hash of the policy (SHA-256)"), policy.hash.to_string()),
        ];
        Self { lang, title, head, intro: Vec::new(), sections: Vec::new() }
    }

    /// Adds a section; one without content is left out.
    pub(super) fn section(&mut self, id: impl Into<String>, title: String, blocks: Vec<Block>) {
        let filled = |block: &Block| match block {
            Block::Text(text) => !text.is_empty(),
            Block::Table(table) => !table.rows.is_empty(),
        };
        let blocks: Vec<_> = blocks.into_iter().filter(filled).collect();
        if !blocks.is_empty() {
            self.sections.push(Section { id: id.into(), title, blocks });
        }
    }

    /// What the contents are called.
    pub(super) fn contents(&self) -> String {
        words!(self.lang, "Inhalt", "Contents")
    }
}

impl Table {
    /// A table of facts: a head and its value on each line. Facts without a value are left out.
    pub(super) fn facts(caption: String, facts: Vec<(String, Vec<Entry>)>) -> Self {
        let rows = facts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| vec![vec![name.into()], value])
            .collect();
        Self { caption, rows, ..Self::default() }
    }
}
