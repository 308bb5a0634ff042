//! `obhut demo`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
use jiff::{Timestamp, ToSpan};
use obhut_core::clock::ManualClock;
use obhut_engine::prove::Board;
use obhut_web::{App, Demo};

use super::publish;
use crate::{demo, deployment, serving, showing};

/// Start a server with invented clients and shoppers and a clock you can move.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8088")]
    listen: SocketAddr,
    /// Keep the data in this folder; without it, it goes when the demo ends
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many shoppers to invent
    #[arg(long, default_value_t = 300)]
    people: usize,
    /// The instant at which the demo's clock stands at first (RFC 3339); without it, now
    #[arg(long)]
    at: Option<Timestamp>,
}

#[tokio::main]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let deployment = deployment::example(&deployment::CONFIGURATOR)?;
    let passing = tempfile::tempdir().context("cannot make a folder for the data")?;
    let data = args.data.clone().unwrap_or_else(|| passing.path().join("data"));
    if data.join(serving::DATABASE).exists() {
        anyhow::bail!("`{}` has data already; a demo starts afresh", data.display());
    }
    let at = args.at.unwrap_or_else(deployment::now);
    let start = at.checked_sub((demo::DAYS * 24).hours()).context("the demo cannot start that early")?;
    let clock = Arc::new(ManualClock::new(start));
    let engine = serving::open(Arc::new(deployment.model.clone()), &data, Arc::clone(&clock) as _).await?;
    publish::first(&engine, &deployment.model, &deployment.sources).await?;
    let listener = serving::listen(args.listen).await?;
    let clients = demo::seed(&engine, &clock, at, args.people).await?;

    let board = Arc::new(Board::default());
    let app = Arc::new(App {
        checks: serving::live_checks(&engine, &deployment, &board),
        engine: engine.clone(),
        promises: deployment.promises.clone(),
        board: Arc::clone(&board),
        log: Arc::new(serving::StandardError),
        demo: Some(Demo { clock, clients: clients.clone(), changed: Vec::new().into() }),
    });
    let address = listener.local_addr()?;
    showing::out(&format!("listening on http://{address}\n"));
    for client in &clients {
        showing::out(&format!("  {:<26} log in with {}\n", client.name, client.key));
    }
    let looks = tokio::spawn({
        let app = Arc::clone(&app);
        async move {
            if let Err(error) = serving::rehearse(&deployment, &engine, &app.board).await {
                eprintln!("error: the rehearsal could not run: {error}");
            }
            if let Err(error) = app.board.look(&app.engine, &app.promises, &app.checks).await {
                eprintln!("error: the promises could not be checked: {error}");
            }
        }
    });
    let served = serving::serve(listener, app).await;
    looks.abort();
    served.map(|()| 0)
}
