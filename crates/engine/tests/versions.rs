//! Versions of the policy: what applies when, who is told, and what a new one would do to the data.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, civil::date};
use obhut_core::{
    change::{Operation, PolicyNotice},
    clock::ManualClock,
    model::{AnnounceBy, Lang, Model, PolicyHash},
};
use obhut_engine::{
    Engine, Host,
    credentials::installer,
    impact::impact,
    versions::{Publication, applying, coming},
};
use obhut_keyring::{Keyring, SystemRandom};
use obhut_store::{AuditFilter, Store as _, sqlite::SqliteStore};

/// An engine over a new store in memory, with two tenants.
async fn engine(model: &Model, clock: &Arc<ManualClock>) -> (Engine, Arc<SqliteStore>) {
    let random = Arc::new(SystemRandom);
    let keys = Arc::new(Keyring::ephemeral(&*random).unwrap());
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let host = Host { clock: Arc::clone(clock) as _, random };
    let engine = Engine::start(Arc::new(model.clone()), Arc::clone(&store) as _, keys, host).await.unwrap();
    (engine, store)
}

fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn publication(number: u8, material: bool) -> Publication {
    let notice = PolicyNotice { audience: "client".into(), lang: Lang::De, html: format!("<p>{number}</p>") };
    Publication {
        hash: PolicyHash([number; 32]),
        version: format!("{number}.0"),
        valid_from: date(2026, 3, 2),
        material,
        sources: vec![("policy.toml".into(), format!("# {number}"))],
        notices: vec![notice],
    }
}

#[tokio::test]
async fn the_first_version_applies_at_once_and_a_material_one_when_its_announcement_is_over() {
    let clock = Arc::new(ManualClock::new(start()));
    let (engine, store) = engine(&common::model(), &clock).await;
    let first = engine.publish(&installer(), publication(1, false)).await.unwrap();
    assert_eq!(first.effective, start());

    // Not before the day it names (midnight in Berlin), but at once from then on.
    let second = engine.publish(&installer(), publication(2, false)).await.unwrap();
    assert_eq!(second.effective.to_string(), "2026-03-01T23:00:00Z");
    // Fourteen days, as the version that applies promises.
    let third = engine.publish(&installer(), publication(3, true)).await.unwrap();
    assert_eq!(third.effective, start() + (14 * 24).hours());

    let versions = store.versions().await.unwrap();
    let applies = |at: Timestamp| applying(&versions, at).map(|version| version.version.clone());
    assert_eq!(applies(start() - 1.second()), None);
    assert_eq!(applies(start()).as_deref(), Some("1.0"));
    assert_eq!(applies(second.effective).as_deref(), Some("2.0"));
    assert_eq!(applies(third.effective - 1.second()).as_deref(), Some("2.0"));
    assert_eq!(applies(third.effective).as_deref(), Some("3.0"));
    assert_eq!(coming(&versions, start()).map(|version| version.hash), Some(second.hash));
    assert_eq!(coming(&versions, third.effective), None);
}

#[tokio::test]
async fn publishing_twice_changes_nothing() {
    let clock = Arc::new(ManualClock::new(start()));
    let (engine, store) = engine(&common::model(), &clock).await;
    let first = engine.publish(&installer(), publication(1, false)).await.unwrap();
    clock.advance_to(start() + 1.hour());
    let again = engine.publish(&installer(), publication(1, true)).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(store.versions().await.unwrap(), [first]);
}

