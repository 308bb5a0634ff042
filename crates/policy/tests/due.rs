//! The worked dates of the language, through the interface of `obhut due`.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use obhut_core::model::Model;
use obhut_policy::{Source, Sources, due, load};
use serde_json::{Value, json};

fn model() -> Model {
    let source = |name: &str| Source {
        name: name.into(),
        text: std::fs::read_to_string(format!("{}/corpus/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap(),
    };
    load(&Sources(vec![source("parts/head.toml"), source("parts/customer.toml"), source("ok/worked.toml")]))
        .model
        .unwrap()
}

fn rule(input: &Value, rule: &str) -> Value {
    let answer = due::answer(&model(), &input.to_string()).unwrap();
    answer.as_array().unwrap().iter().find(|entry| entry["rule"] == rule).unwrap().clone()
}

fn events(events: &[(&str, &str)]) -> Value {
    let events: Vec<_> = events.iter().map(|(event, at)| json!({ "event": event, "at": at })).collect();
    json!({ "now": "2050-01-01", "events": events })
}

#[track_caller]
fn check(name: &str, happened: &[(&str, &str)], expected: Option<&str>) {
    assert_eq!(rule(&events(happened), name)["due"], json!(expected));
}

#[test]
fn earliest_of_two_dates() {
    let closed = ("ticket.closed", "2020-03-01");
    check("ticket", &[closed, ("contract.ended", "2023-06-30")], Some("2025-06-30T00:00:00+02:00"));
    check("ticket", &[closed], Some("2030-03-01T00:00:00+01:00"));
    check("ticket", &[closed, ("contract.ended", "2029-01-01")], Some("2030-03-01T00:00:00+01:00"));
    check("ticket", &[], None);
}

#[test]
fn latest_of_two_dates() {
    let invoices =
        [("invoice.issued", "2015-01-01"), ("invoice.issued", "2024-05-01"), ("contract.ended", "2024-09-30")];
    check("letter", &invoices, Some("2034-05-01T00:00:00+02:00"));
    check("letter", &[("invoice.issued", "2010-01-01")], None);
}

#[test]
fn the_end_of_the_year() {
    check("voucher", &[("invoice.issued", "2026-03-02")], Some("2034-12-31T23:59:59+01:00"));
}

#[test]
fn sides_branches_consents_and_cancelling() {
    let mut input = events(&[("ticket.closed", "2026-03-02T14:30:00")]);
    input["facts"] = json!({ "contract": true });
    let call = rule(&input, "call");
    assert_eq!(call["due"], "2026-03-16T14:30:00+01:00");
    assert_eq!((&call["promise"], &call["standing"]), (&json!("gone-by"), &json!("due")));
    let other = rule(&input, "call-other");
    assert_eq!((&other["due"], &other["promise"], &other["action"]), (&json!(null), &json!(null), &json!("erase")));
    assert_eq!(
        other["because"],
        json!(["This rule applies only to records with `not contract`, which is not so for these facts."])
    );

    input["consents"] = json!(["keep-my-data"]);
    let kept = rule(&input, "call");
    assert_eq!((&kept["due"], &kept["standing"]), (&json!(null), &json!("on-consent")));

    let again = events(&[("ticket.closed", "2026-03-02"), ("usage.restarted", "2026-03-03")]);
    let mut again = again;
    again["facts"] = json!({ "contract": true });
    assert_eq!(rule(&again, "call")["due"], json!(null));
}

#[test]
fn every_answer_reads_as_reasons() {
    let mut input = events(&[("ticket.closed", "2020-03-01"), ("contract.ended", "2023-06-30")]);
    input["facts"] = json!({ "contract": true });
    input["consents"] = json!(["keep-my-data"]);
    let answer = due::answer(&model(), &input.to_string()).unwrap();
    let mut text = String::new();
    for entry in answer.as_array().unwrap() {
        let keys = ["rule", "due", "action", "promise", "standing"].map(|key| format!("{key}: {}", entry[key]));
        text.push_str(&keys.join("  "));
        for reason in entry["because"].as_array().unwrap() {
            text.push_str("\n  ");
            text.push_str(reason.as_str().unwrap());
        }
        text.push_str("\n\n");
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../corpus/found" }, {
        insta::assert_snapshot!("due", text);
    });
}

#[test]
fn instants_are_dates_local_times_or_exact() {
    for at in ["2026-03-02", "2026-03-02T00:00:00", "2026-03-02T00:00:00+01:00", "2026-03-01T23:00:00Z"] {
        check("voucher", &[("invoice.issued", at)], Some("2034-12-31T23:59:59+01:00"));
        check("ticket", &[("ticket.closed", at)], Some("2036-03-02T00:00:00+01:00"));
    }
    for at in ["2026-02-30", "soon", "", "2026-03-02T00:00:00+99:00", "2026-03-02T25:00:00Z"] {
        assert!(due::answer(&model(), &events(&[("ticket.closed", at)]).to_string()).is_err(), "{at}");
    }
}

#[test]
fn mistakes_are_named() {
    let now = "\"now\": \"2026-01-01\"";
    for (input, expected) in [
        ("", "the input is not JSON"),
        ("[]", "the input must be a JSON object"),
        ("{}", "the input has no `now`"),
        (&format!("{{{now}, \"event\": []}}"), "the input has a key `event` that is not known; did you mean `events`?"),
        (
            &format!("{{{now}, \"events\": [{{\"event\": \"ticket.close\", \"at\": \"2026-01-01\"}}]}}"),
            "did you mean `ticket.closed`?",
        ),
        (&format!("{{{now}, \"events\": [{{\"event\": \"ticket.closed\"}}]}}"), "events[0] has no `at`"),
        (&format!("{{{now}, \"events\": 1}}"), "`events` must be a list"),
        (&format!("{{{now}, \"facts\": {{\"contrat\": true}}}}"), "did you mean `contract`?"),
        (&format!("{{{now}, \"facts\": {{\"contract\": 1}}}}"), "must be true or false"),
        (
            &format!("{{{now}, \"consents\": [\"keep\"]}}"),
            "the policy has no consent `keep`; known here: `keep-my-data`",
        ),
    ] {
        let error = due::answer(&model(), input).unwrap_err().to_string();
        assert!(error.contains(expected), "{input}: {error}");
    }
}
