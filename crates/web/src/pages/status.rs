//! `GET /status`: every promise and every job with its state, for people and for machines.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use obhut_core::{change::JobRun, id::Anchor, model::Lang};
use obhut_engine::jobs::SWEEP;
use obhut_policy::notice::Notice;
use serde_json::json;

use super::{
    failure::{Failure, home},
    frame::{Frame, html},
    ledger::{Ledger, Line, count},
    words::{every, pick},
};
use crate::views::{
    Moment,
    status::{Chapter, JobLine, PromiseLine, StatusPage},
};
use obhut_core::promise::State;

pub(super) async fn show(frame: Frame) -> Response {
    let answer = page(&frame).await;
    frame.answer(answer).await
}

async fn page(frame: &Frame) -> Result<Response, Failure> {
    let model = frame.model();
    let zone = &model.policy.zone;
    let lines = Ledger::of(&frame.app, frame.lang).lines();
    let broken_since = lines.iter().filter(|line| line.state == State::Broken).filter_map(|line| line.since).min();
    let checked = lines.iter().filter_map(|line| line.checked).max();
    let sweep = frame.app.engine.store().job(SWEEP).await?;
    html(&StatusPage {
        page: frame.page(frame.t().title_status()).await,
        broken_since: broken_since.map(|at| Moment::short(at, zone, frame.lang)),
        checked: checked.map(|at| Moment::ago(at, frame.app.engine.now(), zone, frame.lang)),
        chapters: chapters(frame, &lines),
        jobs: vec![job(frame, sweep)],
        file: Some("/status.json".into()),
        version: model.policy.version.clone(),
        hash: model.policy.hash.to_string(),
    })
}

/// The promises under the titles of the sections of the notice that make them.
fn chapters(frame: &Frame, lines: &[Line<'_>]) -> Vec<Chapter> {
    let model = frame.model();
    let sections: Vec<_> = model
        .audiences
        .keys()
        .filter_map(|audience| Notice::of(model, audience, frame.lang))
        .flat_map(|notice| notice.sections)
        .collect();
    let section_of = |anchor: &Anchor| {
        let has = |section: &&obhut_policy::notice::Section| {
            section.anchor == *anchor || section.items.iter().any(|item| item.anchor == *anchor)
        };
        sections.iter().find(has).map(|section| section.anchor.clone())
    };
    // Each section once, in the order of the notices; what none of them makes comes last.
    let mut order: Vec<(Option<Anchor>, String)> = Vec::new();
    for section in &sections {
        if !order.iter().any(|(anchor, _)| anchor.as_ref() == Some(&section.anchor)) {
            order.push((Some(section.anchor.clone()), section.title.clone()));
        }
    }
    order.push((None, pick(frame.lang, "Weitere Zusagen", "Other promises").to_owned()));
    let filed: Vec<_> = lines.iter().map(|line| (line.promise.makes.iter().find_map(section_of), line)).collect();
    let chapters = order.into_iter().map(|(anchor, title)| Chapter {
        title,
        promises: filed.iter().filter(|(of, _)| *of == anchor).map(|(_, line)| promise(frame, line)).collect(),
    });
    chapters.filter(|chapter| !chapter.promises.is_empty()).collect()
}

fn promise(frame: &Frame, line: &Line<'_>) -> PromiseLine {
    let model = frame.model();
    let zone = &model.policy.zone;
    let now = frame.app.engine.now();
    let notice = line.promise.makes.iter().find_map(|anchor| {
        let audience = home(model, anchor)?;
        Some(frame.link(&format!("/notice/{audience}#{anchor}")))
    });
    PromiseLine {
        id: line.promise.id.clone(),
        sentence: line.promise.text.get(frame.lang).to_owned(),
        state: line.state,
        proof: line.promise.proof,
        evidence: line.evidence.clone(),
        since: line.since.map(|at| Moment::short(at, zone, frame.lang)),
        checked: line.checked.map(|at| Moment::ago(at, now, zone, frame.lang)),
        checks: line.checks,
        notice,
        days: Vec::new(),
        fresh: false,
    }
}

fn job(frame: &Frame, run: Option<JobRun>) -> JobLine {
    let model = frame.model();
    let lang = frame.lang;
    let moment = |at: Timestamp| Moment::short(at, &model.policy.zone, lang);
    let late = run.as_ref().is_none_or(|run| is_late(frame, run));
    JobLine {
        name: pick(lang, "Fällige Daten löschen", "Erase what is due").to_owned(),
        every: every(model.policy.sweep, lang),
        last: run.as_ref().map(|run| moment(run.at)),
        next: run.as_ref().map(|run| moment(run.next)),
        acted: run.as_ref().map_or(0, |run| run.acted),
        late,
        fresh: false,
    }
}

/// Whether the job should have run again by now; one interval of patience.
fn is_late(frame: &Frame, run: &JobRun) -> bool {
    let head = &frame.model().policy;
    frame.app.engine.now() > head.sweep.after(run.next, &head.zone)
}

pub(super) async fn json(frame: Frame) -> Response {
    let answer = document(&frame).await;
    frame.answer(answer).await
}

async fn document(frame: &Frame) -> Result<Response, Failure> {
    let model = frame.model();
    let lines = Ledger::of(&frame.app, Lang::En).lines();
    let (kept, broken, unproven) = count(&lines);
    let promises: Vec<_> = lines
        .iter()
        .map(|line| {
            json!({
                "id": line.promise.id,
                "text": line.promise.text,
                "makes": line.promise.makes,
                "state": line.state,
                "proof": line.promise.proof,
                "evidence": line.evidence,
                "since": line.since,
                "checked": line.checked,
                "checks": line.checks,
                "live": line.live,
            })
        })
        .collect();
    let run = frame.app.engine.store().job(SWEEP).await?;
    let late = run.as_ref().is_none_or(|run| is_late(frame, run));
    let jobs: Vec<_> = run.iter().map(|run| json!({ "run": run, "late": late })).collect();
    let document = json!({
        "format": "obhut-status/1",
        "policy": { "id": model.policy.id, "version": model.policy.version, "sha256": model.policy.hash },
        "now": frame.app.engine.now(),
        "kept": kept,
        "broken": broken,
        "unproven": unproven,
        "promises": promises,
        "jobs": jobs,
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], format!("{document:#}\n")).into_response())
}
