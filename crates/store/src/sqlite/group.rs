//! Group commit: many batches in one transaction, hence one wait for the disk, yet each succeeds or fails alone.

use std::sync::Arc;

use obhut_core::change::Batch;
use rusqlite::Connection;

use super::{
    apply::apply,
    fault::{Fault, failed_for_all},
};
use crate::CommitError;

/// Why a whole group was not committed.
enum Lost {
    /// A statement failed so badly that SQLite rolled back everything: nothing reached the log, all can be repeated.
    Undone(rusqlite::Error),
    /// The commit itself failed: whether the disk has it is known only after a restart, so nothing is repeated here.
    /// The callers may, with the same ids.
    Uncertain(rusqlite::Error),
}

impl From<rusqlite::Error> for Lost {
    fn from(error: rusqlite::Error) -> Self {
        Self::Undone(error)
    }
}

/// Commits the batches in their order, and answers each.
pub(super) fn commit(conn: &Connection, batches: &[Batch]) -> Vec<Result<(), CommitError>> {
    match attempt(conn, batches) {
        Ok(answers) => answers,
        // One of them takes the others with it (it may be too large for the disk): each on its own.
        Err(Lost::Undone(_)) if batches.len() > 1 => {
            batches.iter().flat_map(|batch| commit(conn, std::slice::from_ref(batch))).collect()
        }
        Err(Lost::Undone(error) | Lost::Uncertain(error)) => {
            let error = Arc::new(error);
            batches.iter().map(|_| Err(CommitError::Store(failed_for_all("committing a batch", &error)))).collect()
        }
    }
}

fn attempt(conn: &Connection, batches: &[Batch]) -> Result<Vec<Result<(), CommitError>>, Lost> {
    run(conn, "BEGIN IMMEDIATE")?;
    let done = all(conn, batches).and_then(|answers| match run(conn, "COMMIT") {
        Ok(()) => Ok(answers),
        Err(error) => Err(Lost::Uncertain(error)),
    });
    if done.is_err() && !conn.is_autocommit() {
        // If this fails too, the next BEGIN reports it.
        let _ = run(conn, "ROLLBACK");
    }
    done
}

fn all(conn: &Connection, batches: &[Batch]) -> Result<Vec<Result<(), CommitError>>, Lost> {
    let mut answers = Vec::with_capacity(batches.len());
    for batch in batches {
        run(conn, "SAVEPOINT batch")?;
        let answer = match apply(conn, batch) {
            // SQLite has rolled back everything, the savepoint included.
            Err(Fault::Sql(error)) if conn.is_autocommit() => return Err(Lost::Undone(error)),
            answer => answer,
        };
        if answer.is_err() {
            run(conn, "ROLLBACK TO batch")?;
        }
        run(conn, "RELEASE batch")?;
        answers.push(answer.map_err(Fault::into_commit_error));
    }
    Ok(answers)
}

fn run(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(drop)
}
