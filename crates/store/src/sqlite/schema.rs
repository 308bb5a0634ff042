//! The schema: forward-only migrations, each recorded with the checksum of its text.

use rusqlite::{Connection, TransactionBehavior, params};

use super::fault::{failed, refused};
use crate::StoreError;

/// Marks our files in the header of the database ("Obhu"); `file` and `doctor` recognise them by it.
pub(super) const APPLICATION_ID: i32 = 0x4f62_6875;

/// One step of the schema. A published file never changes; what it lacks is a new file.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "0001_schema", sql: include_str!("../../migrations/0001_schema.sql") },
    Migration {
        version: 2,
        name: "0002_policy_version",
        sql: include_str!("../../migrations/0002_policy_version.sql"),
    },
    Migration { version: 3, name: "0003_choices", sql: include_str!("../../migrations/0003_choices.sql") },
];

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version  INTEGER NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT";
const APPLIED: &str = "SELECT version, checksum FROM schema_migration ORDER BY version";
const RECORD: &str = "INSERT INTO schema_migration (version, name, checksum) VALUES (?1, ?2, ?3)";

/// Looks whether the file is ours, before anything in it is changed; true if it is still empty.
pub(super) fn identify(conn: &Connection) -> Result<bool, StoreError> {
    let doing = "reading the header of the database";
    let application: i32 =
        conn.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(|error| failed(doing, error))?;
    let objects: i64 = conn
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| failed(doing, error))?;
    match (application, objects) {
        (APPLICATION_ID, 1..) => Ok(false),
        (0, 0) => Ok(true),
        _ => Err(refused("the file is a database, but not one of Obhut")),
    }
}

/// Brings the schema up to date. Refuses one that is newer than this program, or whose history is another one.
pub(super) fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    migrate_with(conn, MIGRATIONS)
}

fn migrate_with(conn: &mut Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    let doing = "bringing the schema up to date";
    if !identify(conn)? && check(conn, migrations)? == migrations.len() {
        return Ok(());
    }
    // Looked at once more inside: two processes may open a new file at the same time.
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| failed(doing, error))?;
    tx.execute_batch(HISTORY).map_err(|error| failed(doing, error))?;
    let applied = check(&tx, migrations)?;
    for migration in migrations.iter().skip(applied) {
        let doing = format!("applying migration {}", migration.name);
        tx.execute_batch(migration.sql).map_err(|error| failed(&doing, error))?;
        tx.execute(RECORD, params![migration.version, migration.name, checksum(migration.sql)])
            .map_err(|error| failed(&doing, error))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(|error| failed(doing, error))?;
    tx.commit().map_err(|error| failed(doing, error))
}

/// How many migrations were applied, all of them as this program knows them.
fn check(conn: &Connection, migrations: &[Migration]) -> Result<usize, StoreError> {
    let applied = applied(conn).map_err(|error| failed("reading the history of the schema", error))?;
    for (index, (version, checksum_then)) in applied.iter().enumerate() {
        let Some(known) = migrations.get(index) else {
            return Err(refused(format!(
                "the database has schema version {version}, this program knows only {}: use a newer program",
                migrations.len()
            )));
        };
        if *version != known.version || *checksum_then != checksum(known.sql) {
            return Err(refused(format!("migration {} was applied with another text than it has now", known.name)));
        }
    }
    Ok(applied.len())
}

fn applied(conn: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    conn.prepare(APPLIED)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// FNV-1a over 64 bits: finds a file that was changed by mistake, which is all it is for.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: Migration = Migration { version: 99, name: "0099_next", sql: "CREATE TABLE next (a INTEGER)" };

    fn with_next() -> Vec<Migration> {
        let known =
            MIGRATIONS.iter().map(|known| Migration { version: known.version, name: known.name, sql: known.sql });
        known.chain([NEXT]).collect()
    }

    #[test]
    fn a_schema_is_made_once_and_then_left_alone() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        migrate(&mut conn).unwrap();
        assert_eq!(applied(&conn).unwrap().len(), MIGRATIONS.len());
        migrate_with(&mut conn, &with_next()).unwrap();
        assert_eq!(applied(&conn).unwrap().len(), MIGRATIONS.len() + 1);
        conn.execute("INSERT INTO next VALUES (1)", []).unwrap();
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate_with(&mut conn, &with_next()).unwrap();
        let error = migrate(&mut conn).unwrap_err();
        assert!(error.to_string().contains("use a newer program"), "{error}");
    }

    #[test]
    fn a_changed_migration_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate_with(&mut conn, &with_next()).unwrap();
        let mut changed = with_next();
        changed.last_mut().unwrap().sql = "CREATE TABLE next (b INTEGER)";
        let error = migrate_with(&mut conn, &changed).unwrap_err();
        assert!(error.to_string().contains("0099_next was applied with another text"), "{error}");
    }

    #[test]
    fn a_failing_migration_leaves_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        let mut broken = with_next();
        broken.last_mut().unwrap().sql = "CREATE TABLE next (a INTEGER); CREATE TABLE tenant (a INTEGER)";
        migrate_with(&mut conn, &broken).unwrap_err();
        assert!(identify(&conn).unwrap(), "still empty");
    }

    #[test]
    fn the_checksum_is_fnv_1a() {
        assert_eq!(checksum(""), "cbf29ce484222325");
        assert_eq!(checksum("foobar"), "85944171f73967e8");
    }

    #[test]
    fn another_database_is_refused_and_untouched() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE theirs (a INTEGER)").unwrap();
        assert!(migrate(&mut conn).unwrap_err().to_string().contains("not one of Obhut"));
        let objects: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(objects, 1);
    }
}
