//! What a request brings: ids in the path, the query, a JSON body. Whatever is wrong with them, nothing of what was
//! sent is repeated.

use std::{str::FromStr, sync::Arc};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, header::CONTENT_TYPE, request::Parts},
    response::IntoResponse,
};
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

use super::problem::{Fault, Kind};
use crate::App;

/// How many things one page of a list has, if the caller does not say.
pub(super) const PAGE: usize = 50;

/// How many things one page of a list has at most.
pub(super) const MAX_PAGE: usize = 200;

/// The longest name or origin.
const MAX_NAME: usize = 64;

/// Ids and names in the path. What is not an id names nothing: 404.
pub(super) struct Ids<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Ids<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let Path(ids) = Path::from_request_parts(parts, app).await.map_err(|_| Fault::not_found())?;
        Ok(Self(ids))
    }
}

/// The query, in full: a parameter that the operation does not have is an error.
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Params<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Fault> {
        let Query(query) = Query::from_request_parts(parts, app).await.map_err(|_| {
            Fault::new(Kind::Malformed, "the query lacks a parameter, or has one that is unknown or not of its type")
        })?;
        Ok(Self(query))
    }
}

/// A JSON body of exactly the documented members.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Fault> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return Err(Fault::new(Kind::MediaType, "send `Content-Type: application/json`"));
        }
        let bytes =
            Bytes::from_request(request, app).await.map_err(|rejection| match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Fault::new(Kind::TooLarge, "a body has at most 1 MiB"),
                _ => Fault::new(Kind::Malformed, "the body ended early"),
            })?;
        // The error's own words would repeat what was sent; its place does not.
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            match error.classify() {
                serde_json::error::Category::Data => {
                    Fault::invalid(format!("the body has not the documented members of the documented types ({place})"))
                }
                _ => Fault::new(Kind::Malformed, format!("the body is not JSON ({place})")),
            }
        })
    }
}

/// A short word of a policy or a program: a class, a field, a purpose, a form. Anything that could be a person's value
/// (an address, a sentence) is not one, so it is neither stored in the clear nor repeated in an answer.
pub(super) struct Name(String);

impl Name {
    /// The name, as what it names.
    pub(super) fn to<T: for<'a> From<&'a str>>(&self) -> T {
        T::from(&self.0)
    }

    /// The name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl FromStr for Name {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letters =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-');
        let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
        if starts && text.len() <= MAX_NAME && text.bytes().all(letters) {
            Ok(Self(text.to_owned()))
        } else {
            Err("not a name")
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Names with commas between them, as a query has them.
pub(super) struct Names(pub(super) Vec<Name>);

impl Names {
    /// The names, as what they name.
    pub(super) fn to<T: for<'a> From<&'a str>>(&self) -> Vec<T> {
        self.0.iter().map(Name::to).collect()
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let names: Result<Vec<_>, _> = text.split(',').map(|name| name.trim().parse()).collect();
        names.map(Self).map_err(D::Error::custom)
    }
}

/// A text of one line that is stored in the clear, such as a company's name.
pub(super) struct Line(pub(super) String);

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = !text.trim().is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control);
        fits.then_some(Self(text)).ok_or_else(|| D::Error::custom("not a line"))
    }
}

/// An instant (RFC 3339).
pub(super) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom("not an instant"))).transpose()
}

/// The number of things a page has.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Fault> {
    match asked.unwrap_or(PAGE) {
        limit @ 1..=MAX_PAGE => Ok(limit),
        _ => Err(Fault::invalid("`limit` is between 1 and 200")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_value() {
        for name in ["email", "shopper-order", "order.triggered", "payment_method", "form-2"] {
            assert!(name.parse::<Name>().is_ok(), "{name}");
        }
        for value in ["", "Anna", "a@b.example", "a b", "+49 30", "1st", "ä", &"x".repeat(65)] {
            assert!(value.parse::<Name>().is_err(), "{value}");
        }
    }
}
