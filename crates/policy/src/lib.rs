//! The policy language: from the text of a policy to the model that runs.
//!
//! Everything here is pure: no file, no clock, no randomness. The caller reads the files and says what day it is.
//!
//! | module | subject |
//! |---|---|
//! | [`source`] | the texts a policy consists of |
//! | [`diagnostic`] | findings with place, reason, help and article; drawn as text or given as JSON |
//! | [`sentence`] | the grammar of rules, periods and conditions; their canonical text |
//! | `read` | the tables of the files -> the model |
//! | `check` | what makes a policy incomplete or self-contradictory |
//! | [`statute`] | the periods of the law, as data |
//! | [`canonical`] | one text for one policy, and its hash |
//! | [`due`] | a pure calculation: when is what due for these events |
//! | [`notice`], [`say`] | the notice in both languages |
//! | [`render`] | records of processing, deletion concept, measures and more, for people and for programs |
//! | [`law`] | deadlines of laws beside the GDPR |
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)
)]

use jiff::civil::Date;
use obhut_core::model::Model;

pub mod canonical;
mod check;
pub mod diagnostic;
pub mod diff;
pub mod due;
pub mod law;
mod name;
pub mod notice;
mod read;
pub mod render;
pub mod say;
pub mod sentence;
pub mod source;
pub mod statute;

pub use diagnostic::{Diagnostic, Severity};
pub use source::{Source, Sources};

/// A policy that was read, and what was found in it.
#[derive(Debug)]
pub struct Loaded {
    /// The model; there is one exactly if no diagnostic is an error.
    pub model: Option<Model>,
    /// Everything that was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks a policy. What depends on the date ([`load_at`]) is not checked.
pub fn load(sources: &Sources) -> Loaded {
    load_at(sources, None)
}

/// Reads and checks a policy as of `today`: also that every safeguard stands and every agreement is signed by then.
pub fn load_at(sources: &Sources, today: Option<Date>) -> Loaded {
    let (draft, mut diagnostics) = read::read(sources);
    if let Some(draft) = &draft {
        check::run(draft, today, &mut diagnostics);
    }
    let valid = diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
    let model = draft.filter(|_| valid).map(|draft| {
        let mut model = draft.model;
        model.policy.hash = canonical::hash(&model);
        model
    });
    diagnostic::arrange(&mut diagnostics);
    Loaded { model, diagnostics }
}
