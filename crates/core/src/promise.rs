//! Promises and their states.

use serde::{Deserialize, Serialize};

/// How a promise is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// The engine makes the contrary impossible.
    Enforced,
    /// A check looks at the real state.
    Measured,
    /// A person states a fact outside software, with evidence and an expiry date.
    Attested,
}

/// The state of a promise: one of three, never a fourth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its check ran inside its period and held.
    Kept,
    /// Its check did not run, or cannot run here.
    Unproven,
    /// Its check ran and did not hold.
    Broken,
}

/// The outcome of one run of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It held; what was seen.
    Held(String),
    /// It did not hold; what was seen. Never a personal value.
    Failed(String),
    /// There was nothing to look at, or no way to.
    NotRun(String),
}

/// The state of one promise over several runs of its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// One line of evidence: the failure if one run failed, else the newest run that held, else why none ran.
    pub evidence: String,
    /// How many runs looked at something.
    pub checks: u64,
}

impl Default for Standing {
    fn default() -> Self {
        Self { state: State::Unproven, evidence: "not checked yet".into(), checks: 0 }
    }
}

impl Standing {
    /// Folds one more run in: a failure stays, whatever follows.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Held(evidence) => {
                self.checks = self.checks.saturating_add(1);
                if self.state != State::Broken {
                    self.state = State::Kept;
                    self.evidence = evidence;
                }
            }
            Outcome::Failed(evidence) => {
                self.checks = self.checks.saturating_add(1);
                if self.state != State::Broken {
                    self.state = State::Broken;
                    self.evidence = evidence;
                }
            }
            Outcome::NotRun(why) => {
                if self.checks == 0 {
                    self.evidence = why;
                }
            }
        }
    }
}
