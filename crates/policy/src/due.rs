//! A pure calculation: when is what due for these events, and by which sentence.
//!
//! The input is a JSON object:
//!
//! ```json
//! {"now": "2026-03-01", "events": [{"event": "ticket.closed", "at": "2020-03-01"}],
//!  "facts": {"contract": true}, "consents": ["keep-my-data"]}
//! ```
//!
//! A date means midnight at its beginning in the policy's time zone; a date with a time is local; an instant with an
//! offset (RFC 3339) is exact. The consents are those given as of `now`. Only `now` must be there.

use std::collections::BTreeSet;

use jiff::{Timestamp, Zoned, civil::DateTime, tz::TimeZone};
use obhut_core::{
    consent::{ConsentEvent, ConsentKind, Consents},
    history::History,
    id::{FactName, RetentionName},
    model::{Action, Lang, Model, Retention},
    retention::{self, Case, Side, Standing},
    rule::Chosen,
};
use serde_json::{Map, Value, json};

use crate::{name, say, sentence};

/// The input is not what [`answer`] takes. The text says what is wrong and what is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DueError(pub String);

/// What the input says.
struct Input {
    now: Timestamp,
    history: History,
    facts: BTreeSet<FactName>,
    consents: Consents,
}

/// For every retention rule: its date, what happens then and why, as a JSON array.
pub fn answer(model: &Model, input_json: &str) -> Result<Value, DueError> {
    let input: Value =
        serde_json::from_str(input_json).map_err(|error| DueError(format!("the input is not JSON: {error}")))?;
    let input = read(model, &input)?;
    let entries = model.retentions.iter().map(|(name, retention)| entry(model, &input, name, retention));
    Ok(entries.collect())
}

fn entry(model: &Model, input: &Input, name: &RetentionName, retention: &Retention) -> Value {
    let zone = &model.policy.zone;
    if let Some(when) = retention.when.as_ref().filter(|when| !when.holds(&|fact| input.facts.contains(fact))) {
        let action = retention.stages.last().map(|stage| stage.action.word());
        let because = format!(
            "This rule applies only to records with `{}`, which is not so for these facts.",
            sentence::condition_text(when)
        );
        return json!({
            "rule": name, "due": null, "action": action, "because": [because], "promise": null, "standing": null,
        });
    }
    let case = Case {
        history: &input.history,
        facts: &input.facts,
        consents: &input.consents,
        holds: &[],
        chosen: Chosen::default(),
    };
    let verdict = retention::assess_rule(model, name, retention, &case, input.now);
    let mut because = Vec::new();
    if let Some(stage) = retention.stages.get(verdict.stage) {
        let what = match stage.action {
            Action::Erase => "erased",
            Action::Anonymise => "anonymised",
            Action::Restrict => "restricted",
        };
        because.push(format!("The rule is \"{}\"; then the data is {what}.", sentence::canonical(&stage.rule)));
    }
    because.extend(verdict.because.iter().map(|reason| say::retention(model, reason, Lang::En)));
    because.push(conclusion(model, &verdict));
    let promise = verdict.due.map(|due| match due.side {
        Side::GoneBy => "gone-by",
        Side::KeepUntil => "kept-until",
    });
    json!({
        "rule": name,
        "due": verdict.due.map(|due| local(due.at, zone)),
        "action": verdict.action.word(),
        "because": because,
        "promise": promise,
        "standing": standing_text(&verdict.standing),
    })
}

const fn standing_text(standing: &Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::OnConsent { .. } => "on-consent",
        Standing::Restricted => "restricted",
        Standing::ExportOnly => "export-only",
        Standing::OnlyFor { .. } => "only-for",
        Standing::Held { .. } => "held",
        Standing::Due { .. } => "due",
    }
}

/// The last sentence: what follows.
fn conclusion(model: &Model, verdict: &retention::Verdict) -> String {
    let Some(due) = verdict.due else {
        return "So there is no date.".into();
    };
    let at = say::instant(due.at, &model.policy.zone, Lang::En);
    let sweep = sentence::period_text(model.policy.sweep);
    match due.side {
        Side::GoneBy => format!("So the date is {at}; the sweep acts within the {sweep} before it."),
        Side::KeepUntil => format!("So the date is {at}; the sweep acts within the {sweep} after it."),
    }
}

