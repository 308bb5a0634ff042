//! What makes a policy incomplete or self-contradictory.
//!
//! Each check is one function over the draft. A part that could not be read stands in the draft empty and was
//! reported; checks pass over it.

mod branches;
mod completeness;
mod cookies;
mod copies;
mod dated;
mod disclosure;
pub(crate) mod host;
mod inventory;
mod links;
mod logs;
mod messages;
mod proof;
mod recipients;
mod references;
mod retention;
mod rights;
mod rules;
mod services;
mod special;
mod statutes;
mod time;
mod words;

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
        references::run,
        words::run,
        inventory::run,
        completeness::run,
        special::run,
        rules::run,
        branches::run,
        retention::run,
        statutes::run,
        proof::run,
        recipients::run,
        dated::run,
        disclosure::run,
        copies::run,
        messages::run,
        cookies::run,
        services::run,
        logs::run,
        rights::run,
    ] {
        run(&mut check);
    }
}
