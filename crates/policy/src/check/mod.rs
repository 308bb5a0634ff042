//! What makes a policy incomplete or self-contradictory.
//!
//! Each check is one function over the draft. A part that could not be read stands in the draft empty and was
//! reported; checks pass over it.

mod branches;
mod completeness;
mod cookies;
mod disclosure;
mod inventory;
mod links;
mod messages;
mod recipients;
mod retention;

use jiff::civil::Date;
use obhut_core::model::Model;

use crate::{
    diagnostic::{Diagnostic, Place},
    read::Draft,
};

/// What the checks look at, and what they found.
struct Check<'d> {
    model: &'d Model,
    draft: &'d Draft,
    today: Option<Date>,
    findings: &'d mut Vec<Diagnostic>,
}

impl Check<'_> {
    fn at(&self, path: &str) -> Place {
        self.draft.places.at(path)
    }

    fn report(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }
}

/// Runs every check.
pub(crate) fn run(draft: &Draft, today: Option<Date>, findings: &mut Vec<Diagnostic>) {
    let mut check = Check { model: &draft.model, draft, today, findings };
    for run in [
        links::run,
        inventory::run,
        completeness::run,
        branches::run,
        retention::run,
        recipients::run,
        disclosure::run,
        messages::run,
        cookies::run,
    ] {
        run(&mut check);
    }
}
