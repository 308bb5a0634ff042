//! `obhut check`.

use std::path::PathBuf;

use obhut_policy::diagnostic::{self, Severity};

use crate::{deployment, ending::FOUND, showing};

/// Check a policy: exit 0 clean or warnings, 1 errors, 2 cannot read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A policy file or a folder with one
    policy: PathBuf,
    /// Print the findings as one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<u8> {
    let sources = deployment::sources(&args.policy)?;
    let loaded = obhut_policy::load_at(&sources, Some(deployment::today()));
    let errors = loaded.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = loaded.diagnostics.len() - errors;
    if args.json {
        let findings = diagnostic::to_json(&loaded.diagnostics, &sources);
        showing::out(&format!("{findings:#}\n"));
    } else {
        if !loaded.diagnostics.is_empty() {
            let colour = showing::colour(&std::io::stderr());
            eprintln!("{}", diagnostic::render(&loaded.diagnostics, &sources, colour));
        }
        match &loaded.model {
            Some(model) => showing::out(&format!(
                "✓ {} {}: {} data classes, {} purposes, {} retention rules; {warnings} warnings\n  sha256 {}\n",
                model.policy.id,
                model.policy.version,
                model.data.len(),
                model.purposes.len(),
                model.retentions.len(),
                model.policy.hash,
            )),
            None => eprintln!("✕ {errors} errors, {warnings} warnings: this policy cannot be published"),
        }
    }
    Ok(if errors > 0 { FOUND } else { 0 })
}
