//! `obhut prove`.

use std::sync::Arc;

use obhut_core::promise::State;
use obhut_engine::prove::Board;
use serde_json::json;

pub(crate) use super::sweep::Args;
use super::{rehearse::promise_line, sweep::clock};
use crate::{deployment, ending::FOUND, serving, showing};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let Some(deployment) = deployment::load(&args.policy)? else { return Ok(FOUND) };
    let engine = serving::open(Arc::new(deployment.model.clone()), &args.data, clock(args.at)).await?;
    let board = Arc::new(Board::default());
    serving::rehearse(&deployment, &engine, &board).await?;
    board.look(&engine, &deployment.promises, &serving::live_checks(&engine, &deployment, &board)).await?;
    let entries = board.entries();
    let mut documents = Vec::new();
    let mut broken = false;
    for promise in &deployment.promises {
        let Some(entry) = entries.get(&promise.id) else { continue };
        broken |= entry.standing.state == State::Broken;
        if args.json {
            documents.push(json!({
                "id": promise.id,
                "state": entry.standing.state,
                "proof": promise.proof,
                "evidence": entry.standing.evidence,
                "checks": entry.standing.checks,
                "looked_at": if entry.live { "data" } else { "rehearsal" },
            }));
        } else {
            showing::out(&promise_line(promise, &entry.standing));
        }
    }
    if args.json {
        showing::out(&format!("{:#}\n", json!({ "promises": documents })));
    }
    Ok(if broken { FOUND } else { 0 })
}
