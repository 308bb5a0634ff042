//! The `obhut` command: the privacy notice a company publishes is the program that runs.
//!
//! Data goes to standard output, everything else to standard error; `--json` prints one JSON document and nothing
//! else.

mod archive;
mod commands;
mod demo;
mod deployment;
mod ending;
mod serving;
mod showing;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The privacy notice a company publishes is the program that runs.
#[derive(Parser)]
#[command(name = "obhut", version, about, long_about = None, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a server with invented clients and shoppers and a clock you can move
    Demo(commands::demo::Args),
    /// Serve a policy: API, pages and jobs
    Serve(commands::serve::Args),
    /// Start a policy of your own from an example
    New(commands::new::Args),
    /// Check a policy: exit 0 clean or warnings, 1 errors, 2 cannot read
    Check(commands::check::Args),
    /// Render a policy: notice, records of processing, deletion concept, measures, vocabularies
    Render(commands::render::Args),
    /// When is each class due for these events, and by which sentence
    Due(commands::due::Args),
    /// What changes between two versions of a policy, for whom, and what is material
    Diff(commands::diff::Args),
    /// Publish a version of the policy; a material change is announced first
    Publish(commands::publish::Args),
    /// Run the future on a virtual clock and check every promise
    Rehearse(commands::rehearse::Args),
    /// Act on everything that is due, once; the server must not be running on the same data
    Sweep(commands::sweep::Args),
    /// Check the promises against the real data; the server must not be running on the same data
    Prove(commands::prove::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Demo(args) => commands::demo::run(&args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::New(args) => commands::new::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Render(args) => commands::render::run(&args),
        Command::Due(args) => commands::due::run(&args),
        Command::Diff(args) => commands::diff::run(&args),
        Command::Publish(args) => commands::publish::run(&args),
        Command::Rehearse(args) => commands::rehearse::run(&args),
        Command::Sweep(args) => commands::sweep::run(&args),
        Command::Prove(args) => commands::prove::run(&args),
    };
    ending::code(outcome)
}
