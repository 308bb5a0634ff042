//! The client's desk: a page behind the log-in of a tenant's staff.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use obhut_core::{
    change::{CredentialKind, Tenant, TenantState},
    id::{AudienceName, PurposeName},
    model::{Acts, Basis},
};
use obhut_engine::credentials::{Authenticated, login_cookie};

use super::{cookie, failure::Failure, fields::Fields, frame::Frame, law};
use crate::{
    app::App,
    auth::{NotLoggedIn, PageCaller, check_token, form_token},
    views::{Leave, Link, NavLink, Page, error::ErrorKind},
};

/// How many rows a page of a list has.
pub(super) const ROWS: usize = 50;

/// A request of a tenant's staff.
pub(super) struct Desk {
    /// The page.
    pub frame: Frame,
    /// Who asks.
    pub who: Authenticated,
    /// For whom.
    pub tenant: Tenant,
    /// The cookie, with its life counted from this use.
    renewed: Option<HeaderValue>,
}

/// The sections of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Shoppers,
    Receipts,
    Membership,
}

impl Desk {
    async fn enter(parts: &mut Parts, app: &Arc<App>, frame: Frame) -> Result<Self, (Frame, Failure)> {
        let post = parts.method == axum::http::Method::POST;
        let who = match PageCaller::from_request_parts(parts, app).await {
            Ok(PageCaller(who)) => who,
            Err(NotLoggedIn::Failed(_)) => return Err((frame, Failure::Internal)),
            Err(NotLoggedIn::Nobody) if post => return Err((frame, ErrorKind::LoggedOut.into())),
            Err(NotLoggedIn::Nobody) => return Err((frame, Failure::LogIn)),
        };
        let acts = app.engine.model().roles.get(&who.caller.role).map(|role| role.acts);
        let Some(id) = who.caller.tenant.filter(|_| acts == Some(Acts::Tenant)) else {
            return Err((frame, Failure::LogIn));
        };
        match app.engine.store().tenant(id).await {
            Ok(Some(tenant)) if tenant.state == TenantState::Active => {
                let renewed = renewed(&frame, &who);
                Ok(Self { frame, who, tenant, renewed })
            }
            Ok(_) => Err((frame, Failure::Ended)),
            Err(error) => Err((frame, error.into())),
        }
    }

    /// The frame of a page of the desk.
    pub(super) async fn page(&self, title: impl Into<String>, section: Option<Section>) -> Page {
        let t = self.frame.t();
        let mut page = self.frame.page(title).await;
        page.site.clone_from(&self.tenant.name);
        page.home = Some(self.frame.link("/client/"));
        let sections = [
            ("/client/", t.title_shoppers(), Section::Shoppers),
            ("/client/receipts", t.title_receipts(), Section::Receipts),
            ("/client/end", t.nav_end(), Section::Membership),
        ];
        page.nav = sections
            .into_iter()
            .map(|(path, label, of)| NavLink {
                href: self.frame.link(path),
                label: label.to_owned(),
                current: section == Some(of),
            })
            .collect();
        page.leave = Some(Leave { action: self.frame.link("/client/logout"), token: self.token() });
        if let Some(audience) = law::clients(self.frame.model()) {
            let notice = Link::new(self.frame.link(&format!("/notice/{audience}")), t.title_notice());
            if let Some(first) = page.foot.first_mut() {
                *first = notice;
            }
        }
        page
    }

    /// The token that a form carries.
    pub(super) fn token(&self) -> String {
        form_token(&self.who)
    }

    /// Whether a form came from a page of this log-in.
    pub(super) fn check(&self, fields: &Fields) -> Result<(), Failure> {
        if check_token(&self.who, fields.get("token")) { Ok(()) } else { Err(ErrorKind::LoggedOut.into()) }
    }

    /// The tenant's people.
    pub(super) fn audience(&self) -> Result<&AudienceName, Failure> {
        law::shoppers(self.frame.model()).ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// The purposes for which the list and its pages are read: those of the role that cover the people and are not for
    /// a single use (a document, a message, a download); those that rest on consent last.
    pub(super) fn purposes(&self) -> Result<Vec<PurposeName>, Failure> {
        let model = self.frame.model();
        let audience = self.audience()?;
        let of_people = |class| model.data.get(class).is_some_and(|class| class.audience == *audience);
        let mut purposes: Vec<_> = model
            .purposes
            .iter()
            .filter(|(_, purpose)| {
                purpose.roles.contains(&self.who.caller.role)
                    && !purpose.export
                    && purpose.requires.is_none()
                    && purpose.fields.is_none()
                    && purpose.data.iter().any(of_people)
            })
            .collect();
        purposes.sort_by_key(|(_, purpose)| matches!(purpose.basis, Basis::Consent(_)));
        Ok(purposes.into_iter().map(|(name, _)| name.clone()).collect())
    }

    /// The answer, for this reader only.
    pub(super) async fn answer(&self, answer: Result<Response, Failure>) -> Response {
        let mut response = self.frame.answer(answer).await;
        private(&mut response);
        if let Some(renewed) = &self.renewed {
            response.headers_mut().insert(header::SET_COOKIE, renewed.clone());
        }
        response
    }
}

/// Nothing of this answer is to be kept by anybody on the way.
pub(super) fn private(response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The cookie of a log-in that the browser was asked to remember, its life counted from now.
fn renewed(frame: &Frame, who: &Authenticated) -> Option<HeaderValue> {
    if who.credential.kind != CredentialKind::Remembered {
        return None;
    }
    let name = &login_cookie(frame.model())?.name;
    let value = cookie::value(&frame.headers, name)?;
    cookie::set(name, value, seconds_left(frame, who), frame.https)
}

/// For how long a log-in is good, in seconds.
pub(super) fn seconds_left(frame: &Frame, who: &Authenticated) -> Option<i64> {
    let left = who.credential.expires?.as_second() - frame.app.engine.now().as_second();
    Some(left.max(0))
}

impl FromRequestParts<Arc<App>> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let frame = Frame::of(parts, app);
        match Self::enter(parts, app, frame).await {
            Ok(desk) => Ok(desk),
            Err((frame, failure)) => Err(failure.response(&frame).await),
        }
    }
}
