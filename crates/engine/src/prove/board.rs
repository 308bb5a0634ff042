//! The board: the present state of every promise, from the rehearsal and from looking at the real data.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use jiff::Timestamp;
use obhut_core::promise::{Outcome, Standing, State};

use super::{Check, Stage};
use crate::{
    Engine, Error,
    promises::{By, Promise},
    rehearse::Report,
};

/// What the board says about one promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its standing.
    pub standing: Standing,
    /// Since when it has this state.
    pub since: Timestamp,
    /// When it was last looked at.
    pub checked: Timestamp,
    /// Whether real data was looked at; otherwise it was shown in the rehearsal of this policy.
    pub live: bool,
}

/// The states of all promises of a running deployment.
#[derive(Debug, Default)]
pub struct Board(RwLock<BTreeMap<String, Entry>>);

impl Board {
    /// What is known, by promise id.
    pub fn entries(&self) -> BTreeMap<String, Entry> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over what a rehearsal of the running policy showed.
    pub fn rehearsed(&self, report: &Report, now: Timestamp) {
        for (id, standing) in &report.promises {
            self.set(id, standing.clone(), now, false);
        }
    }

    /// Looks at the real data with every check that may, and keeps what it found. A broken promise of the rehearsal
    /// stays broken, whatever the real data look like.
    pub async fn look(&self, engine: &Engine, promises: &[Promise], checks: &[Box<dyn Check>]) -> Result<(), Error> {
        let stage = Stage { engine, published: engine.model(), played: None, focus: &[] };
        for promise in promises {
            let By::Check(name) = &promise.by else { continue };
            let Some(check) = checks.iter().find(|check| check.name() == name && check.live()) else { continue };
            let outcome = match check.run(&stage, promise).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome::Failed(format!("the check met an error: {error}")),
            };
            if matches!(outcome, Outcome::NotRun(_)) {
                continue;
            }
            let mut standing = Standing::default();
            standing.add(outcome);
            let known = self.entries().remove(&promise.id);
            standing.checks += known.as_ref().map_or(0, |entry| entry.standing.checks);
            if !known.is_some_and(|entry| !entry.live && entry.standing.state == State::Broken) {
                self.set(&promise.id, standing, engine.now(), true);
            }
        }
        Ok(())
    }

    fn set(&self, id: &str, standing: Standing, now: Timestamp, live: bool) {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let since = entries.get(id).filter(|entry| entry.standing.state == standing.state).map_or(now, |e| e.since);
        entries.insert(id.to_owned(), Entry { standing, since, checked: now, live });
    }
}
