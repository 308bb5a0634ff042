//! The archive of published versions; they belong to no tenant.

use obhut_core::{
    change::{PolicyNotice, PolicyVersion},
    id::AudienceName,
    model::{Lang, PolicyHash},
};
use rusqlite::{Connection, params};

use super::{
    columns::{In, get},
    fault::Fault,
    statement::{all, change_one, first, statements},
};

statements! {
    PUBLISH = "INSERT INTO policy_version (hash, version, valid_from, published, effective, material, sources)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    NOTICE = "INSERT INTO policy_notice (hash, audience, lang, html) VALUES (?1, ?2, ?3, ?4)";
    ALL_VERSIONS = "SELECT hash, version, valid_from, published, effective, material, sources
        FROM policy_version ORDER BY published, hash";
    SHOWN = "SELECT html FROM policy_notice WHERE hash = ?1 AND audience = ?2 AND lang = ?3";
}

/// Adds a version with its notices; one that is there already makes the batch a conflict.
pub(super) fn publish(conn: &Connection, version: &PolicyVersion, notices: &[PolicyNotice]) -> Result<(), Fault> {
    let PolicyVersion { hash, version, valid_from, published, effective, material, sources } = version;
    let params = params![In(hash), version, In(valid_from), In(published), In(effective), material, In(sources)];
    change_one(conn, PUBLISH, params)?;
    for PolicyNotice { audience, lang, html } in notices {
        change_one(conn, NOTICE, params![In(hash), In(audience), In(lang), html])?;
    }
    Ok(())
}

/// All versions, the oldest first.
pub(super) fn versions(conn: &Connection) -> Result<Vec<PolicyVersion>, Fault> {
    all(conn, ALL_VERSIONS, [], |row| {
        Ok(PolicyVersion {
            hash: get(row, 0)?,
            version: row.get(1)?,
            valid_from: get(row, 2)?,
            published: get(row, 3)?,
            effective: get(row, 4)?,
            material: row.get(5)?,
            sources: get(row, 6)?,
        })
    })
}

/// The notice of a version as it was shown.
pub(super) fn notice(
    conn: &Connection,
    hash: &PolicyHash,
    audience: &AudienceName,
    lang: Lang,
) -> Result<Option<String>, Fault> {
    first(conn, SHOWN, params![In(hash), In(audience), In(&lang)], |row| row.get(0))
}
