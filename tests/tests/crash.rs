//! kill -9 during a write load: no acknowledged write is lost, no record is half there, no erased person comes back.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use obhut_core::id::{SubjectId, TenantId};
use obhut_engine::Engine;
use obhut_tests::{caller, client, open};

/// Rounds in an ordinary run. `OBHUT_SOAK=1` runs many more.
const ROUNDS: u64 = 20;

/// What the killed processes had said so far.
#[derive(Default)]
struct Said {
    stored: BTreeMap<SubjectId, usize>,
    erasing: BTreeSet<SubjectId>,
    erased: BTreeSet<SubjectId>,
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nobody_erased_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let tenant = {
        let engine = open(&data).await;
        client(&engine, "Fahrradwerk Muster GmbH").await
    };
    let mut said = Said::default();
    let rounds = if std::env::var_os("OBHUT_SOAK").is_some() { 300 } else { ROUNDS };
    for round in 0..rounds {
        // Spread over the life of a load: from the first writes to well into it.
        kill_after(&data, tenant, round, Duration::from_millis(20 + round * 37 % 500), &mut said);
        let engine = open(&data).await;
        verify(&engine, tenant, &said).await;
    }
    println!(
        "{rounds} kills: {} acknowledged writes, {} acknowledged erasures, {} under way when killed",
        said.stored.len(),
        said.erased.len(),
        said.erasing.len() - said.erased.len(),
    );
    assert!(said.stored.len() > 100, "the load wrote too little to show anything");
    assert!(said.erased.len() > 20, "the load erased too little to show anything");
}

/// Starts the load, kills it, and reads what it had said.
fn kill_after(data: &Path, tenant: TenantId, round: u64, after: Duration, said: &mut Said) {
    let mut load = Command::new(env!("CARGO_BIN_EXE_obhut-load"))
        .args([data.to_str().unwrap(), &tenant.to_string(), &round.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(load.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().expect("the load starts").unwrap(), "ready");
    std::thread::sleep(after);
    // SIGKILL: nothing in the process runs any more.
    load.kill().unwrap();
    load.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        let words: Vec<_> = line.split(' ').collect();
        match *words {
            ["stored", subject, number] => {
                // The last line may be cut short; then it was not acknowledged.
                if let (Ok(subject), Ok(number)) = (subject.parse(), number.parse()) {
                    said.stored.insert(subject, number);
                }
            }
            ["erasing", subject] => said.erasing.extend(subject.parse::<SubjectId>().ok()),
            ["erased", subject] => said.erased.extend(subject.parse::<SubjectId>().ok()),
            _ => {}
        }
    }
}

async fn verify(engine: &Engine, tenant: TenantId, said: &Said) {
    let staff = caller("client", tenant);
    let purposes = ["own-shoppers".into()];
    let mut found = BTreeSet::new();
    let mut after = None;
    loop {
        let page =
            engine.list(&staff, tenant, &"shopper".into(), &purposes, after, 200).await.expect("all of it opens");
        let Some(last) = page.last() else { break };
        after = Some(last.subject.id);
        for person in &page {
            let id = person.subject.id;
            found.insert(id);
            assert_eq!(person.records.len(), 2, "{id}: a submission is there whole or not at all");
            let number = person
                .value("email")
                .and_then(|email| email.strip_prefix("person-")?.strip_suffix("@example.org")?.parse::<usize>().ok());
            let number = number.expect("the values are what was written");
            assert_eq!(person.value("account_holder"), Some(&*format!("Person {number}")));
            assert_eq!(person.value("iban"), Some("DE02120300000000202051"));
            if let Some(written) = said.stored.get(&id) {
                assert_eq!(number, *written, "{id}: another person's values");
            }
            assert_eq!(person.occurrences.len(), 2, "{id}: the events came with it");
            assert_eq!(engine.store().due_of(tenant, id).await.unwrap().len(), 2, "{id}: and the due dates");
        }
    }
    for (subject, number) in &said.stored {
        if !said.erasing.contains(subject) {
            assert!(found.contains(subject), "person {number} was acknowledged and is lost");
        }
    }
    for subject in &said.erased {
        assert!(!found.contains(subject), "{subject} was erased and is back");
    }
    assert!(engine.store().doomed_keys(10).await.unwrap().is_empty(), "a start leaves no doomed key");
}
