//! The operator's own people: they belong to no tenant, and no tenant comes near them.

mod common;

use std::sync::Arc;

use common::house::{BANK, CUSTOMER, House, SHOPPER, operator, staff};
use obhut_core::{access::Caller, change::TenantState, id::TenantId, model::ExportFormat};
use obhut_engine::{
    Error,
    credentials::{NewKey, installer},
    export::Scope,
};
use obhut_store::{AuditFilter, Store as _, sqlite::SqliteStore};

const OWN: TenantId = TenantId::OPERATOR;

#[tokio::test]
async fn their_place_is_made_once_and_is_no_tenant() {
    let house = House::new(|_| {}).await;
    let own = house.store.tenant(OWN).await.unwrap().unwrap();
    assert_eq!((own.name.as_str(), own.state), ("Example Configurator GmbH", TenantState::Active));
    assert_eq!(house.store.subject(OWN, own.account).await.unwrap(), None, "an id without records");
    // A second start finds it, and a start on a store from before makes it.
    house.over(Arc::clone(&house.store) as _, house.engine.now()).await;
    assert_eq!(house.store.tenant(OWN).await.unwrap(), Some(own));
    let opened = house.store.audit(OWN, &AuditFilter::default(), 99).await.unwrap();
    assert_eq!(opened.iter().filter(|entry| entry.record.detail == "own people").count(), 1);

    let tenants: Vec<_> = house.store.tenants(None, 9).await.unwrap().into_iter().map(|tenant| tenant.id).collect();
    assert_eq!(tenants, [house.tenant]);
    assert!(matches!(house.engine.end_tenant(&operator(), OWN).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn data_goes_where_its_people_belong() {
    let house = House::new(|_| {}).await;
    let customer = house.submission("care", &[("customer-file", CUSTOMER)]);
    let shopper = house.submission("own-shoppers", &[("shopper-order", SHOPPER)]);
    let account = house.submission("run-service", &[("client-account", &[("name", "Alpha")])]);
    for (tenant, submission) in [(house.tenant, &customer), (OWN, &shopper), (OWN, &account)] {
        let refused = house.submit(tenant, submission).await;
        assert!(matches!(refused, Err(Error::Contradiction(_))), "{tenant} {:?}", submission.values.keys());
    }
    house.submit(OWN, &customer).await.unwrap();
    house.submit(house.tenant, &shopper).await.unwrap();
}

#[tokio::test]
async fn tenants_staff_never_see_them() {
    let house = House::new(|model| {
        // Even a policy that let them would not.
        model.purposes.get_mut("care").unwrap().roles.push("client".into());
    })
    .await;
    let customer = house.customer().await.subject;
    assert_eq!(house.care_for(customer).await.unwrap().value("name"), Some("Karla Kirsche"));
    let care = ["care".into()];
    for tenant in [Some(house.tenant), Some(OWN), None] {
        let stranger = Caller { tenant, ..staff(house.tenant) };
        let engine = &house.engine;
        assert!(matches!(engine.read(&stranger, OWN, customer, &care).await, Err(Error::NotFound)));
        assert!(matches!(engine.list(&stranger, OWN, &"customer".into(), &care, None, 9).await, Err(Error::NotFound)));
        let found = engine.find(&stranger, OWN, &"email".into(), "karla@example.org").await;
        assert!(matches!(found, Err(Error::NotFound)));
        let file = engine.export(&stranger, OWN, &Scope::Person(customer), ExportFormat::Json).await;
        assert!(matches!(file, Err(Error::NotFound)));
        assert!(matches!(engine.erase(&stranger, OWN, customer).await, Err(Error::NotFound)));
        assert!(matches!(engine.restrict(&stranger, OWN, customer, true).await, Err(Error::NotFound)));
    }
    // Nor in their own tenant, where the id leads nowhere.
    let here = house.engine.read(&staff(house.tenant), house.tenant, customer, &care).await;
    assert!(matches!(here, Err(Error::NotFound)));
    let new = NewKey { tenant: Some(OWN), role: "client".into(), purposes: None, expires: None };
    assert!(house.engine.create_key(&installer(), new).await.is_err());
}

#[tokio::test]
async fn a_form_for_them_comes_near_no_tenant() {
    let house = House::new(|_| {}).await;
    let new = NewKey { tenant: Some(OWN), role: "shopper-form".into(), purposes: None, expires: None };
    let (_, secret) = house.engine.create_key(&installer(), new).await.unwrap();
    let form = house.engine.authenticate(secret.expose()).await.unwrap().unwrap().caller;
    let customer = house.submission("care", &[("customer-file", CUSTOMER)]);
    house.engine.submit(&form, OWN, &customer).await.unwrap();
    let shopper = house.submission("own-shoppers", &[("shopper-order", SHOPPER)]);
    assert!(matches!(house.engine.submit(&form, house.tenant, &shopper).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn the_operators_staff_answer_for_them_and_for_nobody_elses() {
    let house = House::new(|_| {}).await;
    let (customer, shopper) = (house.customer().await, house.shopper(&[("shopper-order", SHOPPER)]).await);
    assert!(matches!(house.engine.erase(&operator(), house.tenant, shopper.subject).await, Err(Error::NotFound)));
    house.engine.restrict(&operator(), OWN, customer.subject, true).await.unwrap();
    assert!(matches!(house.care_for(customer.subject).await, Err(Error::Refused(_))));
    house.engine.restrict(&operator(), OWN, customer.subject, false).await.unwrap();
    house.engine.erase(&operator(), OWN, customer.subject).await.unwrap();
    assert_eq!(house.stored(OWN, customer.subject).await, None);
    assert!(house.stored(house.tenant, shopper.subject).await.is_some());
}

#[tokio::test]
async fn their_data_goes_by_its_rule() {
    let house = House::new(|_| {}).await;
    let customer = house.customer().await.subject;
    house.play("2027-03-01").await;
    assert!(house.stored(OWN, customer).await.is_some(), "the file is open");
    house.report(OWN, customer, "file.closed").await;
    house.play("2027-03-31T11:59").await;
    assert!(house.stored(OWN, customer).await.is_some());
    house.play("2027-03-31T12:05").await;
    assert_eq!(house.stored(OWN, customer).await, None);
    assert_eq!(house.store.receipts(OWN, house.engine.now(), 9).await.unwrap().len(), 0);
}

/// Whoever has a copy from before and every key that is left.
#[tokio::test]
async fn a_part_that_was_erased_opens_in_no_copy() {
    let house = House::new(|_| {}).await;
    let both = [("shopper-order", SHOPPER), ("shopper-bank", BANK)];
    let shopper = house.shopper(&both).await;
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("before.db");
    house.store.copy_to(&file).await.unwrap();
    let before = house.engine.now();
    // A dispute keeps the order, not the bank details.
    let mut model = house.engine.model().clone();
    let hold = obhut_core::model::Hold {
        data: vec!["shopper-order".into()],
        purpose: "own-shoppers".into(),
        ground: obhut_core::model::Text::default(),
        kind: obhut_core::model::HoldKind::Dispute { until: common::house::days(900) },
    };
    model.holds.insert("dispute".into(), hold);
    let host =
        obhut_engine::Host { clock: Arc::clone(&house.clock) as _, random: Arc::new(obhut_keyring::SystemRandom) };
    let store = Arc::clone(&house.store) as Arc<dyn obhut_store::Store>;
    let engine = obhut_engine::Engine::start(Arc::new(model), store, Arc::clone(&house.keys), host).await.unwrap();
    let me = staff(house.tenant);
    engine.place_hold(&me, house.tenant, shopper.subject, &"dispute".into()).await.unwrap();
    let erasure = engine.erase(&me, house.tenant, shopper.subject).await.unwrap();
    assert_eq!(erasure.stays.len(), 1);
    let left = engine.read(&me, house.tenant, shopper.subject, &["own-shoppers".into()]).await.unwrap();
    assert_eq!((left.records.len(), left.value("email"), left.value("iban")), (1, Some("anna@example.org"), None));

    let copy = house.over(Arc::new(SqliteStore::open(&file).unwrap()), before).await;
    let read = copy.read(&me, house.tenant, shopper.subject, &["own-shoppers".into()]).await;
    assert!(matches!(read, Err(Error::Keyring(_))), "the copy still opens");
}
