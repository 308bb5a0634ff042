//! A rehearsal with everything: the engine, the pages, and the checks of both.

use std::{path::Path, sync::Arc};

use axum::Router;
use jiff::Timestamp;
use obhut_core::{clock::ManualClock, model::Model};
use obhut_engine::{
    Engine, Error, Host,
    promises::Promise,
    prove::{self, Board},
    rehearse::{Plan, Report, rehearse, scenario::Scenario},
};
use obhut_keyring::{Keyring, Random, SeededRandom};
use obhut_store::Store;

use crate::{App, MemoryLog, proofs, router};

mod lanes;
mod picture;
pub mod report;

/// What is rehearsed.
pub struct Rehearsal<'a> {
    /// The published policy: what the promises are measured against.
    pub published: Arc<Model>,
    /// The policy the engine runs. The same, unless a test shows that another one is found out.
    pub running: Arc<Model>,
    /// An empty store.
    pub store: Arc<dyn Store>,
    /// The people and events.
    pub scenario: &'a Scenario,
    /// The promises.
    pub promises: &'a [Promise],
    /// How many people to invent.
    pub invented: usize,
    /// Where to end at the latest.
    pub until: Option<Timestamp>,
    /// Whether the sweep runs.
    pub sweep: bool,
    /// What stands between the pages and who looks at them; nothing, unless a test distorts them.
    pub distort: fn(Router) -> Router,
    /// A folder for copies of the store.
    pub scratch: &'a Path,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The engine could not go on.
    #[error(transparent)]
    Engine(#[from] Error),
    /// No keys could be made.
    #[error(transparent)]
    Keyring(#[from] obhut_keyring::KeyringError),
}

impl<'a> Rehearsal<'a> {
    /// A rehearsal of a policy as it is published.
    pub fn new(
        published: Arc<Model>,
        store: Arc<dyn Store>,
        (scenario, promises): (&'a Scenario, &'a [Promise]),
        scratch: &'a Path,
    ) -> Self {
        Self {
            running: Arc::clone(&published),
            published,
            store,
            scenario,
            promises,
            invented: 0,
            until: None,
            sweep: true,
            distort: |router| router,
            scratch,
        }
    }

    /// Plays it through. Keys and ids come from a fixed seed, so the same rehearsal gives the same report.
    pub async fn run(self) -> Result<Report, RehearsalError> {
        let clock = Arc::new(ManualClock::new(self.scenario.start));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(1));
        let keys = Arc::new(Keyring::ephemeral(&*random)?);
        let host = Host { clock: Arc::clone(&clock) as _, random };
        let engine = Engine::start(self.running, self.store, keys, host).await?;
        let log = Arc::new(MemoryLog::default());
        let app = App {
            engine: engine.clone(),
            promises: self.promises.to_vec(),
            board: Arc::new(Board::default()),
            checks: Vec::new(),
            log: Arc::clone(&log) as _,
            demo: None,
        };
        let pages = (self.distort)(router(Arc::new(app)));
        let mut checks = prove::checks();
        checks.extend(proofs::checks(pages, log));
        let plan = Plan {
            published: self.published,
            scenario: self.scenario,
            invented: self.invented,
            until: self.until,
            sweep: self.sweep,
            promises: self.promises,
            checks: &checks,
            scratch: self.scratch,
        };
        Ok(rehearse(&plan, &engine, &clock).await?)
    }
}
