//! What leaves the house: disclosures with what may leave, messages on consent.

mod common;

use common::house::{CUSTOMER, House, operator};
use jiff::civil::date;
use obhut_core::{
    access::Caller,
    consent::ConsentKind,
    contact,
    disclosure::{Ground, Refusal},
    id::{ClassName, CredentialId, FieldName, TenantId},
    model::{Basis, Channel, DisclosureGround, Lang, Model, Recipient, RecipientKind, Sender},
};
use obhut_engine::{Error, people::Declaration};
use obhut_store::Store as _;

const OWN: TenantId = TenantId::OPERATOR;

/// One of the operator's staff, who can be told from others.
fn clerk() -> Caller {
    Caller { credential: Some(CredentialId::from_bytes([7; 16])), ..operator() }
}

fn recipient(model: &mut Model, change: impl FnOnce(&mut Recipient)) {
    let mut carrier = model.recipients["hosting"].clone();
    carrier.kind = RecipientKind::Third;
    carrier.data = vec!["customer-file".into()];
    change(&mut carrier);
    model.recipients.insert("carrier".into(), carrier);
    // A consent of customers, for whatever a test rests on it.
    let mut consent = model.consents["keep-my-data"].clone();
    consent.audiences = vec!["customer".into()];
    model.consents.insert("newsletter".into(), consent);
}

#[tokio::test]
async fn only_the_fields_of_the_recipient_leave_and_the_register_says_so() {
    let house =
        House::new(|model| recipient(model, |carrier| carrier.fields = Some(vec!["phone".into(), "name".into()])))
            .await;
    let customer = house.customer().await.subject;
    let classes = [ClassName::from("customer-file")];
    // Whoever does it approves it; a caller without a credential is nobody.
    let nobody = house.engine.disclose(&operator(), OWN, customer, &classes, &Ground::listed("carrier")).await;
    assert!(matches!(nobody, Err(Error::Disclosure(Refusal::ApprovalsMissing { needed: 1, given: 0 }))));
    let done = house.engine.disclose(&clerk(), OWN, customer, &classes, &Ground::listed("carrier")).await.unwrap();
    let fields: Vec<FieldName> = vec!["name".into(), "phone".into()];
    assert_eq!(done.released, [("customer-file".into(), fields)]);
    let register = house.store.disclosures(OWN, customer).await.unwrap();
    assert_eq!(register.len(), 1);
    assert_eq!((register[0].id, &register[0].fields), (done.id, &Some(vec!["phone".into(), "name".into()])));
}

#[tokio::test]
async fn what_has_ended_or_was_not_agreed_releases_nothing() {
    let house = House::new(|model| {
        recipient(model, |carrier| {
            carrier.agreement_until = Some(date(2026, 6, 30));
            carrier.ground = Some(DisclosureGround::Consent("newsletter".into()));
        });
    })
    .await;
    let customer = house.customer().await.subject;
    let classes = [ClassName::from("customer-file")];
    let ground = Ground::listed("carrier");
    let ask = async || house.engine.disclose(&clerk(), OWN, customer, &classes, &ground).await;
    assert!(matches!(ask().await, Err(Error::Disclosure(Refusal::NotAgreed { .. }))));
    let grant = Declaration { consent: "newsletter".into(), kind: ConsentKind::Granted, lang: Lang::De };
    house.engine.declare(&operator(), OWN, customer, &grant, "form").await.unwrap();
    assert!(ask().await.is_ok());
    house.play("2026-06-30T23:59").await;
    assert!(ask().await.is_ok(), "the last day counts");
    house.play("2026-07-01T00:00").await;
    assert!(matches!(ask().await, Err(Error::Disclosure(Refusal::AgreementEnded { .. }))));
    assert_eq!(house.store.disclosures(OWN, customer).await.unwrap().len(), 2, "refusals are no disclosures");
}

#[tokio::test]
async fn a_message_that_rests_on_a_consent_waits_for_it() {
    let house = House::new(|model| {
        recipient(model, |_| {});
        let mut news = model.purposes["care"].clone();
        news.basis = Basis::Consent("newsletter".into());
        model.purposes.insert("news".into(), news);
        let channel = Channel {
            audience: "customer".into(),
            from: vec![Sender::Operator],
            purposes: vec!["news".into(), "care".into()],
            unsubscribe: true,
            topics: Vec::new(),
        };
        model.messages.insert("customer".into(), channel);
    })
    .await;
    let customer = house.submit(OWN, &house.submission("care", &[("customer-file", CUSTOMER)])).await.unwrap().subject;
    let send = async |purpose: &str| house.engine.send(&operator(), OWN, customer, &purpose.into()).await;
    assert!(send("care").await.is_ok());
    assert!(matches!(send("news").await, Err(Error::Contact(contact::Refusal::NotAgreed { .. }))));
    let grant = Declaration { consent: "newsletter".into(), kind: ConsentKind::Granted, lang: Lang::De };
    house.engine.declare(&operator(), OWN, customer, &grant, "form").await.unwrap();
    assert!(send("news").await.is_ok());
    house.engine.withdraw(&operator(), OWN, customer, &"newsletter".into(), Lang::De).await.unwrap();
    assert!(matches!(send("news").await, Err(Error::Contact(contact::Refusal::NotAgreed { .. }))));
}
