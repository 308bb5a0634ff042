//! What leaves the house: waiting messages and the register of disclosures.

use obhut_core::{
    change::{DisclosureRow, Message},
    id::{SubjectId, TenantId},
};
use rusqlite::{Connection, params};

use super::{
    columns::{In, get, limit},
    fault::Fault,
    statement::{all, change_one, statements},
};

statements! {
    ADD_MESSAGE = "INSERT INTO message (tenant, subject, message, channel, sender, purpose, queued)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    MESSAGES = "SELECT message, subject, channel, sender, purpose, queued
        FROM message WHERE tenant = ?1 ORDER BY queued, message LIMIT ?2";
    ADD_DISCLOSURE = "INSERT INTO disclosure (tenant, subject, disclosure, classes, ground, at, fields)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    DISCLOSURES = "SELECT disclosure, subject, classes, ground, at, fields
        FROM disclosure WHERE tenant = ?1 AND subject = ?2 ORDER BY at, disclosure";
}

/// Queues a message.
pub(super) fn add_message(conn: &Connection, tenant: TenantId, message: &Message) -> Result<(), Fault> {
    let Message { id, subject, channel, sender, purpose, queued } = message;
    let params = params![In(&tenant), In(subject), In(id), In(channel), In(sender), In(purpose), In(queued)];
    change_one(conn, ADD_MESSAGE, params)
}

/// The waiting messages, oldest first.
pub(super) fn messages(conn: &Connection, tenant: TenantId, max: usize) -> Result<Vec<Message>, Fault> {
    all(conn, MESSAGES, params![In(&tenant), limit(max)], |row| {
        Ok(Message {
            id: get(row, 0)?,
            subject: get(row, 1)?,
            channel: get(row, 2)?,
            sender: get(row, 3)?,
            purpose: get(row, 4)?,
            queued: get(row, 5)?,
        })
    })
}

/// Adds an entry to the register.
pub(super) fn add_disclosure(conn: &Connection, tenant: TenantId, row: &DisclosureRow) -> Result<(), Fault> {
    let DisclosureRow { id, subject, classes, fields, ground, at } = row;
    let params = params![In(&tenant), In(subject), In(id), In(classes), In(ground), In(at), In(fields)];
    change_one(conn, ADD_DISCLOSURE, params)
}

/// The disclosures about a person, oldest first.
pub(super) fn disclosures(
    conn: &Connection,
    tenant: TenantId,
    subject: SubjectId,
) -> Result<Vec<DisclosureRow>, Fault> {
    all(conn, DISCLOSURES, params![In(&tenant), In(&subject)], |row| {
        Ok(DisclosureRow {
            id: get(row, 0)?,
            subject: get(row, 1)?,
            classes: get(row, 2)?,
            ground: get(row, 3)?,
            at: get(row, 4)?,
            fields: get(row, 5)?,
        })
    })
}
