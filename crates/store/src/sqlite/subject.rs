//! People: their row, their identities, and the snapshot of everything about them.

use obhut_core::{
    change::{KeySlot, Subject},
    id::{AudienceName, FieldName, SubjectId, TenantId},
};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{In, get, limit},
    fault::Fault,
    history, key, record,
    statement::{all, change, change_one, exists, first, statements},
    tenant,
};
use crate::SubjectSnapshot;

statements! {
    ADD = "INSERT INTO subject (tenant, subject, audience, slot, restricted, version, created)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    TOUCH = "UPDATE subject SET version = version + 1 WHERE tenant = ?1 AND subject = ?2";
    RESTRICT = "UPDATE subject SET restricted = ?3 WHERE tenant = ?1 AND subject = ?2";
    HAS_VERSION = "SELECT 1 FROM subject WHERE tenant = ?1 AND subject = ?2 AND version = ?3";
    HAS_SLOT = "SELECT 1 FROM subject WHERE tenant = ?1 AND slot = ?2";
    SLOT = "SELECT slot FROM subject WHERE tenant = ?1 AND subject = ?2";
    REKEY = "UPDATE subject SET slot = ?3 WHERE tenant = ?1 AND subject = ?2";
    DROP = "DELETE FROM subject WHERE tenant = ?1 AND subject = ?2";
    DROP_DUE = "DELETE FROM due WHERE tenant = ?1 AND subject = ?2";
    DROP_HOLDS = "DELETE FROM hold WHERE tenant = ?1 AND subject = ?2";
    DROP_OCCURRENCES = "DELETE FROM occurrence WHERE tenant = ?1 AND subject = ?2";
    DROP_CONSENTS = "DELETE FROM consent WHERE tenant = ?1 AND subject = ?2";
    DROP_IDENTITIES = "DELETE FROM identity WHERE tenant = ?1 AND subject = ?2";
    DROP_MESSAGES = "DELETE FROM message WHERE tenant = ?1 AND subject = ?2";
    DROP_DISCLOSURES = "DELETE FROM disclosure WHERE tenant = ?1 AND subject = ?2";
    DROP_RECORDS = "DELETE FROM record WHERE tenant = ?1 AND subject = ?2";
    ONE = "SELECT subject, audience, slot, restricted, version, created
        FROM subject WHERE tenant = ?1 AND subject = ?2";
    PAGE = "SELECT subject, audience, slot, restricted, version, created
        FROM subject WHERE tenant = ?1 AND subject IN (
            SELECT s.subject FROM subject AS s
            WHERE s.tenant = ?1 AND s.audience = ?2 AND s.subject >= ?3 ORDER BY s.subject LIMIT ?4)
        ORDER BY subject";
    PAGE_AFTER = "SELECT subject, audience, slot, restricted, version, created
        FROM subject WHERE tenant = ?1 AND subject IN (
            SELECT s.subject FROM subject AS s
            WHERE s.tenant = ?1 AND s.audience = ?2 AND s.subject > ?3 ORDER BY s.subject LIMIT ?4)
        ORDER BY subject";
    COUNT = "SELECT count(*) FROM subject WHERE tenant = ?1 AND audience = ?2";
    ADD_IDENTITY = "INSERT INTO identity (tenant, field, hash, subject) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (tenant, field, hash) DO UPDATE SET subject = excluded.subject
        WHERE identity.subject = excluded.subject";
    DROP_IDENTITY = "DELETE FROM identity WHERE tenant = ?1 AND subject = ?2 AND field = ?3";
    FIND = "SELECT subject FROM identity WHERE tenant = ?1 AND field = ?2 AND hash = ?3";
}

/// Adds a person to a tenant that is in business, under a key that nobody else has or had until now.
pub(super) fn add(conn: &Connection, tenant: TenantId, subject: &Subject) -> Result<(), Fault> {
    // A doomed key is destroyed soon, whosever it is by then.
    if key::is_doomed(conn, subject.key)? || !tenant::is_active(conn, tenant)? {
        return Err(Fault::Conflict);
    }
    let params = params![
        In(&tenant),
        In(&subject.id),
        In(&subject.audience),
        In(&subject.key),
        subject.restricted,
        In(&subject.version),
        In(&subject.created)
    ];
    change_one(conn, ADD, params)
}

/// Counts the version up.
pub(super) fn touch(conn: &Connection, tenant: TenantId, subject: SubjectId) -> Result<(), Fault> {
    change_one(conn, TOUCH, params![In(&tenant), In(&subject)])
}

