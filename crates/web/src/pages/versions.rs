//! `/versions`: the archive of published versions, and what each one changed.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use obhut_core::{
    change::PolicyVersion,
    id::AudienceName,
    model::{Lang, Model, PolicyHash},
};
use obhut_engine::versions::{applying, coming};
use obhut_policy::{
    Source, Sources,
    diff::{self, Difference},
};
use serde_json::json;

use super::{
    failure::Failure,
    frame::{Frame, html},
    words::capital,
};
use crate::views::{
    Link, Moment,
    error::ErrorKind,
    versions::{ChangeLine, VersionLine, VersionState, VersionsPage},
};

pub(super) async fn show(frame: Frame) -> Response {
    let answer = page(&frame).await;
    frame.answer(answer).await
}

async fn page(frame: &Frame) -> Result<Response, Failure> {
    let versions = frame.app.engine.store().versions().await?;
    let models: Vec<Option<Model>> = versions.iter().map(model).collect();
    let mut lines = Vec::with_capacity(versions.len());
    for (index, version) in versions.iter().enumerate() {
        let this = models.get(index).and_then(Option::as_ref);
        let before = index.checked_sub(1).and_then(|before| models.get(before)).and_then(Option::as_ref);
        let changes = before.zip(this).map(|(before, this)| {
            let found = diff::differences(before, this);
            found.iter().map(|one| change(frame.lang, before, this, one)).collect()
        });
        lines.push(line(frame, &versions, version, this, changes));
    }
    lines.reverse();
    html(&VersionsPage {
        page: frame.page(frame.t().title_versions()).await,
        versions: lines,
        file: "/versions.json".into(),
    })
}

/// The policy of a version, if this program can still read it.
fn model(version: &PolicyVersion) -> Option<Model> {
    let sources = version.sources.iter().map(|(name, text)| Source { name: name.clone(), text: text.clone() });
    obhut_policy::load(&Sources(sources.collect())).model
}

fn line(
    frame: &Frame,
    versions: &[PolicyVersion],
    version: &PolicyVersion,
    model: Option<&Model>,
    changes: Option<Vec<ChangeLine>>,
) -> VersionLine {
    let zone = &frame.model().policy.zone;
    let audiences = model.iter().flat_map(|model| &model.audiences);
    let notices = audiences.map(|(name, audience)| {
        let href = format!("/versions/{}/{name}.{}.html", version.hash, frame.lang.tag());
        Link::new(href, capital(audience.label.get(frame.lang)))
    });
    VersionLine {
        version: version.version.clone(),
        state: state(versions, version, frame.app.engine.now()),
        material: version.material,
        effective: Moment::minute(version.effective, zone, frame.lang),
        published: Moment::minute(version.published, zone, frame.lang),
        hash: version.hash.to_string(),
        notices: notices.collect(),
        changes,
    }
}

fn state(versions: &[PolicyVersion], version: &PolicyVersion, now: jiff::Timestamp) -> VersionState {
    if version.effective > now {
        VersionState::Coming
    } else if applying(versions, now).is_some_and(|applies| applies.hash == version.hash) {
        VersionState::Applies
    } else {
        VersionState::Past
    }
}

fn change(lang: Lang, before: &Model, this: &Model, one: &Difference) -> ChangeLine {
    let labels: Vec<_> = one
        .audiences
        .iter()
        .filter_map(|audience| this.audiences.get(audience).or_else(|| before.audiences.get(audience)))
        .map(|audience| audience.label.get(lang))
        .collect();
    let text = |text: &obhut_core::model::Text| text.get(lang).to_owned();
    ChangeLine {
        headline: text(&one.headline),
        audiences: labels.join(", "),
        material: one.material.as_ref().map(text),
        before: one.before.as_ref().map(text),
        after: one.after.as_ref().map(text),
    }
}

/// A notice as it was shown, byte for byte.
pub(super) async fn notice(frame: Frame, Path((version, file)): Path<(String, String)>) -> Response {
    let answer = archived(&frame, &version, &file).await;
    frame.answer(answer).await
}

async fn archived(frame: &Frame, version: &str, file: &str) -> Result<Response, Failure> {
    let hash: PolicyHash = version.parse().map_err(|_| ErrorKind::NotFound)?;
    let lang = |audience: &str| {
        let (audience, tag) = audience.rsplit_once('.')?;
        Some((AudienceName::from(audience), Lang::ALL.into_iter().find(|lang| lang.tag() == tag)?))
    };
    let (audience, lang) = file.strip_suffix(".html").and_then(lang).ok_or(ErrorKind::NotFound)?;
    let text = frame.app.engine.store().notice(hash, &audience, lang).await?.ok_or(ErrorKind::NotFound)?;
    let name = format!("attachment; filename=\"{}-{hash}-{audience}-{}.html\"", frame.model().policy.id, lang.tag());
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}

/// The archive for machines.
pub(super) async fn json(frame: Frame) -> Response {
    let answer = document(&frame).await;
    frame.answer(answer).await
}

async fn document(frame: &Frame) -> Result<Response, Failure> {
    let versions = frame.app.engine.store().versions().await?;
    let now = frame.app.engine.now();
    let lines: Vec<_> = versions
        .iter()
        .map(|version| {
            json!({
                "version": version.version,
                "sha256": version.hash.to_string(),
                "valid_from": version.valid_from.to_string(),
                "published": version.published.to_string(),
                "effective": version.effective.to_string(),
                "material": version.material,
            })
        })
        .collect();
    let hash = |version: Option<&PolicyVersion>| version.map(|version| version.hash.to_string());
    let document = json!({
        "applies": hash(applying(&versions, now)),
        "coming": hash(coming(&versions, now)),
        "versions": lines,
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], format!("{document:#}\n")).into_response())
}
