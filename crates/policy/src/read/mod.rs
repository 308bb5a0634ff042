//! From the text of the files to a draft of the model, with the place of every part for the checks.
//!
//! Nothing stops at the first mistake: an entry that cannot be read is reported and stands in the draft with empty
//! parts, so that what refers to it is not reported as well. A draft with a reported error never becomes a model.

mod country;
mod guard;
mod head;
mod inventory;
mod model;
mod outside;
mod place;
mod section;
mod sentences;
mod time;
mod tree;

use std::collections::HashMap;

use obhut_core::model::Model;

use crate::{
    diagnostic::{Diagnostic, Place},
    source::Sources,
};
pub(crate) use country::{in_eea, is_country};
use section::Reader;

/// What was read: the model, perhaps with gaps that were reported, and where everything stands.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) model: Model,
    pub(crate) places: Places,
}

/// Where everything stands, by path: `data.shopper`, `data.shopper.fields`, `data.shopper.fields[email]`.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<String, Place>);

impl Places {
    fn insert(&mut self, path: impl Into<String>, place: Place) {
        self.0.entry(path.into()).or_insert(place);
    }

    /// The place of `path`, or of the nearest thing around it.
    pub(crate) fn at(&self, path: &str) -> Place {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path) {
                return place.clone();
            }
            let Some((around, _)) = path.rsplit_once(['.', '[']) else {
                return Place::default();
            };
            path = around;
        }
    }

    /// The place of `path`, if the text has it.
    pub(crate) fn get(&self, path: &str) -> Option<Place> {
        self.0.get(path).cloned()
    }
}

/// Findings about one value alone: they are right even if the file around it could not be read.
const LOCAL: [&str; 8] =
    ["sentence", "rule-vague", "period", "wrong-type", "name", "unknown-country", "address", "toml"];

/// Reads the files. There is no draft if they are not TOML.
pub(crate) fn read(sources: &Sources) -> (Option<Draft>, Vec<Diagnostic>) {
    let mut findings = guard::check(sources);
    if !findings.is_empty() {
        return (None, findings);
    }
    let root = tree::parse(sources, &mut findings);
    let broken = findings.iter().any(|finding| finding.code == "toml");
    let mut reader = Reader::new(&mut findings);
    let model = model::model(&mut reader, &root);
    let places = reader.places;
    if let Some(format) = findings.iter().find(|finding| finding.code == "unknown-format").cloned() {
        // What another format demands is not known here.
        return (None, vec![format]);
    }
    if broken {
        // What a broken file seems to lack or to say twice may be an effect of where it is broken.
        findings.retain(|finding| LOCAL.contains(&finding.code));
        return (None, findings);
    }
    (Some(Draft { model, places }), findings)
}
