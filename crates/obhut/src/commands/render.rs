//! `obhut render`.

use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;
use obhut_core::{id::AudienceName, model::Lang};
use obhut_policy::notice::{Notice, html, json, markdown};

use crate::{deployment, ending::FOUND, showing};

/// Render the notice of a policy.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A policy file or a folder with one
    policy: PathBuf,
    /// The language
    #[arg(long, value_enum)]
    lang: Language,
    /// The audience; without it, all of them one after the other
    #[arg(long)]
    audience: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value = "md")]
    format: Format,
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
enum Format {
    /// A complete page
    Html,
    /// Markdown
    Md,
    /// For programs
    Json,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<u8> {
    let sources = deployment::sources(&args.policy)?;
    let Some(model) = deployment::resolve(&sources) else { return Ok(FOUND) };
    let audiences: Vec<AudienceName> = match &args.audience {
        None => model.audiences.keys().cloned().collect(),
        Some(name) => {
            let Some((known, _)) = model.audiences.get_key_value(name.as_str()) else {
                let known: Vec<_> = model.audiences.keys().map(AudienceName::as_str).collect();
                bail!("the policy has no audience `{name}`; it has: {}", known.join(", "));
            };
            vec![known.clone()]
        }
    };
    let notices: Vec<Notice> =
        audiences.iter().filter_map(|audience| Notice::of(&model, audience, args.lang.into())).collect();
    match args.format {
        Format::Html => {
            if let [notice] = &*notices {
                showing::out(&html::page(notice, &html::plain));
            } else {
                bail!("a page is for one audience: add --audience");
            }
        }
        Format::Md => notices.iter().for_each(|notice| showing::out(&format!("{}\n", markdown::write(notice)))),
        Format::Json => {
            let values: Vec<_> = notices.iter().map(json::value).collect();
            let document = if args.audience.is_some() { values.into_iter().next() } else { Some(values.into()) };
            showing::out(&format!("{:#}\n", document.unwrap_or_default()));
        }
    }
    Ok(0)
}