/// Sets or lifts the restriction.
pub(super) fn restrict(conn: &Connection, tenant: TenantId, subject: SubjectId, on: bool) -> Result<(), Fault> {
    change_one(conn, RESTRICT, params![In(&tenant), In(&subject), on])
}

/// Whether the person exists and has this version.
pub(super) fn has_version(
    conn: &Connection,
    tenant: TenantId,
    subject: SubjectId,
    version: u64,
) -> Result<bool, Fault> {
    exists(conn, HAS_VERSION, params![In(&tenant), In(&subject), In(&version)])
}

/// Whether somebody of the tenant has this key.
pub(super) fn has_slot(conn: &Connection, tenant: TenantId, slot: KeySlot) -> Result<bool, Fault> {
    exists(conn, HAS_SLOT, params![In(&tenant), In(&slot)])
}

/// Removes the person with everything that refers to it, and dooms its key.
///
/// One statement for each table rather than `ON DELETE CASCADE`: if a table is forgotten here, its reference makes the
/// batch fail instead of something being erased unseen.
pub(super) fn drop_all(conn: &Connection, tenant: TenantId, subject: SubjectId) -> Result<(), Fault> {
    let slot: Option<KeySlot> = first(conn, SLOT, params![In(&tenant), In(&subject)], |row| get(row, 0))?;
    let slot = slot.ok_or(Fault::Conflict)?;
    for sql in [
        DROP_DUE,
        DROP_HOLDS,
        DROP_OCCURRENCES,
        DROP_CONSENTS,
        DROP_IDENTITIES,
        DROP_MESSAGES,
        DROP_DISCLOSURES,
        DROP_RECORDS,
        DROP,
    ] {
        change(conn, sql, params![In(&tenant), In(&subject)])?;
    }
    key::doom(conn, tenant, slot)
}

/// Removes what lies beside the records of a person; the records stay.
pub(super) fn drop_traces(conn: &Connection, tenant: TenantId, subject: SubjectId) -> Result<(), Fault> {
    if !exists(conn, SLOT, params![In(&tenant), In(&subject)])? {
        return Err(Fault::Conflict);
    }
    let traces =
        [DROP_DUE, DROP_HOLDS, DROP_OCCURRENCES, DROP_CONSENTS, DROP_IDENTITIES, DROP_MESSAGES, DROP_DISCLOSURES];
    traces.iter().try_for_each(|sql| change(conn, sql, params![In(&tenant), In(&subject)]).map(drop))
}

/// Gives the person another key, one that nobody else has or had until now, and dooms the one it had.
pub(super) fn rekey(conn: &Connection, tenant: TenantId, subject: SubjectId, to: KeySlot) -> Result<(), Fault> {
    let from: Option<KeySlot> = first(conn, SLOT, params![In(&tenant), In(&subject)], |row| get(row, 0))?;
    let from = from.filter(|from| *from != to).ok_or(Fault::Conflict)?;
    if key::is_doomed(conn, to)? {
        return Err(Fault::Conflict);
    }
    change_one(conn, REKEY, params![In(&tenant), In(&subject), In(&to)])?;
    key::doom(conn, tenant, from)
}

/// Adds an identity; the one a person has already may be added again, somebody else's may not.
pub(super) fn add_identity(
    conn: &Connection,
    tenant: TenantId,
    field: &FieldName,
    hash: &[u8; 16],
    subject: SubjectId,
) -> Result<(), Fault> {
    change_one(conn, ADD_IDENTITY, params![In(&tenant), In(field), hash, In(&subject)])
}

/// Removes the identities of a person for a field.
pub(super) fn drop_identity(
    conn: &Connection,
    tenant: TenantId,
    field: &FieldName,
    subject: SubjectId,
) -> Result<(), Fault> {
    change(conn, DROP_IDENTITY, params![In(&tenant), In(&subject), In(field)]).map(drop)
}

/// Who has this identity.
pub(super) fn find(
    conn: &Connection,
    tenant: TenantId,
    field: &FieldName,
    hash: &[u8; 16],
) -> Result<Option<SubjectId>, Fault> {
    first(conn, FIND, params![In(&tenant), In(field), hash], |row| get(row, 0))
}

/// How many people the audience has.
pub(super) fn count(conn: &Connection, tenant: TenantId, audience: &AudienceName) -> Result<u64, Fault> {
    let count = first(conn, COUNT, params![In(&tenant), In(audience)], |row| get(row, 0))?;
    Ok(count.unwrap_or(0))
}

