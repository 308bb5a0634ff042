//! `obhut diff`.

use std::path::PathBuf;

use anyhow::Context;
use obhut_core::model::Lang;
use obhut_engine::impact::impact;
use obhut_policy::diff;
use obhut_store::sqlite::SqliteStore;
use serde_json::json;

use super::render::Language;
use crate::{deployment, ending::FOUND, serving, showing};

/// What changes between two versions of a policy, for whom, and what is material.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The older policy: a file or a folder with one
    old: PathBuf,
    /// The newer policy
    new: PathBuf,
    /// The language
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    /// A data folder: also say how many records each change would touch; the server must not be running on it
    #[arg(long)]
    data: Option<PathBuf>,
    /// Print the changes as one JSON document
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(args: &Args) -> anyhow::Result<u8> {
    let (old, new) = (deployment::sources(&args.old)?, deployment::sources(&args.new)?);
    let (Some(old), Some(new)) = (deployment::resolve(&old), deployment::resolve(&new)) else { return Ok(FOUND) };
    let differences = diff::differences(&old, &new);
    let touched = match &args.data {
        None => None,
        Some(folder) => {
            let file = folder.join(serving::DATABASE);
            anyhow::ensure!(file.exists(), "there is no data in the folder `{}`", folder.display());
            let store = SqliteStore::open(&file).context("cannot open the database")?;
            Some(impact(&store, &old, &new, deployment::now()).await?)
        }
    };
    if args.json {
        let mut document = diff::json(&old, &new, &differences);
        if let (Some(touched), Some(document)) = (touched, document.as_object_mut()) {
            document.insert("touched".into(), json!(touched));
        }
        showing::out(&format!("{document:#}\n"));
        return Ok(0);
    }
    let lang: Lang = args.lang.into();
    showing::out(&diff::markdown(&old, &new, &differences, lang));
    if let Some(touched) = touched {
        let named = |class: &obhut_core::id::ClassName| differences.iter().any(|one| one.classes.contains(class));
        let heading = if lang == Lang::De { "## Gespeicherte Daten" } else { "## Stored data" };
        showing::out(&format!("\n{heading}\n\n"));
        for (class, impact) in touched.iter().filter(|(class, _)| named(class)) {
            let obhut_engine::impact::Impact { people, records, sooner, later, at_once } = impact;
            showing::out(&match lang {
                Lang::De => format!(
                    "- {class}: {records} Datensätze von {people} Personen; {sooner} gehen früher, {later} später, \
                     {at_once} sofort\n"
                ),
                Lang::En => format!(
                    "- {class}: {records} records of {people} people; {sooner} go sooner, {later} later, {at_once} at once\n"
                ),
            });
        }
    }
    Ok(0)
}
