//! The promises of a deployment: which sentence makes each, how it is proven, and by which check.

use std::collections::BTreeMap;

use obhut_core::{
    id::Anchor,
    model::{Lang, Text},
    promise::Proof,
};
use serde::Deserialize;

/// One promise, as `promises.toml` states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Its id, for example `configurator-25`.
    pub id: String,
    /// What is promised, in one sentence.
    pub text: Text,
    /// The sentences of the notice that make it.
    pub makes: Vec<Anchor>,
    /// How it is proven.
    pub proof: Proof,
    /// The check that could fail, or why there is none yet.
    pub by: By,
}

/// How a promise is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The name of the check.
    Check(String),
    /// There is no mechanism or no check yet; why.
    Nothing(Text),
}

/// `promises.toml` is not readable.
#[derive(Debug, thiserror::Error)]
pub enum PromisesError {
    /// It is not TOML of the expected shape; the message shows the place.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A promise has both a check and a reason why there is none, or neither.
    #[error("`{0}` needs exactly one of `check` and `unproven`")]
    CheckOrUnproven(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    de: String,
    en: String,
    makes: Vec<String>,
    proof: Proof,
    check: Option<String>,
    unproven: Option<Text>,
}

/// Reads `promises.toml`: one table per promise id.
pub fn parse(text: &str) -> Result<Vec<Promise>, PromisesError> {
    let entries: BTreeMap<String, Entry> = toml::from_str(text)?;
    entries
        .into_iter()
        .map(|(id, entry)| {
            let by = match (entry.check, entry.unproven) {
                (Some(check), None) => By::Check(check),
                (None, Some(reason)) => By::Nothing(reason),
                _ => return Err(PromisesError::CheckOrUnproven(id)),
            };
            Ok(Promise {
                id,
                text: Text { de: entry.de, en: entry.en },
                makes: entry.makes.iter().map(|anchor| Anchor::from(anchor.as_str())).collect(),
                proof: entry.proof,
                by,
            })
        })
        .collect()
}

impl Promise {
    /// Why the promise cannot be proven yet, if it cannot.
    pub fn unproven(&self, lang: Lang) -> Option<&str> {
        match &self.by {
            By::Check(_) => None,
            By::Nothing(reason) => Some(reason.get(lang)),
        }
    }

    /// The names of entries of the given kind that make it: `retain.shopper` is the entry `shopper` of kind `retain`.
    pub fn entries<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.makes.iter().filter_map(move |anchor| anchor.as_str().strip_prefix(kind)?.strip_prefix('.'))
    }
}
