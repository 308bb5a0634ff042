//! Proving: each promise has a check that could fail.
//!
//! A check compares what the running engine does and holds with what the *published* policy says. Both are given
//! separately ([`Stage::published`] and [`Stage::engine`]), so an engine that runs something else is found out.
//!
//! The checks of this crate look at data; those of pages live with the pages and implement the same [`Check`].

mod access;
mod board;
mod erasure;
mod gates;
mod inventory;
mod retention;
mod stage;

use async_trait::async_trait;
use obhut_core::promise::Outcome;

pub use board::{Board, Entry};
pub use stage::{Actor, Expected, Played, PlayedErasure, PlayedTenant, Stage};

use crate::{Error, promises::Promise};

/// When a check can find something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At every instant at which a date is reached, and after everything that happens.
    Always,
    /// After everything that happens to a declared person.
    Happens,
    /// Once, at the end.
    End,
}

/// A check of one or several promises.
#[async_trait]
pub trait Check: Send + Sync {
    /// The name by which `promises.toml` refers to it.
    fn name(&self) -> &'static str;

    /// When it is worth running.
    fn when(&self) -> When {
        When::Happens
    }

    /// Whether it may also look at real people's data: then it changes nothing and opens nothing.
    fn live(&self) -> bool {
        false
    }

    /// Looks. An error of the engine that the check did not expect is an outcome too; the runner makes it a failure.
    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error>;
}

/// The checks over data.
pub fn checks() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(retention::GoneInTime),
        Box::new(retention::StaysOnConsent),
        Box::new(retention::LogInEnds),
        Box::new(access::EventRequired),
        Box::new(access::OnlyTheClient),
        Box::new(access::OperatorClosed),
        Box::new(access::OwnPeopleOnly),
        Box::new(access::ConsentedPurposeOnly),
        Box::new(inventory::OnlyDeclared),
        Box::new(inventory::OnlyOnCondition),
        Box::new(inventory::ListComplete),
        Box::new(inventory::DownloadComplete),
        Box::new(inventory::TenantDownload),
        Box::new(erasure::TenantErased),
        Box::new(erasure::Cascade),
        Box::new(erasure::SingleErasure),
        Box::new(gates::ContactPurposes),
        Box::new(gates::OperatorNeverWrites),
        Box::new(gates::OwnTenantWrites),
        Box::new(gates::AgreedDisclosure),
        Box::new(gates::ApprovedDemand),
        Box::new(gates::NeverDisclosed),
    ]
}

/// `held`, or the first failure.
fn verdict(failures: Vec<String>, looked: usize, held: String, nothing: &str) -> Outcome {
    match failures.into_iter().next() {
        Some(failure) => Outcome::Failed(failure),
        None if looked == 0 => Outcome::NotRun(nothing.to_owned()),
        None => Outcome::Held(held),
    }
}