/// Local time with its offset.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    Zoned::new(at, zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn read(model: &Model, input: &Value) -> Result<Input, DueError> {
    let table = object(input, "the input")?;
    known_keys(table, &["now", "events", "facts", "consents"], "the input")?;
    let zone = &model.policy.zone;
    let now = table.get("now").ok_or_else(|| {
        DueError("the input has no `now`: the instant at which is asked, for example \"2026-02-01\"".into())
    })?;
    let now = instant(now, zone, "`now`")?;

    let mut history = History::default();
    for (index, event) in array(table, "events")?.iter().enumerate() {
        let what = format!("events[{index}]");
        let event = object(event, &what)?;
        known_keys(event, &["event", "at"], &what)?;
        let name = event.get("event").and_then(Value::as_str);
        let name =
            name.ok_or_else(|| DueError(format!("{what} has no `event`: the name of an event of the policy")))?;
        let Some((known, _)) = model.events.get_key_value(name) else {
            return Err(unknown("event", name, model.events.keys().map(obhut_core::id::EventName::as_str)));
        };
        let at = event.get("at").ok_or_else(|| DueError(format!("{what} has no `at`: when it happened")))?;
        history.insert(known.clone(), instant(at, zone, &format!("`at` of {what}"))?);
    }

    let mut facts = BTreeSet::new();
    if let Some(given) = table.get("facts") {
        let asked: BTreeSet<&str> = model
            .retentions
            .values()
            .filter_map(|rule| rule.when.as_ref())
            .flat_map(|when| when.facts())
            .map(FactName::as_str)
            .collect();
        for (fact, holds) in object(given, "`facts`")? {
            if !asked.contains(fact.as_str()) {
                return Err(unknown("fact", fact, asked.iter().copied()));
            }
            let holds = holds.as_bool().ok_or_else(|| DueError(format!("the fact `{fact}` must be true or false")))?;
            if holds {
                facts.insert(fact.as_str().into());
            }
        }
    }

    let mut consents = Consents::default();
    for consent in array(table, "consents")? {
        let name = consent
            .as_str()
            .ok_or_else(|| DueError("`consents` is a list of names of consents of the policy".into()))?;
        let Some((known, _)) = model.consents.get_key_value(name) else {
            return Err(unknown("consent", name, model.consents.keys().map(obhut_core::id::ConsentName::as_str)));
        };
        // Given as of now: with double opt-in asked for and confirmed.
        for kind in [ConsentKind::Requested, ConsentKind::Granted] {
            consents.insert(ConsentEvent { at: now, consent: known.clone(), kind });
        }
    }
    Ok(Input { now, history, facts, consents })
}

fn object<'v>(value: &'v Value, what: &str) -> Result<&'v Map<String, Value>, DueError> {
    value.as_object().ok_or_else(|| DueError(format!("{what} must be a JSON object")))
}

fn array<'v>(table: &'v Map<String, Value>, key: &str) -> Result<&'v [Value], DueError> {
    match table.get(key) {
        None => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(DueError(format!("`{key}` must be a list"))),
    }
}

fn known_keys(table: &Map<String, Value>, known: &[&str], what: &str) -> Result<(), DueError> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => {
            Err(DueError(format!("{what} has a key `{key}` that is not known{}", hint(key, known.iter().copied()))))
        }
        None => Ok(()),
    }
}

fn unknown<'n>(what: &str, text: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> DueError {
    DueError(format!("the policy has no {what} `{text}`{}", hint(text, known)))
}

fn hint<'n>(text: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> String {
    name::did_you_mean(text, known).map(|help| format!("; {help}")).unwrap_or_default()
}

/// A date (local midnight), a local date with a time, or an instant with an offset.
fn instant(value: &Value, zone: &TimeZone, what: &str) -> Result<Timestamp, DueError> {
    let wrong = || {
        DueError(format!(
            "{what} is not a date or an instant: write \"2026-02-01\", \"2026-02-01T14:30:00\" (local time of the \
             policy) or \"2026-02-01T14:30:00+01:00\""
        ))
    };
    let text = value.as_str().ok_or_else(wrong)?;
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(obhut_core::clock::to_micros(at));
    }
    // What has an offset or a zone and is no instant is a mistake, not a local time.
    let has_offset = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|time| time.contains(['+', '-', '[']));
    if has_offset {
        return Err(wrong());
    }
    let local: DateTime = text.parse().map_err(|_| wrong())?;
    local.to_zoned(zone.clone()).map(|zoned| obhut_core::clock::to_micros(zoned.timestamp())).map_err(|_| wrong())
}
