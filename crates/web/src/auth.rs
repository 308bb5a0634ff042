//! Who calls: the secret in a request, and the token that a form carries.
//!
//! A program sends its API key as `Authorization: Bearer obh_…`. A browser sends the cookie of a log-in, or, without
//! any cookie, the key as the password of the Basic scheme (RFC 7617; the user name does not matter).

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{
        HeaderMap,
        header::{AUTHORIZATION, COOKIE},
        request::Parts,
    },
    response::{IntoResponse, Redirect, Response},
};
use obhut_core::change::CredentialKind;
use obhut_engine::{
    Error,
    credentials::{Authenticated, login_cookie},
};
use subtle::ConstantTimeEq;

use crate::{App, api::Fault};

/// The page on which a browser logs in.
pub const LOG_IN: &str = "/client/login";

/// The length of a secret: `obh_` and 64 hexadecimal digits.
const SECRET_LENGTH: usize = 68;

/// A secret of the right form that nobody has. It is looked up where there is nothing worth looking up, so that a
/// malformed secret costs as much as an unknown one.
const NOBODY: &str = "obh_0000000000000000000000000000000000000000000000000000000000000000";

/// The caller of an API operation: has an API key. Everybody else gets the same `401`.
pub struct ApiCaller(pub Authenticated);

impl FromRequestParts<Arc<App>> for ApiCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        // The fence of the operation has already asked; asking twice would be two look-ups.
        if let Some(known) = parts.extensions.get::<Authenticated>() {
            return Ok(Self(known.clone()));
        }
        from_authorization(app, &parts.headers).await?.map(Self).ok_or_else(Fault::unauthenticated)
    }
}

/// The caller of a page: logged in by cookie, or without a cookie by the Basic scheme. Everybody else is led to
/// [`LOG_IN`]. As `Option<PageCaller>` it leads nowhere.
pub struct PageCaller(pub Authenticated);

/// Nobody is logged in, or it could not be found out.
pub enum NotLoggedIn {
    /// Nobody is.
    Nobody,
    /// The look-up failed.
    Failed(Fault),
}

impl IntoResponse for NotLoggedIn {
    fn into_response(self) -> Response {
        match self {
            Self::Nobody => Redirect::to(LOG_IN).into_response(),
            Self::Failed(fault) => fault.into_response(),
        }
    }
}

impl FromRequestParts<Arc<App>> for PageCaller {
    type Rejection = NotLoggedIn;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, NotLoggedIn> {
        match page_caller(app, &parts.headers).await {
            Ok(Some(found)) => Ok(Self(found)),
            Ok(None) => Err(NotLoggedIn::Nobody),
            Err(error) => Err(NotLoggedIn::Failed(error.into())),
        }
    }
}

impl OptionalFromRequestParts<Arc<App>> for PageCaller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Option<Self>, Infallible> {
        Ok(page_caller(app, &parts.headers).await.ok().flatten().map(Self))
    }
}

async fn page_caller(app: &App, headers: &HeaderMap) -> Result<Option<Authenticated>, Error> {
    match from_cookie(app, headers).await? {
        Some(found) => Ok(Some(found)),
        None => from_authorization(app, headers).await,
    }
}

/// Who is logged in by the cookie that the policy names. An API key in the cookie is nobody: the browser never holds
/// one.
pub async fn from_cookie(app: &App, headers: &HeaderMap) -> Result<Option<Authenticated>, Error> {
    let Some(cookie) = login_cookie(app.engine.model()) else { return Ok(None) };
    let values: Vec<&str> = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == cookie.name)
        .map(|(_, value)| value)
        .collect();
    // Two cookies of one name come from somebody who can set one for a wider path or domain: neither counts.
    let [secret] = *values else { return Ok(None) };
    let found = look_up(app, Some(secret)).await?;
    Ok(found.filter(|found| found.credential.kind != CredentialKind::ApiKey))
}

/// Who has the API key in the `Authorization` header (Bearer, or Basic with the key as the password). The secret of a
/// log-in is nobody's API key.
pub async fn from_authorization(app: &App, headers: &HeaderMap) -> Result<Option<Authenticated>, Error> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (values.next(), values.next()) else { return Ok(None) };
    let secret = header.to_str().ok().and_then(secret_of);
    let found = look_up(app, secret.as_deref()).await?;
    Ok(found.filter(|found| found.credential.kind == CredentialKind::ApiKey))
}

