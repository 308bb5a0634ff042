//! What proves what was done: the audit log and the receipts of erasures.

use jiff::Timestamp;
use obhut_core::{
    change::{AuditRecord, Batch, Receipt},
    id::{BatchId, TenantId},
};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{In, get, limit},
    fault::Fault,
    statement::{all, change_one, exists, first, statements},
};
use crate::{AuditEntry, AuditFilter};

statements! {
    HAS_BATCH = "SELECT 1 FROM audit WHERE tenant = ?1 AND batch = ?2";
    LAST_SEQ = "SELECT coalesce(max(seq), 0) FROM audit WHERE tenant = ?1";
    APPEND = "INSERT INTO audit (tenant, seq, at, batch, role, credential,
            operation, outcome, subject, purpose, classes, amount, policy, detail)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    AUDIT = "SELECT seq, at, batch, role, credential,
            operation, outcome, subject, purpose, classes, amount, policy, detail
        FROM audit WHERE tenant = ?1 AND seq > ?2 AND (?3 IS NULL OR purpose = ?3) ORDER BY seq LIMIT ?4";
    /// Left alone, SQLite takes the primary key and reads the whole log of the tenant.
    AUDIT_OF = "SELECT seq, at, batch, role, credential,
            operation, outcome, subject, purpose, classes, amount, policy, detail
        FROM audit INDEXED BY audit_by_subject
        WHERE tenant = ?1 AND seq > ?2 AND (?3 IS NULL OR purpose = ?3) AND subject = ?5
        ORDER BY seq LIMIT ?4";
    ADD_RECEIPT = "INSERT INTO receipt (tenant, at, receipt, cause, rule, action, subject, classes, records, cascaded)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    RECEIPTS = "SELECT receipt, at, cause, rule, action, subject, classes, records, cascaded
        FROM receipt WHERE tenant = ?1 AND at >= ?2 ORDER BY at, receipt LIMIT ?3";
}

/// Whether the batch was committed already.
pub(super) fn has_batch(conn: &Connection, tenant: TenantId, batch: BatchId) -> Result<bool, Fault> {
    exists(conn, HAS_BATCH, params![In(&tenant), In(&batch)])
}

/// Appends the audit records of a batch, numbered on without a gap.
pub(super) fn append(conn: &Connection, batch: &Batch) -> Result<(), Fault> {
    let last: Option<u64> = first(conn, LAST_SEQ, params![In(&batch.tenant)], |row| get(row, 0))?;
    let from = last.unwrap_or(0).saturating_add(1);
    for (seq, record) in (from..).zip(batch.audit()) {
        let AuditRecord { operation, outcome, subject, purpose, classes, count, policy, detail } = record;
        let params = params![
            In(&batch.tenant),
            In(&seq),
            In(&batch.at),
            In(&batch.id),
            In(&batch.actor.role),
            In(&batch.actor.credential),
            In(operation),
            In(outcome),
            In(subject),
            In(purpose),
            In(classes),
            In(count),
            In(policy),
            detail
        ];
        change_one(conn, APPEND, params)?;
    }
    Ok(())
}

/// Audit entries by sequence number.
///
/// Those about a person are found by an index. Those for a purpose are picked from the tenant's entries: rarely asked
/// for, and one more index would slow down every commit.
pub(super) fn audit(
    conn: &Connection,
    tenant: TenantId,
    filter: &AuditFilter,
    max: usize,
) -> Result<Vec<AuditEntry>, Fault> {
    // No entry can follow a number beyond those that SQLite has.
    let after = i64::try_from(filter.after).unwrap_or(i64::MAX);
    let (purpose, max) = (In(&filter.purpose), limit(max));
    match &filter.subject {
        Some(subject) => all(conn, AUDIT_OF, params![In(&tenant), after, purpose, max, In(subject)], read_audit),
        None => all(conn, AUDIT, params![In(&tenant), after, purpose, max], read_audit),
    }
}

/// Appends a receipt.
pub(super) fn add_receipt(conn: &Connection, tenant: TenantId, receipt: &Receipt) -> Result<(), Fault> {
    let Receipt { id, at, cause, rule, action, subject, classes, records, cascaded } = receipt;
    let params = params![
        In(&tenant),
        In(at),
        In(id),
        In(cause),
        In(rule),
        In(action),
        In(subject),
        In(classes),
        In(records),
        In(cascaded)
    ];
    change_one(conn, ADD_RECEIPT, params)
}

/// Receipts since an instant, oldest first.
pub(super) fn receipts(
    conn: &Connection,
    tenant: TenantId,
    since: Timestamp,
    max: usize,
) -> Result<Vec<Receipt>, Fault> {
    all(conn, RECEIPTS, params![In(&tenant), In(&since), limit(max)], |row| {
        Ok(Receipt {
            id: get(row, 0)?,
            at: get(row, 1)?,
            cause: get(row, 2)?,
            rule: get(row, 3)?,
            action: get(row, 4)?,
            subject: get(row, 5)?,
            classes: get(row, 6)?,
            records: get(row, 7)?,
            cascaded: get(row, 8)?,
        })
    })
}

fn read_audit(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: get(row, 0)?,
        at: get(row, 1)?,
        batch: get(row, 2)?,
        role: get(row, 3)?,
        credential: get(row, 4)?,
        record: AuditRecord {
            operation: get(row, 5)?,
            outcome: get(row, 6)?,
            subject: get(row, 7)?,
            purpose: get(row, 8)?,
            classes: get(row, 9)?,
            count: get(row, 10)?,
            policy: get(row, 11)?,
            detail: row.get(12)?,
        },
    })
}
