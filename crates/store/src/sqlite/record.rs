//! Records, and the holds on them.

use std::collections::BTreeMap;

use obhut_core::{
    change::{HoldRow, Record},
    id::{ClassName, FieldName, HoldName, RecordId, SubjectId, TenantId},
};
use rusqlite::{Connection, Row, params, types::Type};

use super::{
    columns::{In, get},
    fault::Fault,
    sealed,
    statement::{all, change, change_one, statements},
    subject::Whose,
};
use crate::Inventory;

statements! {
    PUT = "INSERT INTO record
            (tenant, subject, record, class, version, created, notice, origin, facts, fields, sealed, choice, anonymised)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (tenant, subject, record) DO UPDATE SET
            class = excluded.class, version = excluded.version, created = excluded.created, notice = excluded.notice,
            origin = excluded.origin, facts = excluded.facts, fields = excluded.fields, sealed = excluded.sealed,
            choice = excluded.choice, anonymised = excluded.anonymised";
    DROP = "DELETE FROM record WHERE tenant = ?1 AND subject = ?2 AND record = ?3";
    DROP_DUE = "DELETE FROM due WHERE tenant = ?1 AND subject = ?2 AND record = ?3";
    DROP_HOLDS = "DELETE FROM hold WHERE tenant = ?1 AND subject = ?2 AND record = ?3";
    DROP_OCCURRENCES = "DELETE FROM occurrence WHERE tenant = ?1 AND subject = ?2 AND thing = ?3";
    OF_ONE = "SELECT r.subject, r.record, r.class, r.version, r.created, r.notice, r.origin, r.facts, r.fields, r.sealed,
            r.choice, r.anonymised
        FROM record AS r WHERE r.tenant = ?1 AND r.subject = ?2";
    OF_PAGE = "SELECT r.subject, r.record, r.class, r.version, r.created, r.notice, r.origin, r.facts, r.fields, r.sealed,
            r.choice, r.anonymised
        FROM record AS r WHERE r.tenant = ?1 AND r.subject IN (
            SELECT s.subject FROM subject AS s
            WHERE s.tenant = ?1 AND s.audience = ?2 AND s.subject BETWEEN ?3 AND ?4)";
    /// Without a value and with few groups: most records of a class have the same fields.
    INVENTORY = "SELECT class, fields, count(*) FROM record WHERE tenant = ?1 GROUP BY class, fields";
    PUT_HOLD = "INSERT INTO hold (tenant, subject, record, hold, until) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (tenant, subject, record, hold) DO UPDATE SET until = excluded.until";
    LIFT_HOLD = "DELETE FROM hold WHERE tenant = ?1 AND record = ?2 AND hold = ?3
        AND subject = (SELECT r.subject FROM record AS r WHERE r.tenant = ?1 AND r.record = ?2)";
    HOLDS_OF_ONE = "SELECT h.subject, h.record, h.hold, h.until
        FROM hold AS h WHERE h.tenant = ?1 AND h.subject = ?2
        ORDER BY h.record, h.hold";
    HOLDS_OF_PAGE = "SELECT h.subject, h.record, h.hold, h.until
        FROM hold AS h WHERE h.tenant = ?1 AND h.subject IN (
            SELECT s.subject FROM subject AS s
            WHERE s.tenant = ?1 AND s.audience = ?2 AND s.subject BETWEEN ?3 AND ?4)
        ORDER BY h.subject, h.record, h.hold";
}

/// Adds or replaces a record. One of somebody else with the same id is a conflict, not a replacement.
pub(super) fn put(conn: &Connection, tenant: TenantId, record: &Record) -> Result<(), Fault> {
    let (fields, sealed) =
        sealed::join(&record.sealed).map_err(|_| Fault::Invalid("a sealed value is longer than 4 GiB"))?;
    let params = params![
        In(&tenant),
        In(&record.subject),
        In(&record.id),
        In(&record.class),
        In(&record.version),
        In(&record.created),
        In(&record.notice),
        record.origin,
        In(&record.facts),
        In(&fields),
        sealed,
        In(&record.choice),
        In(&record.anonymised)
    ];
    change_one(conn, PUT, params)
}

/// Removes everything about a record alone; the record stays.
pub(super) fn strip(conn: &Connection, tenant: TenantId, subject: SubjectId, record: RecordId) -> Result<(), Fault> {
    let about = [DROP_DUE, DROP_HOLDS, DROP_OCCURRENCES];
    about.iter().try_for_each(|sql| change(conn, sql, params![In(&tenant), In(&subject), In(&record)]).map(drop))
}

/// Removes a record with everything about it alone.
pub(super) fn drop_one(conn: &Connection, tenant: TenantId, subject: SubjectId, record: RecordId) -> Result<(), Fault> {
    strip(conn, tenant, subject, record)?;
    change_one(conn, DROP, params![In(&tenant), In(&subject), In(&record)])
}

/// The records of these people.
pub(super) fn of(conn: &Connection, whose: Whose<'_>) -> Result<Vec<(SubjectId, Record)>, Fault> {
    whose.rows(conn, OF_ONE, OF_PAGE, |row| Ok((get(row, 0)?, read(row)?)))
}

/// What the tenant has, by class and field.
pub(super) fn inventory(conn: &Connection, tenant: TenantId) -> Result<Inventory, Fault> {
    let groups: Vec<(ClassName, Vec<FieldName>, u64)> =
        all(conn, INVENTORY, params![In(&tenant)], |row| Ok((get(row, 0)?, get(row, 1)?, get(row, 2)?)))?;
    let mut inventory = Inventory::new();
    for (class, fields, records) in groups {
        let counts: &mut BTreeMap<FieldName, u64> = inventory.entry(class).or_default();
        for field in fields {
            let count = counts.entry(field).or_default();
            *count = count.saturating_add(records);
        }
    }
    Ok(inventory)
}

/// Adds or replaces a hold.
pub(super) fn put_hold(conn: &Connection, tenant: TenantId, row: &HoldRow) -> Result<(), Fault> {
    let params = params![In(&tenant), In(&row.subject), In(&row.record), In(&row.hold), In(&row.until)];
    change_one(conn, PUT_HOLD, params)
}

/// Lifts a hold, if it is there.
pub(super) fn lift_hold(conn: &Connection, tenant: TenantId, record: RecordId, hold: &HoldName) -> Result<(), Fault> {
    change(conn, LIFT_HOLD, params![In(&tenant), In(&record), In(hold)]).map(drop)
}

/// The holds on the records of these people.
pub(super) fn holds_of(conn: &Connection, whose: Whose<'_>) -> Result<Vec<(SubjectId, HoldRow)>, Fault> {
    whose.rows(conn, HOLDS_OF_ONE, HOLDS_OF_PAGE, |row| {
        let subject = get(row, 0)?;
        Ok((subject, HoldRow { subject, record: get(row, 1)?, hold: get(row, 2)?, until: get(row, 3)? }))
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let sealed = sealed::split(get(row, 8)?, row.get_ref(9)?.as_blob()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(9, Type::Blob, Box::new(error)))?;
    Ok(Record {
        subject: get(row, 0)?,
        id: get(row, 1)?,
        class: get(row, 2)?,
        version: get(row, 3)?,
        created: get(row, 4)?,
        notice: get(row, 5)?,
        origin: row.get(6)?,
        facts: get(row, 7)?,
        choice: get(row, 10)?,
        anonymised: get(row, 11)?,
        sealed,
    })
}
