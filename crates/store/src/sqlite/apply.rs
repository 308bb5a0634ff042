//! One batch inside a transaction: what it relies on, what it changes, what it records.

use std::collections::BTreeSet;

use obhut_core::{
    change::{Batch, Change, Expect},
    id::{SubjectId, TenantId},
};
use rusqlite::Connection;

use super::{credential, due, evidence, fault::Fault, history, job, key, outbox, record, subject, tenant, version};

/// Applies a batch, all of it or, by the caller's savepoint, nothing. One that was committed before has no effect.
pub(super) fn apply(conn: &Connection, batch: &Batch) -> Result<(), Fault> {
    if evidence::has_batch(conn, batch.tenant, batch.id)? {
        return Ok(());
    }
    for expected in &batch.expect {
        if !holds(conn, batch.tenant, expected)? {
            return Err(Fault::Conflict);
        }
    }
    let mut touched = BTreeSet::new();
    for change in &batch.changes {
        make(conn, batch.tenant, change, &mut touched)?;
    }
    // Credentials, receipts and the audit log do not refer to the tenant, since the operator's own have none.
    if batch.tenant != TenantId::OPERATOR && !tenant::is_known(conn, batch.tenant)? {
        return Err(Fault::Conflict);
    }
    evidence::append(conn, batch)
}

fn holds(conn: &Connection, tenant: TenantId, expected: &Expect) -> Result<bool, Fault> {
    match expected {
        Expect::TenantActive => tenant::is_active(conn, tenant),
        Expect::Subject { subject, version } => subject::has_version(conn, tenant, *subject, *version),
        Expect::Chosen { rule, period } => Ok(tenant::choice(conn, tenant, rule)? == *period),
        Expect::NoIdentity { field, hash } => Ok(subject::find(conn, tenant, field, hash)?.is_none()),
    }
}

fn make(conn: &Connection, tenant: TenantId, change: &Change, touched: &mut BTreeSet<SubjectId>) -> Result<(), Fault> {
    match change {
        Change::AddTenant(added) => tenant::add(conn, tenant, added),
        Change::EndTenant { at } => tenant::end(conn, tenant, *at),
        Change::Choose { rule, period } => tenant::choose(conn, tenant, rule, *period),
        Change::AddSubject(added) => subject::add(conn, tenant, added),
        // The version counts batches, so a second mention in the same batch does not count.
        Change::TouchSubject(id) if !touched.insert(*id) => Ok(()),
        Change::TouchSubject(id) => subject::touch(conn, tenant, *id),
        Change::Restrict { subject, restricted } => subject::restrict(conn, tenant, *subject, *restricted),
        Change::DropSubject(id) => subject::drop_all(conn, tenant, *id),
        Change::Rekey { subject, key } => subject::rekey(conn, tenant, *subject, *key),
        Change::DropTraces(id) => subject::drop_traces(conn, tenant, *id),
        Change::PutRecord(record) => record::put(conn, tenant, record),
        Change::StripRecord { subject, record } => record::strip(conn, tenant, *subject, *record),
        Change::DropRecord { subject, record } => record::drop_one(conn, tenant, *subject, *record),
        Change::AddIdentity { field, hash, subject } => subject::add_identity(conn, tenant, field, hash, *subject),
        Change::DropIdentity { field, subject } => subject::drop_identity(conn, tenant, field, *subject),
        Change::Occurred { occurrence, only_last } => history::occurred(conn, tenant, occurrence, *only_last),
        Change::Consented(row) => history::consented(conn, tenant, row),
        Change::SetDue(row) => due::set(conn, tenant, row),
        Change::ClearDue { record } => due::clear(conn, tenant, *record),
        Change::PutHold(row) => record::put_hold(conn, tenant, row),
        Change::LiftHold { record, hold } => record::lift_hold(conn, tenant, *record, hold),
        Change::DoomKey(slot) => key::doom(conn, tenant, *slot),
        Change::KeysDestroyed(slots) => key::destroyed(conn, tenant, slots),
        Change::AddReceipt(receipt) => evidence::add_receipt(conn, tenant, receipt),
        Change::PutCredential(put) => credential::put(conn, tenant, put),
        Change::DropCredential(id) => credential::drop_one(conn, tenant, *id),
        Change::AddMessage(message) => outbox::add_message(conn, tenant, message),
        Change::AddDisclosure(row) => outbox::add_disclosure(conn, tenant, row),
        Change::JobRan(run) => job::ran(conn, run),
        Change::Publish { version, notices } => version::publish(conn, version, notices),
    }
}
