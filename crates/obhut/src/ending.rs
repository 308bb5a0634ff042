//! How the command ends: exit codes, and errors in words.

use std::process::ExitCode;

/// The exit code of a command that found something wrong with what it was given.
pub(crate) const FOUND: u8 = 1;

/// The exit code of a command that could not do its work.
pub(crate) const UNABLE: u8 = 2;

/// The exit code for an outcome; an error is printed with its causes, one per line.
pub(crate) fn code(outcome: anyhow::Result<u8>) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::from(UNABLE)
        }
    }
}
