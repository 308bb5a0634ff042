//! One text and one hash for one policy.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use obhut_core::model::{Lang, Model};
use obhut_policy::{Source, Sources, canonical, load};

const PARTS: [&str; 5] =
    ["parts/head-full.toml", "parts/customer.toml", "parts/invoice.toml", "parts/people.toml", "ok/everything.toml"];

fn sources() -> Vec<Source> {
    let read = |name: &str| std::fs::read_to_string(format!("{}/corpus/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    PARTS.map(|name| Source { name: name.into(), text: read(name) }).into()
}

fn model(sources: Vec<Source>) -> Model {
    load(&Sources(sources)).model.unwrap()
}

fn joined() -> String {
    sources().into_iter().map(|source| source.text).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_canonical_form_says_everything() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../corpus/found" }, {
        insta::assert_snapshot!("canonical", canonical::text(&model(sources())));
    });
}

#[test]
fn files_comments_spacing_and_spelling_do_not_count() {
    let hash = model(sources()).policy.hash;
    assert_eq!(model(vec![Source { name: "one".into(), text: joined() }]).policy.hash, hash);
    let other = joined()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.replace("  ", " "))
        .collect::<Vec<_>>()
        .join("\r\n\r\n")
        .replace("\"8 years after invoice.issued, end of year\"", "'8  year after invoice.issued,end of year'");
    assert_eq!(model(vec![Source { name: "other".into(), text: other }]).policy.hash, hash);
}

#[test]
fn every_word_counts() {
    let hash = model(sources()).policy.hash;
    for (from, to) in [
        ("customers", "clients"),
        ("2 years after contract.ended", "3 years after contract.ended"),
        ("\"1.0\"", "\"1.1\""),
        ("approve  = 2", "approve  = 3"),
        ("metadata        = true", "metadata        = false"),
        ("chooses 7 days to 24 months", "chooses 8 days to 24 months"),
        ("record chooses", "tenant chooses"),
        ("end of fiscal year", "end of year"),
        ("only:run-shop", "only:own-data"),
        ("derived = \"14 days after", "derived = \"15 days after"),
        ("yearly for 3 years", "yearly for 2 years"),
        ("loads          = \"consent\"", "loads          = \"click\""),
        ("address         = \"truncated\"", "address         = \"full\""),
        ("special  = \"health\"", "special  = \"genetic\""),
        ("protects = \"resilience\"", "protects = \"integrity\""),
        ("payment_method = debit", "payment_method = card"),
    ] {
        let text = joined();
        assert!(text.contains(from), "{from}");
        let changed = model(vec![Source { name: "one".into(), text: text.replace(from, to) }]);
        assert_ne!(changed.policy.hash, hash, "{from}");
    }
}

#[test]
fn a_policy_in_one_language_needs_only_that_one() {
    let text = joined().replace("[\"de\", \"en\"]", "[\"de\"]");
    let german: String = text
        .lines()
        .filter(|line| {
            let key = line.split('=').next().unwrap_or_default().trim_end();
            key.rsplit('.').next() != Some("en")
        })
        .collect::<Vec<_>>()
        .join("\n");
    let model = model(vec![Source { name: "german".into(), text: german }]);
    assert_eq!(model.policy.languages, [Lang::De]);
    assert_eq!(model.audiences["customer"].label.get(Lang::En), "Kunden");
}
