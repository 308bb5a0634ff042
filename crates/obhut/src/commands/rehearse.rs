//! `obhut rehearse`.

use std::{collections::BTreeMap, fmt::Write, path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use jiff::{Timestamp, civil::Date};
use obhut_core::{
    id::RetentionName,
    model::{Lang, Model},
    promise::{Standing, State},
};
use obhut_engine::{
    promises::Promise,
    rehearse::{Happened, Moment, Report},
};
use obhut_policy::say;
use obhut_store::sqlite::SqliteStore;
use obhut_web::rehearsal::Rehearsal;
use serde_json::json;

use crate::{
    deployment::{self, Deployment},
    ending::FOUND,
    showing,
};

/// Run the future on a virtual clock and check every promise.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A folder with a policy, its people and its promises
    policy: PathBuf,
    /// How many people to invent beside the declared ones
    #[arg(long, default_value_t = 0)]
    people: usize,
    /// Where to end at the latest (a date or an RFC 3339 instant); without it, with the last due date
    #[arg(long)]
    until: Option<String>,
    /// Print the outcome as one JSON document
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let Some(deployment) = deployment::load(&args.policy)? else { return Ok(FOUND) };
    let Some(scenario) = &deployment.scenario else {
        bail!("there is no `people.toml` beside the policy: a rehearsal needs people and events");
    };
    let until = args.until.as_deref().map(|text| instant(text, &deployment.model)).transpose()?;
    let model = Arc::new(deployment.model.clone());
    let store = Arc::new(SqliteStore::in_memory()?);
    let scratch = tempfile::tempdir().context("cannot make a folder for copies")?;
    let mut rehearsal = Rehearsal::new(model, store, (scenario, &deployment.promises), scratch.path());
    rehearsal.invented = args.people;
    rehearsal.until = until;
    let report = rehearsal.run().await?;
    if args.json {
        showing::out(&format!("{:#}\n", document(&deployment, &report)));
    } else {
        showing::out(&told(&deployment, &report));
    }
    let broken = report.promises.values().any(|standing| standing.state == State::Broken);
    Ok(if broken { FOUND } else { 0 })
}

fn instant(text: &str, model: &Model) -> anyhow::Result<Timestamp> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date.to_zoned(model.policy.zone.clone())?.timestamp());
    }
    text.parse().with_context(|| format!("`{text}` is neither a date (2036-12-31) nor an RFC 3339 instant"))
}

fn document(deployment: &Deployment, report: &Report) -> serde_json::Value {
    let promises: Vec<_> = deployment
        .promises
        .iter()
        .filter_map(|promise| {
            let standing = report.promises.get(&promise.id)?;
            Some(json!({
                "id": promise.id,
                "state": standing.state,
                "proof": promise.proof,
                "evidence": standing.evidence,
                "checks": standing.checks,
            }))
        })
        .collect();
    json!({
        "policy": { "id": deployment.model.policy.id, "version": deployment.model.policy.version, "sha256": deployment.model.policy.hash },
        "promises": promises,
        "timeline": report.timeline,
        "instants": report.instants,
        "people": report.people,
        "ended": report.ended,
    })
}

/// The report for people: what happened when and by which sentence, then the promises.
fn told(deployment: &Deployment, report: &Report) -> String {
    let model = &deployment.model;
    let mut text = format!("Rehearsal of {} {}\n\n", model.policy.id, model.policy.version);
    for moment in &report.timeline {
        line(&mut text, model, moment);
    }
    let mut counts: BTreeMap<State, usize> = BTreeMap::new();
    text.push('\n');
    for promise in &deployment.promises {
        let Some(standing) = report.promises.get(&promise.id) else { continue };
        *counts.entry(standing.state).or_default() += 1;
        text.push_str(&promise_line(promise, standing));
    }
    let count = |state| counts.get(&state).copied().unwrap_or(0);
    let _ = writeln!(
        text,
        "\n{} kept, {} broken, {} unproven of {} promises; {} people, {} instants, until {}",
        count(State::Kept),
        count(State::Broken),
        count(State::Unproven),
        deployment.promises.len(),
        report.people,
        report.instants,
        report.ended.to_zoned(model.policy.zone.clone()).strftime("%Y-%m-%d"),
    );
    text
}

fn line(text: &mut String, model: &Model, moment: &Moment) {
    let at = moment.at.to_zoned(model.policy.zone.clone());
    let _ = write!(text, "{}  ", at.strftime("%Y-%m-%d %H:%M"));
    let _ = match &moment.what {
        Happened::Opened { tenant } => writeln!(text, "  {tenant} becomes a client"),
        Happened::Came { person, tenant } => writeln!(text, "+ {person} leaves data at {tenant}"),
        Happened::Event { to, event } => writeln!(text, "· {to}: {event}"),
        Happened::Withdrew { person, consent } => writeln!(text, "· {person} withdraws {consent}"),
        Happened::Erased { person } => writeln!(text, "− {person} is erased on request"),
        Happened::Ended { tenant } => writeln!(text, "− {tenant} ends"),
        Happened::Swept { rule, people, records, cascaded } => {
            let who = if people.len() > 6 { format!("{} people", people.len()) } else { people.join(", ") };
            let _ = write!(text, "− {who}: {records} records erased");
            if *cascaded > 0 {
                let _ = write!(text, ", and {cascaded} people with it");
            }
            writeln!(text, "\n{:20}{}: {}", "", rule, sentence(model, rule))
        }
        Happened::Failed { to, why } => writeln!(text, "✕ {to}: could not be done: {why}"),
        Happened::Broke { promise, evidence } => writeln!(text, "✕ {promise} BROKEN: {evidence}"),
    };
}

fn sentence(model: &Model, rule: &RetentionName) -> String {
    let stage = model.retentions.get(rule).and_then(|retention| retention.stages.last());
    stage.map(|stage| say::rule(model, &stage.rule, Lang::En)).unwrap_or_default()
}

/// One promise: mark, id, what is promised, and the evidence below.
pub(crate) fn promise_line(promise: &Promise, standing: &Standing) -> String {
    let (mark, word) = match standing.state {
        State::Kept => ("✓", "kept"),
        State::Broken => ("✕", "BROKEN"),
        State::Unproven => ("○", "unproven"),
    };
    format!("{mark} {:<9} {:<16} {}\n{:28}{}\n", word, promise.id, promise.text.en, "", standing.evidence)
}
