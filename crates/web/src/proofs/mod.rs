//! Checks of the promises that pages make.
//!
//! Each looks at the pages from outside, as a browser would: requests to the router, in process, without a network. What
//! is expected comes from the published policy ([`Stage::published`](obhut_engine::prove::Stage)), never from the policy
//! the pages happen to run. Whatever a check stores it erases again.
//!
//! | module | subject |
//! |---|---|
//! | `visitor`, `markup` | sending requests; reading what comes back |
//! | `anchors`, `notice`, `sentences` | what a notice has to contain; whether it does, and says it as published |
//! | `shopper`, `form` | somebody who fills in the form; what the form promises |
//! | `logs` | what is written about who visits |
//! | `cookies`, `login` | what is left on the visitor's device |

use std::sync::Arc;

use axum::Router;
use obhut_core::{change::TenantState, id::TenantId, promise::Outcome};
use obhut_engine::{
    Error,
    prove::{Check, PlayedTenant, Stage},
};

use crate::app::MemoryLog;
use visitor::Visitor;

mod anchors;
mod cookies;
mod form;
mod login;
mod logs;
mod markup;
mod notice;
mod sentences;
mod shopper;
mod visitor;

#[cfg(test)]
mod tests;

/// The checks of promises about pages, over the router of a rehearsal. `log` is where that router's lines go.
pub fn checks(router: Router, log: Arc<MemoryLog>) -> Vec<Box<dyn Check>> {
    let visitor = Visitor::new(router, log);
    vec![
        Box::new(notice::NoticePerAudience(visitor.clone())),
        Box::new(notice::NoticeBothLanguages(visitor.clone())),
        Box::new(sentences::SaidInNotice(visitor.clone())),
        Box::new(sentences::NoticeVersioned(visitor.clone())),
        Box::new(sentences::CookiesDeclared(visitor.clone())),
        Box::new(form::FormLinksNotice(visitor.clone())),
        Box::new(form::AbortedForm(visitor.clone())),
        Box::new(form::OptInNotTicked(visitor.clone())),
        Box::new(form::EmbedsAnywhere(visitor.clone())),
        Box::new(logs::AddressNotLogged(visitor.clone())),
        Box::new(logs::MetadataNotStored(visitor.clone())),
        Box::new(cookies::NoTracking(visitor.clone())),
        Box::new(cookies::OnlyDeclared(visitor.clone())),
        Box::new(login::RememberOnlyIfTicked(visitor.clone())),
        Box::new(login::CookieIsToken(visitor)),
    ]
}

/// `held`, or the first failure; nothing to look at proves nothing.
fn verdict(failures: Vec<String>, looked: usize, held: String, nothing: &str) -> Outcome {
    match failures.into_iter().next() {
        Some(failure) => Outcome::Failed(failure),
        None if looked == 0 => Outcome::NotRun(nothing.to_owned()),
        None => Outcome::Held(held),
    }
}

/// The tenants that were played and are in business.
fn played<'a>(stage: &Stage<'a>) -> impl Iterator<Item = &'a PlayedTenant> + use<'a> {
    stage.tenants().iter().filter(|tenant| tenant.ended.is_none())
}

/// The tenants in business: a few of them where there are many.
async fn in_business(stage: &Stage<'_>) -> Result<Vec<TenantId>, Error> {
    let tenants = stage.engine.store().tenants(None, 200).await?;
    let active = tenants.into_iter().filter(|tenant| tenant.state == TenantState::Active).map(|tenant| tenant.id);
    Ok(active.filter(|tenant| *tenant != TenantId::OPERATOR).take(5).collect())
}
