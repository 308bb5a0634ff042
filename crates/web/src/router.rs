//! The whole web: API and pages behind the same fences.

use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, USER_AGENT, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use obhut_core::model::{LogAddress, Model, Relation, RequestLog};

use crate::{
    App,
    api::{
        self, Fault, Kind,
        problem::{Cause, render},
    },
    assets, pages,
};

/// The largest body of a request.
const MAX_BODY: usize = 1024 * 1024;

/// What embeds in other sites lies under this path. It carries no credential.
const EMBED: &str = "/embed/";

/// The demo lies under this path; its shop pages embed the form of another port.
const DEMO: &str = "/demo/";

/// What a page may load, without the part that says who may frame it.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'";

/// What a page of the demo may frame: the form, also on another port of this machine.
const DEMO_FRAMES: &str = "frame-src 'self' http://localhost:* http://127.0.0.1:*; ";

/// What no page ever asks of a browser.
const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), \
    gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The API under `/api/v1` and the pages, with what holds for every answer: the headers, the guard against requests
/// from other sites, the limit of a body and one line in the log.
pub fn router(app: Arc<App>) -> Router {
    let log = from_fn_with_state(app.clone(), log);
    let problems = from_fn_with_state(app.clone(), render);
    Router::new()
        .nest(api::ROOT, api::router(&app))
        .merge(pages::router())
        .merge(assets::router())
        .with_state(app)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(same_site))
        .layer(problems)
        .layer(from_fn(headers))
        .layer(log)
}

/// Whether a path belongs to what other sites embed.
fn embedded(path: &str) -> bool {
    path.starts_with(EMBED)
}

/// Refuses what a browser sends from another site, if it could change something. Browsers say where a request comes
/// from (`Sec-Fetch-Site`, `Origin`); programs do not, and hold no ambient credential.
async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || embedded(request.uri().path()) || from_here(request.headers()) {
        return next.run(request).await;
    }
    Fault::new(Kind::CrossSite, "a request that changes something has to come from this site's own pages")
        .into_response()
}

fn from_here(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all(FETCH_SITE).iter().peekable();
    let stated = sites.peek().is_some();
    let site = sites.all(|site| site == "same-origin");
    // Behind a proxy the scheme is not known here, but the host is.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = headers.get_all(ORIGIN).iter().all(|origin| {
        // Our pages send no referrer, and then browsers call the origin of their forms `null`; where the form came from
        // is what `Sec-Fetch-Site` says.
        if stated && origin == "null" {
            return true;
        }
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        origin.is_some_and(|(_, origin)| host.is_some_and(|host| origin.eq_ignore_ascii_case(host)))
    });
    site && origin
}

/// Sets the headers that every answer has.
async fn headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let embedded = embedded(path);
    let demo = path.starts_with(DEMO);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let ancestors = if embedded { "frame-ancestors *" } else { "frame-ancestors 'none'" };
    let frames = if demo { DEMO_FRAMES } else { "" };
    if let Ok(policy) = HeaderValue::from_str(&format!("{CONTENT}; {frames}{ancestors}")) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    if embedded {
        headers.remove(X_FRAME_OPTIONS);
        headers.remove(OPENER_POLICY);
    } else {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Writes one line about each request: the method, the route (never the path, which names people), the status and the
/// time it took. Who asked stands there only as far as the policy of the audience says.
async fn log(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let allowed = log_of(app.engine.model(), embedded(request.uri().path()));
    let method = request.method().clone();
    let method = known(&method);
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let address = address.and_then(|address| written(address, allowed.address));
    let agent = request.headers().get(USER_AGENT).filter(|_| allowed.metadata);
    let agent = agent.map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned());

    let response = next.run(request).await;

    let route = route.as_deref().unwrap_or("-");
    let status = response.status().as_u16();
    let mut line = format!("{method} {route} {status} {}ms", began.elapsed().as_millis());
    if let Some(address) = address {
        let _ = write!(line, " address={address}");
    }
    if let Some(agent) = agent {
        // Quoted and escaped: it is whatever the sender likes.
        let _ = write!(line, " agent={agent:?}");
    }
    app.log.line(&line);
    if let Some(Cause(cause)) = response.extensions().get::<Cause>() {
        app.log.line(&format!("{method} {route} failed: {cause:?}"));
    } else if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        app.log.line(&format!("{method} {route} failed"));
    }
    response
}

/// What the log may hold about the one who asks: a tenant's person in what is embedded, a visitor elsewhere. Where the
/// policy says nothing: nothing.
fn log_of(model: &Model, embedded: bool) -> RequestLog {
    let relation = if embedded { Relation::SubjectOfTenant } else { Relation::Visitor };
    let nothing = RequestLog { address: LogAddress::Never, metadata: false };
    model.audience_with(relation).map_or(nothing, |(audience, _)| model.request_log(audience))
}

/// An address as the policy lets it be written: whole, `0`, without its last part (the last octet of IPv4, all but the
/// first 48 bits of IPv6), or not at all.
fn written(address: IpAddr, allowed: LogAddress) -> Option<String> {
    match (allowed, address) {
        (LogAddress::Never, _) => None,
        (LogAddress::Zero, _) => Some("0".to_owned()),
        (LogAddress::Full, _) => Some(address.to_string()),
        (LogAddress::Truncated, IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            Some(Ipv4Addr::new(a, b, c, 0).to_string())
        }
        (LogAddress::Truncated, IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            Some(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string())
        }
    }
}

/// The method, if it is one; a sender may write what it likes there.
fn known(method: &Method) -> &str {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if KNOWN.contains(method) { method.as_str() } else { "-" }
}

#[cfg(test)]
mod tests;
