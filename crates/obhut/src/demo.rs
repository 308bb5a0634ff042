//! The invented clients and shoppers of the demo.

use std::collections::BTreeMap;

use anyhow::Context;
use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    clock::ManualClock,
    consent::ConsentKind,
    id::{ClassName, FieldName},
    model::Lang,
};
use obhut_engine::{
    Engine, NewTenant,
    credentials::{NewKey, installer},
    people::{Declaration, Submission},
};
use obhut_web::DemoClient;

/// Over how many days before the start the shoppers came.
pub(crate) const DAYS: i64 = 13;

const FIRST: [&str; 20] = [
    "Anna", "Ben", "Clara", "David", "Emma", "Finn", "Greta", "Hannes", "Ida", "Jonas", "Klara", "Leon", "Mia", "Noah",
    "Olga", "Paul", "Ronja", "Samuel", "Thea", "Valentin",
];
const LAST: [&str; 16] = [
    "Amsel", "Birke", "Clement", "Dorn", "Erle", "Falke", "Ginster", "Hasel", "Igel", "Jasmin", "Kranich", "Linde",
    "Mohn", "Nelke", "Olive", "Pappel",
];
const STREETS: [&str; 8] =
    ["Vogelweg", "Waldweg", "Seestraße", "Bergstraße", "Talweg", "Hafengasse", "Feldweg", "Mühlenweg"];
/// A published example number with a valid checksum.
const IBAN: &str = "DE02120300000000202051";

type Values = BTreeMap<ClassName, BTreeMap<FieldName, String>>;

/// Opens two clients and lets their shoppers come in, one after the other, until `end`.
pub(crate) async fn seed(
    engine: &Engine,
    clock: &ManualClock,
    end: Timestamp,
    people: usize,
) -> anyhow::Result<Vec<DemoClient>> {
    let clients = [
        ("Fahrradwerk Muster GmbH", "kontakt@fahrradwerk.example", "Stadtrad S1", "14 Rahmen, 22 Farben, 9 Bremsen"),
        ("Küchenhaus Beispiel KG", "post@kuechenhaus.example", "Küchenzeile K7", "31 Fronten, 12 Arbeitsplatten"),
    ];
    let mut opened = Vec::new();
    for (name, email, product, configuration) in clients {
        opened.push(open(engine, name, email, product, configuration).await.context("opening a client")?);
    }
    let start = engine.now().as_microsecond();
    let span = end.as_microsecond() - start;
    for number in 0..people {
        let count = i64::try_from(people).unwrap_or(1);
        let at = start + span / (count + 1) * (i64::try_from(number).unwrap_or(0) + 1);
        clock.advance_to(Timestamp::from_microsecond(at).unwrap_or(end));
        let Some(client) = opened.get(number % opened.len()) else { break };
        come(engine, client, number).await.context("a shopper comes in")?;
    }
    clock.advance_to(end);
    engine.run_sweep().await?;
    Ok(opened)
}

async fn open(
    engine: &Engine,
    name: &str,
    email: &str,
    product: &str,
    configuration: &str,
) -> anyhow::Result<DemoClient> {
    let support = Caller { credential: None, tenant: None, role: "operator-support".into(), purposes: None };
    let account = [
        ("name", name),
        ("address", "Musterstraße 1, 12345 Musterstadt"),
        ("phone", "+49 30 5550100"),
        ("email", email),
        ("balance", "120,00 EUR"),
    ];
    let new = NewTenant {
        name: name.to_owned(),
        purpose: "run-service".into(),
        values: [
            ("client-account".into(), fields(&account)),
            ("client-product".into(), fields(&[("product", product), ("configuration", configuration)])),
        ]
        .into(),
        notice: engine.model().policy.hash,
    };
    let tenant = engine.open_tenant(&support, &new).await?;
    let key = NewKey { tenant: Some(tenant.id), role: "client".into(), purposes: None, expires: None };
    let (_, secret) = engine.create_key(&installer(), key).await?;
    Ok(DemoClient { tenant: tenant.id, name: name.to_owned(), key: secret.expose().to_owned() })
}

async fn come(engine: &Engine, client: &DemoClient, number: usize) -> anyhow::Result<()> {
    // Different steps through the lists, so that names rarely repeat.
    let pick = |list: &'static [&'static str], step: usize| list.get(number * step % list.len()).copied().unwrap_or("");
    let (first, last, street) = (pick(&FIRST, 7), pick(&LAST, 5), pick(&STREETS, 3));
    let name = format!("{first} {last}");
    let debit = number % 4 == 3;
    let order = [
        ("name", name.clone()),
        ("address", format!("{street} {}, {:05} Musterstadt", number % 60 + 1, 10_000 + number * 37 % 80_000)),
        ("phone", format!("+49 30 555{:04}", 1000 + number)),
        ("email", format!("{}.{}.{number}@example.org", first.to_lowercase(), last.to_lowercase())),
        ("payment_method", if debit { "debit" } else { "invoice" }.to_owned()),
    ];
    let order: Vec<_> = order.iter().map(|(field, value)| (*field, value.as_str())).collect();
    let mut values: Values = [("shopper-order".into(), fields(&order))].into();
    if debit {
        values.insert("shopper-bank".into(), fields(&[("iban", IBAN), ("account_holder", name.as_str())]));
    }
    let consent = Declaration { consent: "keep-my-data".into(), kind: ConsentKind::Granted, lang: Lang::De };
    let submission = Submission {
        subject: None,
        purpose: "order-documents".into(),
        values,
        facts: [].into(),
        choice: None,
        events: vec![("shopper.activity".into(), None), ("order.triggered".into(), None)],
        declarations: if number.is_multiple_of(5) { vec![consent] } else { Vec::new() },
        notice: engine.model().policy.hash,
        origin: "purchase-form".into(),
    };
    let form = Caller { credential: None, tenant: Some(client.tenant), role: "shopper-form".into(), purposes: None };
    engine.submit(&form, client.tenant, &submission).await?;
    Ok(())
}

fn fields(values: &[(&str, &str)]) -> BTreeMap<FieldName, String> {
    values.iter().map(|(field, value)| (FieldName::from(*field), (*value).to_owned())).collect()
}
