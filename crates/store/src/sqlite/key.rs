//! Doomed keys: those that a committed batch gave up and that the keyring has still to destroy.

use obhut_core::{change::KeySlot, id::TenantId};
use rusqlite::{Connection, params};

use super::{
    columns::{In, get, limit},
    fault::Fault,
    statement::{all, change, exists, statements},
    subject,
};

statements! {
    DOOM = "INSERT INTO doomed_key (tenant, slot) VALUES (?1, ?2) ON CONFLICT (tenant, slot) DO NOTHING";
    DESTROYED = "DELETE FROM doomed_key WHERE tenant = ?1 AND slot = ?2";
    /// Across tenants: slots are places in one file.
    IS_DOOMED = "SELECT 1 FROM doomed_key WHERE slot = ?1";
    /// Across tenants: whoever destroys keys does so for all.
    DOOMED = "SELECT tenant, slot FROM doomed_key LIMIT ?1";
}

/// Dooms a key that no person has (any more).
pub(super) fn doom(conn: &Connection, tenant: TenantId, slot: KeySlot) -> Result<(), Fault> {
    if subject::has_slot(conn, tenant, slot)? {
        return Err(Fault::Conflict);
    }
    change(conn, DOOM, params![In(&tenant), In(&slot)]).map(drop)
}

/// The keys are gone.
pub(super) fn destroyed(conn: &Connection, tenant: TenantId, slots: &[KeySlot]) -> Result<(), Fault> {
    slots.iter().try_for_each(|slot| change(conn, DESTROYED, params![In(&tenant), In(slot)]).map(drop))
}

/// Whether the key waits to be destroyed.
pub(super) fn is_doomed(conn: &Connection, slot: KeySlot) -> Result<bool, Fault> {
    exists(conn, IS_DOOMED, params![In(&slot)])
}

/// The keys that wait to be destroyed.
pub(super) fn doomed(conn: &Connection, max: usize) -> Result<Vec<(TenantId, KeySlot)>, Fault> {
    all(conn, DOOMED, params![limit(max)], |row| Ok((get(row, 0)?, get(row, 1)?)))
}
