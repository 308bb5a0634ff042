//! Policies that are nearly right: read, checked, rendered, never a panic and never slow.
//!
//! The corpus and the deployments' policies are mutated line by line, word by word and byte by byte, and crossed with each other. A few
//! seconds of it are part of every run; `OBHUT_SOAK=1` makes them ten minutes. `OBHUT_FUZZ_SEED` repeats a run.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use jiff::civil::date;
use obhut_core::model::Lang;
use obhut_policy::{
    Severity, Sources, canonical, diagnostic, load_at,
    notice::{Notice, html},
};

/// One policy must be answered in this time, also without optimisation and on a busy machine.
const SLOWEST: Duration = Duration::from_secs(20);

/// A small generator (xorshift64*); the same seed gives the same policies.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

fn seeds() -> Vec<String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let read = |folder: String| {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
            .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
            .collect::<Vec<_>>()
    };
    let mut texts = Vec::new();
    for folder in ["ok", "bad"] {
        for (_, text) in read(format!("{root}/corpus/{folder}")) {
            // A file of the corpus with its parts is a whole policy.
            let parts = text.lines().next().and_then(|line| line.strip_prefix("# with ")).unwrap_or_default();
            let parts = parts.split(", ").filter(|part| !part.is_empty());
            let mut whole: String =
                parts.map(|part| std::fs::read_to_string(format!("{root}/corpus/{part}")).unwrap() + "\n").collect();
            whole.push_str(&text);
            texts.push(whole);
        }
    }
    for entry in std::fs::read_dir(format!("{root}/../../deployments")).unwrap() {
        texts.extend(std::fs::read_to_string(entry.unwrap().path().join("policy.toml")));
    }
    texts.sort();
    texts
}

/// Words of the format in places where they do not belong.
const WORDS: [&str; 40] = [
    "\"\"",
    "\"*\"",
    "[]",
    "[[]]",
    "{}",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "1.5",
    "2026-02-01",
    "9999-12-31",
    "\"session\"",
    "\"never\"",
    "\"consent:x\"",
    "\"only:x\"",
    "\"field:x\"",
    "\"until last a\"",
    "\"1000 years after a\"",
    "\"1 hour (tenant chooses 1000 years to 1 hour) after a, end of fiscal year\"",
    "\"earliest of (until a, until a)\"",
    "\"latest of (immediately after last a, 1 day after a)\"",
    "\"a and not a\"",
    "\"not not (a or b)\"",
    "\"all for 1000 years\"",
    "\"hourly for 1 hour\"",
    "\"consent\"",
    "\"always\"",
    "\"click\"",
    "\".x.y\"",
    "\"xn--a.b\"",
    "\"DE\"",
    "\"US\"",
    "\"§ 147 AO\"",
    "\"ä\u{301}\u{200d}🦀\"",
    "'''\n'''",
    "\"\"\"a\nb\"\"\"",
    "\"\\u0041\"",
];

