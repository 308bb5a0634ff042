//! Writing to the terminal.

use std::io::{IsTerminal, Write};

/// Writes to standard output. A reader that went away (`obhut … | head`) is no error.
pub(crate) fn out(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Whether standard output may be coloured: only on a terminal, and never against `NO_COLOR`.
pub(crate) fn colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
