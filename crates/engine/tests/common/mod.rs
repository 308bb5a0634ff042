//! The `configurator` deployment, rehearsed with whatever a test puts in the place of a part.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "shared by several tests")]

pub(crate) mod house;

use std::{path::Path, sync::Arc};

use obhut_core::{clock::ManualClock, model::Model, promise::State};
use obhut_engine::{
    Engine, Host,
    promises::{self, Promise},
    prove,
    rehearse::{
        Plan, Report, rehearse,
        scenario::{self, Scenario},
    },
};
use obhut_keyring::{Keyring, Random, SeededRandom};
use obhut_policy::{Source, Sources};
use obhut_store::{Store, sqlite::SqliteStore};

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/configurator");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The published policy.
pub(crate) fn model() -> Model {
    let sources = Sources(vec![Source { name: "policy.toml".into(), text: read("policy.toml") }]);
    obhut_policy::load(&sources).model.expect("the policy of the deployment is clean")
}

/// Its promises.
pub(crate) fn all_promises() -> Vec<Promise> {
    promises::parse(&read("promises.toml")).unwrap()
}

/// Its people and events.
pub(crate) fn people() -> Scenario {
    scenario::parse(&read("people.toml")).unwrap()
}

/// A rehearsal of which a test replaces a part.
pub(crate) struct Setting {
    /// What the engine runs.
    pub(crate) running: Model,
    /// Whether the sweep runs.
    pub(crate) sweep: bool,
    /// What stands before the store.
    pub(crate) store: fn(Arc<dyn Store>) -> Arc<dyn Store>,
    /// How many people are invented.
    pub(crate) invented: usize,
    /// The scenario.
    pub(crate) scenario: Scenario,
}

impl Setting {
    /// Everything as it is published.
    pub(crate) fn sound() -> Self {
        Self { running: model(), sweep: true, store: |store| store, invented: 0, scenario: people() }
    }

    /// Plays it.
    pub(crate) fn play(self) -> Report {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.run())
    }

    async fn run(self) -> Report {
        let clock = Arc::new(ManualClock::new(self.scenario.start));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
        let keys = Arc::new(Keyring::ephemeral(&*random).unwrap());
        let store = (self.store)(Arc::new(SqliteStore::in_memory().unwrap()));
        let host = Host { clock: Arc::clone(&clock) as _, random };
        let engine = Engine::start(Arc::new(self.running), store, keys, host).await.unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let promises = all_promises();
        let plan = Plan {
            published: Arc::new(model()),
            scenario: &self.scenario,
            invented: self.invented,
            until: None,
            sweep: self.sweep,
            promises: &promises,
            checks: &prove::checks(),
            scratch: scratch.path(),
        };
        rehearse(&plan, &engine, &clock).await.expect("the rehearsal runs to its end")
    }
}

/// The state of a promise in a report.
#[track_caller]
pub(crate) fn state(report: &Report, number: u8) -> (State, &str) {
    let standing = &report.promises[&format!("configurator-{number:02}")];
    (standing.state, &standing.evidence)
}
