//! Tenants.

use std::collections::BTreeMap;

use jiff::Timestamp;
use obhut_core::{
    change::{Tenant, TenantState},
    id::{RetentionName, TenantId},
    period::Period,
};
use rusqlite::{Connection, Row, params};

use super::{
    columns::{In, get, limit},
    credential,
    fault::Fault,
    statement::{all, change, change_one, exists, first, statements},
};

statements! {
    ADD = "INSERT INTO tenant (tenant, name, account, created, ended) VALUES (?1, ?2, ?3, ?4, ?5)";
    END = "UPDATE tenant SET name = '', ended = ?2 WHERE tenant = ?1 AND ended IS NULL";
    EXISTS = "SELECT 1 FROM tenant WHERE tenant = ?1";
    ACTIVE = "SELECT 1 FROM tenant WHERE tenant = ?1 AND ended IS NULL";
    ONE = "SELECT tenant, name, account, created, ended FROM tenant WHERE tenant = ?1";
    CHOOSE = "INSERT INTO tenant_choice (tenant, rule, period) VALUES (?1, ?2, ?3)
        ON CONFLICT (tenant, rule) DO UPDATE SET period = excluded.period";
    UNCHOOSE = "DELETE FROM tenant_choice WHERE tenant = ?1 AND rule = ?2";
    CHOICE = "SELECT period FROM tenant_choice WHERE tenant = ?1 AND rule = ?2";
    CHOICES = "SELECT rule, period FROM tenant_choice WHERE tenant = ?1";
    /// Across tenants: for the operator and for jobs.
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
    // The operator has the lowest id there is; it is no tenant.
    let from = after.unwrap_or(TenantId::OPERATOR);
    all(conn, PAGE_AFTER, params![In(&from), limit(max)], read)
}

/// Sets the period the tenant chooses for a rule, or takes its choice back.
pub(super) fn choose(
    conn: &Connection,
    tenant: TenantId,
    rule: &RetentionName,
    period: Option<Period>,
) -> Result<(), Fault> {
    match period {
        Some(period) => change_one(conn, CHOOSE, params![In(&tenant), In(rule), In(&period)]),
        None => change(conn, UNCHOOSE, params![In(&tenant), In(rule)]).map(drop),
    }
}

/// What the tenant chose for a rule.
pub(super) fn choice(conn: &Connection, tenant: TenantId, rule: &RetentionName) -> Result<Option<Period>, Fault> {
    first(conn, CHOICE, params![In(&tenant), In(rule)], |row| get(row, 0))
}

/// What the tenant chose, by rule.
pub(super) fn choices(conn: &Connection, tenant: TenantId) -> Result<BTreeMap<RetentionName, Period>, Fault> {
    let rows: Vec<_> = all(conn, CHOICES, params![In(&tenant)], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
    Ok(rows.into_iter().collect())
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