fn mutate(random: &mut Random, seeds: &[String]) -> String {
    let mut lines: Vec<String> = random.of(seeds).lines().map(str::to_owned).collect();
    // Mostly one or two changes: what is wrong everywhere never gets behind the reading.
    let changes = if random.below(4) == 0 { 8 } else { 1 + random.below(2) };
    for _ in 0..changes {
        if lines.is_empty() {
            break;
        }
        let at = random.below(lines.len());
        match random.below(10) {
            0 => {
                lines.remove(at);
            }
            1 => {
                let line = lines[at].clone();
                lines.insert(random.below(lines.len()), line);
            }
            2 => {
                let other = random.below(lines.len());
                lines.swap(at, other);
            }
            3 | 4 => {
                // Some lines of another policy.
                let other: Vec<&str> = random.of(seeds).lines().collect();
                let from = random.below(other.len());
                let some = other.iter().skip(from).take(1 + random.below(20)).map(|line| (*line).to_owned());
                lines.splice(at..at, some.collect::<Vec<_>>());
            }
            5 | 6 => {
                // The value of one key for another one, or a word of the format.
                let value = if random.below(2) == 0 {
                    (*random.of(&WORDS)).to_owned()
                } else {
                    let from = random.below(lines.len());
                    lines[from].split_once('=').map_or_else(String::new, |(_, value)| value.trim().to_owned())
                };
                if let Some((key, _)) = lines[at].split_once('=') {
                    lines[at] = format!("{key}= {value}");
                }
            }
            7 => {
                // One name for another one, everywhere or here.
                let from = random.below(lines.len());
                let name = |line: &str| {
                    line.split(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).map(str::to_owned).collect()
                };
                let (old, new): (Vec<String>, Vec<String>) = (name(&lines[at]), name(&lines[from]));
                let (old, new) = (random.of(&old).clone(), random.of(&new).clone());
                if old.len() > 1 {
                    lines[at] = lines[at].replace(&old, &new);
                }
            }
            8 => {
                let mut chars: Vec<char> = lines[at].chars().collect();
                if !chars.is_empty() {
                    let place = random.below(chars.len());
                    let other = char::from_u32(u32::try_from(random.below(0x2_FFFF)).unwrap()).unwrap_or('"');
                    match random.below(3) {
                        0 => chars[place] = other,
                        1 => chars.insert(place, *random.of(&['"', '[', ']', '=', '\\', ' ', '.', '#'])),
                        _ => {
                            chars.remove(place);
                        }
                    }
                }
                lines[at] = chars.into_iter().collect();
            }
            _ => lines.truncate(at.max(1)),
        }
    }
    lines.join("\n")
}

/// Reads, checks and renders; says whether there was a model.
fn exercise(text: &str) -> bool {
    let sources = Sources::one("policy.toml", text);
    let loaded = load_at(&sources, Some(date(2026, 11, 1)));
    let errors = loaded.diagnostics.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(loaded.model.is_none(), errors);
    for found in &loaded.diagnostics {
        assert!(found.span.start <= found.span.end && found.span.end <= text.len(), "{found:?}");
        assert!(!found.message.is_empty() && !found.label.is_empty() || found.code == "too-many-findings", "{found:?}");
    }
    diagnostic::render(&loaded.diagnostics, &sources, true);
    let Some(model) = &loaded.model else { return false };
    assert!(!canonical::text(model).is_empty());
    for audience in model.audiences.keys() {
        for lang in Lang::ALL {
            let notice = Notice::of(model, audience, lang).unwrap();
            html::body(&notice, &html::plain);
        }
    }
    true
}

/// How long, and from which seed.
#[expect(clippy::disallowed_methods, reason = "the length of a test is set from outside")]
fn settings() -> (Duration, u64) {
    let soak = std::env::var("OBHUT_SOAK").is_ok_and(|soak| soak == "1");
    let seed = std::env::var("OBHUT_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok());
    (Duration::from_secs(if soak { 600 } else { 4 }), seed.unwrap_or(0x0B_4075))
}

#[test]
fn mutated_policies_are_answered() {
    let (time, seed) = settings();
    let seeds = seeds();
    let mut random = Random(seed);
    let (start, mut count, mut valid, mut slowest) = (Instant::now(), 0_u32, 0_u32, Duration::ZERO);
    while start.elapsed() < time {
        let text = mutate(&mut random, &seeds);
        let began = Instant::now();
        let model = catch_unwind(AssertUnwindSafe(|| exercise(&text)));
        assert!(model.is_ok(), "seed {seed}, policy {count}:\n{text}");
        valid += u32::from(model.is_ok_and(|model| model));
        slowest = slowest.max(began.elapsed());
        assert!(slowest < SLOWEST, "seed {seed}, policy {count} took {slowest:?}:\n{text}");
        count += 1;
    }
    println!(
        "seed {seed}: {count} policies in {:?}, {valid} of them valid, the slowest in {slowest:?}",
        start.elapsed()
    );
    // A few policies stay valid, or the mutations reach nothing behind the parser.
    assert!(valid > 0 && count > 20, "{valid} of {count}");
}
