//! `obhut publish`.

use std::{path::PathBuf, sync::Arc};

use anyhow::bail;
use jiff::Timestamp;
use obhut_core::{id::AudienceName, model::Model};
use obhut_engine::{credentials::installer, versions};
use obhut_policy::{Sources, diff};
use serde_json::json;

use super::sweep::clock;
use crate::{archive, deployment, ending::FOUND, serving, showing};

/// Publish a version of the policy: archive it and, if it changes something material, announce it first.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy to be published: a file or a folder with one
    policy: PathBuf,
    /// The data folder; the server must not be running on it
    #[arg(long)]
    data: PathBuf,
    /// As if it were this instant (RFC 3339)
    #[arg(long)]
    at: Option<Timestamp>,
    /// Print the outcome as one JSON document
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let sources = deployment::sources(&args.policy)?;
    let Some(model) = deployment::resolve(&sources) else { return Ok(FOUND) };
    if !args.data.join(serving::DATABASE).exists() {
        bail!(
            "there is no data in `{}` yet\nhelp: `obhut serve` makes it, and publishes the policy it is given as the \
             first version",
            args.data.display()
        );
    }
    let clock = clock(args.at);
    let known = archive::versions(&args.data).await?;
    // The version that applies now decides how a change is announced.
    let present = versions::applying(&known, clock.now()).or(known.first()).map(archive::model).transpose()?;
    let running = Arc::new(present.clone().unwrap_or_else(|| model.clone()));
    let engine = serving::open(running, &args.data, clock).await?;
    let differences = present.as_ref().map(|present| diff::differences(present, &model)).unwrap_or_default();
    let material = diff::is_material(&differences);
    let version = engine.publish(&installer(), archive::publication(&model, &sources, material)).await?;
    let waits = version.effective > engine.now();
    let announced = if material && waits {
        Some(engine.announce(&installer(), version.hash, &concerned(&differences)).await?)
    } else {
        None
    };
    let zone = &model.policy.zone;
    let from = version.effective.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string();
    if args.json {
        let document = json!({
            "version": version.version,
            "sha256": version.hash.to_string(),
            "material": version.material,
            "published": version.published.to_string(),
            "effective": version.effective.to_string(),
            "changes": differences.len(),
            "announced": announced.map(|done| json!({
                "queued": done.queued, "before": done.before, "on_page": done.on_page,
            })),
        });
        showing::out(&format!("{document:#}\n"));
        return Ok(0);
    }
    let what = if version.material { "material changes" } else { "no material change" };
    showing::out(&format!(
        "version {} ({}), {} changes, {what}: applies from {from}\n  sha256 {}\n",
        version.version,
        if waits { "announced" } else { "published" },
        differences.len(),
        version.hash,
    ));
    if let Some(done) = announced {
        showing::out(&format!(
            "{} messages queued, {} people had theirs before, {} are told on the page\n",
            done.queued, done.before, done.on_page
        ));
    }
    Ok(0)
}

/// Whom the material changes concern.
fn concerned(differences: &[diff::Difference]) -> Vec<AudienceName> {
    let mut audiences: Vec<AudienceName> = Vec::new();
    for audience in differences.iter().filter(|one| one.material.is_some()).flat_map(|one| &one.audiences) {
        if !audiences.contains(audience) {
            audiences.push(audience.clone());
        }
    }
    audiences
}

/// Archives the policy as the first version of new data.
pub(crate) async fn first(engine: &obhut_engine::Engine, model: &Model, sources: &Sources) -> anyhow::Result<()> {
    engine.publish(&installer(), archive::publication(model, sources, false)).await?;
    Ok(())
}
