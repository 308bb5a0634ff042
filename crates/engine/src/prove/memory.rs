//! What a check remembers within one rehearsal.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use obhut_core::{model::Acts, promise::Outcome};

use super::{Actor, Stage};
use crate::promises::Promise;

/// The situations a check has looked at, and what it counted, for each promise.
///
/// A matrix of roles, purposes and classes gives the same answers wherever everything that an answer depends on is the
/// same; such a [`situation`] is looked at once. The counts go on, so that the evidence tells of the whole rehearsal.
#[derive(Default)]
pub(super) struct Memory(Mutex<BTreeMap<String, Known>>);

#[derive(Default)]
struct Known {
    situations: BTreeSet<String>,
    counts: [usize; 3],
}

impl Memory {
    /// Whether the situation is new for this promise; it is known from then on.
    pub(super) fn is_new(&self, promise: &Promise, situation: String) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(promise.id.clone()).or_default().situations.insert(situation)
    }

    /// Adds to the counts of a promise, and tells what they are now.
    pub(super) fn add(&self, promise: &Promise, counts: [usize; 3]) -> [usize; 3] {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sums = &mut known.entry(promise.id.clone()).or_default().counts;
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum = sum.saturating_add(count);
        }
        *sums
    }
}

/// The first failure; or `held` if this run looked at something and enough was seen so far; or why nothing is shown.
pub(super) fn outcome(failures: Vec<String>, (new, enough): (usize, bool), held: String, nothing: &str) -> Outcome {
    match failures.into_iter().next() {
        Some(failure) => Outcome::Failed(failure),
        None if new == 0 || !enough => Outcome::NotRun(nothing.to_owned()),
        None => Outcome::Held(held),
    }
}

/// Everything about a person on which the answer to "may this role read this for that purpose" can depend.
pub(super) fn situation(stage: &Stage<'_>, actor: &Actor) -> String {
    let now = stage.now();
    let mut records: Vec<String> = (0..)
        .zip(&actor.records)
        .map(|(place, record)| {
            let standing = actor.verdict(stage.published, place, now).map(|verdict| verdict.standing);
            format!("{} {:?} {standing:?}", record.class, record.facts)
        })
        .collect();
    records.sort();
    records.dedup();
    let given = stage.published.consents.keys().filter(|consent| stage.has_given(actor, consent));
    let opened: Vec<_> = actor.records.iter().map(|record| (&record.class, actor.history_of(record))).collect();
    let opens: BTreeSet<_> = stage
        .published
        .purposes
        .iter()
        .filter(|(_, purpose)| purpose.requires.is_some())
        .flat_map(|(name, purpose)| {
            let records = opened.iter().filter(|(class, _)| purpose.data.contains(class));
            records.filter(|(_, history)| stage.is_opened(purpose, history)).map(move |(class, _)| (name, *class))
        })
        .collect();
    format!("{} {records:?} {:?} {opens:?}", actor.audience, given.collect::<Vec<_>>())
}

/// The published roles that read at all: a form collects only.
pub(super) fn reading_roles<'a>(stage: &Stage<'a>) -> impl Iterator<Item = &'a obhut_core::id::RoleName> + use<'a> {
    stage.published.roles.iter().filter(|(_, role)| role.acts != Acts::Form).map(|(name, _)| name)
}
