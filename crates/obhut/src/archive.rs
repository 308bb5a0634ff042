//! The archive of published versions in a data folder, and what goes into it.

use std::path::Path;

use anyhow::Context;
use obhut_core::{
    change::{PolicyNotice, PolicyVersion},
    model::{Lang, Model},
};
use obhut_engine::versions::Publication;
use obhut_policy::{
    Source, Sources,
    notice::{Notice, html},
};
use obhut_store::{Store as _, sqlite::SqliteStore};

use crate::serving;

/// The published versions; none where there is no data yet.
pub(crate) async fn versions(data: &Path) -> anyhow::Result<Vec<PolicyVersion>> {
    let file = data.join(serving::DATABASE);
    if !file.exists() {
        return Ok(Vec::new());
    }
    let store = SqliteStore::open(&file).context("cannot open the database")?;
    store.versions().await.context("cannot read the archive")
}

/// The model of an archived version, read as it was then: what only depends on the day is not checked again.
pub(crate) fn model(version: &PolicyVersion) -> anyhow::Result<Model> {
    let sources =
        version.sources.iter().map(|(name, text)| Source { name: name.clone(), text: text.clone() }).collect();
    let model = obhut_policy::load(&Sources(sources)).model;
    model.with_context(|| format!("this program cannot read the archived version {}", version.version))
}

/// A policy with its notices, ready to be published.
pub(crate) fn publication(model: &Model, sources: &Sources, material: bool) -> Publication {
    let languages = &model.policy.languages;
    let notices = model.audiences.keys().flat_map(|audience| {
        languages.iter().filter_map(move |lang: &Lang| {
            let notice = Notice::of(model, audience, *lang)?;
            Some(PolicyNotice { audience: audience.clone(), lang: *lang, html: html::page(&notice, &html::plain) })
        })
    });
    Publication {
        hash: model.policy.hash,
        version: model.policy.version.clone(),
        valid_from: model.policy.valid_from,
        material,
        sources: sources.0.iter().map(|source| (source.name.clone(), source.text.clone())).collect(),
        notices: notices.collect(),
    }
}
