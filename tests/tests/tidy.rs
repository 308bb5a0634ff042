//! The rules of the house that a reader would otherwise have to check by eye.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The rooms from the inside out: a room may use those before it, never one of its own rank or after it.
const ROOMS: &[&[&str]] = &[
    &["obhut-core"],
    &["obhut-policy", "obhut-keyring", "obhut-store"],
    &["obhut-engine"],
    &["obhut-web"],
    &["obhut"],
];

/// What must not be reachable from a room, by whatever way.
const FAR_AWAY: &[(&str, &[&str])] = &[
    ("obhut-core", &["tokio", "rusqlite", "axum", "hyper", "rand", "aws-lc-rs"]),
    ("obhut-policy", &["tokio", "rusqlite", "axum", "hyper", "rand"]),
    ("obhut-keyring", &["tokio", "rusqlite", "axum", "hyper"]),
    ("obhut-store", &["axum", "hyper", "http", "aws-lc-rs"]),
    ("obhut-engine", &["axum", "hyper", "http"]),
];

/// A file of code has at most this many lines.
const LONGEST: usize = 600;

/// Files that are longer, with their length. An entry may become smaller or go; none is added.
const LONGER: &[(&str, usize)] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every text file of the project, by its path from the root.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() {
                if !["target", "node_modules", ".git", "data"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.insert(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text);
            }
        }
    }
    assert!(files.contains_key("Cargo.toml"));
    files
}

fn ends_with_one_of(path: &str, endings: &[&str]) -> bool {
    path.rsplit('.').next().is_some_and(|ending| endings.contains(&ending))
}

fn complain(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

// Dependencies.

fn answer(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What cargo knows about the packages, for the machine at hand: those for others need not have been downloaded.
fn metadata() -> Value {
    let version = answer("rustc", &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--offline", "--format-version", "1", "--filter-platform", host];
    serde_json::from_str(&answer(env!("CARGO"), &arguments)).unwrap()
}

/// For each crate, the crates that it uses in the program (not in its tests).
fn uses(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let names: BTreeMap<_, _> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["id"].as_str().unwrap(), package["name"].as_str().unwrap()))
        .collect();
    let in_the_program = |dependency: &&Value| {
        dependency["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].as_str() != Some("dev"))
    };
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let used = node["deps"].as_array().unwrap().iter().filter(in_the_program);
        let used = used.map(|dependency| names[dependency["pkg"].as_str().unwrap()].to_owned());
        uses.entry(names[node["id"].as_str().unwrap()].to_owned()).or_default().extend(used);
    }
    uses
}

#[test]
fn dependencies_point_inwards() {
    let uses = uses(&metadata());
    let rank = |name: &str| ROOMS.iter().position(|rooms| rooms.contains(&name));
    let mut findings = Vec::new();
    for room in uses.keys().filter(|name| name.starts_with("obhut") && *name != "obhut-tests") {
        let Some(place) = rank(room) else {
            findings.push(format!("`{room}`: say in ROOMS where it stands"));
            continue;
        };
        for used in uses[room].iter().filter(|used| rank(used).is_some_and(|rank| rank >= place)) {
            findings.push(format!("`{room}` must not use `{used}` (ARCHITECTURE.md, rule 1)"));
        }
    }
    complain(findings);
}

#[test]
fn no_room_reaches_what_lies_outside_it() {
    let uses = uses(&metadata());
    let mut findings = Vec::new();
    for (room, forbidden) in FAR_AWAY {
        // Every way, shortest first.
        let mut ways = vec![vec![(*room).to_owned()]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            for used in &uses[way.last().unwrap()] {
                let longer = [way.clone(), vec![used.clone()]].concat();
                if forbidden.contains(&used.as_str()) {
                    findings.push(format!("`{room}` reaches `{used}`: {}", longer.join(" -> ")));
                } else if seen.insert(used.clone()) {
                    ways.push(longer);
                }
            }
        }
    }
    complain(findings);
}

#[test]
fn every_room_has_the_lints_and_every_dependency_its_reason() {
    let files = files();
    let mut findings = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        if !text.contains("[lints]\nworkspace = true") {
            findings.push(format!("{path}: `[lints] workspace = true` is missing"));
        }
    }
    let table = files["Cargo.toml"].split("[workspace.dependencies]").nth(1).unwrap();
    let reasons = files.get("docs/decisions/0002-dependencies.md").expect("docs/decisions/0002-dependencies.md");
    for line in table.lines().take_while(|line| !line.starts_with('[')) {
        if let Some((name, version)) = line.split_once(" = ")
            && !version.contains("path = ")
            && !reasons.contains(&format!("`{name}`"))
        {
            findings.push(format!("docs/decisions/0002-dependencies.md: no reason for `{name}`"));
        }
    }
    complain(findings);
}

