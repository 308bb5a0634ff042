//! Whatever the text is: an answer in short time, never a panic.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::time::{Duration, Instant};

use obhut_core::{
    model::Condition,
    period::{Period, Unit},
    rule::{Anchoring, Choice, Chooser, Rounding, Rule},
};
use obhut_policy::{Sources, diagnostic, load, sentence};
use proptest::prelude::*;

fn event() -> impl Strategy<Value = obhut_core::id::EventName> {
    prop::sample::select(vec!["contract.ended", "a", "shopper.last-activity", "end.of_year", "last.call"])
        .prop_map(Into::into)
}

fn anchoring() -> impl Strategy<Value = Anchoring> {
    prop::sample::select(vec![Anchoring::First, Anchoring::Last])
}

fn period() -> impl Strategy<Value = Period> {
    let unit = prop::sample::select(vec![Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year]);
    (1..=Period::MAX_COUNT, unit).prop_map(|(count, unit)| Period::new(count, unit))
}

fn choice() -> impl Strategy<Value = Choice> {
    (prop::sample::select(vec![Chooser::Tenant, Chooser::Record]), period(), period())
        .prop_map(|(by, least, most)| Choice { by, least, most })
}

fn rule() -> impl Strategy<Value = Rule> {
    let rounding = prop::sample::select(vec![None, Some(Rounding::Year), Some(Rounding::FiscalYear)]);
    let after = (any::<bool>(), period(), prop::option::of(choice()), anchoring(), event(), rounding).prop_map(
        |(within, period, choice, anchor, event, rounding)| Rule::After {
            within,
            period,
            choice,
            anchor,
            event,
            rounding,
        },
    );
    let immediately = (anchoring(), event()).prop_map(|(anchor, event)| Rule::Immediately(anchor, event));
    let until = (anchoring(), event()).prop_map(|(anchor, event)| Rule::Until(anchor, event));
    let simple = prop_oneof![after, immediately, until];
    simple.prop_recursive(4, 12, 4, |inner| {
        let rules = prop::collection::vec(inner, 1..4);
        prop_oneof![rules.clone().prop_map(Rule::Earliest), rules.prop_map(Rule::Latest)]
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let fact = prop::sample::select(vec!["contract", "invoice", "b2b"]).prop_map(|fact| Condition::Fact(fact.into()));
    fact.prop_recursive(5, 24, 2, |inner| {
        let pair = (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        prop_oneof![
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
            pair.clone().prop_map(|(a, b)| Condition::And(a, b)),
            pair.prop_map(|(a, b)| Condition::Or(a, b)),
        ]
    })
}

/// Words and signs of the grammar in any order.
fn nearly_a_sentence() -> impl Strategy<Value = String> {
    let words = vec![
        "earliest of (",
        "latest of",
        "(",
        ")",
        ",",
        "within",
        "after",
        "last",
        "until",
        "immediately",
        "end of year",
        "end of fiscal year",
        "tenant chooses",
        "record chooses",
        "to",
        "3",
        "0",
        "99999999999",
        "years",
        "days",
        "a.b",
        "and",
        "or",
        "not",
        "ä",
        "\"",
        " ",
    ];
    prop::collection::vec(prop::sample::select(words), 0..40).prop_map(|words| words.join(" "))
}

fn corpus() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    ["ok", "bad", "parts"]
        .iter()
        .flat_map(|part| std::fs::read_dir(format!("{folder}/{part}")).unwrap())
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect()
}

/// Many lines, each with its number.
fn many(count: usize, line: fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

/// Loads and draws everything; the contract of `load` holds.
fn exercise(text: &str) {
    let sources = Sources::one("policy.toml", text);
    let loaded = load(&sources);
    let errors = loaded.diagnostics.iter().any(|found| found.severity == obhut_policy::Severity::Error);
    assert_eq!(loaded.model.is_none(), errors);
    assert!(loaded.diagnostics.len() <= diagnostic::MOST + 1);
    diagnostic::render(&loaded.diagnostics, &sources, true);
    diagnostic::to_json(&loaded.diagnostics, &sources);
}

/// Failures are printed with their smallest case; no file is kept.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn canonical_text_gives_the_rule_again(rule in rule()) {
        let text = sentence::canonical(&rule);
        prop_assert_eq!(sentence::parse_rule(&text), Ok(rule), "{}", text);
    }

    #[test]
    fn canonical_text_gives_the_condition_again(condition in condition()) {
        let text = sentence::condition_text(&condition);
        prop_assert_eq!(sentence::parse_condition(&text), Ok(condition), "{}", text);
    }

    #[test]
    fn canonical_text_gives_the_period_again(count in 1..=Period::MAX_COUNT) {
        for unit in [Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
            let period = Period::new(count, unit);
            prop_assert_eq!(sentence::parse_period(&sentence::period_text(period)), Ok(period));
        }
    }

    #[test]
    fn sentences_never_panic(text in prop_oneof![any::<String>(), nearly_a_sentence()]) {
        for error in [
            sentence::parse_rule(&text).err(),
            sentence::parse_period(&text).err(),
            sentence::parse_condition(&text).err(),
        ].into_iter().flatten() {
            prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
            prop_assert!(text.is_char_boundary(error.span.start) && text.is_char_boundary(error.span.end));
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        exercise(&text);
    }

    #[test]
    fn toml_like_text_is_answered(text in r#"([\[\]{}=.,"'#a-z0-9 \n]|format|\[a\]\n|policy|"x"|\[data\.x\]\n|x = 1\n){0,60}"#) {
        exercise(&text);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn damaged_policies_are_answered(
        pick in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4, any::<char>()), 1..6),
    ) {
        let corpus = corpus();
        let mut text: Vec<char> = pick.get(&corpus).chars().collect();
        for (at, kind, other) in damage {
            if text.is_empty() {
                break;
            }
            let at = at.index(text.len());
            match kind {
                0 => {
                    text.remove(at);
                }
                1 => text[at] = other,
                2 => text.insert(at, if at % 2 == 0 { '"' } else { '[' }),
                _ => {
                    let line: Vec<char> = text[at..].iter().copied().take(80).collect();
                    text.extend(line);
                }
            }
        }
        exercise(&text.into_iter().collect::<String>());
    }
}

/// Quick also without optimisation and on a busy machine. Alone, none takes more than a second or two; what takes time
/// out of proportion to its size takes minutes.
#[track_caller]
fn quickly(what: &str, text: &str) {
    let start = Instant::now();
    exercise(text);
    let took = start.elapsed();
    println!("{what}: {took:?}");
    assert!(took < Duration::from_secs(20), "{what}: {took:?}");
}

#[test]
fn hostile_texts_are_answered_quickly() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).unwrap()
    };
    let bytes: Vec<u8> = (0..1_000_000).map(|_| random()).collect();
    quickly("random bytes", &String::from_utf8_lossy(&bytes));
    let printable: String = bytes.iter().map(|byte| char::from(b' ' + byte % 95)).collect();
    quickly("random printable", &printable);
    let lines: String = printable.chars().enumerate().map(|(at, c)| if at % 20 == 0 { '\n' } else { c }).collect();
    quickly("random lines", &lines);
    quickly("brackets", &"[".repeat(1_000_000));
    quickly("braces", &format!("a = {}", "{a=".repeat(300_000)));
    quickly("dotted", &format!("{}a = 1", "a.".repeat(500_000)));
    quickly("dotted header", &format!("[{}a]", "a.".repeat(500_000)));
    quickly("many headers", &"[a.b]\n".repeat(100_000));
    quickly("one line", &format!("format = \"{}\"", "x".repeat(3_000_000)));
    quickly("a long rule", &format!("[retain.x]\nrule = \"{}\"", "earliest of (".repeat(200_000)));
    quickly("a long condition", &format!("[retain.x]\nwhen = \"{}a\"", "not ".repeat(500_000)));
    let classes = many(20_000, |n| format!("[data.c{n}]\naudience = \"customer\"\n"));
    quickly("many classes", &classes);
    quickly("many findings", &"a = \n".repeat(200_000));
    let comments = "# comment\n".repeat(300_000);
    quickly("findings at the end", &format!("{comments}[role.x]\n{}", many(999, |n| format!("k{n} = 1\n"))));
    quickly("hundred megabytes", &"x".repeat(100_000_000));
}

#[test]
fn nothing_and_odd_files_are_answered() {
    let nothing = load(&Sources(Vec::new()));
    assert!(nothing.model.is_none());
    diagnostic::render(&nothing.diagnostics, &Sources(Vec::new()), false);
    diagnostic::to_json(&nothing.diagnostics, &Sources(Vec::new()));
    for text in [
        "",
        "\u{feff}",
        "\u{feff}format = \"obhut-policy/1\"",
        "\r",
        "format = 1",
        "data = 1",
        "[data]",
        "[[data]]",
        "data = [[]]",
    ] {
        exercise(text);
    }
}

#[test]
fn too_much_is_refused_with_a_clear_message() {
    let text = "# comment\n".repeat(500_000);
    let found = load(&Sources::one("big.toml", text)).diagnostics;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "too-large");
    assert_eq!(found[0].message, "the policy has 5000000 bytes; 4194304 (4 MiB) are the most that is read");

    let found = load(&Sources::one("many.toml", "[role.x]\n".to_owned() + &many(999, |n| format!("k{n} = 1\n"))));
    assert_eq!(found.diagnostics.len(), diagnostic::MOST + 1);
    assert_eq!(found.diagnostics[diagnostic::MOST].code, "too-many-findings");
}
