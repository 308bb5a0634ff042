//! A deployment: the policy, and beside it the people of its rehearsal and its promises.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use jiff::Timestamp;
use obhut_core::model::Model;
use obhut_engine::{
    SystemClock,
    promises::{self, Promise},
    rehearse::scenario::{self, Scenario},
};
use obhut_policy::{Source, Sources, diagnostic};

/// The largest file that is read at all.
const MAX_FILE: u64 = 16 * 1024 * 1024;

macro_rules! example {
    ($name:literal) => {
        Example {
            name: $name,
            policy: include_str!(concat!("../../../deployments/", $name, "/policy.toml")),
            people: include_str!(concat!("../../../deployments/", $name, "/people.toml")),
            promises: include_str!(concat!("../../../deployments/", $name, "/promises.toml")),
        }
    };
}

/// The example of the demo.
pub(crate) const CONFIGURATOR: Example = example!("configurator");

/// The examples the binary carries.
pub(crate) const EXAMPLES: [Example; 5] =
    [CONFIGURATOR, example!("residents"), example!("vendor"), example!("fleet"), example!("hoster")];

/// The files of a deployment that is part of the binary.
#[derive(Clone, Copy)]
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) people: &'static str,
    pub(crate) promises: &'static str,
}

/// A readable policy with what stands beside it.
#[derive(Clone)]
pub(crate) struct Deployment {
    pub(crate) sources: Sources,
    pub(crate) model: Model,
    pub(crate) scenario: Option<Scenario>,
    pub(crate) promises: Vec<Promise>,
}

/// Reads the sources of a policy: a file, or all `policy*.toml` of a folder.
pub(crate) fn sources(path: &Path) -> anyhow::Result<Sources> {
    let mut files = Vec::new();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("cannot read the folder `{}`", path.display()))?;
        for entry in entries {
            let file = entry.with_context(|| format!("cannot read the folder `{}`", path.display()))?.path();
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("policy") && file.extension().is_some_and(|ending| ending == "toml") {
                files.push(file);
            }
        }
        files.sort();
        if files.is_empty() {
            bail!("there is no `policy*.toml` in the folder `{}`", path.display());
        }
    } else {
        files.push(path.to_owned());
    }
    let sources: anyhow::Result<Vec<Source>> = files.iter().map(|file| source(file)).collect();
    Ok(Sources(sources?))
}

fn source(file: &Path) -> anyhow::Result<Source> {
    let name = file.display().to_string();
    Ok(Source { text: text(file)?, name })
}

fn text(file: &Path) -> anyhow::Result<String> {
    let size = fs::metadata(file).with_context(|| format!("cannot read `{}`", file.display()))?.len();
    if size > MAX_FILE {
        bail!("`{}` is {} MiB: no policy is that long (the limit is 4 MiB)", file.display(), size / 1024 / 1024);
    }
    let bytes = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        anyhow::anyhow!("`{}` is not text: byte {at} is not UTF-8", file.display())
    })
}

/// Loads a policy for running it. Findings go to standard error; with errors there is nothing to run.
pub(crate) fn load(path: &Path) -> anyhow::Result<Option<Deployment>> {
    let sources = sources(path)?;
    let Some(model) = resolve(&sources) else { return Ok(None) };
    let beside = |name: &str| -> anyhow::Result<Option<String>> {
        let folder: PathBuf = if path.is_dir() { path.to_owned() } else { path.parent().unwrap_or(path).to_owned() };
        let file = folder.join(name);
        if file.exists() { text(&file).map(Some) } else { Ok(None) }
    };
    let people = beside("people.toml")?;
    let promises = beside("promises.toml")?;
    Ok(Some(Deployment {
        sources,
        model,
        scenario: people.map(|text| scenario::parse(&text)).transpose().context("people.toml")?,
        promises: promises.map(|text| promises::parse(&text)).transpose().context("promises.toml")?.unwrap_or_default(),
    }))
}

/// The example of the binary.
pub(crate) fn example(example: &Example) -> anyhow::Result<Deployment> {
    let sources = Sources(vec![Source { name: "policy.toml".into(), text: example.policy.into() }]);
    let Some(model) = resolve(&sources) else { bail!("the built-in example has errors") };
    Ok(Deployment {
        sources,
        model,
        scenario: Some(scenario::parse(example.people).context("people.toml")?),
        promises: promises::parse(example.promises).context("promises.toml")?,
    })
}

/// The model of the sources; findings are shown.
pub(crate) fn resolve(sources: &Sources) -> Option<Model> {
    let loaded = obhut_policy::load_at(sources, Some(today()));
    if !loaded.diagnostics.is_empty() {
        eprintln!("{}", diagnostic::render(&loaded.diagnostics, sources, crate::showing::colour(&std::io::stderr())));
    }
    loaded.model
}

/// The present day, for findings that depend on it (a safeguard that ended).
pub(crate) fn today() -> jiff::civil::Date {
    now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The present instant.
pub(crate) fn now() -> Timestamp {
    obhut_core::clock::Clock::now(&SystemClock::default())
}
