//! Anonymisation: what was said is nowhere any more, what counts on the record still does.

mod common;

use std::sync::Arc;

use common::house::{BANK, CUSTOMER, House, SHOPPER, at, days_after, retention, staff, values};
use obhut_core::{
    change::Cause,
    id::TenantId,
    model::{Action, ExportFormat},
};
use obhut_engine::{Error, export::Scope};
use obhut_store::{Store, sqlite::SqliteStore};

const OWN: TenantId = TenantId::OPERATOR;

/// Customers' files become anonymous 30 days after they are closed.
async fn house() -> House {
    House::new(|model| model.retentions["customer"].stages[0].action = Action::Anonymise).await
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn what_was_said_is_replaced_and_the_record_stays() {
    let house = house().await;
    let customer = house.customer().await;
    let record = customer.records[0];
    house.report(OWN, customer.subject, "file.closed").await;
    house.play("2026-04-01T11:55").await;
    assert_eq!(house.care_for(customer.subject).await.unwrap().value("name"), Some("Karla Kirsche"));

    let before = house.stored(OWN, customer.subject).await.unwrap();
    house.play("2026-04-01T12:05").await;
    let after = house.stored(OWN, customer.subject).await.unwrap();
    assert_eq!(after.records.len(), 1);
    assert_eq!((after.records[0].id, &after.records[0].class), (record, &before.records[0].class));
    assert_eq!(after.records[0].anonymised, Some(at("2026-04-01T12:00")));
    assert_eq!(before.records[0].anonymised, None);

    let person = house.care_for(customer.subject).await.unwrap();
    let fields: Vec<_> = person.records[0].fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(fields, ["name", "email", "phone", "iban"], "the same fields");
    for (field, old) in CUSTOMER {
        let new = person.value(field).unwrap();
        assert_ne!(new, *old);
        assert!(!new.contains("arla") && !new.contains("irsche"), "{new}");
    }
    assert!(person.value("email").unwrap().ends_with("@anonymous.invalid"));
    assert!(person.value("iban").unwrap().starts_with("DE"));
    assert_eq!(person.records[0].anonymised, Some(at("2026-04-01T12:00")));
    // Nobody is found by what was said, and nothing that happened is told.
    let hash = |field: &str, value: &str| {
        house.keys.blind_index(OWN, &field.into(), value, &obhut_keyring::SystemRandom).unwrap()
    };
    let found = house.store.find(OWN, &"email".into(), hash("email", "karla@example.org")).await.unwrap();
    assert_eq!(found, None);
    assert!(after.occurrences.is_empty() && after.consents.is_empty() && after.holds.is_empty());

    // The proof says what was done, and it is done once.
    let receipts = house.store.receipts(OWN, jiff::Timestamp::MIN, 9).await.unwrap();
    assert_eq!(receipts.len(), 1);
    assert_eq!((receipts[0].cause, receipts[0].action, receipts[0].records), (Cause::Retention, Action::Anonymise, 1));
    assert_eq!(house.store.due_of(OWN, customer.subject).await.unwrap(), []);
    house.play("2056-04-01").await;
    assert_eq!(house.stored(OWN, customer.subject).await, Some(after));
    // Somebody with the same address is somebody new.
    let again = house.customer().await;
    assert!(again.new && again.subject != customer.subject);
}

#[tokio::test]
async fn no_copy_from_before_opens_anything_of_it() {
    let house = house().await;
    let customer = house.customer().await;
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("before.db");
    house.store.copy_to(&file).await.unwrap();
    let before = house.engine.now();
    let copy = || async { house.over(Arc::new(SqliteStore::open(&file).unwrap()), before).await };
    let care = ["care".into()];
    let operator = common::house::operator();
    let read = copy().await.read(&operator, OWN, customer.subject, &care).await;
    assert_eq!(read.unwrap().value("email"), Some("karla@example.org"), "until then the copy opens");

    house.report(OWN, customer.subject, "file.closed").await;
    house.play("2026-05-01").await;
    let read = copy().await.read(&operator, OWN, customer.subject, &care).await;
    assert!(matches!(read, Err(Error::Keyring(_))), "the copy still opens");

    // And in the store as it is, no stored byte is one of the old ones.
    let old = SqliteStore::open(&file).unwrap().subject(OWN, customer.subject).await.unwrap().unwrap();
    let new = house.stored(OWN, customer.subject).await.unwrap();
    assert_ne!(old.subject.key, new.subject.key);
    for ((field, old), (other, new)) in old.records[0].sealed.iter().zip(&new.records[0].sealed) {
        assert_eq!(field, other);
        assert!(!new.windows(16).any(|part| old.windows(16).any(|known| known == part)), "{field}");
    }
    let now = scratch.path().join("now.db");
    house.store.copy_to(&now).await.unwrap();
    let bytes = text_of(&std::fs::read(&now).unwrap());
    assert!(!bytes.contains("karla") && !bytes.contains("Kirsche"));
    assert_eq!(house.store.doomed_keys(9).await.unwrap(), [], "the old key is destroyed");
}

#[tokio::test]
async fn what_is_not_due_stays_readable() {
    let house = house().await;
    let both = [("customer-file", CUSTOMER), ("customer-note", &[("invoice", "Rechnung 7")][..])];
    let customer = house.submit(OWN, &house.submission("care", &both)).await.unwrap();
    house.report(OWN, customer.subject, "file.closed").await;
    house.play("2026-05-01").await;
    let person = house.care_for(customer.subject).await.unwrap();
    assert_eq!(person.value("invoice"), Some("Rechnung 7"));
    assert_ne!(person.value("name"), Some("Karla Kirsche"));
    let said: Vec<_> = person.records.iter().map(|record| record.anonymised.is_some()).collect();
    assert_eq!(said, [true, false]);
    // The note still has its own date; what it waits for is kept.
    assert_eq!(house.store.due_of(OWN, customer.subject).await.unwrap().len(), 1);
    house.assert_dated(OWN, "customer").await;
    let (operator, scope) = (common::house::operator(), Scope::Person(customer.subject));
    let file = house.engine.export(&operator, OWN, &scope, ExportFormat::Json).await;
    assert!(matches!(file, Err(Error::Refused(_))), "there is no purpose that hands it over");

    house.play("2027-01-15").await;
    let left = house.stored(OWN, customer.subject).await.unwrap();
    assert_eq!(left.records.len(), 1, "the note went, the anonymous record stays");
    assert!(left.records[0].anonymised.is_some() && left.occurrences.is_empty());
    let person = house.care_for(customer.subject).await.unwrap();
    assert!(person.value("email").unwrap().ends_with("@anonymous.invalid"));
}

#[tokio::test]
async fn erasure_on_request_takes_what_is_about_the_person_and_nothing_else() {
    let house = house().await;
    let both = [("customer-file", CUSTOMER), ("customer-note", &[("invoice", "Rechnung 7")][..])];
    let customer = house.submit(OWN, &house.submission("care", &both)).await.unwrap();
    house.report(OWN, customer.subject, "file.closed").await;
    house.play("2026-05-01").await;
    let operator = common::house::operator();
    house.engine.erase(&operator, OWN, customer.subject).await.unwrap();
    let left = house.stored(OWN, customer.subject).await.unwrap();
    assert_eq!(left.records.len(), 1);
    assert!(left.records[0].anonymised.is_some());
    let again = house.engine.erase(&operator, OWN, customer.subject).await;
    assert!(matches!(again, Err(Error::NothingErased { stays }) if stays.is_empty()));
}

#[tokio::test]
async fn two_rules_of_one_person_are_both_acted_upon() {
    let house = House::new(|model| {
        let anonymous = retention(&["shopper-bank"], days_after(14, "shopper.activity"), Action::Anonymise);
        model.retentions["shopper"].data.retain(|class| class.as_str() == "shopper-order");
        model.retentions["shopper"].stages[0].rule = days_after(14, "shopper.activity");
        model.retentions.insert("bank".into(), anonymous);
    })
    .await;
    let shopper = house.shopper(&[("shopper-order", SHOPPER), ("shopper-bank", BANK)]).await;
    house.play("2026-03-17").await;
    let left = house.stored(house.tenant, shopper.subject).await.unwrap();
    let classes: Vec<_> = left.records.iter().map(|record| record.class.as_str()).collect();
    assert_eq!(classes, ["shopper-bank"]);
    assert!(left.records[0].anonymised.is_some());
    let receipts = house.store.receipts(house.tenant, jiff::Timestamp::MIN, 9).await.unwrap();
    let mut rules: Vec<_> = receipts.into_iter().filter_map(|receipt| Some(receipt.rule?.to_string())).collect();
    rules.sort();
    assert_eq!(rules, ["bank", "shopper"]);
}

#[tokio::test]
async fn a_statutory_class_becomes_anonymous_under_its_own_key() {
    let house = House::new(|model| {
        model.data["customer-file"].statutory = true;
        model.retentions["customer"].stages[0].action = Action::Anonymise;
    })
    .await;
    let customer = house.customer().await;
    house.report(OWN, customer.subject, "file.closed").await;
    house.play("2026-05-01").await;
    assert!(house.care_for(customer.subject).await.unwrap().value("email").unwrap().ends_with("@anonymous.invalid"));
}

#[tokio::test]
async fn a_tenant_that_ends_takes_anonymous_records_along() {
    let house = House::new(|model| {
        model.retentions["shopper"].stages[0].action = Action::Anonymise;
    })
    .await;
    let shopper = house.shopper(&[("shopper-order", SHOPPER)]).await;
    house.play("2026-04-01").await;
    assert!(house.stored(house.tenant, shopper.subject).await.unwrap().records[0].anonymised.is_some());
    house.engine.end_tenant(&staff(house.tenant), house.tenant).await.unwrap();
    assert_eq!(house.stored(house.tenant, shopper.subject).await, None);
    assert!(values(&[]).is_empty());
}
