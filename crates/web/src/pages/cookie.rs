//! The one cookie: a random token that logs in, and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of a cookie in a request.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value))
}

/// The header that sets a cookie: for `seconds`, or until the browser is closed.
pub(super) fn set(name: &str, value: &str, seconds: Option<i64>, secure: bool) -> Option<HeaderValue> {
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")).ok()
}

/// The header that removes a cookie.
pub(super) fn clear(name: &str, secure: bool) -> Option<HeaderValue> {
    set(name, "", Some(0), secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_set_read_and_removed() {
        let header = set("obhut_login", "obh_1", Some(60), false).unwrap();
        assert_eq!(header, "obhut_login=obh_1; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
        assert_eq!(set("a", "b", None, true).unwrap(), "a=b; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set("a", "b\n", None, true), None);
        assert_eq!(clear("a", false).unwrap(), "a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("x=1; obhut_login=obh_1"));
        assert_eq!(value(&headers, "obhut_login"), Some("obh_1"));
        assert_eq!(value(&headers, "login"), None);
    }
}
