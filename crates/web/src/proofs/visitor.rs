//! Somebody who visits the pages with a browser, or with whatever else.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
};
use tower::ServiceExt as _;

use crate::app::MemoryLog;

/// The longest answer that is read.
const LONGEST: usize = 32 * 1024 * 1024;

/// A visitor of the pages.
#[derive(Clone)]
pub(super) struct Visitor {
    router: Router,
    log: Arc<MemoryLog>,
    headers: Vec<(HeaderName, String)>,
    address: Option<SocketAddr>,
}

/// What came back.
pub(super) struct Seen {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
}

/// A cookie that an answer sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetCookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// For how many seconds, if it says so.
    pub max_age: Option<i64>,
    /// Whether it says when it ends, in seconds or as a date.
    pub lasting: bool,
    /// Whether scripts cannot read it.
    pub http_only: bool,
}

impl Visitor {
    /// A visitor without any header.
    pub(super) fn new(router: Router, log: Arc<MemoryLog>) -> Self {
        Self { router, log, headers: Vec::new(), address: None }
    }

    /// The same visitor, who also sends this header.
    pub(super) fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut visitor = self.clone();
        visitor.headers.push((HeaderName::from_static(name), value.into()));
        visitor
    }

    /// The same visitor, from this address.
    pub(super) fn from(&self, address: SocketAddr) -> Self {
        Self { address: Some(address), ..self.clone() }
    }

    /// Asks for a page.
    pub(super) async fn get(&self, path: &str) -> Seen {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.send(Method::POST, path, Some(body.join("&"))).await
    }

    async fn send(&self, method: Method, path: &str, form: Option<String>) -> Seen {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "obhut.example");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let nothing = || Seen { status: StatusCode::NOT_FOUND, headers: HeaderMap::new(), body: String::new() };
        let Ok(mut request) = request.body(form.map_or_else(Body::empty, Body::from)) else { return nothing() };
        if let Some(address) = self.address {
            request.extensions_mut().insert(ConnectInfo(address));
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Seen { status: parts.status, headers: parts.headers, body }
    }

    /// How many lines the log has.
    pub(super) fn lines(&self) -> usize {
        self.log.lines().len()
    }

    /// The lines of the log after the first `from`.
    pub(super) fn lines_after(&self, from: usize) -> Vec<String> {
        self.log.lines().split_off(from.min(self.log.lines().len()))
    }
}

impl Seen {
    /// The cookies that are set.
    pub(super) fn cookies(&self) -> Vec<SetCookie> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(set_cookie).collect()
    }
}

fn set_cookie(value: &HeaderValue) -> Option<SetCookie> {
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut parts = text.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie =
        SetCookie { name: name.to_owned(), value: value.to_owned(), max_age: None, lasting: false, http_only: false };
    for attribute in parts {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        match name.to_ascii_lowercase().as_str() {
            "max-age" => {
                cookie.lasting = true;
                cookie.max_age = value.parse().ok();
            }
            "expires" => cookie.lasting = true,
            "httponly" => cookie.http_only = true,
            _ => {}
        }
    }
    Some(cookie)
}

/// `application/x-www-form-urlencoded`: every byte that is not plain as `%xx`.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Base64 (RFC 4648), for the Basic scheme.
pub(super) fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            let letter = DIGITS.get(digit).copied().unwrap_or(b'=');
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
