//! The reference `docs/policy.md` is true.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::path::Path;

use jiff::civil::date;
use obhut_policy::{Sources, diagnostic, due, load_at};

fn reference() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md")).unwrap()
}

fn blocks(language: &str) -> Vec<String> {
    let text = reference();
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn its_examples_are_one_valid_policy() {
    let sources = Sources::one("docs/policy.md", blocks("toml").join("\n"));
    let loaded = load_at(&sources, Some(date(2026, 11, 1)));
    assert_eq!(diagnostic::render(&loaded.diagnostics, &sources, false), "");
    let model = loaded.model.unwrap();
    let answer = due::answer(&model, &blocks("json")[0]).unwrap();
    assert_eq!(answer.as_array().unwrap().len(), model.retentions.len());
}

#[test]
fn it_lists_every_finding() {
    let shown: std::collections::BTreeSet<String> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/bad"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.trim_end_matches(".toml").split("--").next().unwrap_or_default().to_owned())
            .collect();
    let text = reference();
    let missing: Vec<_> = shown.iter().filter(|code| !text.contains(&format!("`{code}`"))).collect();
    assert_eq!(missing, Vec::<&String>::new());
}
