//! What happened to people: occurrences and consent events.

use obhut_core::{
    change::{ConsentRow, Occurrence},
    consent::ConsentEvent,
    id::{SubjectId, TenantId},
};
use rusqlite::{Connection, params};

use super::{
    columns::{In, get},
    fault::Fault,
    statement::{change, change_one, exists, statements},
    subject::Whose,
};

statements! {
    /// The same occurrence a second time is the same occurrence.
    OCCURRED = "INSERT INTO occurrence (tenant, subject, thing, event, at, record)
        VALUES (?1, ?2, coalesce(?3, X''), ?4, ?5, ?3)
        ON CONFLICT (tenant, subject, thing, event, at) DO NOTHING";
    HAS_NEWER = "SELECT 1 FROM occurrence
        WHERE tenant = ?1 AND subject = ?2 AND thing = coalesce(?3, X'') AND event = ?4 AND at > ?5";
    DROP_OLDER = "DELETE FROM occurrence
        WHERE tenant = ?1 AND subject = ?2 AND thing = coalesce(?3, X'') AND event = ?4 AND at < ?5";
    OCCURRENCES_OF_ONE = "SELECT o.subject, o.record, o.event, o.at
        FROM occurrence AS o WHERE o.tenant = ?1 AND o.subject = ?2
        ORDER BY o.thing, o.event, o.at";
    OCCURRENCES_OF_PAGE = "SELECT o.subject, o.record, o.event, o.at
        FROM occurrence AS o WHERE o.tenant = ?1 AND o.subject IN (
            SELECT s.subject FROM subject AS s
            WHERE s.tenant = ?1 AND s.audience = ?2 AND s.subject BETWEEN ?3 AND ?4)
        ORDER BY o.subject, o.thing, o.event, o.at";
    /// The number counts the person's own events: the order in which they were committed, also of equal instants.
    CONSENTED = "INSERT INTO consent (tenant, subject, seq, at, consent, kind, text_hash, notice, form, lang)
        VALUES (?1, ?2,
            (SELECT coalesce(max(c.seq), 0) + 1 FROM consent AS c WHERE c.tenant = ?1 AND c.subject = ?2),
            ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    CONSENTS_OF_ONE = "SELECT c.subject, c.at, c.consent, c.kind, c.text_hash, c.notice, c.form, c.lang
        FROM consent AS c WHERE c.tenant = ?1 AND c.subject = ?2
        ORDER BY c.seq";
    CONSENTS_OF_PAGE = "SELECT c.subject, c.at, c.consent, c.kind, c.text_hash, c.notice, c.form, c.lang
        FROM consent AS c WHERE c.tenant = ?1 AND c.subject IN (
            SELECT s.subject FROM subject AS s
            WHERE s.tenant = ?1 AND s.audience = ?2 AND s.subject BETWEEN ?3 AND ?4)
        ORDER BY c.subject, c.seq";
}

/// Adds an occurrence; with `only_last`, keeps the newest only.
pub(super) fn occurred(
    conn: &Connection,
    tenant: TenantId,
    occurrence: &Occurrence,
    only_last: bool,
) -> Result<(), Fault> {
    let Occurrence { subject, record, event, at } = occurrence;
    if only_last {
        if exists(conn, HAS_NEWER, params![In(&tenant), In(subject), In(record), In(event), In(at)])? {
            return Ok(());
        }
        change(conn, DROP_OLDER, params![In(&tenant), In(subject), In(record), In(event), In(at)])?;
    }
    change(conn, OCCURRED, params![In(&tenant), In(subject), In(record), In(event), In(at)]).map(drop)
}

/// Appends a consent event.
pub(super) fn consented(conn: &Connection, tenant: TenantId, row: &ConsentRow) -> Result<(), Fault> {
    let ConsentRow { subject, event, text_hash, notice, form, lang } = row;
    let params = params![
        In(&tenant),
        In(subject),
        In(&event.at),
        In(&event.consent),
        In(&event.kind),
        text_hash,
        In(notice),
        form,
        In(lang)
    ];
    change_one(conn, CONSENTED, params)
}

/// The occurrences about these people and their records.
pub(super) fn occurrences_of(conn: &Connection, whose: Whose<'_>) -> Result<Vec<(SubjectId, Occurrence)>, Fault> {
    whose.rows(conn, OCCURRENCES_OF_ONE, OCCURRENCES_OF_PAGE, |row| {
        let subject = get(row, 0)?;
        Ok((subject, Occurrence { subject, record: get(row, 1)?, event: get(row, 2)?, at: get(row, 3)? }))
    })
}

/// The consent events of these people, in the order in which they were committed.
pub(super) fn consents_of(conn: &Connection, whose: Whose<'_>) -> Result<Vec<(SubjectId, ConsentRow)>, Fault> {
    whose.rows(conn, CONSENTS_OF_ONE, CONSENTS_OF_PAGE, |row| {
        let subject = get(row, 0)?;
        let event = ConsentEvent { at: get(row, 1)?, consent: get(row, 2)?, kind: get(row, 3)? };
        let (text_hash, notice) = (row.get(4)?, get(row, 5)?);
        Ok((subject, ConsentRow { subject, event, text_hash, notice, form: row.get(6)?, lang: get(row, 7)? }))
    })
}
