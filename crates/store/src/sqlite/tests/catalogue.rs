//! The schema as SQLite sees it.

use rusqlite::Connection;

use super::super::{connection, connection::Purpose, schema};

/// Tables that belong to no tenant.
const GLOBAL: [&str; 4] = ["job_run", "policy_notice", "policy_version", "schema_migration"];

pub(super) fn fresh() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    connection::configure(&conn, Purpose::Write).unwrap();
    schema::migrate(&mut conn).unwrap();
    conn
}

fn column<const N: usize>(conn: &Connection, sql: &str, params: [&str; N]) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    statement.query_map(rusqlite::params_from_iter(params), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn tables(conn: &Connection) -> Vec<String> {
    column(conn, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", [])
}

#[test]
fn every_key_begins_with_the_tenant() {
    let conn = fresh();
    let tables = tables(&conn);
    assert!(tables.len() > GLOBAL.len());
    for table in tables.iter().filter(|table| !GLOBAL.contains(&table.as_str())) {
        let key = column(&conn, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", [table]);
        assert_eq!(key.first().map(String::as_str), Some("tenant"), "primary key of {table}");
        for index in column(&conn, "SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1", [table]) {
            let columns = column(&conn, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", [&index]);
            assert_eq!(columns.first().map(String::as_str), Some("tenant"), "unique index {index} of {table}");
        }
    }
}

#[test]
fn no_reference_crosses_tenants() {
    let conn = fresh();
    let mut references = 0;
    for table in tables(&conn) {
        for id in column(&conn, "SELECT DISTINCT CAST(id AS TEXT) FROM pragma_foreign_key_list(?1)", [&table]) {
            if GLOBAL.contains(&table.as_str()) {
                continue;
            }
            let pairs = column(
                &conn,
                "SELECT \"from\" || '=' || \"to\" FROM pragma_foreign_key_list(?1) WHERE CAST(id AS TEXT) = ?2 ORDER BY seq",
                [&table, &id],
            );
            assert_eq!(pairs.first().map(String::as_str), Some("tenant=tenant"), "reference {pairs:?} of {table}");
            references += 1;
        }
    }
    assert!(references >= 10, "{references} references");
}

#[test]
fn no_table_decides_anything_itself() {
    let conn = fresh();
    assert!(column(&conn, "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')", []).is_empty());
    for table in tables(&conn) {
        let defaults = column(&conn, "SELECT name FROM pragma_table_info(?1) WHERE dflt_value IS NOT NULL", [&table]);
        assert!(defaults.is_empty(), "{table} has defaults: {defaults:?}");
        let strict = column(&conn, "SELECT name FROM pragma_table_list(?1) WHERE strict = 1", [&table]);
        assert_eq!(strict.len(), 1, "{table} is not strict");
    }
}

#[test]
fn the_schema_is_the_one_on_record() {
    // After a change: cargo test -p obhut-store --lib -- --ignored rewrite_the_schema_on_record
    assert!(dump() == include_str!("../../../schema.sql"), "crates/store/schema.sql is out of date:\n{}", dump());
}

#[test]
#[ignore = "writes schema.sql; run it after a change of the schema"]
fn rewrite_the_schema_on_record() {
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql"), dump()).unwrap();
}

/// The schema after all migrations, as text that can be compared.
fn dump() -> String {
    let objects = column(
        &fresh(),
        "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name",
        [],
    );
    format!(
        "-- The schema after all migrations; made by a test, compared by another. Do not edit.\n\n{}\n",
        objects.join("\n\n")
    )
}
