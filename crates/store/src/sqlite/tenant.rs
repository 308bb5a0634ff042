//! Tenants.

use jiff::Timestamp;
use obhut_core::{
    change::{Tenant, TenantState},
    id::TenantId,
};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{In, get, limit},
    credential,
    fault::Fault,
    statement::{all, change_one, exists, first, statements},
};

statements! {
    ADD = "INSERT INTO tenant (tenant, name, account, created, ended) VALUES (?1, ?2, ?3, ?4, ?5)";
    END = "UPDATE tenant SET name = '', ended = ?2 WHERE tenant = ?1 AND ended IS NULL";
    EXISTS = "SELECT 1 FROM tenant WHERE tenant = ?1";
    ACTIVE = "SELECT 1 FROM tenant WHERE tenant = ?1 AND ended IS NULL";
    ONE = "SELECT tenant, name, account, created, ended FROM tenant WHERE tenant = ?1";
    /// Across tenants: for the operator and for jobs.
    PAGE = "SELECT tenant, name, account, created, ended FROM tenant WHERE tenant >= ?1 ORDER BY tenant LIMIT ?2";
    PAGE_AFTER = "SELECT tenant, name, account, created, ended FROM tenant WHERE tenant > ?1 ORDER BY tenant LIMIT ?2";
}

/// Adds the tenant; its id is the batch's.
pub(super) fn add(conn: &Connection, scope: TenantId, tenant: &Tenant) -> Result<(), Fault> {
    if tenant.id != scope {
        return Err(Fault::Invalid("a batch adds another tenant than its own"));
    }
    let ended = match tenant.state {
        TenantState::Active => None,
        TenantState::Ended(at) => Some(at),
    };
    let params = params![In(&tenant.id), tenant.name, In(&tenant.account), In(&tenant.created), In(&ended)];
    change_one(conn, ADD, params)
}

/// Ends an active tenant: empties its name, drops its credentials.
pub(super) fn end(conn: &Connection, tenant: TenantId, at: Timestamp) -> Result<(), Fault> {
    change_one(conn, END, params![In(&tenant), In(&at)])?;
    credential::drop_all(conn, tenant)
}

/// Whether the tenant is known, active or not.
pub(super) fn is_known(conn: &Connection, tenant: TenantId) -> Result<bool, Fault> {
    exists(conn, EXISTS, params![In(&tenant)])
}

/// Whether the tenant is known and in business.
pub(super) fn is_active(conn: &Connection, tenant: TenantId) -> Result<bool, Fault> {
    exists(conn, ACTIVE, params![In(&tenant)])
}

/// The tenant.
pub(super) fn one(conn: &Connection, tenant: TenantId) -> Result<Option<Tenant>, Fault> {
    first(conn, ONE, params![In(&tenant)], read)
}

/// Tenants by id.
pub(super) fn page(conn: &Connection, after: Option<TenantId>, max: usize) -> Result<Vec<Tenant>, Fault> {
    // The lowest id is one that a tenant may have: without `after`, it must not be passed over.
    let sql = if after.is_some() { PAGE_AFTER } else { PAGE };
    let from = after.unwrap_or(TenantId::from_bytes([0; 16]));
    all(conn, sql, params![In(&from), limit(max)], read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Tenant> {
    Ok(Tenant {
        id: get(row, 0)?,
        name: row.get(1)?,
        account: get(row, 2)?,
        created: get(row, 3)?,
        state: get::<Option<Timestamp>>(row, 4)?.map_or(TenantState::Active, TenantState::Ended),
    })
}
