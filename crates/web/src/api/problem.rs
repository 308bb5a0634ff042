//! What goes wrong, as problem documents (RFC 9457). A refusal quotes the sentence of the notice it follows from.
//!
//! No personal value ever stands in one: what the caller sent is not repeated, and an error of the storage is a line in
//! the log.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{
        HeaderValue, Response as HttpResponse, StatusCode,
        header::{CONTENT_LANGUAGE, CONTENT_TYPE, VARY, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use obhut_core::{
    access, contact, disclosure,
    id::Anchor,
    model::{Lang, Model},
};
use obhut_engine::{Error, Stay};
use obhut_policy::{notice, say};
use obhut_store::CommitError;
use serde_json::{Map, Value, json};

use super::lang;
use crate::App;

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:literal $slug:literal $title:literal;)*) => {
        /// A kind of problem; its `type` never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The status of the answer.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The `type` of the problem.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$name => concat!("/problems/", $slug),)* }
            }

            /// The `title` of the problem.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    /// The body or the query cannot be read.
    Malformed = 400 "malformed" "The request cannot be read";
    /// Nobody, or nobody we know.
    Unauthenticated = 401 "unauthenticated" "A valid API key is needed";
    /// The policy refuses it.
    Refused = 403 "refused" "The notice does not allow this";
    /// The role of the key does not do this.
    Role = 403 "role" "The role of this key does not do this";
    /// The key is limited to purposes, and this is more.
    Limited = 403 "limited" "This key is limited to certain purposes";
    /// A browser sends it from another site.
    CrossSite = 403 "cross-site" "The request comes from another site";
    /// No such thing, or not for this caller.
    NotFound = 404 "not-found" "There is no such thing";
    /// The address exists, the method does not.
    Method = 405 "method" "This address does not have this method";
    /// Something changed meanwhile.
    Conflict = 409 "conflict" "Something has changed meanwhile";
    /// The notice that was shown is not in force.
    OtherNotice = 409 "other-notice" "The notice that was shown is not the one in force";
    /// Nothing could be erased.
    NothingErased = 409 "nothing-erased" "Nothing was erased";
    /// The tenant has ended.
    TenantEnded = 410 "tenant-ended" "The business relationship has ended";
    /// The body is too large.
    TooLarge = 413 "too-large" "The body is too large";
    /// The body is not JSON.
    MediaType = 415 "media-type" "The body has to be JSON";
    /// A field is not what it says it is.
    Invalid = 422 "invalid" "The request contradicts the policy or itself";
    /// Our own failure.
    Internal = 500 "internal" "Something went wrong on our side";
}

/// Why a policy refused.
#[derive(Debug, Clone)]
enum Reasons {
    None,
    Access(Vec<access::Reason>),
    Contact(contact::Refusal),
    Disclosure(disclosure::Refusal),
}

/// A problem on its way out. `render` writes it in the language of the caller.
#[derive(Debug, Clone)]
pub struct Fault {
    kind: Kind,
    detail: Cow<'static, str>,
    reasons: Box<Reasons>,
    field: Option<String>,
    stays: Vec<Stay>,
    cause: Option<Cause>,
}

/// The cause of an internal error: for the log, never for the caller.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) String);

impl Fault {
    /// A problem of this kind; the detail says what it was about, never a value.
    pub(crate) fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            reasons: Box::new(Reasons::None),
            field: None,
            stays: Vec::new(),
            cause: None,
        }
    }

    /// No key, an unknown one, an expired one: one answer.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "send a valid API key as `Authorization: Bearer obh_…`")
    }

    /// No such thing, or not for this caller.
    pub(crate) fn not_found() -> Self {
        Self::new(Kind::NotFound, "nothing of this kind exists for this key")
    }

    /// Something in the request is not what it has to be.
    pub(crate) fn invalid(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Invalid, detail)
    }

    /// The document, in the caller's language where a text is for people.
    fn document(&self, model: Option<&Model>, lang: Lang) -> Value {
        let mut document = Map::new();
        document.insert("type".into(), self.kind.uri().into());
        document.insert("title".into(), self.kind.title().into());
        document.insert("status".into(), self.kind.status().into());
        document.insert("detail".into(), (*self.detail).into());
        if let Some(field) = &self.field {
            document.insert("field".into(), field.clone().into());
        }
        if self.kind == Kind::NothingErased {
            document.insert("stays".into(), stays(&self.stays));
        }
        if let Some(model) = model {
            let reasons = self.reasons.written(model, lang);
            if !reasons.is_empty() {
                let texts: Vec<_> = reasons.iter().filter_map(|reason| reason.get("text")?.as_str()).collect();
                document.insert("detail".into(), texts.join(" ").into());
                document.insert("reasons".into(), reasons.into());
            }
        }
        Value::Object(document)
    }
}

impl Reasons {
    fn written(&self, model: &Model, lang: Lang) -> Vec<Value> {
        match self {
            Self::None => Vec::new(),
            Self::Access(reasons) => access_reasons(model, reasons, lang),
            Self::Contact(refusal) => {
                vec![reason(model, json!(refusal), &refusal.anchor(), say::contact(model, refusal, lang), lang)]
            }
            Self::Disclosure(refusal) => {
                vec![reason(model, json!(refusal), &refusal.anchor(), say::disclosure(model, refusal, lang), lang)]
            }
        }
    }
}

