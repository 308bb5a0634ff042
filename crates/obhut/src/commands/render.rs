//! `obhut render`.

use std::path::PathBuf;

use clap::ValueEnum;
use obhut_core::{id::AudienceName, model::Lang};
use obhut_policy::render::{self, Form, Kind, Request};

use crate::{deployment, ending::FOUND, showing};

/// Render a policy: the notice, the records of processing activities, the deletion concept and more.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A policy file or a folder with one
    policy: PathBuf,
    /// What is rendered
    #[arg(long = "as", value_enum, default_value = "notice", value_name = "KIND")]
    kind: What,
    /// The language
    #[arg(long, value_enum, default_value = "de")]
    lang: Language,
    /// The audience; without it, all of them one after the other
    #[arg(long)]
    audience: Option<String>,
    /// The form: html, md, csv or json; without it, Markdown, or JSON where there is no other
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The name of the tenant for whose people it is; without it, the tenant is described
    #[arg(long)]
    tenant: Option<String>,
}

/// A language of the notice.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Language {
    De,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::De => Self::De,
            Language::En => Self::En,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The privacy notice (Art. 13, 14)
    Notice,
    /// The record of processing activities as controller (Art. 30(1))
    Register,
    /// The record of processing activities as processor (Art. 30(2))
    ProcessorRegister,
    /// Cookies and comparable technologies (s. 25 TDDDG)
    Cookies,
    /// The deletion concept in the structure of DIN 66398
    DeletionConcept,
    /// The technical and organisational measures (Art. 32)
    Measures,
    /// The notice in brief
    Summary,
    /// The W3C Data Privacy Vocabulary, as JSON-LD
    Dpv,
    /// The Transparency Information Language
    Tilt,
}

impl From<What> for Kind {
    fn from(what: What) -> Self {
        match what {
            What::Notice => Self::Notice,
            What::Register => Self::Register,
            What::ProcessorRegister => Self::ProcessorRegister,
            What::Cookies => Self::Cookies,
            What::DeletionConcept => Self::DeletionConcept,
            What::Measures => Self::Measures,
            What::Summary => Self::Summary,
            What::Dpv => Self::Dpv,
            What::Tilt => Self::Tilt,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A complete page
    Html,
    /// Markdown
    Md,
    /// Comma-separated values, for a spreadsheet
    Csv,
    /// For programs
    Json,
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Html => Self::Html,
            Format::Md => Self::Md,
            Format::Csv => Self::Csv,
            Format::Json => Self::Json,
        }
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<u8> {
    let sources = deployment::sources(&args.policy)?;
    let Some(model) = deployment::resolve(&sources) else { return Ok(FOUND) };
    let kind = Kind::from(args.kind);
    let audience = args.audience.as_deref().map(AudienceName::from);
    let request = Request {
        kind,
        form: args.format.map_or_else(|| kind.forms().first().copied().unwrap_or(Form::Json), Form::from),
        lang: args.lang.into(),
        audience: audience.as_ref(),
        tenant: args.tenant.as_deref(),
    };
    showing::out(&render::write(&model, &request)?);
    Ok(0)
}
