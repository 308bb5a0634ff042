//! Every statement prepares, uses an index, names its tenant, and reads neither a clock nor chance.

use rusqlite::Connection;

use super::{
    super::{credential, due, evidence, history, job, key, outbox, record, subject, tenant, version},
    catalogue::fresh,
};

/// The registry: every statement of the store by file and name.
const REGISTRY: &[(&str, &[(&str, &str)])] = &[
    ("credential", credential::ALL),
    ("due", due::ALL),
    ("evidence", evidence::ALL),
    ("history", history::ALL),
    ("job", job::ALL),
    ("key", key::ALL),
    ("outbox", outbox::ALL),
    ("record", record::ALL),
    ("subject", subject::ALL),
    ("tenant", tenant::ALL),
    ("version", version::ALL),
];

/// Those that look across tenants, each for the reason that stands beside it.
const ACROSS: &[&str] = &[
    "credential.BY_HASH",
    "credential.TAKEN",
    "due.BY",
    "due.NEXT",
    "job.LAST",
    "job.RAN",
    "key.DOOMED",
    "key.IS_DOOMED",
    "tenant.PAGE_AFTER",
    "version.ALL_VERSIONS",
    "version.NOTICE",
    "version.PUBLISH",
    "version.SHOWN",
];

/// Those that read a table from its start: at most as many rows as asked for, of a table that is nearly empty.
const FROM_THE_START: &[&str] = &["key.DOOMED", "version.ALL_VERSIONS"];

/// Those whose answer is about a tenant as a whole.
const OF_THE_TENANT: &[&str] = &[
    "credential.DROP_ALL",
    "evidence.AUDIT",
    "evidence.LAST_SEQ",
    "evidence.RECEIPTS",
    "outbox.MESSAGES",
    "record.INVENTORY",
    "tenant.ACTIVE",
    "tenant.CHOICES",
    "tenant.END",
    "tenant.EXISTS",
    "tenant.ONE",
];

fn statements() -> impl Iterator<Item = (String, &'static str)> {
    REGISTRY
        .iter()
        .flat_map(|(file, statements)| statements.iter().map(move |(name, sql)| (format!("{file}.{name}"), *sql)))
}

#[test]
fn every_statement_prepares() {
    let conn = fresh();
    for (name, sql) in statements() {
        conn.prepare(sql).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// The steps in which SQLite executes a statement.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    for index in 1..=explain.parameter_count() {
        explain.raw_bind_parameter(index, 1).unwrap();
    }
    let mut rows = explain.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

#[test]
fn no_statement_reads_a_whole_table_or_a_whole_tenant() {
    let conn = fresh();
    for (name, sql) in statements() {
        for step in plan(&conn, sql) {
            let table = step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW";
            assert!(!table || FROM_THE_START.contains(&name.as_str()), "{name}: {step}");
            // Found by the tenant and one thing more at least; not by the tenant and a range.
            let tenant = step.contains("(tenant=?") && step.matches("=?").count() < 2;
            assert!(!tenant || OF_THE_TENANT.contains(&name.as_str()), "{name}: {step}");
        }
    }
}

#[test]
fn what_is_due_is_found_in_the_order_of_its_index() {
    let conn = fresh();
    for (name, sql) in statements().filter(|(name, _)| ["due.BY", "due.NEXT"].contains(&name.as_str())) {
        let plan = plan(&conn, sql);
        assert_eq!(plan.len(), 1, "{name} sorts: {plan:?}");
        assert!(plan[0].starts_with("SEARCH due USING") && plan[0].contains("due_by_instant"), "{name}: {plan:?}");
    }
}

#[test]
fn every_statement_names_its_tenant() {
    for (name, sql) in statements() {
        let named = sql.contains("tenant = ?1") || (sql.starts_with("INSERT") && sql.contains("(tenant, "));
        assert_eq!(named, !ACROSS.contains(&name.as_str()), "{name}");
    }
    for name in ACROSS {
        assert!(statements().any(|(known, _)| known == *name), "{name} does not exist");
    }
}

#[test]
fn no_sql_reads_a_clock_or_chance() {
    let migrations = [
        ("0001_schema".to_owned(), include_str!("../../../migrations/0001_schema.sql")),
        ("0002_policy_version".to_owned(), include_str!("../../../migrations/0002_policy_version.sql")),
        ("0003_choices".to_owned(), include_str!("../../../migrations/0003_choices.sql")),
    ];
    for (name, sql) in statements().chain(migrations) {
        let sql = sql.to_lowercase();
        for word in ["now", "random", "current_", "strftime", "julianday", "unixepoch", "datetime", "autoincrement"] {
            assert!(!sql.contains(word), "{name}: {word}");
        }
    }
}
