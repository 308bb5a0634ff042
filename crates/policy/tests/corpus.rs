//! Good and bad policies: what is found in each, as people read it.
//!
//! A file of the corpus may begin with `# with parts/a.toml, parts/b.toml`: those parts come before it. A bad file is
//! named after the finding it shows, with `--variant` if there are several.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::{collections::BTreeSet, fs, path::PathBuf};

use jiff::civil::{Date, date};
use obhut_policy::{Severity, Source, Sources, diagnostic, load_at};

const TODAY: Date = date(2026, 11, 1);

fn corpus() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/corpus").into()
}

fn source(name: &str) -> Source {
    Source { name: name.into(), text: fs::read_to_string(corpus().join(name)).unwrap() }
}

fn with_parts(name: &str) -> Sources {
    let main = source(name);
    let parts = main.text.lines().next().and_then(|line| line.strip_prefix("# with "));
    let mut sources: Vec<_> = parts.into_iter().flat_map(|parts| parts.split(", ")).map(source).collect();
    sources.push(main);
    Sources(sources)
}

fn files(folder: &str) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(corpus().join(folder))
        .unwrap()
        .map(|entry| format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    names.sort();
    names
}

#[test]
fn good_policies_have_no_findings() {
    for name in files("ok") {
        let sources = with_parts(&name);
        let loaded = load_at(&sources, Some(TODAY));
        assert_eq!(diagnostic::render(&loaded.diagnostics, &sources, false), "", "{name}");
        assert!(loaded.model.is_some(), "{name}");
    }
}

#[test]
fn bad_policies_are_explained() {
    for name in files("bad") {
        let sources = with_parts(&name);
        let loaded = load_at(&sources, Some(TODAY));
        let short = name.strip_prefix("bad/").and_then(|name| name.strip_suffix(".toml")).unwrap();
        let code = short.split("--").next().unwrap();
        assert!(loaded.diagnostics.iter().any(|found| found.code == code), "{name}: {:?}", loaded.diagnostics);
        let errors = loaded.diagnostics.iter().any(|found| found.severity == Severity::Error);
        assert_eq!(loaded.model.is_none(), errors, "{name}");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../corpus/found" }, {
            insta::assert_snapshot!(short, diagnostic::render(&loaded.diagnostics, &sources, false));
        });
    }
}

/// Findings shown by tests that make their text.
const MADE_ELSEWHERE: [&str; 2] = ["too-large", "too-many-findings"];

#[test]
fn every_finding_has_a_file_that_shows_it() {
    fn codes(folder: PathBuf, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes(path, found);
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            for start in ["Diagnostic::error(", "Diagnostic::warning(", "code: "] {
                for (at, _) in text.match_indices(start) {
                    let rest = text[at + start.len()..].trim_start();
                    found.extend(rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    for folder in ["read", "check"] {
        codes(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).join(folder), &mut found);
    }
    assert!(found.len() > 40, "{found:?}");
    let shown: BTreeSet<String> = files("bad")
        .iter()
        .map(|name| name["bad/".len()..name.len() - ".toml".len()].split("--").next().unwrap().to_owned())
        .collect();
    let missing: Vec<_> =
        found.iter().filter(|code| !shown.contains(*code) && !MADE_ELSEWHERE.contains(&code.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

/// Everything that was wrong in the cookie table of an earlier notice.
#[test]
fn every_fault_of_a_real_cookie_register_is_found() {
    let sources = with_parts("bad/cookie-party--register.toml");
    let found = load_at(&sources, Some(TODAY)).diagnostics;
    for (code, about) in [
        ("cookie-party", "[cookie.ga]"),
        ("cookie-party", "[cookie.hubspotutk]"),
        ("cookie-party", "[cookie.mixpanel]"),
        ("cookie-party", "[cookie.tableau]"),
        ("cookie-host", "[cookie.gcl]"),
        ("cookie-duration", "[cookie.st]"),
        ("cookie-vendor", "[cookie.gat]"),
        ("cookie-vendor", "[cookie.gid]"),
        ("session-lasts", "[cookie.php]"),
        ("session-lasts", "[cookie.checker]"),
        ("cookie-retired", "`__cfduid`"),
        ("duplicate", "[cookie.cf-two]"),
        ("cookie-consent", "[cookie.ga]"),
        ("cookie-consent", "[cookie.hubspotutk]"),
        ("cookie-consent", "[cookie.statistics]"),
        ("cookie-duration", "[cookie.eloqua]"),
        ("opt-out", "[cookie.statistics]"),
        ("safeguard-ended", "Privacy Shield"),
        ("cookie-purpose", "[cookie.hubspotutk]"),
        ("cookie-purpose", "[cookie.gcl]"),
        ("cookie-purpose", "[cookie.forms]"),
        ("cookie-purpose", "[cookie.mixpanel]"),
        ("host-typo", "`cockpit-company.example`"),
        ("law-outdated", "§ 7 Abs. 2 Nr. 3 UWG"),
    ] {
        assert!(found.iter().any(|one| one.code == code && one.message.contains(about)), "{code} {about}: {found:#?}");
    }
}

#[test]
fn findings_as_json_say_file_line_and_column() {
    let sources = with_parts("bad/rule-vague.toml");
    let loaded = load_at(&sources, Some(TODAY));
    let json = diagnostic::to_json(&loaded.diagnostics, &sources);
    let first = &json[0];
    assert_eq!(first["code"], "rule-vague");
    assert_eq!(first["severity"], "error");
    assert_eq!(first["file"], "bad/rule-vague.toml");
    assert_eq!(first["line"], 7);
    assert_eq!(first["column"], 15);
    assert_eq!(first["end_column"], 36);
}