// Code.

/// A Rust file in two parts: its code without comments and strings, and its strings with their lines.
type Parts = (String, Vec<(usize, String)>);

fn parts(text: &str) -> Parts {
    let mut code = String::new();
    let mut strings = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some((opening, closing)) = raw_string(rest) {
            let length = rest[opening..].find(&closing).expect("a raw string ends");
            strings.push((line(rest), rest[opening..opening + length].to_owned()));
            rest = &rest[opening + length + closing.len()..];
        } else if first == '"' {
            let mut escaped = false;
            let inside = |character: char| {
                let ends = character == '"' && !escaped;
                escaped = character == '\\' && !escaped;
                ends
            };
            let length = rest[1..].find(inside).expect("a string ends");
            strings.push((line(rest), rest[1..=length].to_owned()));
            rest = &rest[length + 2..];
        } else if let Some(length) = character(rest) {
            rest = &rest[length..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (code, strings)
}

/// Where the content of a raw string that starts here begins, and what ends it.
fn raw_string(rest: &str) -> Option<(usize, String)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..]
        .starts_with('"')
        .then(|| (rest.len() - after.len() + hashes + 1, format!("\"{}", "#".repeat(hashes))))
}

/// The length of a character literal that starts here; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if let Some(escaped) = inside.strip_prefix('\\') {
        return Some(3 + escaped.chars().next()?.len_utf8() + escaped.chars().skip(1).collect::<String>().find('\'')?);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(length + 2)
}

/// The sources of the rooms, by path.
fn sources() -> BTreeMap<String, Parts> {
    let rust = |(path, _): &(String, String)| path.starts_with("crates/") && ends_with_one_of(path, &["rs"]);
    files().into_iter().filter(rust).map(|(path, text)| (path, parts(&text))).collect()
}

#[test]
fn the_reader_of_rust_knows_strings_from_code() {
    let (code, strings) =
        parts("let a = \"x\\\"y\"; // \"no\"\nlet b: &'a str = r#\"q\"r\"#; let c = ['\"', '\\'', '\\u{e9}'];");
    assert_eq!(code, "let a = ; \nlet b: &'a str = ; let c = [, , ];");
    assert_eq!(strings, [(1, "x\\\"y".to_owned()), (2, "q\"r".to_owned())]);
}

#[test]
fn sql_lives_in_the_store_only() {
    let words =
        ["SELECT ", "INSERT INTO", "INSERT OR", "UPDATE ", "DELETE FROM", "CREATE TABLE", "CREATE INDEX", "PRAGMA "];
    let mut findings = Vec::new();
    for (path, (_, strings)) in sources().into_iter().filter(|(path, _)| !path.starts_with("crates/store/")) {
        for (line, string) in strings {
            if words.iter().any(|word| string.trim_start().starts_with(word)) {
                findings.push(format!("{path}:{line}: SQL outside crates/store"));
            }
        }
    }
    complain(findings);
}

#[test]
fn sql_knows_no_clock_and_no_dice() {
    let forbidden = [
        "now()",
        "'now'",
        "current_timestamp",
        "current_date",
        "current_time",
        "unixepoch(",
        "julianday(",
        "random(",
        "randomblob(",
        "gen_random_uuid",
    ];
    let in_code = sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with("crates/store/"))
        .flat_map(|(path, (_, strings))| strings.into_iter().map(move |(line, text)| (format!("{path}:{line}"), text)));
    let in_files = files().into_iter().filter(|(path, _)| ends_with_one_of(path, &["sql"])).flat_map(|(path, text)| {
        let without_comment = |line: &str| line.split("--").next().unwrap_or_default().to_owned();
        let lines: Vec<_> = text.lines().map(without_comment).collect();
        lines.into_iter().enumerate().map(move |(line, text)| (format!("{path}:{}", line + 1), text))
    });
    let mut findings = Vec::new();
    for (place, text) in in_code.chain(in_files) {
        let text = text.to_lowercase();
        findings.extend(forbidden.iter().filter(|word| text.contains(*word)).map(|word| {
            format!("{place}: `{word}` in SQL: instants and randomness are arguments (ARCHITECTURE.md, rule 2)")
        }));
    }
    complain(findings);
}

#[test]
fn the_engine_names_no_http_type_and_the_web_no_sql_type() {
    let forbidden: [(&str, &[&str]); 2] = [
        ("crates/engine/", &["axum::", "http::", "hyper::", "StatusCode", "HeaderMap"]),
        ("crates/web/", &["rusqlite", "obhut_store::sqlite", "Connection"]),
    ];
    let mut findings = Vec::new();
    // Tests stand outside: they have to put a store behind what they test.
    let of_tests = |path: &str| path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with("testing.rs");
    for (path, (code, _)) in sources().into_iter().filter(|(path, _)| !of_tests(path)) {
        for (_, words) in forbidden.iter().filter(|(room, _)| path.starts_with(room)) {
            findings.extend(words.iter().filter(|word| code.contains(*word)).map(|word| format!("{path}: `{word}`")));
        }
    }
    complain(findings);
}

