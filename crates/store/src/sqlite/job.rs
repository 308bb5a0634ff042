//! The last runs of the jobs; they belong to no tenant.

use obhut_core::change::JobRun;
use rusqlite::{Connection, params};

use super::{
    columns::{In, get},
    fault::Fault,
    statement::{change_one, first, statements},
};

statements! {
    RAN = "INSERT INTO job_run (job, at, next, acted) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (job) DO UPDATE SET at = excluded.at, next = excluded.next, acted = excluded.acted";
    LAST = "SELECT job, at, next, acted FROM job_run WHERE job = ?1";
}

/// Notes a run.
pub(super) fn ran(conn: &Connection, run: &JobRun) -> Result<(), Fault> {
    change_one(conn, RAN, params![run.job, In(&run.at), In(&run.next), In(&run.acted)])
}

/// The last run of a job.
pub(super) fn last(conn: &Connection, job: &str) -> Result<Option<JobRun>, Fault> {
    first(conn, LAST, params![job], |row| {
        Ok(JobRun { job: row.get(0)?, at: get(row, 1)?, next: get(row, 2)?, acted: get(row, 3)? })
    })
}
