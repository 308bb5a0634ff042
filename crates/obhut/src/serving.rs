//! Opening a data folder, listening, running the jobs, ending in good order.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context;
use obhut_core::{clock::Clock, model::Model};
use obhut_engine::{
    Engine, Host,
    prove::{self, Board, Check},
};
use obhut_keyring::{Keyring, SystemRandom};
use obhut_store::sqlite::SqliteStore;
use obhut_web::{App, Log, MemoryLog, proofs, rehearsal::Rehearsal, router};
use tokio::net::TcpListener;

use crate::deployment::Deployment;

/// The database in a data folder.
pub(crate) const DATABASE: &str = "obhut.db";

/// Opens the engine over a data folder, which is made if it does not exist, readable for its owner only.
pub(crate) async fn open(model: Arc<Model>, data: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Engine> {
    make_private(data)?;
    let random = Arc::new(SystemRandom);
    let keys = Keyring::open(data, &*random).context("cannot open the keys")?;
    let store = SqliteStore::open(&data.join(DATABASE)).context("cannot open the database")?;
    let engine = Engine::start(model, Arc::new(store), Arc::new(keys), Host { clock, random }).await;
    engine.context("cannot start on this data")
}

fn make_private(data: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    if data.exists() {
        let mode = fs::metadata(data).with_context(|| format!("cannot read `{}`", data.display()))?.permissions();
        if mode.mode() & 0o077 != 0 {
            eprintln!("warning: others may look into `{}`; `chmod 700` it", data.display());
        }
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("cannot make the data folder `{}`", data.display()))
}

/// Log lines go to standard error.
pub(crate) struct StandardError;

impl Log for StandardError {
    fn line(&self, line: &str) {
        eprintln!("{line}");
    }
}

/// The checks that may look at the real data of a running server.
pub(crate) fn live_checks(engine: &Engine, deployment: &Deployment, board: &Arc<Board>) -> Vec<Box<dyn Check>> {
    let log = Arc::new(MemoryLog::default());
    let app = App {
        engine: engine.clone(),
        promises: deployment.promises.clone(),
        board: Arc::clone(board),
        checks: Vec::new(),
        log: Arc::clone(&log) as _,
        demo: None,
    };
    let mut checks = prove::checks();
    checks.extend(proofs::checks(router(Arc::new(app)), log));
    checks.retain(|check| check.live());
    checks
}

/// Rehearses the deployment on a store in memory; the report goes to the board.
pub(crate) async fn rehearse(deployment: &Deployment, engine: &Engine, board: &Board) -> anyhow::Result<()> {
    let Some(scenario) = &deployment.scenario else { return Ok(()) };
    let scratch = tempfile::tempdir().context("cannot make a folder for copies")?;
    let store = Arc::new(SqliteStore::in_memory()?);
    let model = Arc::new(deployment.model.clone());
    let report = Rehearsal::new(model, store, (scenario, &deployment.promises), scratch.path()).run().await?;
    board.rehearsed(&report, engine.now());
    Ok(())
}

/// Binds the address and says where it listens.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    Ok(listener)
}

/// Serves until the process is asked to end.
pub(crate) async fn serve(listener: TcpListener, app: Arc<App>) -> anyhow::Result<()> {
    serve_until(listener, app, asked_to_end()).await
}

/// Serves until `end`.
pub(crate) async fn serve_until(
    listener: TcpListener,
    app: Arc<App>,
    end: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(end).await.context("the server failed")
}

/// Ends when the process is asked to.
pub(crate) async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
