//! `obhut serve`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use obhut_core::{id::RoleName, model::Acts};
use obhut_engine::{
    Engine, SystemClock,
    credentials::{NewKey, installer},
    prove::Board,
};
use obhut_web::App;

use crate::{deployment, ending::FOUND, serving, showing};

/// How often the promises are checked against the real data.
const LOOK: Duration = Duration::from_mins(5);

/// Serve a policy: API, pages and jobs.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A policy file or a folder with one
    #[arg(long)]
    policy: PathBuf,
    /// The data folder; made at the first start
    #[arg(long)]
    data: PathBuf,
    /// Where to listen; TLS is the task of the proxy in front
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

#[tokio::main]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let Some(deployment) = deployment::load(&args.policy)? else { return Ok(FOUND) };
    let first = !args.data.join(serving::DATABASE).exists();
    let model = Arc::new(deployment.model.clone());
    let engine = serving::open(model, &args.data, Arc::new(SystemClock::default())).await?;
    if first {
        print_setup_key(&engine).await?;
    }
    let listener = serving::listen(args.listen).await?;
    showing::out(&format!("listening on http://{}\n", listener.local_addr()?));
    let board = Arc::new(Board::default());
    let app = Arc::new(App {
        checks: serving::live_checks(&engine, &deployment, &board),
        engine: engine.clone(),
        promises: deployment.promises.clone(),
        board: Arc::clone(&board),
        log: Arc::new(serving::StandardError),
        demo: None,
    });
    let jobs = tokio::spawn(sweeps(engine.clone()));
    let looks = tokio::spawn({
        let app = Arc::clone(&app);
        async move {
            if let Err(error) = serving::rehearse(&deployment, &engine, &app.board).await {
                eprintln!("error: the rehearsal could not run: {error}");
            }
            loop {
                if let Err(error) = app.board.look(&app.engine, &app.promises, &app.checks).await {
                    eprintln!("error: the promises could not be checked: {error}");
                }
                tokio::time::sleep(LOOK).await;
            }
        }
    });
    let served = serving::serve(listener, app).await;
    jobs.abort();
    looks.abort();
    served.map(|()| 0)
}

/// Runs the sweep at every instant of its grid. A run that failed is repeated at the next one, and said.
async fn sweeps(engine: Engine) {
    loop {
        match engine.run_sweep().await {
            Ok(report) if report.stuck > 0 => {
                eprintln!("error: {} people's data was due and could not be removed", report.stuck);
            }
            Ok(_) => {}
            Err(error) => eprintln!("error: the sweep failed and will be repeated: {error}"),
        }
        let now = engine.now();
        let next = engine.sweep_at_or_after(now.checked_add(jiff::Span::new().microseconds(1)).unwrap_or(now));
        let pause = u64::try_from(next.as_microsecond() - now.as_microsecond()).unwrap_or(1_000_000);
        tokio::time::sleep(Duration::from_micros(pause)).await;
    }
}

/// At the first start there is no credential: the first one is printed, once.
async fn print_setup_key(engine: &Engine) -> anyhow::Result<()> {
    let operator = engine.model().roles.iter().filter(|(_, role)| role.acts == Acts::Operator);
    let opens = |role: &RoleName| engine.model().purposes.values().any(|purpose| purpose.roles.contains(role));
    let mut roles: Vec<&RoleName> = operator.map(|(name, _)| name).filter(|role| opens(role)).collect();
    roles.sort_by_key(|role| engine.model().purposes.values().position(|purpose| purpose.roles.contains(*role)));
    let Some(role) = roles.first() else {
        eprintln!("warning: the policy has no role of the operator; no key was made");
        return Ok(());
    };
    let new = NewKey { tenant: None, role: (*role).clone(), purposes: None, expires: None };
    let (_, secret) = engine.create_key(&installer(), new).await?;
    showing::out(&format!("first key (role {role}), shown once: {}\n", secret.expose()));
    Ok(())
}