#[test]
fn files_stay_short() {
    let mut findings = Vec::new();
    let code = ["rs", "sql", "html", "css", "js", "mjs", "py", "sh"];
    let files = files();
    for (path, text) in files.iter().filter(|(path, _)| ends_with_one_of(path, &code)) {
        let lines = text.lines().count();
        match LONGER.iter().find(|(longer, _)| longer == path) {
            Some((_, known)) if lines > *known => {
                findings.push(format!("{path}: {lines} lines, was {known}: split it"));
            }
            Some(_) if lines <= LONGEST => findings.push(format!("{path}: short again; take it out of LONGER")),
            None if lines > LONGEST => findings.push(format!("{path}: {lines} lines, at most {LONGEST}: split it")),
            _ => {}
        }
    }
    findings
        .extend(LONGER.iter().filter(|(path, _)| !files.contains_key(*path)).map(|(path, _)| format!("{path}: gone")));
    complain(findings);
}

// Text.

#[test]
fn the_text_speaks_of_the_project_and_of_nothing_else() {
    // Put together here, so that this file does not find itself.
    let forbidden =
        [["/wor", "k/"], ["/roo", "t/"], ["iss", "ue #"], ["pull requ", "est #"]].map(|parts| parts.concat());
    let mut findings = Vec::new();
    for (path, text) in files() {
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            let place = format!("{path}:{}", number + 1);
            // A folder of that name further down in a path is no path of a machine.
            let inside = |c: char| c.is_ascii_alphanumeric() || "._-~$}".contains(c);
            let stands = |word: &&String| {
                let absolute = word.starts_with('/');
                line.match_indices(word.as_str()).any(|(at, _)| !(absolute && line[..at].ends_with(inside)))
            };
            findings.extend(forbidden.iter().filter(stands).map(|word| format!("{place}: `{word}`")));
            let numbered = line.split("session ").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            if numbered {
                findings.push(format!("{place}: a numbered session"));
            }
        }
    }
    complain(findings);
}

#[test]
fn nothing_we_serve_comes_from_a_third_party() {
    let mut findings = Vec::new();
    for (path, text) in files() {
        let served = path.starts_with("crates/web/assets/") || path.starts_with("crates/web/templates/");
        if !served || !ends_with_one_of(&path, &["js", "css", "html", "svg"]) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            // The names of XML vocabularies are never fetched.
            let line = line.replace("http://www.w3.org/", "");
            let foreign = ["http://", "https://", "src=\"//", "href=\"//", "url(//", "@import"];
            findings.extend(
                foreign
                    .iter()
                    .filter(|word| line.contains(*word))
                    .map(|word| format!("{path}:{}: `{word}`: nothing is loaded from a third party", number + 1)),
            );
        }
    }
    complain(findings);
}

#[test]
fn the_map_of_the_house_is_true() {
    let files = files();
    let Some(map) = files.get("ARCHITECTURE.md") else {
        println!("no ARCHITECTURE.md yet");
        return;
    };
    let mut findings = Vec::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let room = entry.unwrap().file_name().to_string_lossy().into_owned();
        if ![format!("crates/{room}"), format!("{room}/"), format!("`{room}`")].iter().any(|name| map.contains(name)) {
            findings.push(format!("ARCHITECTURE.md does not name crates/{room}"));
        }
    }
    // Whatever looks like a path of ours, in the text and in code spans.
    let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let folders = ["crates/", "docs/", "tests/", "deployments/", "bench/", "fuzz/", "xtask/", ".ci/"];
    for word in map.split(|c: char| !is_path(c)) {
        let path = word.trim_end_matches(['.', '/', '-']);
        if folders.iter().any(|folder| word.starts_with(folder)) && !path.is_empty() && !root().join(path).exists() {
            findings.push(format!("ARCHITECTURE.md names `{path}`, which does not exist"));
        }
    }
    // The tree: what stands indented below `crates/`.
    let mut below = None;
    for line in map.lines() {
        let indent = line.len() - line.trim_start().len();
        let name = line.trim_start().split(char::is_whitespace).next().unwrap_or_default();
        match below {
            _ if name == "crates/" => below = Some(indent),
            Some(above) if indent > above => {
                let room = name.trim_end_matches('/');
                if name.ends_with('/') && !room.contains('/') && !root().join("crates").join(room).is_dir() {
                    findings.push(format!("ARCHITECTURE.md shows crates/{room}, which does not exist"));
                }
            }
            _ => below = None,
        }
    }
    complain(findings);
}
