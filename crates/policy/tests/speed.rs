//! A large policy is checked in a blink: whoever writes it checks it after every line.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use jiff::civil::date;
use obhut_policy::{Sources, diagnostic, load_at};

/// The parts of the corpus and as many further classes, with purposes, events, rules and cookies, as make 2,000 lines.
fn large() -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/parts");
    let read = |name: &str| std::fs::read_to_string(format!("{root}/{name}.toml")).unwrap();
    let mut text = format!("{}\n{}", read("head"), read("customer"));
    let mut number = 0;
    while text.lines().count() < 2_000 {
        number += 1;
        let due = if number % 2 == 0 {
            "2 years after contract.ended".into()
        } else {
            format!("earliest of (10 years after e.n{number}, 2 years after contract.ended)")
        };
        write!(
            text,
            r#"
[word.field-{number}]
de = "Feld"
en = "field"

[data.class-{number}]
audience = "customer"
fields   = ["field-{number}"]
source   = "subject"
needed   = "no"
label.de = "Angabe"
label.en = "detail"

[purpose.purpose-{number}]
data     = ["class-{number}", "customer"]
basis    = "contract"
requires = "e.n{number}"
roles    = ["staff"]
label.de = "Zweck"
label.en = "purpose"

[event."e.n{number}"]
de = "dem Ereignis"
en = "the event"

[retain.rule-{number}]
data   = ["class-{number}"]
rule   = "{due}"
action = "erase"

[cookie.cookie-{number}]
name       = "cookie_{number}"
host       = "www.company.example"
purpose.de = "Auswahl merken"
purpose.en = "remembering a choice"
keep       = "1 year"
content.de = "die Auswahl"
content.en = "the choice"
"#
        )
        .unwrap();
    }
    text
}

#[test]
fn a_policy_of_two_thousand_lines_is_checked_in_a_blink() {
    let text = large();
    let sources = Sources::one("large.toml", text);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let loaded = load_at(&sources, Some(date(2026, 11, 1)));
        best = best.min(start.elapsed());
        assert_eq!(diagnostic::render(&loaded.diagnostics, &sources, false), "");
        assert!(loaded.model.is_some());
    }
    println!("{} lines in {best:?}", sources.0[0].text.lines().count());
    let most = if cfg!(debug_assertions) { Duration::from_secs(3) } else { Duration::from_millis(100) };
    assert!(best < most, "{best:?}");
}
