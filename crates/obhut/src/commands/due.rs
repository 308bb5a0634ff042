//! `obhut due`.

use std::{io::Read, path::PathBuf};

use anyhow::Context;
use serde_json::Value;

use crate::{deployment, ending::FOUND, showing};

/// When is each class due for these events, and by which sentence.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A policy file or a folder with one
    policy: PathBuf,
    /// A JSON file with `now`, `events`, `facts` and `consents`; `-` reads standard input
    #[arg(long)]
    events: PathBuf,
    /// Print the answer as one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<u8> {
    let sources = deployment::sources(&args.policy)?;
    let Some(model) = deployment::resolve(&sources) else { return Ok(FOUND) };
    let mut input = String::new();
    if args.events.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut input).context("cannot read standard input")?;
    } else {
        input = std::fs::read_to_string(&args.events)
            .with_context(|| format!("cannot read `{}`", args.events.display()))?;
    }
    let answer = obhut_policy::due::answer(&model, &input)?;
    if args.json {
        showing::out(&format!("{answer:#}\n"));
        return Ok(0);
    }
    for entry in answer.as_array().into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let due = text("due").unwrap_or("never yet");
        showing::out(&format!("{:<24} {:<28} {}\n", text("rule").unwrap_or(""), due, text("action").unwrap_or("")));
        for because in entry.get("because").and_then(Value::as_array).into_iter().flatten() {
            showing::out(&format!("{:<24} {}\n", "", because.as_str().unwrap_or_default()));
        }
    }
    Ok(0)
}
