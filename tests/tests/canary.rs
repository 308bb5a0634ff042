//! After an erasure the person's values are in no file of the data folder; before it they are there only sealed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use obhut_core::{id::SubjectId, model::ExportFormat};
use obhut_engine::export::Scope;
use obhut_tests::{caller, client, open, order};

/// Values that occur nowhere by chance.
const CANARIES: [(&str, &str); 5] = [
    ("name", "Kanarina Zwitscherfeld"),
    ("address", "Vogelbauerstieg 77319, 90210 Sittichhausen"),
    ("phone", "+49 7731 9902107"),
    ("email", "kanarina.zwitscherfeld@vogelbauer.example"),
    ("payment_method", "debit"),
];
const BANK: [(&str, &str); 2] = [("iban", "DE02500105170137075030"), ("account_holder", "Zwitscherfeld, Kanarina")];

/// What is looked for: every value, and what normalising makes of it. (`debit` is a word of the policy, not a secret.)
fn needles() -> Vec<String> {
    let values = CANARIES.iter().chain(&BANK).filter(|(field, _)| *field != "payment_method");
    values.flat_map(|(_, value)| [(*value).to_owned(), value.to_lowercase(), value.replace([' ', ','], "")]).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The files of the folder that contain one of the needles.
fn hits(folder: &Path, needles: &[String]) -> Vec<(PathBuf, String)> {
    let mut hits = Vec::new();
    for file in files(folder) {
        let bytes = fs::read(&file).unwrap();
        for needle in needles {
            if bytes.windows(needle.len()).any(|window| window == needle.as_bytes()) {
                hits.push((file.clone(), needle.clone()));
            }
        }
    }
    hits
}

#[tokio::test]
async fn values_are_never_in_a_file_and_do_not_open_after_an_erasure() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let engine = open(&data).await;
    let tenant = client(&engine, "Sichtbarer Kundenname GmbH").await;
    let staff = caller("client", tenant);
    let form = caller("shopper-form", tenant);
    let submission = order(&engine, &CANARIES, &BANK);
    let subject: SubjectId = engine.submit(&form, tenant, &submission).await.unwrap().subject;
    for number in 0..200 {
        let email = format!("other-{number}@example.org");
        let other = order(&engine, &[("email", &email), ("payment_method", "invoice")], &[]);
        engine.submit(&form, tenant, &other).await.unwrap();
    }

    // The search finds what is there: a tenant's name is not sealed.
    assert!(!hits(&data, &["Sichtbarer Kundenname".to_owned()]).is_empty(), "the search itself works");

    // Used in every way there is, while it exists.
    let purposes = ["own-shoppers".into()];
    let person = engine.read(&staff, tenant, subject, &purposes).await.unwrap();
    assert_eq!(person.value("name"), Some(CANARIES[0].1));
    drop(person);
    let found = engine.find(&staff, tenant, &"email".into(), CANARIES[3].1).await.unwrap();
    assert_eq!(found, Some(subject));
    for format in [ExportFormat::Json, ExportFormat::Csv] {
        let export = engine.export(&staff, tenant, &Scope::Person(subject), format).await.unwrap();
        assert!(export.content.contains(CANARIES[0].1));
    }
    let copy = data.join("copy-before.db");
    engine.store().copy_to(&copy).await.unwrap();
    assert_eq!(hits(&data, &needles()), [], "a value lies open while the person is stored");

    engine.erase(&staff, tenant, subject).await.unwrap();
    assert_eq!(hits(&data, &needles()), [], "a value lies open after the erasure");
    assert!(engine.read(&staff, tenant, subject, &purposes).await.is_err());
    assert_eq!(engine.find(&staff, tenant, &"email".into(), CANARIES[3].1).await.unwrap(), None);

    engine.store().compact().await.unwrap();
    drop(engine);
    assert_eq!(hits(&data, &needles()), [], "a value lies open after the end of the process");

    // The copy from before, put in the place of the database: the person is in it, and does not open.
    fs::rename(&copy, data.join("obhut.db")).unwrap();
    for leftover in ["obhut.db-wal", "obhut.db-shm"] {
        let _ = fs::remove_file(data.join(leftover));
    }
    let engine = open(&data).await;
    assert!(engine.store().subject(tenant, subject).await.unwrap().is_some(), "the copy has the person");
    assert!(engine.read(&staff, tenant, subject, &purposes).await.is_err(), "and it does not open");
    let others = engine.store().count_subjects(tenant, &"shopper".into()).await.unwrap();
    assert_eq!(others, 201);
    let found = engine.find(&staff, tenant, &"email".into(), "other-7@example.org").await.unwrap();
    let other = engine.read(&staff, tenant, found.expect("the others are found"), &purposes).await.unwrap();
    assert_eq!(other.value("email"), Some("other-7@example.org"), "and open");
}
