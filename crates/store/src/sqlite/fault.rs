//! What can go wrong with a batch or a read, and what the outside is told.

use std::sync::Arc;

use rusqlite::{ErrorCode, ffi};

use crate::{CommitError, StoreError};

/// Why a change or a read did not work.
#[derive(Debug)]
pub(super) enum Fault {
    /// What the batch relies on does not hold.
    Conflict,
    /// The batch contradicts itself; it can never be committed.
    Invalid(&'static str),
    /// SQLite reports an error.
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|error| error.extended_code);
        match extended {
            // Something is missing that a row refers to, or is there already: so what was loaded is out of date.
            Some(
                ffi::SQLITE_CONSTRAINT_FOREIGNKEY | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE,
            ) => Self::Conflict,
            _ => Self::Sql(error),
        }
    }
}

impl Fault {
    /// What the caller of a commit is told.
    pub(super) fn into_commit_error(self) -> CommitError {
        match self {
            Self::Conflict => CommitError::Conflict,
            Self::Invalid(what) => CommitError::Store(refused(what)),
            Self::Sql(error) => CommitError::Store(failed("committing a batch", error)),
        }
    }

    /// What the caller of a read is told.
    pub(super) fn into_store_error(self, doing: &str) -> StoreError {
        match self {
            Self::Conflict => refused(doing),
            Self::Invalid(what) => refused(what),
            Self::Sql(error) => failed(doing, error),
        }
    }
}

/// An error without a deeper cause.
pub(super) fn refused(context: impl Into<String>) -> StoreError {
    StoreError { context: context.into(), source: None }
}

/// An error of SQLite or of the file system, with a hint where an operator can act upon it.
pub(super) fn failed(doing: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    let error = error.into();
    let hint = error.downcast_ref().map_or("", hint);
    StoreError { context: format!("{doing}{hint}"), source: Some(error) }
}

/// The same, of an error that several callers are told.
pub(super) fn failed_for_all(doing: &str, error: &Arc<rusqlite::Error>) -> StoreError {
    StoreError { context: format!("{doing}{}", hint(error)), source: Some(Box::new(Arc::clone(error))) }
}

fn hint(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => ": the file is not an SQLite database",
        Some(ErrorCode::DatabaseCorrupt) => ": the database file is damaged; restore a backup",
        Some(ErrorCode::DiskFull) => ": the disk is full",
        Some(ErrorCode::DatabaseBusy) => ": another process holds the database",
        _ => "",
    }
}
