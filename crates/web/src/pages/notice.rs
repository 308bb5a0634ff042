//! `GET /notice/{audience}`: the living notice, and the same as Markdown, JSON and a single HTML file.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use obhut_core::{
    change::TenantState,
    id::{AudienceName, TenantId},
    model::Relation,
};
use obhut_policy::notice::{Notice, html as article, json, markdown};

use super::{
    failure::Failure,
    frame::{Frame, html, in_lang},
    ledger::{Ledger, count},
    words::capital,
};
use crate::views::{Link, Moment, NavLink, error::ErrorKind, notice::NoticePage};

pub(super) async fn show(frame: Frame, Path(file): Path<String>) -> Response {
    let answer = page(&frame, &file).await;
    frame.answer(answer).await
}

async fn page(frame: &Frame, file: &str) -> Result<Response, Failure> {
    let (audience, form) = file.split_once('.').map_or((file, None), |(name, form)| (name, Some(form)));
    let model = frame.model();
    let audience = AudienceName::from(audience);
    let tenant = tenant(frame, &audience).await?;
    let notice = Notice::for_tenant(model, &audience, frame.lang, tenant.as_deref()).ok_or(ErrorKind::NotFound)?;
    let ledger = Ledger::of(&frame.app, frame.lang);
    let annotate = |anchor: &_| ledger.annotation(anchor);
    match form {
        Some("md") => return Ok(download(&notice, "text/markdown; charset=utf-8", "md", markdown::write(&notice))),
        Some("json") => {
            let text = format!("{:#}\n", json::value(&notice));
            return Ok(download(&notice, "application/json", "json", text));
        }
        Some("html") => {
            return Ok(download(&notice, "text/html; charset=utf-8", "html", article::page(&notice, &annotate)));
        }
        Some(_) => return Err(ErrorKind::NotFound.into()),
        None => {}
    }
    let anchors = notice.anchors();
    let lines = ledger.lines();
    let mine = lines.iter().filter(|line| line.promise.makes.iter().any(|anchor| anchors.contains(&anchor)));
    let mine: Vec<_> = mine.collect();
    let (kept, broken, unproven) = count(mine.iter().copied());
    let checked = mine.iter().filter_map(|line| line.checked).max();
    let audiences = model.audiences.iter().map(|(name, known)| NavLink {
        href: frame.link(&format!("/notice/{name}")),
        label: capital(known.label.get(frame.lang)),
        current: *name == audience,
    });
    let of_tenant = frame.param("tenant").filter(|_| tenant.is_some());
    let suffix = of_tenant.map_or_else(String::new, |tenant| format!("?tenant={tenant}"));
    let files = [("md", "Markdown"), ("json", "JSON"), ("html", "HTML")];
    html(&NoticePage {
        page: frame.page(notice.title.clone()).await,
        audiences: audiences.collect(),
        kept,
        broken,
        unproven,
        checked: checked.map(|at| Moment::ago(at, frame.app.engine.now(), &model.policy.zone, frame.lang)),
        status: frame.link("/status"),
        changes: Some(frame.link("/versions")),
        files: files
            .iter()
            .map(|(form, label)| Link::new(in_lang(&format!("/notice/{audience}.{form}{suffix}"), frame.lang), *label))
            .collect(),
        body: article::body(&notice, &annotate),
    })
}

/// The name of the tenant that is the controller, where the notice is for a tenant's people and names one.
async fn tenant(frame: &Frame, audience: &AudienceName) -> Result<Option<String>, Failure> {
    let of_tenant = frame.model().audiences.get(audience).is_some_and(|a| a.relation == Relation::SubjectOfTenant);
    let Some(id) = frame.param("tenant").filter(|_| of_tenant).and_then(|id| id.parse::<TenantId>().ok()) else {
        return Ok(None);
    };
    let found = frame.app.engine.store().tenant(id).await?;
    Ok(found.filter(|tenant| tenant.state == TenantState::Active).map(|tenant| tenant.name))
}

fn download(notice: &Notice, media_type: &str, form: &str, text: String) -> Response {
    let (policy, version, lang) = (&notice.meta.policy, &notice.meta.version, notice.lang.tag());
    let name = format!("attachment; filename=\"{policy}-{version}-{}-{lang}.{form}\"", notice.audience);
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response()
}