#[tokio::test]
async fn everybody_who_may_be_written_to_is_told_once_with_proof() {
    let clock = Arc::new(ManualClock::new(start()));
    let mut model = common::model();
    model.policy.announce_by = vec![AnnounceBy::Email];
    model.policy.announce_for = vec!["inform-client".into()];
    let (engine, store) = engine(&model, &clock).await;
    let operator =
        obhut_core::access::Caller { credential: None, tenant: None, role: "operator-support".into(), purposes: None };
    let declared = common::people().tenant;
    let mut tenants = Vec::new();
    for declared in declared.values() {
        let new = obhut_engine::NewTenant {
            name: declared.name.clone(),
            purpose: declared.purpose.clone(),
            values: declared.values.clone(),
            notice: model.policy.hash,
        };
        tenants.push(engine.open_tenant(&operator, &new).await.unwrap());
    }
    engine.publish(&installer(), publication(1, false)).await.unwrap();
    let coming = engine.publish(&installer(), publication(2, true)).await.unwrap();

    let audiences = ["client".into(), "shopper".into()];
    let told = engine.announce(&installer(), coming.hash, &audiences).await.unwrap();
    assert_eq!((told.queued, told.before, told.on_page), (2, 0, 0));
    let again = engine.announce(&installer(), coming.hash, &audiences).await.unwrap();
    assert_eq!((again.queued, again.before), (0, 2));
    for tenant in tenants {
        assert_eq!(store.messages(tenant.id, 9).await.unwrap().len(), 1);
        let filter = AuditFilter { subject: Some(tenant.account), ..AuditFilter::default() };
        let audit = store.audit(tenant.id, &filter, 99).await.unwrap();
        let proof = audit.iter().filter(|entry| entry.record.operation == Operation::Message);
        let proof: Vec<_> = proof.map(|entry| entry.record.detail.clone()).collect();
        assert_eq!(proof, [format!("announces {}", coming.hash)]);
    }
}

#[tokio::test]
async fn a_shorter_period_is_counted_on_the_data_there_is() {
    let clock = Arc::new(ManualClock::new(start()));
    let model = common::model();
    let (engine, store) = engine(&model, &clock).await;
    let operator =
        obhut_core::access::Caller { credential: None, tenant: None, role: "operator-support".into(), purposes: None };
    let declared = common::people();
    let fahrradwerk = &declared.tenant["fahrradwerk"];
    let new = obhut_engine::NewTenant {
        name: fahrradwerk.name.clone(),
        purpose: fahrradwerk.purpose.clone(),
        values: fahrradwerk.values.clone(),
        notice: model.policy.hash,
    };
    let tenant = engine.open_tenant(&operator, &new).await.unwrap();
    for name in ["anna", "ben"] {
        let person = &declared.person[name];
        let submission = obhut_engine::people::Submission {
            subject: None,
            purpose: person.purpose.clone(),
            values: person.values.clone(),
            facts: [].into(),
            events: person.events.iter().map(|event| (event.clone(), None)).collect(),
            declarations: Vec::new(),
            notice: model.policy.hash,
            origin: "purchase-form".into(),
            choice: None,
        };
        let form = obhut_core::access::Caller {
            credential: None,
            tenant: Some(tenant.id),
            role: "shopper-form".into(),
            purposes: None,
        };
        engine.submit(&form, tenant.id, &submission).await.unwrap();
        clock.advance_to(clock_now(&clock) + (5 * 24).hours());
    }
    let mut shorter = common::model();
    let rule = obhut_policy::sentence::parse_rule("within 7 days after last shopper.activity").unwrap();
    shorter.retentions.get_mut("shopper").unwrap().stages[0].rule = rule;
    // Anna came ten days ago, Ben five.
    let found = impact(&*store, &model, &shorter, clock_now(&clock)).await.unwrap();
    let orders = found[&obhut_core::id::ClassName::from("shopper-order")];
    assert_eq!((orders.people, orders.records, orders.sooner, orders.later, orders.at_once), (2, 2, 2, 0, 1));
    let accounts = found[&obhut_core::id::ClassName::from("client-account")];
    assert_eq!((accounts.records, accounts.sooner, accounts.later), (1, 0, 0));
}

fn clock_now(clock: &ManualClock) -> Timestamp {
    obhut_core::clock::Clock::now(clock)
}
