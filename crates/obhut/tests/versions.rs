//! The command as a user has it: publish, refuse, announce, change over; diff and new.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;

fn obhut() -> Command {
    Command::new(env!("CARGO_BIN_EXE_obhut"))
}

fn run(args: &[&str]) -> Output {
    obhut().args(args).output().unwrap()
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A running server; it ends with the test.
struct Server {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(policy: &Path, data: &Path) -> Self {
        let mut process = obhut()
            .args(["serve", "--listen", "127.0.0.1:0", "--policy"])
            .arg(policy)
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// The address it says it listens on, once it does (again).
    fn address(&mut self) -> String {
        let mut said = self.lines.by_ref().map_while(Result::ok);
        said.find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned)).expect("it listens")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
    body.to_owned()
}

/// The version number and the hash that a server says applies.
fn applies(address: &str) -> String {
    let archive: Value = serde_json::from_str(&get(address, "/versions.json")).unwrap();
    let hash = archive.get("applies").and_then(Value::as_str).unwrap().to_owned();
    let versions = archive.get("versions").and_then(Value::as_array).unwrap();
    let of = versions.iter().find(|version| version.get("sha256").and_then(Value::as_str) == Some(&hash));
    of.and_then(|version| version.get("version")).and_then(Value::as_str).unwrap().to_owned()
}

/// The example in a folder of its own, with one text replaced.
fn variant(folder: &Path, name: &str, from: &str, to: &str) -> PathBuf {
    let dir = folder.join(name);
    assert!(run(&["new", dir.to_str().unwrap()]).status.success());
    let file = dir.join("policy.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "the example does not say {from:?}");
    fs::write(&file, text.replace(from, to)).unwrap();
    dir
}

#[test]
fn a_material_change_waits_and_then_the_server_changes_over() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = variant(folder.path(), "first", "version    = \"3.0\"", "version    = \"1.0\"");
    let second = variant(folder.path(), "second", "within 14 days after last", "within 20 days after last");

    // Without data there is nothing to publish for.
    let refused = run(&["publish", first.to_str().unwrap(), "--data", data.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    let shown = {
        let mut server = Server::start(&first, &data);
        let address = server.address();
        assert_eq!(applies(&address), "1.0");
        get(&address, "/versions?lang=de")
    };
    assert!(shown.contains("gilt jetzt"), "{shown}");

    // A policy that was never published for this data does not run on it.
    let refused = obhut()
        .args(["serve", "--listen", "127.0.0.1:0", "--policy"])
        .arg(&second)
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("obhut publish"));

    // Announced so long ago that the fourteen days are over in a few seconds.
    let now = obhut_core::clock::Clock::now(&obhut_engine::SystemClock::default());
    let at = jiff::Timestamp::from_second(now.as_second() + 8 - 14 * 86_400).unwrap().to_string();
    let (policy, place) = (second.to_str().unwrap(), data.to_str().unwrap());
    let published = said(&run(&["publish", policy, "--data", place, "--at", &at, "--json"]));
    let published: Value = serde_json::from_str(&published).unwrap();
    assert_eq!(published.get("material"), Some(&Value::Bool(true)));
    assert_eq!(published.get("changes").and_then(Value::as_u64), Some(1));

    let mut server = Server::start(&second, &data);
    let address = server.address();
    assert_eq!(applies(&address), "1.0", "the announcement is not over yet");
    assert!(get(&address, "/notice/shopper?lang=de").contains("innerhalb von 14 Tagen"));
    let address = server.address();
    assert_eq!(applies(&address), "3.0");
    assert!(get(&address, "/notice/shopper?lang=de").contains("innerhalb von 20 Tagen"));

    // The earlier notice is still what was shown then.
    let archive: Value = serde_json::from_str(&get(&address, "/versions.json")).unwrap();
    let of = |version: &&Value| version.get("version").and_then(Value::as_str) == Some("1.0");
    let earlier = archive.get("versions").and_then(Value::as_array).unwrap().iter().find(of).unwrap();
    let earlier = earlier.get("sha256").and_then(Value::as_str).unwrap();
    let kept = get(&address, &format!("/versions/{earlier}/shopper.de.html"));
    let rendered =
        run(&["render", first.to_str().unwrap(), "--audience", "shopper", "--lang", "de", "--format", "html"]);
    assert!(kept == said(&rendered), "not the same byte for byte");
}

#[test]
fn the_difference_is_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let old = variant(folder.path(), "old", "14 days after last", "14 days after last");
    let new = variant(folder.path(), "new", "within 14 days after last", "within 10 days after last");
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let text = said(&run(&["diff", old, new, "--lang", "de"]));
    assert!(text.contains("Kürzere Speicherdauer") && text.contains("Weitere Änderungen"), "{text}");
    assert!(text.contains("innerhalb von 10 Tagen nach der letzten Aktivität"), "{text}");
    let json: Value = serde_json::from_str(&said(&run(&["diff", new, old, "--json"]))).unwrap();
    assert_eq!(json.get("material"), Some(&Value::Bool(true)), "the other way round it is longer");
    assert_eq!(json.pointer("/changes/0/entry").and_then(Value::as_str), Some("retain.shopper"));
}

#[test]
fn every_example_starts_a_policy_that_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["configurator", "residents", "vendor", "fleet", "hoster"] {
        let dir = folder.path().join(name);
        said(&run(&["new", dir.to_str().unwrap(), "--like", name]));
        let checked = said(&run(&["check", dir.to_str().unwrap()]));
        assert!(checked.contains("0 warnings"), "{checked}");
    }
}