/// Who has the secret. Whatever is wrong with it, one look-up is made.
async fn look_up(app: &App, secret: Option<&str>) -> Result<Option<Authenticated>, Error> {
    let well_formed = secret.filter(|secret| secret.len() == SECRET_LENGTH && secret.starts_with("obh_"));
    let found = app.engine.authenticate(well_formed.unwrap_or(NOBODY)).await?;
    Ok(found.filter(|_| well_formed.is_some()))
}

/// The secret in the value of an `Authorization` header.
fn secret_of(header: &str) -> Option<String> {
    let (scheme, rest) = header.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(base64(rest.trim())?).ok()?;
        return decoded.split_once(':').map(|(_, password)| password.to_owned());
    }
    None
}

/// Decodes base64 (RFC 4648, standard alphabet); none if it is not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// The token that a form of this log-in carries: an HMAC (RFC 2104) over the credential's id under the hash of its
/// secret, which never leaves the server. Nothing has to be kept for it, and it ends with the log-in.
pub fn form_token(who: &Authenticated) -> String {
    let mut message = b"obhut/v1/form-token\0".to_vec();
    message.extend_from_slice(who.credential.id.bytes());
    hex(&hmac_sha256(&who.credential.hash, &message))
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Whether a form carries the token of this log-in. Takes the same time however much of it is right.
pub fn check_token(who: &Authenticated, token: &str) -> bool {
    form_token(who).as_bytes().ct_eq(token.as_bytes()).into()
}

/// HMAC-SHA-256 with a key of 32 bytes.
fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block.to_vec()
    };
    let mut inner = padded(0x36);
    inner.extend_from_slice(message);
    let mut outer = padded(0x5c);
    outer.extend_from_slice(&obhut_keyring::sha256(&inner));
    obhut_keyring::sha256(&outer)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use obhut_core::{change::Credential, model::Lang};

    use super::*;
    use crate::testing::Web;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Test case 1, with its key of 20 bytes filled up with zeros to 32, which HMAC does anyway.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let mac = hmac_sha256(&key, b"Hi There");
        assert_eq!(hex(&mac), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    #[test]
    fn base64_decodes_and_refuses() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")] {
            assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(base64("Zm9v\u{e9}"), None);
        assert_eq!(base64("Zm 9v"), None);
    }

    #[test]
    fn secrets_are_taken_from_both_schemes() {
        assert_eq!(secret_of("Bearer obh_1").as_deref(), Some("obh_1"));
        assert_eq!(secret_of("bearer  obh_1 ").as_deref(), Some("obh_1"));
        assert_eq!(secret_of("Basic YW55Om9iaF8x").as_deref(), Some("obh_1"));
        assert_eq!(secret_of("Digest x"), None);
        assert_eq!(secret_of("Bearer"), None);
    }

    #[tokio::test]
    async fn a_log_in_is_found_by_its_cookie_and_by_nothing_else() {
        let web = Web::new().await;
        let (tenant, key) = web.tenant("Alpha GmbH").await;
        let (found, secret) = web.app.engine.log_in(&key, Some(Lang::De)).await.unwrap().unwrap();
        assert_eq!(found.caller.tenant, Some(tenant));

        let cookies = |text: String| HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(&text).unwrap())]);
        let cookie =
            |text: String| async { from_cookie(&web.app, &cookies(text)).await.unwrap().map(|f| f.credential) };
        let secret = secret.expose();
        let is = |found: Option<Credential>| found.is_some_and(|found| found.kind == CredentialKind::Remembered);
        assert!(is(cookie(format!("a=b; obhut_login={secret}")).await));
        assert!(cookie(format!("other={secret}")).await.is_none());
        assert!(cookie(format!("obhut_login={secret}; obhut_login={secret}")).await.is_none());
        assert!(cookie(format!("obhut_login={key}")).await.is_none(), "an API key is no log-in");

        let bearer = |text: &str| {
            HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {text}")).unwrap())])
        };
        assert!(from_authorization(&web.app, &bearer(&key)).await.unwrap().is_some());
        assert!(from_authorization(&web.app, &bearer(secret)).await.unwrap().is_none(), "a log-in is no API key");
        assert!(from_authorization(&web.app, &bearer(NOBODY)).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_token_belongs_to_one_log_in() {
        let web = Web::new().await;
        let (_, key) = web.tenant("Alpha GmbH").await;
        let (one, _) = web.app.engine.log_in(&key, None).await.unwrap().unwrap();
        let (two, _) = web.app.engine.log_in(&key, None).await.unwrap().unwrap();
        assert!(check_token(&one, &form_token(&one)));
        assert!(!check_token(&one, &form_token(&two)));
        assert!(!check_token(&one, ""));
        assert_eq!(form_token(&one).len(), 64);
    }
}
