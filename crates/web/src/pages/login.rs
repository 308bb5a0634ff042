//! `/client/login`, `/client/basic`, `/client/logout`: in with a key, with or without a cookie, and out again.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use obhut_core::{
    change::CredentialKind,
    model::{Cookie, Lang, Model, Text},
};
use obhut_engine::credentials::login_cookie;
use obhut_policy::say;

use super::{
    cookie,
    desk::{Desk, private, seconds_left},
    failure::{self, Failure},
    fields::Fields,
    frame::{Frame, html_with, see_other},
    law,
};
use crate::{
    app::App,
    auth::PageCaller,
    views::{ConsentBox, NoticeRef, error::ErrorKind, log_in::LogIn},
};

/// What is answered to somebody who is not logged in.
type Rejected = <PageCaller as FromRequestParts<Arc<App>>>::Rejection;

pub(super) async fn show(frame: Frame) -> Response {
    let answer = page(&frame, None, StatusCode::OK).await;
    frame.answer(answer).await
}

async fn page(frame: &Frame, problem: Option<&str>, status: StatusCode) -> Result<Response, Failure> {
    let (model, lang) = (frame.model(), frame.lang);
    let audience = law::clients(model).map_or_else(String::new, ToString::to_string);
    let remember =
        asked(model).map(|(name, text)| ConsentBox { name: name.to_owned(), text: text.get(lang).to_owned() });
    let view = LogIn {
        page: frame.page(frame.t().title_log_in()).await,
        action: frame.link("/client/login"),
        token: None,
        remember,
        remember_rule: login_cookie(model).map_or_else(String::new, |cookie| lasting(model, cookie, lang)),
        without_cookie: Some(frame.link("/client/basic")),
        notice: NoticeRef { href: frame.link(&format!("/notice/{audience}")), version: model.policy.version.clone() },
        problem: problem.map(str::to_owned),
    };
    html_with(status, &view)
}

/// How long the cookie lasts with the box ticked, and without.
fn lasting(model: &Model, cookie: &Cookie, lang: Lang) -> String {
    let keep = say::lifetime(model, &cookie.keep, lang);
    match (cookie.session, lang) {
        (true, Lang::De) => format!("Mit Häkchen verfällt es {keep}, ohne Häkchen mit dem Schließen des Browsers."),
        (true, Lang::En) => format!("If ticked, it expires {keep}; if not, when you close your browser."),
        (false, Lang::De) => format!("Nur mit Häkchen wird es gesetzt; es verfällt {keep}."),
        (false, Lang::En) => format!("It is set only if ticked, and expires {keep}."),
    }
}

/// The consent that the policy wants before a browser is remembered.
fn asked(model: &Model) -> Option<(&str, &Text)> {
    let name = login_cookie(model)?.consent.as_ref()?;
    Some((name.as_str(), &model.consents.get(name)?.text))
}

pub(super) async fn enter(frame: Frame, fields: Fields) -> Response {
    let answer = log_in(&frame, &fields).await;
    let mut response = frame.answer(answer).await;
    private(&mut response);
    response
}

async fn log_in(frame: &Frame, fields: &Fields) -> Result<Response, Failure> {
    let ticked = asked(frame.model()).is_some_and(|(consent, _)| fields.has("consent", consent));
    let cookie = login_cookie(frame.model()).filter(|cookie| ticked || cookie.session);
    let Some(cookie) = cookie else {
        // The policy allows no cookie without consent: the browser's own log-in needs none.
        return Ok(see_other(&frame.link("/client/basic")));
    };
    let remember = ticked.then_some(frame.lang);
    let Some((who, secret)) = frame.app.engine.log_in(fields.get("key"), remember).await? else {
        let problem = frame.t().p_key();
        return page(frame, Some(problem), StatusCode::FORBIDDEN).await;
    };
    let mut response = see_other(&frame.link("/client/"));
    let seconds = if ticked { seconds_left(frame, &who) } else { None };
    if let Some(value) = cookie::set(&cookie.name, secret.expose(), seconds, frame.https) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// The log-in that the browser itself asks for (RFC 7617): it needs no cookie.
pub(super) async fn basic(frame: Frame, who: Result<PageCaller, Rejected>) -> Response {
    let mut response = if frame.headers.contains_key(header::AUTHORIZATION) && who.is_ok() {
        see_other(&frame.link("/client/"))
    } else {
        let mut page = failure::page(&frame, ErrorKind::LoggedOut, Some(StatusCode::UNAUTHORIZED)).await;
        let ask = HeaderValue::from_static("Basic realm=\"Obhut\", charset=\"UTF-8\"");
        page.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
        page
    };
    private(&mut response);
    response
}

pub(super) async fn leave(desk: Desk, fields: Fields) -> Response {
    let answer = log_out(&desk, &fields).await;
    let mut response = desk.frame.answer(answer).await;
    private(&mut response);
    response
}

async fn log_out(desk: &Desk, fields: &Fields) -> Result<Response, Failure> {
    desk.check(fields)?;
    // The key itself is not revoked by leaving: only the log-in that was made with it.
    if desk.who.credential.kind != CredentialKind::ApiKey {
        desk.frame.app.engine.revoke(&desk.who.caller, desk.tenant.id, desk.who.credential.id).await?;
    }
    let mut response = see_other(&desk.frame.link("/client/login"));
    let name = login_cookie(desk.frame.model()).map(|cookie| cookie.name.as_str());
    let sent = name.filter(|name| cookie::value(&desk.frame.headers, name).is_some());
    if let Some(cleared) = sent.and_then(|name| cookie::clear(name, desk.frame.https)) {
        response.headers_mut().insert(header::SET_COOKIE, cleared);
    }
    Ok(response)
}
