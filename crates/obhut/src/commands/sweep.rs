//! `obhut sweep`.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use obhut_core::clock::{Clock, ManualClock};
use obhut_engine::SystemClock;
use serde_json::json;

use crate::{deployment, ending::FOUND, serving, showing};

/// What the commands over the data of a server that is not running are told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A policy file or a folder with one
    #[arg(long)]
    pub(crate) policy: PathBuf,
    /// The data folder
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// As if it were this instant (RFC 3339)
    #[arg(long)]
    pub(crate) at: Option<Timestamp>,
    /// Print the outcome as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

/// The clock of a command: the machine's, or one that stands at the given instant.
pub(crate) fn clock(at: Option<Timestamp>) -> Arc<dyn Clock> {
    match at {
        Some(at) => Arc::new(ManualClock::new(at)),
        None => Arc::new(SystemClock::default()),
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let Some(deployment) = deployment::load(&args.policy)? else { return Ok(FOUND) };
    let engine = serving::open(Arc::new(deployment.model), &args.data, clock(args.at)).await?;
    let report = engine.run_sweep().await?;
    if args.json {
        let report = json!({ "people": report.people, "records": report.records, "cascaded": report.cascaded, "stuck": report.stuck });
        showing::out(&format!("{report:#}\n"));
    } else {
        showing::out(&format!(
            "{} people had something due: {} records erased, {} other people went with them\n",
            report.people, report.records, report.cascaded
        ));
    }
    if report.stuck > 0 {
        eprintln!("error: {} people's data was due and could not be removed; check the storage", report.stuck);
    }
    Ok(if report.stuck > 0 { FOUND } else { 0 })
}
