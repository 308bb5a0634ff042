//! `obhut serve`.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::bail;
use jiff::Timestamp;
use obhut_core::{
    change::PolicyVersion,
    id::RoleName,
    model::{Acts, Model},
};
use obhut_engine::{
    Engine, SystemClock,
    credentials::{NewKey, installer},
    prove::Board,
    versions,
};
use obhut_web::App;

use super::publish;
use crate::{
    archive,
    deployment::{self, Deployment},
    ending::FOUND,
    serving, showing,
};

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
    let Some(given) = deployment::load(&args.policy)? else { return Ok(FOUND) };
    // When another version begins to apply, the server ends in good order and begins again with it.
    loop {
        let known = archive::versions(&args.data).await?;
        let running = choose(args, &given, &known)?;
        let next = versions::coming(&known, deployment::now()).map(|coming| coming.effective);
        if !serve(args, &given, running, next).await? {
            return Ok(0);
        }
    }
}

/// The policy that applies now: the given one, or the archived one as long as the given one is only announced.
fn choose(args: &Args, given: &Deployment, known: &[PolicyVersion]) -> anyhow::Result<Model> {
    let hash = given.model.policy.hash;
    let Some(applying) = versions::applying(known, deployment::now()) else { return Ok(given.model.clone()) };
    if applying.hash == hash {
        return Ok(given.model.clone());
    }
    let Some(announced) = known.iter().find(|version| version.hash == hash && version.effective > applying.effective)
    else {
        bail!(
            "this policy is not published for the data in `{0}`: there, version {1} applies\nhelp: run `obhut publish {2} \
             --data {0}`, or serve the published version",
            args.data.display(),
            applying.version,
            args.policy.display(),
        );
    };
    showing::out(&format!(
        "version {} applies from {}; until then version {} runs\n",
        announced.version, announced.effective, applying.version
    ));
    archive::model(applying)
}

/// Serves one version; true if it ended because the next one applies.
async fn serve(args: &Args, given: &Deployment, model: Model, next: Option<Timestamp>) -> anyhow::Result<bool> {
    let first = !args.data.join(serving::DATABASE).exists();
    let deployment = Arc::new(Deployment { model, ..given.clone() });
    let model = Arc::new(deployment.model.clone());
    let engine = serving::open(model, &args.data, Arc::new(SystemClock::default())).await?;
    if engine.store().versions().await?.is_empty() {
        publish::first(&engine, &deployment.model, &deployment.sources).await?;
    }
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
    let switch = Arc::new(AtomicBool::new(false));
    let end = {
        let switch = Arc::clone(&switch);
        async move {
            tokio::select! {
                () = serving::asked_to_end() => {}
                () = reached(next) => switch.store(true, Ordering::SeqCst),
            }
        }
    };
    let served = serving::serve_until(listener, app, end).await;
    let switch = switch.load(Ordering::SeqCst);
    for task in [jobs, looks] {
        task.abort();
        // The next round opens the data anew: everything of this one is over by then.
        if switch {
            let _ = task.await;
        }
    }
    served.map(|()| switch)
}

/// Ends at the instant; never without one. Looks at the clock again once an hour, since clocks are put right.
async fn reached(instant: Option<Timestamp>) {
    let Some(instant) = instant else { return std::future::pending().await };
    loop {
        let left = instant.as_microsecond() - deployment::now().as_microsecond();
        let Ok(left) = u64::try_from(left) else { return };
        tokio::time::sleep(Duration::from_micros(left).min(Duration::from_hours(1))).await;
    }
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
