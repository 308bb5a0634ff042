//! Due dates: derived by the retention calculus, stored so that a sweep need not look at everything.

use jiff::Timestamp;
use obhut_core::{
    change::DueRow,
    id::{RecordId, SubjectId, TenantId},
};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{In, get, limit},
    fault::Fault,
    statement::{all, change, change_one, first, statements},
};
use crate::DueEntry;

statements! {
    SET = "INSERT INTO due (tenant, subject, record, rule, fires_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (tenant, subject, record) DO UPDATE SET rule = excluded.rule, fires_at = excluded.fires_at";
    CLEAR = "DELETE FROM due WHERE tenant = ?1 AND record = ?2
        AND subject = (SELECT r.subject FROM record AS r WHERE r.tenant = ?1 AND r.record = ?2)";
    /// Across tenants: one sweep for all.
    BY = "SELECT tenant, subject, record, rule, fires_at FROM due WHERE fires_at <= ?1
        ORDER BY fires_at, tenant, subject, record LIMIT ?2";
    /// Across tenants.
    NEXT = "SELECT min(fires_at) FROM due";
    OF = "SELECT tenant, subject, record, rule, fires_at FROM due WHERE tenant = ?1 AND subject = ?2 ORDER BY record";
}

/// Sets when a sweep acts on a record.
pub(super) fn set(conn: &Connection, tenant: TenantId, due: &DueRow) -> Result<(), Fault> {
    let params = params![In(&tenant), In(&due.subject), In(&due.record), In(&due.rule), In(&due.fires_at)];
    change_one(conn, SET, params)
}

/// Nothing is due for the record any more.
pub(super) fn clear(conn: &Connection, tenant: TenantId, record: RecordId) -> Result<(), Fault> {
    change(conn, CLEAR, params![In(&tenant), In(&record)]).map(drop)
}

/// What a sweep has to act on, the earliest first.
pub(super) fn by(conn: &Connection, now: Timestamp, max: usize) -> Result<Vec<DueEntry>, Fault> {
    all(conn, BY, params![In(&now), limit(max)], |row| Ok(DueEntry { tenant: get(row, 0)?, due: read(row)? }))
}

/// When the next record is to be acted upon.
pub(super) fn next(conn: &Connection) -> Result<Option<Timestamp>, Fault> {
    Ok(first(conn, NEXT, [], |row| get(row, 0))?.flatten())
}

/// The due dates of a person.
pub(super) fn of(conn: &Connection, tenant: TenantId, subject: SubjectId) -> Result<Vec<DueRow>, Fault> {
    all(conn, OF, params![In(&tenant), In(&subject)], read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<DueRow> {
    Ok(DueRow { subject: get(row, 1)?, record: get(row, 2)?, rule: get(row, 3)?, fires_at: get(row, 4)? })
}