/// The reasons of a refusal, each with the sentence of the notice it follows from; each once.
pub(super) fn access_reasons(model: &Model, reasons: &[access::Reason], lang: Lang) -> Vec<Value> {
    let mut written = Vec::new();
    for why in reasons {
        let value = reason(model, json!(why), &why.anchor(), say::access(model, why, lang), lang);
        if !written.contains(&value) {
            written.push(value);
        }
    }
    written
}

fn reason(model: &Model, mut value: Value, anchor: &Anchor, text: String, lang: Lang) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.insert("anchor".into(), anchor.as_str().into());
        object.insert("sentence".into(), notice::sentence(model, anchor, lang).into());
        object.insert("text".into(), text.into());
    }
    value
}

/// What had to stay, why and until when.
pub(super) fn stays(stays: &[Stay]) -> Value {
    stays.iter().map(|stay| json!({ "class": stay.class, "rule": stay.rule, "until": stay.until })).collect()
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::NotFound => Self::not_found(),
            Error::TenantEnded => Self::new(Kind::TenantEnded, detail),
            Error::Refused(refusal) => refusal.into(),
            Error::Contact(refusal) => {
                Self { reasons: Box::new(Reasons::Contact(refusal)), ..Self::new(Kind::Refused, detail) }
            }
            Error::Disclosure(refusal) => {
                Self { reasons: Box::new(Reasons::Disclosure(refusal)), ..Self::new(Kind::Refused, detail) }
            }
            Error::OtherNotice => Self::new(Kind::OtherNotice, detail),
            Error::Unknown { .. } | Error::Contradiction(_) => Self::invalid(detail),
            Error::Invalid { field, problem } => {
                Self { field: Some(field.to_string()), ..Self::invalid(format!("`{field}` {problem}")) }
            }
            Error::NothingErased { stays } => Self { stays, ..Self::new(Kind::NothingErased, detail) },
            Error::Commit(CommitError::Conflict) => Self::new(Kind::Conflict, "try again"),
            Error::Commit(_) | Error::Store(_) | Error::Keyring(_) => {
                let detail = Cow::Borrowed("the request was not carried out; the operator's log says why");
                Self { cause: Some(Cause(error.to_string())), ..Self::new(Kind::Internal, detail) }
            }
        }
    }
}

impl From<access::Refusal> for Fault {
    fn from(refusal: access::Refusal) -> Self {
        Self {
            reasons: Box::new(Reasons::Access(refusal.reasons)),
            ..Self::new(Kind::Refused, "the policy does not allow this")
        }
    }
}

impl From<obhut_store::StoreError> for Fault {
    fn from(error: obhut_store::StoreError) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = self.document(None, Lang::En).to_string();
        let status = StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::new(Body::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if self.kind == Kind::Unauthenticated {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"obhut\""));
        }
        if let Some(cause) = &self.cause {
            response.extensions_mut().insert(cause.clone());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Writes problems anew with what only the running policy knows: the reasons in the caller's language.
pub(crate) async fn render(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let lang = lang::accepted(request.headers());
    let mut response = next.run(request).await;
    if let Some(fault) = response.extensions_mut().remove::<Arc<Fault>>() {
        *response.body_mut() = Body::from(fault.document(Some(app.engine.model()), lang).to_string());
        response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Language"));
    }
    response
}

/// The schemas of a problem.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let types: Vec<_> = Kind::ALL.iter().map(|kind| kind.uri()).collect();
    vec![
        (
            "Problem",
            json!({
                "type": "object",
                "description": "A problem document (RFC 9457). `type` is stable. It never holds a personal value.",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": { "type": "string", "enum": types },
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "detail": { "type": "string" },
                    "field": { "type": "string", "description": "The field that is not what it says it is." },
                    "reasons": {
                        "type": "array",
                        "description": "Of a refusal: every reason.",
                        "items": { "$ref": "#/components/schemas/Reason" },
                    },
                    "stays": {
                        "type": "array",
                        "description": "Of an erasure that erased nothing: what stays, and why.",
                        "items": { "$ref": "#/components/schemas/Stay" },
                    },
                },
                "additionalProperties": false,
            }),
        ),
        (
            "Reason",
            json!({
                "type": "object",
                "description": "Why the policy refuses. Beside the members below it has those of its reason, for example \
                    `purpose` and `event`.",
                "required": ["reason", "anchor", "sentence", "text"],
                "properties": {
                    "reason": { "type": "string", "description": "A fixed word, for example `event-missing`." },
                    "anchor": { "type": "string", "description": "The entry of the policy it follows from." },
                    "sentence": {
                        "type": ["string", "null"],
                        "description": "The sentence of the notice, in the language of `Accept-Language`.",
                    },
                    "text": { "type": "string", "description": "The reason in words, in the same language." },
                },
            }),
        ),
    ]
}
