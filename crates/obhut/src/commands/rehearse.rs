//! `obhut rehearse`.

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, bail};
use jiff::{Timestamp, civil::Date};
use obhut_core::{
    id::RetentionName,
    model::{Action, Lang, Model},
    promise::{Standing, State},
};
use obhut_engine::{
    promises::Promise,
    rehearse::{Happened, Moment, Report},
};
use obhut_policy::say;
use obhut_store::sqlite::SqliteStore;
use obhut_web::rehearsal::{
    Rehearsal,
    report::{self, Counts, Rehearsed},
};
use serde_json::json;

use crate::{
    deployment::{self, Deployment},
    ending::FOUND,
    showing,
};

/// Run the future on a virtual clock and check every promise.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders with a policy, its people and its promises; several are rehearsed one after the other
    #[arg(required = true, value_name = "DEPLOYMENT")]
    policy: Vec<PathBuf>,
    /// How many people to invent beside the declared ones
    #[arg(long, default_value_t = 0)]
    people: usize,
    /// Where to end at the latest (a date or an RFC 3339 instant); without it, with the last due date
    #[arg(long)]
    until: Option<String>,
    /// Print the outcome as one JSON document
    #[arg(long)]
    json: bool,
    /// Write a page with the promises and a picture of every record's life
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// A deployment that was rehearsed, and how long that took.
struct Done {
    deployment: Deployment,
    report: Report,
    seconds: f64,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let mut done = Vec::new();
    for policy in &args.policy {
        let Some(deployment) = deployment::load(policy)? else { return Ok(FOUND) };
        done.push(rehearse(args, policy, deployment).await?);
    }
    match (&*done, args.json) {
        ([one], true) => showing::out(&format!("{:#}\n", document(one))),
        ([one], false) => showing::out(&told(&one.deployment, &one.report)),
        (all, true) => showing::out(&format!("{:#}\n", documents(all))),
        (all, false) => showing::out(&table(all)),
    }
    if let Some(file) = &args.html {
        let rehearsed: Vec<_> = done
            .iter()
            .map(|one| Rehearsed {
                model: &one.deployment.model,
                promises: &one.deployment.promises,
                report: &one.report,
                seconds: one.seconds,
            })
            .collect();
        let page = report::page(&rehearsed);
        std::fs::write(file, page).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    let broken = done.iter().any(|one| Counts::of(&one.deployment.promises, &one.report).broken > 0);
    Ok(if broken { FOUND } else { 0 })
}

async fn rehearse(args: &Args, policy: &Path, deployment: Deployment) -> anyhow::Result<Done> {
    let Some(scenario) = &deployment.scenario else {
        bail!("there is no `people.toml` beside `{}`: a rehearsal needs people and events", policy.display());
    };
    let until = args.until.as_deref().map(|text| instant(text, &deployment.model)).transpose()?;
    let model = Arc::new(deployment.model.clone());
    let store = Arc::new(SqliteStore::in_memory()?);
    let scratch = tempfile::tempdir().context("cannot make a folder for copies")?;
    let begun = Instant::now();
    let mut rehearsal = Rehearsal::new(model, store, (scenario, &deployment.promises), scratch.path());
    rehearsal.invented = args.people;
    rehearsal.until = until;
    let report = rehearsal.run().await.with_context(|| format!("`{}`", policy.display()))?;
    Ok(Done { deployment, report, seconds: begun.elapsed().as_secs_f64() })
}

/// Several rehearsals: what is broken, and a closing table.
fn table(all: &[Done]) -> String {
    let mut text = String::new();
    for one in all {
        for promise in &one.deployment.promises {
            let standing = one.report.promises.get(&promise.id).filter(|standing| standing.state == State::Broken);
            if let Some(standing) = standing {
                text.push_str(&promise_line(promise, standing));
            }
        }
    }
    let _ =
        writeln!(text, "{:<16}{:>8}{:>8}{:>10}{:>10}{:>10}", "", "kept", "broken", "unproven", "promises", "seconds");
    let mut sum = Counts::default();
    let mut seconds = 0.0;
    let mut line = |name: &str, counts: Counts, seconds: f64| {
        let Counts { kept, broken, unproven } = counts;
        let _ = writeln!(text, "{name:<16}{kept:>8}{broken:>8}{unproven:>10}{:>10}{seconds:>10.1}", counts.total());
    };
    for one in all {
        let counts = Counts::of(&one.deployment.promises, &one.report);
        line(&one.deployment.model.policy.id, counts, one.seconds);
        sum = sum.and(counts);
        seconds += one.seconds;
    }
    line("together", sum, seconds);
    text
}

/// Several rehearsals as one document.
fn documents(all: &[Done]) -> serde_json::Value {
    let counts = |counts: Counts| json!({ "kept": counts.kept, "broken": counts.broken, "unproven": counts.unproven, "promises": counts.total() });
    let of = |one: &Done| Counts::of(&one.deployment.promises, &one.report);
    let sum = all.iter().map(of).fold(Counts::default(), Counts::and);
    json!({
        "rehearsals": all.iter().map(document).collect::<Vec<_>>(),
        "together": counts(sum),
        "seconds": all.iter().map(|one| one.seconds).sum::<f64>(),
    })
}

fn instant(text: &str, model: &Model) -> anyhow::Result<Timestamp> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date.to_zoned(model.policy.zone.clone())?.timestamp());
    }
    text.parse().with_context(|| format!("`{text}` is neither a date (2036-12-31) nor an RFC 3339 instant"))
}

fn document(done: &Done) -> serde_json::Value {
    let Done { deployment, report, seconds } = done;
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
        "seconds": seconds,
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
        Happened::Chose { tenant, rule, period } => {
            writeln!(text, "  {tenant} chooses {} for {rule}", say::period(*period, Lang::En))
        }
        Happened::Came { person, tenant } if tenant.is_empty() => writeln!(text, "+ {person} leaves data"),
        Happened::Came { person, tenant } => writeln!(text, "+ {person} leaves data at {tenant}"),
        Happened::Event { to, event } => writeln!(text, "· {to}: {event}"),
        Happened::Gave { person, consent } => writeln!(text, "· {person} gives {consent}"),
        Happened::Held { person, hold } => writeln!(text, "· {person}: held for {hold}"),
        Happened::Lifted { person, hold } => writeln!(text, "· {person}: no longer held for {hold}"),
        Happened::Withdrew { person, consent } => writeln!(text, "· {person} withdraws {consent}"),
        Happened::Erased { person } => writeln!(text, "− {person} is erased on request"),
        Happened::Ended { tenant } => writeln!(text, "− {tenant} ends"),
        Happened::Swept { rule, action, people, records, cascaded } => {
            let who = if people.len() > 6 { format!("{} people", people.len()) } else { people.join(", ") };
            let done = if *action == Action::Anonymise { "anonymised" } else { "erased" };
            let _ = write!(text, "− {who}: {records} records {done}");
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
