//! `obhut new`.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};

use crate::{deployment, showing};

/// Start a policy of your own from an example.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder to make
    dir: PathBuf,
    /// The example
    #[arg(long, default_value = "configurator", value_parser = deployment::EXAMPLES.map(|example| example.name))]
    like: String,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<u8> {
    let dir = args.dir.display();
    if args.dir.exists() {
        bail!("`{dir}` exists already; nothing was changed");
    }
    fs::create_dir_all(&args.dir).with_context(|| format!("cannot make `{dir}`"))?;
    let found = deployment::EXAMPLES.into_iter().find(|example| example.name == args.like);
    let example = found.unwrap_or(deployment::CONFIGURATOR);
    let files = [("policy.toml", example.policy), ("people.toml", example.people), ("promises.toml", example.promises)];
    for (name, text) in files {
        fs::write(args.dir.join(name), text).with_context(|| format!("cannot write `{dir}/{name}`"))?;
    }
    showing::out(&format!(
        "{dir}/policy.toml     the policy, from the example `{}`\n\
         {dir}/people.toml     people and events for its rehearsal\n\
         {dir}/promises.toml   what it promises, and the check of each\n\n\
         next: obhut check {dir}; obhut render {dir} --lang en; obhut rehearse {dir}\n",
        args.like
    ));
    Ok(0)
}
