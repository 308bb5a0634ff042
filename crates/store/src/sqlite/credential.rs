//! Credentials.

use obhut_core::{
    change::Credential,
    id::{CredentialId, TenantId},
};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{In, get},
    fault::Fault,
    statement::{change, change_one, exists, first, statements},
};

statements! {
    PUT = "INSERT INTO credential
            (tenant, credential, hash, kind, role, purposes, created, last_used, expires)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (tenant, credential) DO UPDATE SET
            hash = excluded.hash, kind = excluded.kind, role = excluded.role, purposes = excluded.purposes,
            created = excluded.created, last_used = excluded.last_used, expires = excluded.expires";
    /// Across tenants: the secret decides to which tenant its holder belongs, so no two may have the same.
    TAKEN = "SELECT 1 FROM credential WHERE hash = ?1 AND NOT (tenant = ?2 AND credential = ?3)";
    DROP = "DELETE FROM credential WHERE tenant = ?1 AND credential = ?2";
    DROP_ALL = "DELETE FROM credential WHERE tenant = ?1";
    /// Across tenants: who logs in has not said yet to which tenant it belongs.
    BY_HASH = "SELECT tenant, credential, hash, kind, role, purposes, created, last_used, expires
        FROM credential WHERE hash = ?1";
}

/// Adds or replaces a credential.
pub(super) fn put(conn: &Connection, tenant: TenantId, credential: &Credential) -> Result<(), Fault> {
    if credential.tenant.unwrap_or(TenantId::OPERATOR) != tenant {
        return Err(Fault::Invalid("a batch puts a credential of another tenant than its own"));
    }
    let Credential { id, hash, kind, tenant: _, role, purposes, created, last_used, expires } = credential;
    if exists(conn, TAKEN, params![hash, In(&tenant), In(id)])? {
        return Err(Fault::Conflict);
    }
    let params =
        params![In(&tenant), In(id), hash, In(kind), In(role), In(purposes), In(created), In(last_used), In(expires)];
    change_one(conn, PUT, params)
}

/// Removes a credential, if it is there.
pub(super) fn drop_one(conn: &Connection, tenant: TenantId, id: CredentialId) -> Result<(), Fault> {
    change(conn, DROP, params![In(&tenant), In(&id)]).map(drop)
}

/// Removes all credentials of a tenant.
pub(super) fn drop_all(conn: &Connection, tenant: TenantId) -> Result<(), Fault> {
    change(conn, DROP_ALL, params![In(&tenant)]).map(drop)
}

/// The credential with this hash of its secret.
pub(super) fn by_hash(conn: &Connection, hash: &[u8; 32]) -> Result<Option<(TenantId, Credential)>, Fault> {
    first(conn, BY_HASH, params![hash], |row| Ok((get(row, 0)?, read(row)?)))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Credential> {
    let tenant: TenantId = get(row, 0)?;
    Ok(Credential {
        id: get(row, 1)?,
        hash: row.get(2)?,
        kind: get(row, 3)?,
        tenant: (tenant != TenantId::OPERATOR).then_some(tenant),
        role: get(row, 4)?,
        purposes: get(row, 5)?,
        created: get(row, 6)?,
        last_used: get(row, 7)?,
        expires: get(row, 8)?,
    })
}