/// Everything about one person.
pub(super) fn one(conn: &Connection, tenant: TenantId, subject: SubjectId) -> Result<Option<SubjectSnapshot>, Fault> {
    let subject = first(conn, ONE, params![In(&tenant), In(&subject)], read)?;
    let Some(subject) = subject else { return Ok(None) };
    Ok(snapshots(conn, tenant, vec![subject])?.pop())
}

/// Everything about a page of an audience.
pub(super) fn page(
    conn: &Connection,
    tenant: TenantId,
    audience: &AudienceName,
    after: Option<SubjectId>,
    max: usize,
) -> Result<Vec<SubjectSnapshot>, Fault> {
    let sql = if after.is_some() { PAGE_AFTER } else { PAGE };
    let from = after.unwrap_or(SubjectId::from_bytes([0; 16]));
    let subjects = all(conn, sql, params![In(&tenant), In(audience), In(&from), limit(max)], read)?;
    snapshots(conn, tenant, subjects)
}

/// Of whom rows are to be read.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// Of one person.
    One { tenant: TenantId, subject: SubjectId },
    /// Of a run of people of one audience without a gap, by its bounds.
    Page { tenant: TenantId, audience: &'a AudienceName, first: SubjectId, last: SubjectId },
}

impl Whose<'_> {
    /// All rows of one kind about these people, each with whose it is. One person has a statement of its own: the
    /// list inside the other costs more than what it finds.
    pub(super) fn rows<T>(
        &self,
        conn: &Connection,
        one: &str,
        page: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<(SubjectId, T)>,
    ) -> Result<Vec<(SubjectId, T)>, Fault> {
        match self {
            Self::One { tenant, subject } => all(conn, one, params![In(tenant), In(subject)], read),
            Self::Page { tenant, audience, first, last } => {
                all(conn, page, params![In(tenant), In(*audience), In(first), In(last)], read)
            }
        }
    }
}

/// Adds what lies about the people: one query for each kind of row, however many people there are.
fn snapshots(conn: &Connection, tenant: TenantId, subjects: Vec<Subject>) -> Result<Vec<SubjectSnapshot>, Fault> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = tenant::choices(conn, tenant)?;
    let mut snapshots: Vec<SubjectSnapshot> = subjects
        .into_iter()
        .map(|subject| SubjectSnapshot {
            subject,
            records: Vec::new(),
            occurrences: Vec::new(),
            consents: Vec::new(),
            holds: Vec::new(),
            chosen: chosen.clone(),
        })
        .collect();
    let ends = (snapshots.first(), snapshots.last());
    let (Some(first), Some(last)) = ends else { return Ok(snapshots) };
    let (audience, first, last) = (first.subject.audience.clone(), first.subject.id, last.subject.id);
    let whose = if first == last {
        Whose::One { tenant, subject: first }
    } else {
        Whose::Page { tenant, audience: &audience, first, last }
    };
    distribute(&mut snapshots, record::of(conn, whose)?, |snapshot| &mut snapshot.records);
    distribute(&mut snapshots, record::holds_of(conn, whose)?, |snapshot| &mut snapshot.holds);
    distribute(&mut snapshots, history::occurrences_of(conn, whose)?, |snapshot| &mut snapshot.occurrences);
    distribute(&mut snapshots, history::consents_of(conn, whose)?, |snapshot| &mut snapshot.consents);
    for snapshot in &mut snapshots {
        // Sorted here: sorting in SQL would copy every sealed value once more.
        snapshot.records.sort_by_key(|record| (record.created, record.id));
        snapshot.occurrences.sort_by_key(|occurrence| occurrence.at);
    }
    Ok(snapshots)
}

/// Gives each row to its person.
fn distribute<T>(
    snapshots: &mut [SubjectSnapshot],
    rows: Vec<(SubjectId, T)>,
    place: impl Fn(&mut SubjectSnapshot) -> &mut Vec<T>,
) {
    for (subject, row) in rows {
        let found = snapshots.binary_search_by_key(&subject, |snapshot| snapshot.subject.id);
        if let Some(snapshot) = found.ok().and_then(|index| snapshots.get_mut(index)) {
            place(snapshot).push(row);
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Subject> {
    Ok(Subject {
        id: get(row, 0)?,
        audience: get(row, 1)?,
        key: get(row, 2)?,
        restricted: row.get(3)?,
        version: get(row, 4)?,
        created: get(row, 5)?,
    })
}
