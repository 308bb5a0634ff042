//! The language an answer is written in.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};
use obhut_core::model::Lang;

/// The language the caller prefers (RFC 9110, 12.5.4) of those there are; English if none is named.
pub(crate) fn accepted(headers: &HeaderMap) -> Lang {
    let mut best = (Lang::En, 0.0);
    let ranges = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|header| header.to_str().ok());
    for range in ranges.flat_map(|header| header.split(',')) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let lang = match tag.split('-').next() {
            Some("de") => Lang::De,
            Some("en") => Lang::En,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        // Of two equal ones the first.
        if weight > best.1 {
            best = (lang, weight);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_preferred_of_those_there_are() {
        for (header, lang) in [
            ("de", Lang::De),
            ("de-AT,de;q=0.9,en;q=0.8", Lang::De),
            ("en-GB, de", Lang::En),
            ("de;q=0.5, en", Lang::En),
            ("fr, de;q=0.1", Lang::De),
            ("fr", Lang::En),
            ("de;q=0", Lang::En),
            ("", Lang::En),
            ("*", Lang::En),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(header))]);
            assert_eq!(accepted(&headers), lang, "{header}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Lang::En);
    }
}
