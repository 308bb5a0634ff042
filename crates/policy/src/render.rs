//! What can be written from a policy: the notice, the records of processing activities, the deletion concept and more,
//! for people and for programs. Everything here is derived from the model alone.
//!
//! | module | subject |
//! |---|---|
//! | `register`, `activity` | records of processing activities (Art. 30) |
//! | `deletion`, `classes` | the deletion concept (DIN 66398) |
//! | `measures` | technical and organisational measures (Art. 32) |
//! | `cookies` | what is stored on devices (s. 25 TDDDG) |
//! | `summary` | the notice in brief |
//! | `dpv`, `tilt` | vocabularies for programs |
//! | `document`, `html`, `markdown`, `csv` | the forms of a document |

use obhut_core::{
    id::AudienceName,
    model::{Lang, Model},
};
use serde_json::Value;

use crate::notice::{self, Notice};

mod activity;
mod classes;
mod cookies;
mod csv;
mod deletion;
mod document;
mod dpv;
mod html;
mod markdown;
mod measures;
mod register;
mod summary;
mod tilt;
mod words;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The privacy notice (Art. 13, 14).
    Notice,
    /// The record of processing activities as controller (Art. 30(1)).
    Register,
    /// The record of processing activities as processor (Art. 30(2)).
    ProcessorRegister,
    /// What is stored on devices.
    Cookies,
    /// The deletion concept (DIN 66398).
    DeletionConcept,
    /// The technical and organisational measures (Art. 32).
    Measures,
    /// The notice in brief.
    Summary,
    /// The Data Privacy Vocabulary (JSON-LD).
    Dpv,
    /// The Transparency Information Language (JSON).
    Tilt,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page for reading and print.
    Html,
    /// Markdown.
    Md,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// JSON.
    Json,
}

impl Kind {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 9] = [
        ("notice", Self::Notice),
        ("register", Self::Register),
        ("processor-register", Self::ProcessorRegister),
        ("cookies", Self::Cookies),
        ("deletion-concept", Self::DeletionConcept),
        ("measures", Self::Measures),
        ("summary", Self::Summary),
        ("dpv", Self::Dpv),
        ("tilt", Self::Tilt),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The forms it has; the first is the one that is meant where none is named.
    pub const fn forms(self) -> &'static [Form] {
        match self {
            Self::Notice => &[Form::Md, Form::Html, Form::Json],
            Self::Register | Self::ProcessorRegister | Self::Measures => &[Form::Md, Form::Html, Form::Csv],
            Self::Cookies => &[Form::Md, Form::Html, Form::Csv, Form::Json],
            Self::DeletionConcept | Self::Summary => &[Form::Md, Form::Html],
            Self::Dpv | Self::Tilt => &[Form::Json],
        }
    }

    /// Whether it says something else to each audience.
    pub const fn addresses(self) -> bool {
        matches!(self, Self::Notice | Self::Cookies | Self::Summary | Self::Tilt)
    }
}

impl Form {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Md => "md",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What.
    pub kind: Kind,
    /// In which form.
    pub form: Form,
    /// In which language.
    pub lang: Lang,
    /// For whom; none: for everybody.
    pub audience: Option<&'a AudienceName>,
    /// The name of the tenant for whose people it is.
    pub tenant: Option<&'a str>,
}

/// Why it cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such form of it.
    #[error("`{kind}` has no form `{form}`; it has: {}", forms.join(", "))]
    Form {
        /// What was wanted.
        kind: &'static str,
        /// The form that it does not have.
        form: &'static str,
        /// The forms that it has.
        forms: Vec<&'static str>,
    },
    /// The policy does not have the audience.
    #[error("the policy has no audience `{name}`; it has: {}", known.join(", "))]
    Audience {
        /// The name that was given.
        name: String,
        /// The audiences of the policy.
        known: Vec<String>,
    },
    /// One page speaks to one audience.
    #[error("a page is for one audience: add --audience ({})", known.join(", "))]
    OneAudience {
        /// The audiences of the policy.
        known: Vec<String>,
    },
    /// The document is the same for every audience.
    #[error("`{kind}` is not written for one audience; leave out --audience")]
    NoAudience {
        /// What was wanted.
        kind: &'static str,
    },
}

/// Writes what is wanted.
pub fn write(model: &Model, request: &Request<'_>) -> Result<String, Refused> {
    let Request { kind, form, lang, audience, tenant } = *request;
    let known = || model.audiences.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    if !kind.forms().contains(&form) {
        let forms = kind.forms().iter().map(|form| form.name()).collect();
        return Err(Refused::Form { kind: kind.name(), form: form.name(), forms });
    }
    if let Some(name) = audience {
        if !kind.addresses() {
            return Err(Refused::NoAudience { kind: kind.name() });
        }
        if !model.audiences.contains_key(name) {
            return Err(Refused::Audience { name: name.as_str().to_owned(), known: known() });
        }
    }
    let audiences: Vec<AudienceName> =
        audience.map_or_else(|| model.audiences.keys().cloned().collect(), |name| vec![name.clone()]);
    let behalf = kind == Kind::ProcessorRegister;
    Ok(match (kind, form) {
        (Kind::Notice, _) => {
            let notices: Vec<_> =
                audiences.iter().filter_map(|name| Notice::for_tenant(model, name, lang, tenant)).collect();
            match (form, notices.as_slice()) {
                (Form::Html, [only]) => notice::html::page(only, &notice::html::plain),
                (Form::Html, _) => return Err(Refused::OneAudience { known: known() }),
                (Form::Json, _) => together(notices.iter().map(notice::json::value).collect(), audience),
                _ => notices.iter().flat_map(|notice| [notice::markdown::write(notice), "\n".to_owned()]).collect(),
            }
        }
        (Kind::Dpv, _) => text(&dpv::value(model, tenant)),
        (Kind::Tilt, _) => {
            together(audiences.iter().filter_map(|name| tilt::value(model, name, tenant, lang)).collect(), audience)
        }
        (Kind::Cookies, Form::Json) => text(&cookies::disclosure(model, audience, lang)),
        (Kind::Cookies, Form::Csv) => csv::write(&cookies::table(model, audience, lang)),
        (Kind::Register | Kind::ProcessorRegister, Form::Csv) => {
            csv::write(&register::table(model, behalf, tenant, lang))
        }
        (Kind::Measures, Form::Csv) => csv::write(&measures::table(model, lang)),
        (Kind::Register | Kind::ProcessorRegister, _) => page(&register::document(model, behalf, tenant, lang), form),
        (Kind::Cookies, _) => page(&cookies::document(model, audience, lang), form),
        (Kind::DeletionConcept, _) => page(&deletion::document(model, lang), form),
        (Kind::Measures, _) => page(&measures::document(model, lang), form),
        (Kind::Summary, _) => page(&summary::document(model, &audiences, tenant, lang), form),
    })
}

fn page(document: &document::Document, form: Form) -> String {
    if form == Form::Html { html::write(document) } else { markdown::write(document) }
}

fn text(value: &Value) -> String {
    format!("{value:#}\n")
}

/// One document where one audience is named, else a list of them.
fn together(values: Vec<Value>, audience: Option<&AudienceName>) -> String {
    match audience {
        Some(_) => text(&values.into_iter().next().unwrap_or_default()),
        None => text(&values.into()),
    }
}
