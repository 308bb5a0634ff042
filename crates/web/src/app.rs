//! What every handler has at hand.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use obhut_core::{clock::ManualClock, id::TenantId};
use obhut_engine::{
    Engine,
    promises::Promise,
    prove::{Board, Check},
};

/// Where the server's log lines go: standard error, or a list that a check reads.
pub trait Log: Send + Sync {
    /// Takes one line.
    fn line(&self, line: &str);
}

/// A log that keeps its newest lines in memory; for checks and tests.
#[derive(Debug, Default)]
pub struct MemoryLog(Mutex<VecDeque<String>>);

impl MemoryLog {
    /// How many lines it keeps at most, so that a check which runs for months does not fill the memory.
    pub const MOST: usize = 10_000;

    /// The lines it has, the oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Log for MemoryLog {
    fn line(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == Self::MOST {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }
}

/// The running deployment as the handlers see it.
pub struct App {
    /// The policy at work.
    pub engine: Engine,
    /// The promises of the deployment.
    pub promises: Vec<Promise>,
    /// Their present states.
    pub board: Arc<Board>,
    /// The checks that may look at real data.
    pub checks: Vec<Box<dyn Check>>,
    /// Where log lines go.
    pub log: Arc<dyn Log>,
    /// The movable clock and the invented clients of a demo.
    pub demo: Option<Demo>,
}

/// What only a demo has.
pub struct Demo {
    /// The clock the page can move.
    pub clock: Arc<ManualClock>,
    /// The invented clients.
    pub clients: Vec<DemoClient>,
    /// Lines on what the last move of the clock changed, newest move only.
    pub changed: Mutex<Vec<String>>,
}

/// An invented client.
#[derive(Debug, Clone)]
pub struct DemoClient {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// The API key of its staff, shown on the start page of the demo.
    pub key: String,
}
