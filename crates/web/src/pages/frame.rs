//! What every page has around it: the language, the links that keep it, and the clock of the demo.

use std::{convert::Infallible, sync::Arc};

use askama::Template;
use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use obhut_core::model::{Lang, Model, Relation};

use super::failure::Failure;
use crate::{
    app::App,
    texts::Texts,
    views::{DemoBar, Link, Moment, Page},
};

/// A request for a page, without its body.
pub(super) struct Frame {
    /// The deployment.
    pub app: Arc<App>,
    /// The language of the answer.
    pub lang: Lang,
    /// The path asked for.
    pub path: String,
    /// Whether the request came over an encrypted connection.
    pub https: bool,
    /// The headers.
    pub headers: HeaderMap,
    query: Vec<(String, String)>,
    rest: Vec<String>,
    chosen: bool,
    get: bool,
}

impl Frame {
    /// Reads what a page needs from the head of a request.
    pub(super) fn of(parts: &Parts, app: &Arc<App>) -> Self {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
        let asked = query.iter().find(|(name, _)| name == "lang").and_then(|(_, value)| language(value));
        let accepted = || parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(accepted);
        let raw = parts.uri.query().unwrap_or_default();
        let rest = raw.split('&').filter(|part| !part.is_empty() && !part.starts_with("lang=")).map(str::to_owned);
        let forwarded = parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        Self {
            app: Arc::clone(app),
            lang: asked.or_else(accepted).unwrap_or(Lang::De),
            path: parts.uri.path().to_owned(),
            https: forwarded || parts.uri.scheme_str() == Some("https"),
            headers: parts.headers.clone(),
            query,
            rest: rest.collect(),
            chosen: asked.is_some(),
            get: parts.method == Method::GET || parts.method == Method::HEAD,
        }
    }

    /// The policy that runs.
    pub(super) fn model(&self) -> &Model {
        self.app.engine.model()
    }

    /// The texts of the interface.
    pub(super) const fn t(&self) -> Texts {
        Texts(self.lang)
    }

    /// A parameter of the address.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Which page of a list is asked for, from 1.
    pub(super) fn page_number(&self) -> usize {
        self.param("page").and_then(|page| page.parse().ok()).filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1)
    }

    /// The address of another page, in the same language if the reader chose it.
    pub(super) fn link(&self, path: &str) -> String {
        if self.chosen { in_lang(path, self.lang) } else { path.to_owned() }
    }

    /// The path asked for with its parameters, the language aside.
    pub(super) fn here(&self) -> String {
        if self.rest.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.rest.join("&")) }
    }

    /// The frame of a page.
    pub(super) async fn page(&self, title: impl Into<String>) -> Page {
        let model = self.model();
        let mut page = Page::new(self.lang, model.controller.name.clone(), title);
        page.home = Some(self.link("/"));
        let other = if self.lang == Lang::De { Lang::En } else { Lang::De };
        page.other = self.get.then(|| in_lang(&self.here(), other));
        page.demo = self.demo_bar().await;
        let visitor = model.audience_with(Relation::Visitor).map(|(name, _)| name);
        if let Some(audience) = visitor.or_else(|| model.audiences.keys().next()) {
            page.foot.push(Link::new(self.link(&format!("/notice/{audience}")), self.t().title_notice()));
        }
        page.foot.push(Link::new(self.link("/status"), self.t().title_status()));
        page
    }

    /// The clock of the demo; not on pages that stand in somebody else's site.
    async fn demo_bar(&self) -> Option<DemoBar> {
        let demo = self.app.demo.as_ref()?;
        if self.path.starts_with("/embed/") {
            return None;
        }
        let engine = &self.app.engine;
        let zone = &self.model().policy.zone;
        let next = engine.store().next_due().await.ok().flatten();
        let next = next.map(|due| engine.sweep_at_or_after(due.max(engine.now())));
        let mut changed = demo.changed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(DemoBar {
            now: Moment::minute(engine.now(), zone, self.lang),
            action: self.link("/demo/clock"),
            back: if self.get { self.link(&self.here()) } else { self.link("/") },
            token: None,
            next: next.map(|at| Moment::short(at, zone, self.lang)),
            changed: if self.get { std::mem::take(&mut *changed) } else { Vec::new() },
            start: self.link("/"),
        })
    }

    /// The answer, or the page that says why there is none.
    pub(super) async fn answer(&self, answer: Result<Response, Failure>) -> Response {
        match answer {
            Ok(response) => response,
            Err(failure) => failure.response(self).await,
        }
    }
}

impl FromRequestParts<Arc<App>> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, app))
    }
}

/// The address of a page in a language.
pub(super) fn in_lang(path: &str, lang: Lang) -> String {
    let (path, anchor) = path.split_once('#').map_or((path, None), |(path, anchor)| (path, Some(anchor)));
    let mark = if path.contains('?') { '&' } else { '?' };
    let anchor = anchor.map_or_else(String::new, |anchor| format!("#{anchor}"));
    format!("{path}{mark}lang={}{anchor}", lang.tag())
}

/// A page as an answer.
pub(super) fn html(view: &impl Template) -> Result<Response, Failure> {
    html_with(StatusCode::OK, view)
}

/// A page as an answer with a status.
pub(super) fn html_with(status: StatusCode, view: &impl Template) -> Result<Response, Failure> {
    let body = view.render()?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response())
}

/// Onwards to another page, by GET.
pub(super) fn see_other(to: &str) -> Response {
    axum::response::Redirect::to(to).into_response()
}

fn language(tag: &str) -> Option<Lang> {
    let main = tag.split('-').next().unwrap_or(tag);
    Lang::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(main))
}

/// The language of ours that the reader likes best (RFC 9110, 12.5.4); the first of equally liked ones.
fn accepted(header: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let Some(lang) = parts.next().and_then(language) else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse).unwrap_or(0.0_f32);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best() {
        assert_eq!(accepted("fr, en;q=0.8, de;q=0.9"), Some(Lang::De));
        assert_eq!(accepted("en-GB,en;q=0.9"), Some(Lang::En));
        assert_eq!(accepted("de;q=0, en;q=0.1"), Some(Lang::En));
        assert_eq!(accepted("fr, *;q=0.5"), None);
        assert_eq!(language("DE-at"), Some(Lang::De));
    }
}
