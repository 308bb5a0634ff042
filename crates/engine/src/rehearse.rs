//! Rehearsal: the real engine on a manual clock, through to the last due date.
//!
//! The people and events declared beside a policy are played, with any number of invented people; the sweep runs on
//! its grid; and every promise is checked at every instant at which it could break: after everything that happens, one
//! second before each window of a sweep opens, and when it closes.

mod book;
mod happen;
mod play;
pub mod scenario;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use jiff::Timestamp;
use obhut_core::{
    change::Receipt,
    clock::ManualClock,
    id::{HoldName, RetentionName, TenantId},
    model::{Action, Model},
    period::Period,
    promise::{Outcome, Standing},
};
use serde::Serialize;

pub use play::Rehearsal;

use crate::{
    Engine, Error,
    promises::{By, Promise},
    prove::{Check, Played, Stage, When},
};

/// What a rehearsal needs beside the engine.
pub struct Plan<'a> {
    /// The policy that is published; the engine may run another one, and then promises break.
    pub published: Arc<Model>,
    /// The people and events.
    pub scenario: &'a scenario::Scenario,
    /// How many people to invent beside them.
    pub invented: usize,
    /// Where to end at the latest.
    pub until: Option<Timestamp>,
    /// Whether the sweep runs; off only to show that its absence is found out.
    pub sweep: bool,
    /// The promises.
    pub promises: &'a [Promise],
    /// The checks.
    pub checks: &'a [Box<dyn Check>],
    /// A folder for copies of the store.
    pub scratch: &'a Path,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: Happened,
}

/// What a line of the timeline says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Happened {
    /// A tenant was opened.
    Opened {
        /// Its name in the scenario.
        tenant: String,
    },
    /// A person's data came in.
    Came {
        /// The name in the scenario.
        person: String,
        /// Its tenant's; empty for the operator's own people.
        tenant: String,
    },
    /// An event happened.
    Event {
        /// To whom.
        to: String,
        /// Which.
        event: String,
    },
    /// A tenant chose a period of its own.
    Chose {
        /// Which tenant.
        tenant: String,
        /// For which rule.
        rule: RetentionName,
        /// The period.
        period: Period,
    },
    /// A consent was given.
    Gave {
        /// By whom.
        person: String,
        /// Which.
        consent: String,
    },
    /// A consent was withdrawn.
    Withdrew {
        /// Whose.
        person: String,
        /// Which.
        consent: String,
    },
    /// A person was erased on request.
    Erased {
        /// Who.
        person: String,
    },
    /// A tenant ended.
    Ended {
        /// Which.
        tenant: String,
    },
    /// A dispute began: it keeps data past its date.
    Held {
        /// Whose.
        person: String,
        /// Which hold.
        hold: HoldName,
    },
    /// A dispute ended.
    Lifted {
        /// Whose.
        person: String,
        /// Which hold.
        hold: HoldName,
    },
    /// A sweep erased or anonymised by a rule.
    Swept {
        /// By which rule.
        rule: RetentionName,
        /// What it did.
        action: Action,
        /// Who, by their names in the scenario; invented people are only counted.
        people: Vec<String>,
        /// How many records.
        records: u64,
        /// How many other people went with them.
        cascaded: u64,
    },
    /// Something declared could not be done.
    Failed {
        /// To whom it was to happen.
        to: String,
        /// Why it could not.
        why: String,
    },
    /// A promise broke.
    Broke {
        /// Which.
        promise: String,
        /// What was seen.
        evidence: String,
    },
}

/// The outcome of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The standing of each promise, by its id.
    pub promises: BTreeMap<String, Standing>,
    /// What happened, in order.
    pub timeline: Vec<Moment>,
    /// How many instants were looked at.
    pub instants: u64,
    /// How many people were played.
    pub people: usize,
    /// When it ended.
    pub ended: Timestamp,
    /// Every receipt, by time, with whose people it is about.
    pub receipts: Vec<(TenantId, Receipt)>,
    /// The book: who came, and what happened.
    pub played: Played,
}

/// Runs the checks of one instant and folds their outcomes in.
async fn look(
    plan: &Plan<'_>,
    engine: &Engine,
    played: &Played,
    (at, focus): (When, &[usize]),
    standings: &mut BTreeMap<String, Standing>,
    timeline: &mut Vec<Moment>,
) -> Result<(), Error> {
    let stage = Stage { engine, published: &plan.published, played: Some(played), focus };
    for promise in plan.promises {
        let By::Check(name) = &promise.by else { continue };
        let Some(check) = plan.checks.iter().find(|check| check.name() == name) else { continue };
        let now = check.when() == at || (at == When::Happens && check.when() == When::Always);
        if !now {
            continue;
        }
        let outcome = match check.run(&stage, promise).await {
            Ok(outcome) => outcome,
            Err(Error::Store(error)) => return Err(Error::Store(error)),
            Err(error) => Outcome::Failed(format!("the check met an error: {error}")),
        };
        let standing = standings.entry(promise.id.clone()).or_default();
        let before = standing.state;
        standing.add(outcome);
        if standing.state != before && standing.state == obhut_core::promise::State::Broken {
            let what = Happened::Broke { promise: promise.id.clone(), evidence: standing.evidence.clone() };
            timeline.push(Moment { at: engine.now(), what });
        }
    }
    Ok(())
}

/// The standings before anything was looked at: a promise without a check says why, one whose check does not exist is
/// a mistake in `promises.toml` and says so.
fn unlooked(plan: &Plan<'_>) -> BTreeMap<String, Standing> {
    let standing = |promise: &Promise| {
        let mut standing = Standing::default();
        match &promise.by {
            By::Nothing(reason) => standing.add(Outcome::NotRun(reason.en.clone())),
            By::Check(name) if !plan.checks.iter().any(|check| check.name() == name) => {
                standing.add(Outcome::NotRun(format!("there is no check `{name}` here")));
            }
            By::Check(_) => standing.add(Outcome::NotRun("its occasion did not come up".into())),
        }
        standing
    };
    plan.promises.iter().map(|promise| (promise.id.clone(), standing(promise))).collect()
}

/// Plays the plan on `engine`, whose clock is `clock`.
pub async fn rehearse(plan: &Plan<'_>, engine: &Engine, clock: &ManualClock) -> Result<Report, Error> {
    Rehearsal::new(plan, engine, clock).run().await
}
