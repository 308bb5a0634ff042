//! The promises of all deployments: none is left out, each names a check that exists or says why there is none, and every
//! sentence that makes one stands in a notice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{collections::BTreeSet, path::Path, sync::Arc};

use axum::Router;
use obhut_core::model::{Lang, Model};
use obhut_engine::{
    promises::{self, By, Promise},
    prove,
};
use obhut_policy::{Source, Sources, notice::Notice};
use obhut_web::{MemoryLog, proofs};

/// How many promises each deployment has.
const CATALOGUE: [(&str, usize); 5] =
    [("configurator", 42), ("residents", 119), ("vendor", 40), ("fleet", 50), ("hoster", 91)];

fn read(deployment: &str, file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments").join(deployment);
    std::fs::read_to_string(folder.join(file)).unwrap()
}

fn promises(deployment: &str) -> Vec<Promise> {
    promises::parse(&read(deployment, "promises.toml")).unwrap_or_else(|error| panic!("{deployment}: {error}"))
}

fn model(deployment: &str) -> Model {
    let sources = Sources(vec![Source { name: "policy.toml".into(), text: read(deployment, "policy.toml") }]);
    let loaded = obhut_policy::load(&sources);
    loaded.model.unwrap_or_else(|| panic!("{deployment}: {:?}", loaded.diagnostics))
}

fn checks() -> Vec<Box<dyn prove::Check>> {
    let mut checks = prove::checks();
    checks.extend(proofs::checks(Router::new(), Arc::new(MemoryLog::default())));
    checks
}

#[test]
fn no_promise_is_left_out_and_none_stands_twice() {
    let mut all = 0;
    for (deployment, count) in CATALOGUE {
        let width = count.to_string().len();
        let ids: BTreeSet<String> = promises(deployment).into_iter().map(|promise| promise.id).collect();
        let expected: BTreeSet<String> = (1..=count).map(|number| format!("{deployment}-{number:0width$}")).collect();
        let two: BTreeSet<String> = (1..=count).map(|number| format!("{deployment}-{number:02}")).collect();
        assert!(
            ids == expected || ids == two,
            "{deployment}: {:?}",
            ids.symmetric_difference(&two).collect::<Vec<_>>()
        );
        all += ids.len();
    }
    assert_eq!(all, 342);
}

#[test]
fn two_checks_have_two_names_and_every_promise_names_one_that_exists() {
    let names: Vec<&str> = checks().iter().map(|check| check.name()).collect();
    let known: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(known.len(), names.len(), "two checks have one name");
    for (deployment, _) in CATALOGUE {
        for promise in promises(deployment) {
            if let By::Check(check) = &promise.by {
                assert!(known.contains(check.as_str()), "{}: there is no check `{check}`", promise.id);
            }
        }
    }
}

#[test]
fn every_promise_is_stated_in_both_languages_with_a_reason_where_it_is_not_proven() {
    for (deployment, _) in CATALOGUE {
        for promise in promises(deployment) {
            assert!(!promise.makes.is_empty(), "{} is made by no sentence", promise.id);
            for lang in Lang::ALL {
                assert!(promise.text.get(lang).len() > 10, "{}: no text", promise.id);
                assert!(promise.unproven(lang).is_none_or(|reason| reason.len() > 20), "{}: no reason", promise.id);
            }
        }
    }
}

#[test]
fn every_sentence_that_makes_a_promise_stands_in_a_notice() {
    let mut missing = Vec::new();
    for (deployment, _) in CATALOGUE {
        let model = model(deployment);
        let mut said: BTreeSet<String> = BTreeSet::new();
        for audience in model.audiences.keys() {
            for lang in Lang::ALL {
                let notice = Notice::of(&model, audience, lang).unwrap();
                said.extend(notice.anchors().into_iter().map(ToString::to_string));
            }
        }
        for promise in promises(deployment) {
            let not_said = promise.makes.iter().filter(|anchor| !said.contains(anchor.as_str()));
            missing.extend(not_said.map(|anchor| format!("{}: {anchor}", promise.id)));
        }
    }
    assert!(missing.is_empty(), "no notice says:\n{}", missing.join("\n"));
}
