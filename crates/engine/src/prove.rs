//! Proving: each promise has a check that could fail.
//!
//! A check compares what the running engine does and holds with what the *published* policy says. Both are given
//! separately ([`Stage::published`] and [`Stage::engine`]), so an engine that runs something else is found out.
//!
//! The checks of this crate look at data; those of pages live with the pages and implement the same [`Check`].

mod access;
mod anonymous;
mod board;
mod consents;
mod erasure;
mod gates;
mod inventory;
mod matrix;
mod memory;
mod noted;
mod periods;
mod recipients;
mod retention;
mod sealed;
mod stage;

use async_trait::async_trait;
use obhut_core::{id::TenantId, promise::Outcome};

pub use board::{Board, Entry};
pub use stage::{Actor, Expected, Played, PlayedErasure, PlayedRecord, PlayedTenant, Stage};

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
        Box::new(retention::GoneInTime::default()),
        Box::new(retention::StaysOnConsent::default()),
        Box::new(retention::LogInEnds),
        Box::new(access::EventRequired::default()),
        Box::new(access::OnlyTheClient::default()),
        Box::new(access::OperatorClosed::default()),
        Box::new(access::OwnPeopleOnly::default()),
        Box::new(consents::ConsentFirst::default()),
        Box::new(consents::WithdrawalStops::default()),
        Box::new(consents::ConsentRecorded::default()),
        Box::new(consents::ConsentsSeparate::default()),
        Box::new(consents::ConsentedPurposeOnly::default()),
        Box::new(matrix::PurposeOnly::default()),
        Box::new(matrix::UnknownPurpose::default()),
        Box::new(matrix::FieldsFiltered::default()),
        Box::new(matrix::EveryPurposeHasBasis),
        Box::new(periods::EveryClassHasRule::default()),
        Box::new(periods::Cancelled::default()),
        Box::new(periods::RestrictedMeanwhile::default()),
        Box::new(periods::Held::default()),
        Box::new(periods::Derived::default()),
        Box::new(periods::TenantChooses::default()),
        Box::new(anonymous::Anonymised::default()),
        Box::new(noted::EveryActNoted::default()),
        Box::new(sealed::SealedAtRest::default()),
        Box::new(recipients::ListedOnly::default()),
        Box::new(recipients::RecipientFields::default()),
        Box::new(recipients::NoSale::default()),
        Box::new(recipients::living_safeguard()),
        Box::new(recipients::living_agreement()),
        Box::new(erasure::RequestErased::default()),
        Box::new(inventory::OnlyDeclared::default()),
        Box::new(inventory::OnlyOnCondition::default()),
        Box::new(inventory::ListComplete),
        Box::new(inventory::DownloadComplete),
        Box::new(inventory::TenantDownload),
        Box::new(erasure::TenantErased),
        Box::new(erasure::Cascade),
        Box::new(erasure::SingleErasure::default()),
        Box::new(gates::ContactPurposes::default()),
        Box::new(gates::OperatorNeverWrites::default()),
        Box::new(gates::OwnTenantWrites::default()),
        Box::new(gates::AgreedDisclosure::default()),
        Box::new(gates::ApprovedDemand::default()),
        Box::new(gates::NeverDisclosed::default()),
    ]
}

/// Every tenant that is or was, and the operator itself.
async fn all_tenants(stage: &Stage<'_>) -> Result<Vec<TenantId>, Error> {
    let mut tenants = vec![TenantId::OPERATOR];
    let mut after = None;
    loop {
        let page = stage.engine.store().tenants(after, 500).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        tenants.extend(page.iter().map(|tenant| tenant.id).filter(|id| *id != TenantId::OPERATOR));
    }
    Ok(tenants)
}

/// The bytes of a copy of the whole store.
async fn copy_of(stage: &Stage<'_>) -> Result<Vec<u8>, Error> {
    let tag = stage.engine.host().ten_bytes().into_iter().fold(0_u128, |tag, byte| tag << 8 | u128::from(byte));
    let file = std::env::temp_dir().join(format!("obhut-look-{tag:x}.db"));
    let copied = stage.engine.store().copy_to(&file).await;
    let bytes = std::fs::read(&file).unwrap_or_default();
    // A copy that cannot be removed holds nothing that the store does not hold.
    let _ = std::fs::remove_file(&file);
    copied?;
    Ok(bytes)
}

/// `held`, or the first failure.
fn verdict(failures: Vec<String>, looked: usize, held: String, nothing: &str) -> Outcome {
    match failures.into_iter().next() {
        Some(failure) => Outcome::Failed(failure),
        None if looked == 0 => Outcome::NotRun(nothing.to_owned()),
        None => Outcome::Held(held),
    }
}
